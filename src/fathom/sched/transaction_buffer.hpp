// SPDX-License-Identifier: Apache-2.0
// Transactions that wait for a block, by priority; bounded, and it says when it is full.
#pragma once

#include "fathom/sched/account_lock.hpp"
#include "fathom/sched/block_costs.hpp"
#include "fathom/sched/rank_heap.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace fathom::sched {

/// Reward for the leader per unit of cost, in millionths, as agave's
/// core/src/transaction_priority.rs has it.
[[nodiscard]] std::uint64_t priority_of(std::uint64_t reward_lamports, std::uint64_t cost);

/// A transaction as it comes in. The locks are copied; their keys are distinct.
struct Submission {
    std::uint64_t tag = 0; // the caller's name for it
    std::span<const AccountLock> locks{};
    TransactionCost cost{};
    std::uint64_t priority = 0;
    std::uint64_t bytes = 0;
    std::uint64_t expires_after = ~std::uint64_t{0}; // the last moment at which it may be scheduled
};

/// Why a transaction left the buffer without being executed.
enum class DropReason : std::uint8_t { Evicted, Expired };

struct Dropped {
    std::uint64_t tag;
    DropReason reason;
};

/// Each transaction is queued (waits for its turn), in flight (with a worker) or held (until the
/// next block). All three count against the capacity; only queued ones are evicted, lowest priority
/// first. Time is whatever the caller counts, most likely slots; no clock is read.
///
/// Equal priorities go by arrival or, with a tie seed, in an order that nobody can arrange from
/// outside. Same submissions and same seed, same order.
class TransactionBuffer {
public:
    struct Options {
        std::size_t capacity = 100'000;
        std::uint64_t tie_seed = 0; // 0: first come, first served
    };

    TransactionBuffer() : TransactionBuffer(Options()) {}
    explicit TransactionBuffer(Options options);

    /// Queues a transaction. A full buffer evicts its lowest, which may be the new one: then
    /// nothing is returned.
    std::optional<TransactionId> insert(const Submission& submission);

    /// Takes the highest out of the queue, as in flight.
    std::optional<TransactionId> pop();
    /// From in flight back to the queue, at its old rank.
    void push_back(TransactionId id);
    /// From in flight to held.
    void hold(TransactionId id);
    /// All held ones back to the queue: the next block begins.
    void release_held();
    /// Forgets a transaction in any state.
    void remove(TransactionId id);
    /// As `remove`, and reports it as expired.
    void drop_expired(TransactionId id);

    /// Looks at up to `count` transactions, each call where the one before stopped, and drops those
    /// that wait and have expired. Returns how many.
    std::size_t expire(std::uint64_t now, std::size_t count = 128);

    /// The lowest priority worth submitting, 0 while there is room. Set when the buffer is 99 %
    /// full or has evicted since the last call, cleared below 95 %: call it once a round.
    [[nodiscard]] std::uint64_t update_priority_floor();

    [[nodiscard]] std::span<const AccountLock> locks(TransactionId id) const {
        return entries_[id].locks;
    }
    [[nodiscard]] const TransactionCost& cost(TransactionId id) const { return entries_[id].cost; }
    [[nodiscard]] std::uint64_t tag(TransactionId id) const { return entries_[id].tag; }
    [[nodiscard]] std::uint64_t bytes(TransactionId id) const { return entries_[id].bytes; }
    [[nodiscard]] const Rank& rank(TransactionId id) const { return entries_[id].rank; }
    [[nodiscard]] bool has_expired(TransactionId id, std::uint64_t now) const {
        return now > entries_[id].expires_after;
    }

    [[nodiscard]] std::size_t queue_size() const { return highest_.size(); }
    [[nodiscard]] std::size_t held_size() const { return held_count_; }
    [[nodiscard]] std::size_t size() const { return entries_.size() - free_.size(); }
    [[nodiscard]] std::size_t capacity() const { return options_.capacity; }

    /// What left unexecuted since the last call, in order.
    [[nodiscard]] std::vector<Dropped> take_dropped() { return std::exchange(dropped_, {}); }

private:
    enum class State : std::uint8_t { Free, Queued, InFlight, Held };
    struct Entry {
        std::vector<AccountLock> locks;
        TransactionCost cost;
        Rank rank;
        std::uint64_t tag = 0;
        std::uint64_t bytes = 0;
        std::uint64_t expires_after = 0;
        State state = State::Free;
    };

    void enqueue(TransactionId id);
    void evict_lowest();

    Options options_;
    std::vector<Entry> entries_;
    std::vector<TransactionId> free_;
    RankHeap<true> highest_;
    RankHeap<false> lowest_;
    std::vector<TransactionId> held_;
    std::size_t held_count_ = 0;
    std::vector<Dropped> dropped_;
    std::uint64_t arrivals_ = 0;
    std::size_t expiry_cursor_ = 0;
    bool has_evicted_ = false;
    bool is_saturated_ = false;
};

} // namespace fathom::sched
