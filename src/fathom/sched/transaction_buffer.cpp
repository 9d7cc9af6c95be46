// SPDX-License-Identifier: Apache-2.0
// Transactions that wait for a block: entries in a slab, two heaps over the queued ones.
#include "fathom/sched/transaction_buffer.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"

#include <algorithm>

namespace fathom::sched {
namespace {

// Agave: core/src/banking_stage/transaction_scheduler/scheduler_controller.rs.
constexpr std::size_t kSaturationPercent = 99;
constexpr std::size_t kDesaturationPercent = 95;

std::uint64_t scramble(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

} // namespace

std::uint64_t priority_of(std::uint64_t reward_lamports, std::uint64_t cost) {
    return saturating_mul<std::uint64_t>(reward_lamports, 1'000'000) /
           saturating_add<std::uint64_t>(cost, 1);
}

TransactionBuffer::TransactionBuffer(Options options) : options_(options) {
    // Ids are 32 bits and one more than the capacity is there for a moment.
    options_.capacity = std::clamp<std::size_t>(options_.capacity, 1, 0x7fffffff);
}

std::optional<TransactionId> TransactionBuffer::insert(const Submission& submission) {
    if (free_.empty()) {
        free_.push_back(static_cast<TransactionId>(entries_.size()));
        entries_.emplace_back();
    }
    const TransactionId id = free_.back();
    free_.pop_back();
    const std::uint64_t arrival = arrivals_++;
    Entry& entry = entries_[id];
    entry.locks.assign(submission.locks.begin(), submission.locks.end());
    entry.cost = submission.cost;
    entry.rank = {submission.priority,
                  options_.tie_seed == 0 ? ~arrival : scramble(arrival ^ options_.tie_seed), id};
    entry.tag = submission.tag;
    entry.bytes = submission.bytes;
    entry.expires_after = submission.expires_after;
    enqueue(id);
    if (size() > options_.capacity) evict_lowest();
    // The lowest may have been this one; nothing has taken its place since.
    return entries_[id].state == State::Queued ? std::optional(id) : std::nullopt;
}

void TransactionBuffer::enqueue(TransactionId id) {
    entries_[id].state = State::Queued;
    highest_.push(entries_[id].rank);
    lowest_.push(entries_[id].rank);
}

void TransactionBuffer::evict_lowest() {
    const TransactionId id = lowest_.top().id;
    dropped_.push_back({entries_[id].tag, DropReason::Evicted});
    has_evicted_ = true;
    remove(id);
}

std::optional<TransactionId> TransactionBuffer::pop() {
    if (highest_.is_empty()) return std::nullopt;
    const TransactionId id = highest_.top().id;
    highest_.remove(id);
    lowest_.remove(id);
    entries_[id].state = State::InFlight;
    return id;
}

void TransactionBuffer::push_back(TransactionId id) {
    FATHOM_ASSERT(entries_[id].state == State::InFlight);
    enqueue(id);
}

void TransactionBuffer::hold(TransactionId id) {
    FATHOM_ASSERT(entries_[id].state == State::InFlight);
    entries_[id].state = State::Held;
    held_.push_back(id);
    ++held_count_;
}

void TransactionBuffer::release_held() {
    // Some may have been removed since, and their places taken by others.
    for (const TransactionId id : std::exchange(held_, {})) {
        if (entries_[id].state == State::Held) enqueue(id);
    }
    held_count_ = 0;
}

void TransactionBuffer::remove(TransactionId id) {
    Entry& entry = entries_[id];
    if (entry.state == State::Free) return;
    if (entry.state == State::Held) --held_count_;
    highest_.remove(id);
    lowest_.remove(id);
    entry.state = State::Free;
    free_.push_back(id);
}

void TransactionBuffer::drop_expired(TransactionId id) {
    dropped_.push_back({entries_[id].tag, DropReason::Expired});
    remove(id);
}

std::size_t TransactionBuffer::expire(std::uint64_t now, std::size_t count) {
    std::size_t expired = 0;
    for (std::size_t i = 0; i < std::min(count, entries_.size()); ++i) {
        if (expiry_cursor_ >= entries_.size()) expiry_cursor_ = 0;
        const auto id = static_cast<TransactionId>(expiry_cursor_++);
        const State state = entries_[id].state;
        const bool waits = state == State::Queued || state == State::Held;
        if (!waits || !has_expired(id, now)) continue;
        drop_expired(id);
        ++expired;
    }
    return expired;
}

std::uint64_t TransactionBuffer::update_priority_floor() {
    const bool evicted = std::exchange(has_evicted_, false);
    const std::size_t in_hundredths = size() * 100;
    if (is_saturated_) {
        is_saturated_ = evicted || in_hundredths >= options_.capacity * kDesaturationPercent;
    } else {
        is_saturated_ = evicted || in_hundredths >= options_.capacity * kSaturationPercent;
    }
    return is_saturated_ && !lowest_.is_empty() ? lowest_.top().priority : 0;
}

} // namespace fathom::sched
