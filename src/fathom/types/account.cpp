// SPDX-License-Identifier: Apache-2.0
// The shared buffer behind account data.
#include "fathom/types/account.hpp"

#include "fathom/types/buffer_shelf.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace fathom {

AccountData::AccountData(ByteView bytes) {
    assign(bytes);
}

void AccountData::release_buffer() noexcept {
    Header* shared = header();
    if (shared->count.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::size_t size = sizeof(Header) + shared->capacity;
        shared->~Header();
        types::free_buffer(shared, size);
    }
    bytes_ = nullptr;
}

bool AccountData::is_shared() const {
    const Header* shared = header();
    return shared && shared->count.load(std::memory_order_acquire) > 1;
}

void AccountData::reallocate(std::uint64_t capacity) {
    static_assert(alignof(Header) <= types::kBufferAlignment);
    const std::size_t size = types::buffer_size(sizeof(Header) + capacity);
    auto* fresh = new (types::allocate_buffer(size)) Header{{1}, size - sizeof(Header)};
    auto* bytes = reinterpret_cast<std::uint8_t*>(fresh + 1);
    if (const std::uint64_t kept = std::min(size_, capacity)) std::memcpy(bytes, bytes_, kept);
    release();
    bytes_ = bytes;
}

MutableByteView AccountData::mutable_view() {
    if (is_shared()) reallocate(size_);
    return {bytes_, size_};
}

void AccountData::reserve(std::uint64_t capacity) {
    const Header* current = header();
    if (!current || is_shared() || current->capacity < capacity) {
        reallocate(std::max(capacity, size_));
    }
}

void AccountData::resize(std::uint64_t size) {
    if (size == size_) return;
    const Header* current = header();
    if (!current || is_shared() || current->capacity < size) reallocate(size);
    if (size > size_) std::memset(bytes_ + size_, 0, size - size_);
    size_ = size;
}

void AccountData::assign(ByteView bytes) {
    const Header* current = header();
    if (bytes.empty()) {
        size_ = 0;
        return;
    }
    if (!current || is_shared() || current->capacity < bytes.size()) {
        AccountData fresh;
        fresh.reallocate(bytes.size());
        std::memcpy(fresh.bytes_, bytes.data(), bytes.size());
        fresh.size_ = bytes.size();
        *this = std::move(fresh);
        return;
    }
    std::memmove(bytes_, bytes.data(), bytes.size());
    size_ = bytes.size();
}

} // namespace fathom
