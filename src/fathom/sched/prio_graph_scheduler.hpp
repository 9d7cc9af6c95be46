// SPDX-License-Identifier: Apache-2.0
// Looks ahead over the highest priorities, as a graph in which each waits for the higher ones that
// it conflicts with, so that no lower one overtakes a higher one on an account.
#pragma once

#include "fathom/sched/block_scheduler.hpp"

namespace fathom::sched {

/// The scheduler that Agave used before the greedy one. Within a pass the order on every account is
/// that of priorities: a transaction that cannot be scheduled blocks those below it that share an
/// account with it. A chain of conflicts goes down one step at a time, most often to the thread
/// that has its beginning.
class PrioGraphScheduler final : public BlockScheduler {
public:
    explicit PrioGraphScheduler(const SchedulerOptions& options = {})
        : BlockScheduler(options), accounts_(0, KeyHash(options.hash_seed)) {}

    PassSummary schedule(TransactionBuffer& buffer, const PassLimits& limits,
                         std::vector<ScheduledBatch>& out) override;

private:
    /// A transaction of the look-ahead. Edges lead to those that wait for it.
    struct Node {
        TransactionId id = 0;
        std::uint32_t waits_for = 0;
        std::vector<std::uint32_t> edges;
        bool is_open = false;    // neither scheduled, held nor dropped: goes back after the pass
        bool is_blocked = false; // it or one above it could not be scheduled
    };
    /// Who in the graph used an account last.
    struct Account {
        std::uint32_t writer;
        std::vector<std::uint32_t> readers;
    };

    void refill(TransactionBuffer& buffer, std::size_t& popped);
    void insert(TransactionBuffer& buffer, TransactionId id);
    void add_edge(std::uint32_t above, std::uint32_t below);
    void close(TransactionBuffer& buffer, std::uint32_t node);

    FlatMap<Pubkey, Account, KeyHash> accounts_;
    std::vector<Node> nodes_; // of this pass, by descending rank
    std::size_t open_ = 0;
    RankHeap<true> ready_; // its ids are places in `nodes_`
    std::vector<std::uint32_t> done_;
};

} // namespace fathom::sched
