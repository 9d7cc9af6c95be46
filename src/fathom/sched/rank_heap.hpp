// SPDX-License-Identifier: Apache-2.0
// A priority queue whose members can be taken out from the middle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace fathom::sched {

/// A transaction's place in a buffer.
using TransactionId = std::uint32_t;

/// What decides who comes first: the priority, then the tie, greater before smaller.
struct Rank {
    std::uint64_t priority = 0;
    std::uint64_t tie = 0;
    TransactionId id = 0;

    [[nodiscard]] bool is_above(const Rank& other) const {
        if (priority != other.priority) return priority > other.priority;
        return tie != other.tie ? tie > other.tie : id > other.id;
    }
};

/// Binary heap with the place of every member, so that all changes take logarithmic time. The
/// highest rank is on top or, with `HighestFirst` false, the lowest. An id is in it at most once.
template <bool HighestFirst> class RankHeap {
public:
    [[nodiscard]] bool is_empty() const { return members_.empty(); }
    [[nodiscard]] std::size_t size() const { return members_.size(); }
    /// Not of an empty heap.
    [[nodiscard]] const Rank& top() const { return members_.front(); }
    [[nodiscard]] bool contains(TransactionId id) const {
        return id < places_.size() && places_[id] != kAbsent;
    }

    void push(const Rank& rank) {
        if (rank.id >= places_.size()) places_.resize(rank.id + std::size_t{1}, kAbsent);
        members_.push_back(rank);
        rise(members_.size() - 1, rank);
    }

    /// Nothing happens if the id is not there.
    void remove(TransactionId id) {
        if (!contains(id)) return;
        const std::size_t place = std::exchange(places_[id], kAbsent);
        const Rank last = members_.back();
        members_.pop_back();
        if (last.id == id) return;
        if (place != 0 && precedes(last, members_[(place - 1) / 2])) {
            rise(place, last);
        } else {
            sink(place, last);
        }
    }

private:
    static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

    static bool precedes(const Rank& a, const Rank& b) {
        return HighestFirst ? a.is_above(b) : b.is_above(a);
    }
    void put(std::size_t place, const Rank& rank) {
        members_[place] = rank;
        places_[rank.id] = static_cast<std::uint32_t>(place);
    }
    void rise(std::size_t place, const Rank& rank) {
        while (place != 0 && precedes(rank, members_[(place - 1) / 2])) {
            put(place, members_[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, rank);
    }
    void sink(std::size_t place, const Rank& rank) {
        for (;;) {
            std::size_t child = 2 * place + 1;
            if (child >= members_.size()) break;
            if (child + 1 < members_.size() && precedes(members_[child + 1], members_[child])) {
                ++child;
            }
            if (!precedes(members_[child], rank)) break;
            put(place, members_[child]);
            place = child;
        }
        put(place, rank);
    }

    std::vector<Rank> members_;
    std::vector<std::uint32_t> places_; // by id
};

} // namespace fathom::sched
