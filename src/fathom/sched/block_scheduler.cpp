// SPDX-License-Identifier: Apache-2.0
// What all schedulers of block production share. Thread choice, batch limits and what ends a pass
// are those of agave's core/src/banking_stage/transaction_scheduler/{greedy_scheduler,
// scheduler_common,in_flight_tracker}.rs.
#include "fathom/sched/block_scheduler.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"

#include <algorithm>

namespace fathom::sched {

BlockScheduler::BlockScheduler(const SchedulerOptions& options)
    : options_(options), locks_(options.threads, options.hash_seed), lanes_(locks_.thread_count()) {
    for (Lane& lane : lanes_) lane.filling_bytes = options_.entry_overhead_bytes;
}

std::uint64_t BlockScheduler::units_in_flight() const {
    std::uint64_t units = 0;
    for (const Lane& lane : lanes_) units = saturating_add(units, lane.units_in_flight);
    return units;
}

void BlockScheduler::begin_pass(const PassLimits& limits) {
    budget_ = saturating_sub(limits.units, units_in_flight());
    allowed_ = ThreadSet::first(locks_.thread_count());
    for (unsigned thread = 0; thread < lanes_.size(); ++thread) {
        if (lanes_[thread].units_in_flight >= units_per_thread()) allowed_.remove(thread);
    }
}

BlockScheduler::Attempt BlockScheduler::try_schedule(TransactionBuffer& buffer, TransactionId id,
                                                     const PassLimits& limits,
                                                     std::vector<ScheduledBatch>& out) {
    if (buffer.has_expired(id, limits.now)) {
        buffer.drop_expired(id);
        return Attempt::Expired;
    }
    const auto locks = buffer.locks(id);
    const auto threads = locks_.schedulable_threads(locks, allowed_);
    if (!threads) {
        return threads.error() == LockFailure::Conflict ? Attempt::Conflict
                                                        : Attempt::ThreadRefused;
    }
    if (limits.costs != nullptr && !limits.costs->try_add(locks, buffer.cost(id))) {
        buffer.hold(id);
        return Attempt::OverLimit;
    }
    const unsigned thread = least_loaded(*threads);
    locks_.lock(locks, thread);
    append(buffer, id, thread, out);
    return Attempt::Scheduled;
}

// By units queued and in flight, then by transactions; the first of equals.
unsigned BlockScheduler::least_loaded(ThreadSet threads) const {
    const auto load = [&](unsigned thread) {
        const Lane& lane = lanes_[thread];
        return std::pair(saturating_add(lane.units_in_flight, lane.filling.units),
                         lane.transactions_in_flight + lane.filling.transactions.size());
    };
    unsigned best = ThreadSet::kMaxThreads;
    for (unsigned thread = 0; thread < lanes_.size(); ++thread) {
        if (!threads.contains(thread)) continue;
        if (best == ThreadSet::kMaxThreads || load(thread) < load(best)) best = thread;
    }
    return best;
}

void BlockScheduler::append(TransactionBuffer& buffer, TransactionId id, unsigned thread,
                            std::vector<ScheduledBatch>& out) {
    const std::uint64_t bytes = buffer.bytes(id);
    const std::uint64_t units = buffer.cost(id).units;
    Lane& lane = lanes_[thread];
    if (saturating_add(lane.filling_bytes, bytes) > options_.batch_bytes) send_batches(out);
    lane.filling.transactions.push_back(id);
    lane.filling.units = saturating_add(lane.filling.units, units);
    lane.filling_bytes = saturating_add(lane.filling_bytes, bytes);
    budget_ = saturating_sub(budget_, units);
    if (lane.filling.transactions.size() >= options_.batch_transactions ||
        lane.filling_bytes >= options_.batch_bytes) {
        send_batches(out);
    }
    if (saturating_add(lane.units_in_flight, lane.filling.units) >= units_per_thread()) {
        allowed_.remove(thread);
    }
}

void BlockScheduler::send_batches(std::vector<ScheduledBatch>& out) {
    for (unsigned thread = 0; thread < lanes_.size(); ++thread) {
        Lane& lane = lanes_[thread];
        if (lane.filling.transactions.empty()) continue;
        lane.filling.number = next_number_++;
        lane.filling.thread = thread;
        lane.units_in_flight = saturating_add(lane.units_in_flight, lane.filling.units);
        lane.transactions_in_flight += lane.filling.transactions.size();
        in_flight_.emplace(lane.filling.number, lane.filling);
        out.push_back(std::exchange(lane.filling, {}));
        lane.filling_bytes = options_.entry_overhead_bytes;
    }
}

bool BlockScheduler::complete(TransactionBuffer& buffer, std::uint64_t batch_number,
                              std::span<const Outcome> outcomes, BlockCosts* costs) {
    const auto found = in_flight_.find(batch_number);
    if (found == in_flight_.end() || found->second.transactions.size() != outcomes.size()) {
        return false;
    }
    const ScheduledBatch batch = std::move(found->second);
    in_flight_.erase(found);
    Lane& lane = lanes_[batch.thread];
    lane.units_in_flight = saturating_sub(lane.units_in_flight, batch.units);
    lane.transactions_in_flight -= batch.transactions.size();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const TransactionId id = batch.transactions[i];
        const auto locks = buffer.locks(id);
        locks_.unlock(locks, batch.thread);
        const Verdict verdict = outcomes[i].verdict;
        if (costs != nullptr) {
            if (verdict == Verdict::Committed) {
                costs->settle(locks, buffer.cost(id), outcomes[i].actual_units);
            } else {
                costs->remove(locks, buffer.cost(id));
            }
        }
        switch (verdict) {
        case Verdict::Committed:
        case Verdict::Discarded: buffer.remove(id); break;
        case Verdict::RetryNow: buffer.push_back(id); break;
        case Verdict::RetryNextBlock: buffer.hold(id); break;
        }
    }
    return true;
}

void BlockScheduler::count(PassSummary& summary, Attempt attempt) {
    switch (attempt) {
    case Attempt::Scheduled: ++summary.scheduled; break;
    case Attempt::Conflict: ++summary.conflicts; break;
    case Attempt::ThreadRefused: ++summary.threads_refused; break;
    case Attempt::OverLimit: ++summary.over_limit; break;
    case Attempt::Expired: ++summary.expired; break;
    }
}

} // namespace fathom::sched
