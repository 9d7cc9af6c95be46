// SPDX-License-Identifier: Apache-2.0
// Which tasks of a block must wait for which: one pass over the locks, two over the edges.
#include "fathom/sched/conflict_graph.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace fathom::sched {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

} // namespace

void ConflictGraph::begin(std::size_t expected_tasks, std::size_t expected_accounts) {
    accounts_.reset(expected_accounts);
    pending_begin_ = pending_end_ = lock_count_ = 0;
    states_.clear();
    readers_.clear();
    uses_.clear();
    use_starts_.clear();
    edges_.clear();
    newest_successor_.clear();
    dependency_counts_.clear();
    costs_.clear();
    states_.reserve(expected_accounts);
    use_starts_.reserve(expected_tasks + 1);
    use_starts_.push_back(0);
    newest_successor_.reserve(expected_tasks);
    dependency_counts_.reserve(expected_tasks);
    costs_.reserve(expected_tasks);
}

TaskIndex ConflictGraph::add_task(std::span<const AccountLock> locks, std::uint64_t cost) {
    const auto task = static_cast<TaskIndex>(costs_.size());
    costs_.push_back(cost);
    dependency_counts_.push_back(0);
    newest_successor_.push_back(kNone);
    for (const AccountLock& lock : locks) {
        if (pending_end_ - pending_begin_ == kPlaceAhead) look_up_oldest();
        PendingUse& use = pending_[pending_end_++ % kPlaceAhead];
        const std::uint64_t hash = accounts_.hash(lock.key);
        accounts_.prefetch_place(hash);
        use.key = lock.key;
        use.hash = hash;
        use.task = task;
        use.is_writable = lock.is_writable;
    }
    lock_count_ += locks.size();
    FATHOM_ASSERT(lock_count_ < kNone / 2);
    use_starts_.push_back(static_cast<std::uint32_t>(lock_count_));
    return task;
}

void ConflictGraph::look_up_oldest() {
    if (pending_begin_ + kKeyAhead < pending_end_) {
        const PendingUse& later = pending_[(pending_begin_ + kKeyAhead) % kPlaceAhead];
        if (const auto account = accounts_.prefetch_key(later.hash)) {
            __builtin_prefetch(&states_[*account], 1);
        }
    }
    const PendingUse& use = pending_[pending_begin_++ % kPlaceAhead];
    const AccountNumber account = accounts_.insert(use.key, use.hash);
    if (account == states_.size()) states_.push_back({kNone, kNone});
    uses_.emplace_back(account, use.is_writable);
    use.is_writable ? write(states_[account], use.task) : read(states_[account], use.task);
}

void ConflictGraph::read(AccountState& state, TaskIndex task) {
    if (state.last_writer != kNone) add_edge(state.last_writer, task);
    readers_.push_back({task, state.readers});
    state.readers = static_cast<std::uint32_t>(readers_.size() - 1);
}

void ConflictGraph::write(AccountState& state, TaskIndex task) {
    if (state.readers == kNone) {
        if (state.last_writer != kNone) add_edge(state.last_writer, task);
    }
    for (std::uint32_t i = state.readers; i != kNone; i = readers_[i].next) {
        add_edge(readers_[i].task, task);
    }
    state = {task, kNone};
}

// Edges come in by the order of `to`, so the newest successor of `from` tells whether
// this edge exists. A task that names a key twice meets itself here, which is no edge.
void ConflictGraph::add_edge(TaskIndex from, TaskIndex to) {
    if (from == to || newest_successor_[from] == to) return;
    newest_successor_[from] = to;
    ++dependency_counts_[to];
    edges_.push_back({from, to});
}

void ConflictGraph::finish() {
    while (pending_begin_ != pending_end_) look_up_oldest();
    sort_edges();
    measure_chains();
    sort_roots();
}

// Edges lie in the order of `to`; a counting sort by `from` keeps that order within each list.
void ConflictGraph::sort_edges() {
    const std::size_t count = task_count();
    successor_starts_.assign(count + 1, 0);
    successors_.resize(edges_.size());
    for (const Edge& edge : edges_) ++successor_starts_[edge.from];
    std::uint32_t total = 0;
    for (std::uint32_t& start : successor_starts_) {
        total += start;
        start = total;
    }
    // Backwards each start moves from the end of its list to the beginning.
    for (std::size_t i = edges_.size(); i-- > 0;) {
        successors_[--successor_starts_[edges_[i].from]] = edges_[i].to;
    }
}

void ConflictGraph::measure_chains() {
    chain_costs_.resize(task_count());
    critical_path_ = 0;
    total_cost_ = 0;
    for (std::size_t i = task_count(); i-- > 0;) {
        const auto task = static_cast<TaskIndex>(i);
        std::uint64_t longest = 0;
        for (const TaskIndex successor : successors(task)) {
            longest = std::max(longest, chain_costs_[successor]);
        }
        chain_costs_[i] = saturating_add(costs_[i], longest);
        critical_path_ = std::max(critical_path_, chain_costs_[i]);
        total_cost_ = saturating_add(total_cost_, costs_[i]);
    }
    longest_size_ = size_class(critical_path_);
}

// A counting sort: exact order would cost a comparison sort of most of the block and gain nothing.
void ConflictGraph::sort_roots() {
    const auto place_of = [&](std::size_t task) {
        return kUrgencies - 1 - urgency(static_cast<TaskIndex>(task));
    };
    std::array<std::uint32_t, kUrgencies> starts{};
    for (std::size_t i = 0; i < task_count(); ++i) {
        if (dependency_counts_[i] == 0) ++starts[place_of(i)];
    }
    std::uint32_t total = 0;
    for (std::uint32_t& start : starts) total += std::exchange(start, total);
    roots_.resize(total);
    for (std::size_t i = 0; i < task_count(); ++i) {
        if (dependency_counts_[i] == 0) roots_[starts[place_of(i)]++] = static_cast<TaskIndex>(i);
    }
}

} // namespace fathom::sched
