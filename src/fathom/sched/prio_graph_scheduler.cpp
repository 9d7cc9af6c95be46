// SPDX-License-Identifier: Apache-2.0
// Looks ahead over the highest priorities, as a graph. Works in rounds: everything that waits for
// nothing is tried in the order of rank, the batches are sent, then what waited for it comes up.
#include "fathom/sched/prio_graph_scheduler.hpp"

#include <algorithm>
#include <limits>

namespace fathom::sched {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

} // namespace

PassSummary PrioGraphScheduler::schedule(TransactionBuffer& buffer, const PassLimits& limits,
                                         std::vector<ScheduledBatch>& out) {
    PassSummary summary;
    std::size_t popped = 0;
    begin_pass(limits);
    refill(buffer, popped);
    while (may_go_on() && !ready_.is_empty()) {
        while (may_go_on() && !ready_.is_empty()) {
            const std::uint32_t place = ready_.top().id;
            ready_.remove(place);
            Node& node = nodes_[place];
            ++summary.scanned;
            const Attempt attempt =
                node.is_blocked ? Attempt::Conflict : try_schedule(buffer, node.id, limits, out);
            count(summary, attempt);
            const bool remains = attempt == Attempt::Conflict || attempt == Attempt::ThreadRefused;
            node.is_blocked = remains;
            node.is_open = remains;
            done_.push_back(place);
        }
        send_batches(out);
        for (const std::uint32_t place : std::exchange(done_, {})) close(buffer, place);
        refill(buffer, popped);
    }
    send_batches(out);
    for (const Node& node : nodes_) {
        if (node.is_open) buffer.push_back(node.id);
    }
    nodes_.clear();
    accounts_.clear();
    ready_ = {};
    open_ = 0;
    return summary;
}

void PrioGraphScheduler::refill(TransactionBuffer& buffer, std::size_t& popped) {
    while (open_ < options_.look_ahead && popped < options_.max_scanned) {
        const auto id = buffer.pop();
        if (!id) return;
        ++popped;
        insert(buffer, *id);
    }
}

// Comes in descending rank, so edges lead from what is in the graph to what comes in.
void PrioGraphScheduler::insert(TransactionBuffer& buffer, TransactionId id) {
    const auto place = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({id, 0, {}, true, false});
    ++open_;
    for (const AccountLock& lock : buffer.locks(id)) {
        Account& account = accounts_.try_emplace(lock.key, Account{kNone, {}}).first->second;
        if (account.writer != kNone) add_edge(account.writer, place);
        if (!lock.is_writable) {
            account.readers.push_back(place);
            continue;
        }
        for (const std::uint32_t reader : account.readers) add_edge(reader, place);
        account.readers.clear();
        account.writer = place;
    }
    if (nodes_[place].waits_for == 0) {
        const Rank& rank = buffer.rank(id);
        ready_.push({rank.priority, rank.tie, place});
    }
}

// One that has been scheduled holds nothing up here, its locks do that. One that could not be keeps
// back what comes after it for the rest of the pass.
void PrioGraphScheduler::add_edge(std::uint32_t above, std::uint32_t below) {
    Node& from = nodes_[above];
    if (above == below || !from.is_open) return;
    if (from.is_blocked) {
        nodes_[below].is_blocked = true;
        return;
    }
    if (!from.edges.empty() && from.edges.back() == below) return;
    from.edges.push_back(below);
    ++nodes_[below].waits_for;
}

void PrioGraphScheduler::close(TransactionBuffer& buffer, std::uint32_t place) {
    --open_;
    const bool is_blocked = nodes_[place].is_blocked;
    for (const std::uint32_t below : std::exchange(nodes_[place].edges, {})) {
        Node& node = nodes_[below];
        node.is_blocked = node.is_blocked || is_blocked;
        if (--node.waits_for != 0) continue;
        const Rank& rank = buffer.rank(node.id);
        ready_.push({rank.priority, rank.tie, below});
    }
}

} // namespace fathom::sched
