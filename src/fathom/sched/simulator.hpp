// SPDX-License-Identifier: Apache-2.0
// How a block would run on any number of workers: the pool's rules with costs for time.
#pragma once

#include "fathom/sched/conflict_graph.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fathom::sched {

struct SimulationOptions {
    unsigned workers = 1;                // 0 means 1
    std::uint64_t overhead_per_task = 0; // on top of each task's cost
    /// 0: a task takes what it costs, and the idle worker with the lowest number goes first.
    /// Anything else: it takes between half and one and a half of that, and idle workers go in
    /// random order, both drawn from this seed. Each seed is one way in which a pool, whose threads
    /// are never as regular as costs, might have run the block.
    std::uint64_t seed = 0;
};

/// Where and when a task ran. From `ready` to `start` nothing but a free worker was missing.
struct SimulatedRun {
    unsigned worker = 0;
    std::uint64_t ready = 0;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
};

/// A finished simulation. All numbers are of the times that tasks took in it.
struct Simulation {
    unsigned workers = 1;
    std::vector<SimulatedRun> runs; // by task
    std::vector<TaskIndex> order;   // as they started: a task after all that it waits for
    std::uint64_t makespan = 0;
    std::uint64_t total = 0;               // work of all tasks
    std::uint64_t critical_path = 0;       // of the longest chain
    std::vector<TaskIndex> critical_chain; // its tasks, in order

    /// How much faster than one worker.
    [[nodiscard]] double speed_up() const;
    /// No schedule is faster than this: min(workers, total / critical path).
    [[nodiscard]] double bound() const;
    /// Part of the workers' time that went into tasks.
    [[nodiscard]] double utilisation() const;
    /// `speed_up` as part of `bound`.
    [[nodiscard]] double efficiency() const { return speed_up() / bound(); }
};

/// Runs a finished graph on virtual workers. The same graph and options give the same runs each
/// time.
[[nodiscard]] Simulation simulate(const ConflictGraph& graph, const SimulationOptions& options);

/// Calls `fn(worker, task)` for every task on this thread, in the order in which the simulation
/// started them: what `WorkerPool::run` does, in one of its interleavings, the same each time. A
/// recorded seed brings a run back.
template <class Fn> void run_as_simulated(const Simulation& simulation, Fn&& fn) {
    for (const TaskIndex task : simulation.order) fn(simulation.runs[task].worker, task);
}

/// An account that many want to write: what it costs to run all its writers one after another.
struct HotAccount {
    AccountNumber account = 0;
    std::uint64_t cost = 0;
    std::size_t writers = 0;
};

/// The accounts whose writers cost most, at most `count`, dearest first.
[[nodiscard]] std::vector<HotAccount> hottest_accounts(const ConflictGraph& graph,
                                                       std::size_t count);

/// The numbers of workers of a usual report.
inline constexpr std::array<unsigned, 9> kScalingWorkers = {1, 2, 4, 8, 16, 32, 64, 128, 256};

/// A table: workers, makespan, speed-up, bound, utilisation, one line for each number of workers.
/// `options.workers` does not matter.
[[nodiscard]] std::string scaling_report(const ConflictGraph& graph,
                                         std::span<const unsigned> worker_counts,
                                         const SimulationOptions& options = {});

} // namespace fathom::sched
