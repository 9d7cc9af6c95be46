// SPDX-License-Identifier: Apache-2.0
// What all schedulers of block production share: account locks by worker, batches being filled,
// batches in flight, and what comes back.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/sched/block_costs.hpp"
#include "fathom/sched/thread_locks.hpp"
#include "fathom/sched/transaction_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fathom::sched {

/// Agave 4.3's numbers (greedy_scheduler.rs, consumer.rs); the look-ahead is that of the scheduler
/// that went before it.
struct SchedulerOptions {
    unsigned threads = 4;                              // clamped to 1..64
    std::uint64_t target_scheduled_units = 15'000'000; // in flight, over all threads
    std::size_t max_scanned = 100'000;                 // transactions looked at in one pass
    std::size_t batch_transactions = 64;
    std::uint64_t batch_bytes = 4'622; // 15 % of a typical set of shreds, 32 * 963 bytes
    std::uint64_t entry_overhead_bytes = 48;
    std::size_t look_ahead = 256; // transactions in the priority graph at a time
    std::uint64_t hash_seed = KeyHash::kDefaultSeed;
};

/// Work for one thread, in the order in which it is to be done.
struct ScheduledBatch {
    std::uint64_t number = 0;
    unsigned thread = 0;
    std::vector<TransactionId> transactions;
    std::uint64_t units = 0;
};

/// What became of a transaction of a batch.
enum class Verdict : std::uint8_t {
    Committed,
    Discarded,     // not in the block and never will be
    RetryNow,      // an account was in use, or the block had no room for the record
    RetryNextBlock // it would have broken a limit of this block
};

struct Outcome {
    Verdict verdict = Verdict::Committed;
    std::uint64_t actual_units = 0; // of committed ones
};

/// What a pass may use.
struct PassLimits {
    std::uint64_t units = ~std::uint64_t{0}; // budget, of which what is in flight is taken off
    std::uint64_t now = 0;                   // for expiry, in the buffer's time
    BlockCosts* costs = nullptr; // the block's limits: reserved here, settled by `complete`
};

struct PassSummary {
    std::size_t scanned = 0;
    std::size_t scheduled = 0;
    std::size_t conflicts = 0;       // several threads hold its accounts
    std::size_t threads_refused = 0; // the one thread that could is at its limit
    std::size_t over_limit = 0;      // held until the next block
    std::size_t expired = 0;
};

/// A pass takes transactions from a buffer and appends batches to `out`; `complete` brings each
/// batch back. No clock, no random number, no thread: the same calls give the same batches.
class BlockScheduler {
public:
    explicit BlockScheduler(const SchedulerOptions& options);
    virtual ~BlockScheduler() = default;
    BlockScheduler(const BlockScheduler&) = delete;
    BlockScheduler& operator=(const BlockScheduler&) = delete;

    virtual PassSummary schedule(TransactionBuffer& buffer, const PassLimits& limits,
                                 std::vector<ScheduledBatch>& out) = 0;

    /// Frees a batch's locks and says what becomes of its transactions, one outcome each. False,
    /// with nothing changed, if there is no such batch or the numbers differ.
    [[nodiscard]] bool complete(TransactionBuffer& buffer, std::uint64_t batch_number,
                                std::span<const Outcome> outcomes, BlockCosts* costs = nullptr);

    [[nodiscard]] std::uint64_t units_in_flight() const;
    [[nodiscard]] std::size_t batches_in_flight() const { return in_flight_.size(); }
    [[nodiscard]] const SchedulerOptions& options() const { return options_; }

protected:
    enum class Attempt : std::uint8_t { Scheduled, Conflict, ThreadRefused, OverLimit, Expired };

    /// Which threads still may be given work, and what remains of the budget.
    void begin_pass(const PassLimits& limits);
    [[nodiscard]] bool may_go_on() const { return budget_ != 0 && !allowed_.is_empty(); }
    /// Gives a transaction (in flight) to a thread, sends batches that are full, or says why not.
    /// One over a limit is held, an expired one dropped; the others remain the caller's.
    Attempt try_schedule(TransactionBuffer& buffer, TransactionId id, const PassLimits& limits,
                         std::vector<ScheduledBatch>& out);
    void send_batches(std::vector<ScheduledBatch>& out);
    static void count(PassSummary& summary, Attempt attempt);

    const SchedulerOptions options_;
    ThreadAwareAccountLocks locks_;

private:
    struct Lane {
        ScheduledBatch filling;
        std::uint64_t filling_bytes = 0;
        std::uint64_t units_in_flight = 0;
        std::size_t transactions_in_flight = 0;
    };

    [[nodiscard]] unsigned least_loaded(ThreadSet threads) const;
    [[nodiscard]] std::uint64_t units_per_thread() const {
        return options_.target_scheduled_units / lanes_.size();
    }
    void append(TransactionBuffer& buffer, TransactionId id, unsigned thread,
                std::vector<ScheduledBatch>& out);

    std::vector<Lane> lanes_;
    FlatMap<std::uint64_t, ScheduledBatch> in_flight_;
    std::uint64_t next_number_ = 0;
    ThreadSet allowed_;
    std::uint64_t budget_ = 0;
};

} // namespace fathom::sched
