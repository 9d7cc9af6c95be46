// SPDX-License-Identifier: Apache-2.0
// What the scheduler would make of a block: from its transactions to a table and a picture.
#pragma once

#include "fathom/sched/simulator.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sched {

/// One transaction of a block, as far as scheduling goes. Refers to memory of the caller.
struct TransactionWork {
    std::span<const AccountLock> locks;
    std::uint64_t cost = 1;
    std::string_view label = {}; // a name for people, may be empty
};

struct ReportOptions {
    std::string_view title = "Schedule of a block";
    std::vector<unsigned> worker_counts{kScalingWorkers.begin(), kScalingWorkers.end()};
    std::uint64_t overhead_per_task = 0;
    std::uint64_t seed = 0; // of the simulation
    std::size_t hot_accounts = 8;
    unsigned drawn_workers = 8; // lanes of the picture; 0: no picture
};

struct ScheduleReport {
    std::string text; // a summary, a line for each number of workers, the hottest accounts
    std::string svg;
};

/// Simulates a block given in its order.
[[nodiscard]] ScheduleReport simulate_schedule(std::span<const TransactionWork> block,
                                               const ReportOptions& options = {});

} // namespace fathom::sched
