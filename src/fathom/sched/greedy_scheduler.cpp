// SPDX-License-Identifier: Apache-2.0
// Gives out whatever can run, highest priority first.
#include "fathom/sched/greedy_scheduler.hpp"

namespace fathom::sched {

PassSummary GreedyScheduler::schedule(TransactionBuffer& buffer, const PassLimits& limits,
                                      std::vector<ScheduledBatch>& out) {
    PassSummary summary;
    begin_pass(limits);
    while (may_go_on() && summary.scanned < options_.max_scanned) {
        const auto id = buffer.pop();
        if (!id) break;
        ++summary.scanned;
        const Attempt attempt = try_schedule(buffer, *id, limits, out);
        count(summary, attempt);
        if (attempt == Attempt::Conflict || attempt == Attempt::ThreadRefused) {
            set_aside_.push_back(*id);
        }
    }
    send_batches(out);
    for (const TransactionId id : set_aside_) buffer.push_back(id);
    set_aside_.clear();
    return summary;
}

} // namespace fathom::sched
