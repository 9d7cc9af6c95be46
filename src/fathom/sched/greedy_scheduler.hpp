// SPDX-License-Identifier: Apache-2.0
// Gives out whatever can run, highest priority first; what cannot waits and blocks nobody.
#pragma once

#include "fathom/sched/block_scheduler.hpp"

namespace fathom::sched {

/// Agave 4.3's scheduler. A transaction whose accounts one thread holds goes to that thread; one
/// whose accounts several hold goes back to the buffer, and lower ones are looked at all the same.
class GreedyScheduler final : public BlockScheduler {
public:
    explicit GreedyScheduler(const SchedulerOptions& options = {}) : BlockScheduler(options) {}

    PassSummary schedule(TransactionBuffer& buffer, const PassLimits& limits,
                         std::vector<ScheduledBatch>& out) override;

private:
    std::vector<TransactionId> set_aside_;
};

} // namespace fathom::sched
