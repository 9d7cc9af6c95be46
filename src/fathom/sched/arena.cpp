// SPDX-License-Identifier: Apache-2.0
// Memory for one task, in pieces that grow until one is enough.
#include "fathom/sched/arena.hpp"

#include "fathom/base/assert.hpp"

#include <algorithm>

namespace fathom::sched {

void* Arena::do_allocate(std::size_t bytes, std::size_t alignment) {
    void* place = next_;
    if (next_ == nullptr || std::align(alignment, bytes, place, left_) == nullptr) {
        FATHOM_ASSERT(bytes <= SIZE_MAX / 4);
        add_piece(bytes + alignment);
        place = next_;
        std::align(alignment, bytes, place, left_);
    }
    next_ = static_cast<std::byte*>(place) + bytes;
    left_ -= bytes;
    is_used_ = true;
    return place;
}

void Arena::add_piece(std::size_t bytes) {
    const std::size_t size = std::max({bytes, kFirstPiece, capacity_});
    pieces_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    capacity_ += size;
    next_ = pieces_.back().get();
    left_ = size;
}

void Arena::give_back() {
    is_used_ = false;
    if (pieces_.size() > 1 || capacity_ > kKept) {
        const std::size_t wanted = std::min(capacity_, kKept);
        pieces_.clear();
        capacity_ = 0;
        add_piece(wanted);
        return;
    }
    next_ = pieces_.front().get();
    left_ = capacity_;
}

} // namespace fathom::sched
