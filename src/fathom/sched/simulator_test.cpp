// SPDX-License-Identifier: Apache-2.0
// Simulated blocks whose times can be worked out by hand, and how close a large mix comes to the
// best that is possible.
#include "fathom/sched/simulator.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::sched {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

AccountLock reads(std::uint64_t number) {
    return {numbered_key(number), false};
}
AccountLock writes(std::uint64_t number) {
    return {numbered_key(number), true};
}

struct Task {
    LockSet locks;
    std::uint64_t cost;
};

ConflictGraph graph_of(const std::vector<Task>& tasks) {
    ConflictGraph graph;
    graph.begin();
    for (const Task& task : tasks) graph.add_task(task.locks, task.cost);
    graph.finish();
    return graph;
}

ConflictGraph graph_of(const Workload& load) {
    ConflictGraph graph;
    graph.begin();
    for (std::size_t i = 0; i < load.size(); ++i) graph.add_task(load.locks(i), load.cost(i));
    graph.finish();
    return graph;
}

TEST(Simulator, OneWorkerNeedsTheSum) {
    const auto graph = graph_of({{{writes(1)}, 10}, {{writes(2)}, 20}, {{writes(1)}, 30}});
    const Simulation result = simulate(graph, {.workers = 1});
    EXPECT_EQ(result.makespan, 60U);
    EXPECT_DOUBLE_EQ(result.speed_up(), 1);
    EXPECT_DOUBLE_EQ(result.utilisation(), 1);
}

TEST(Simulator, ChainNeedsItsSumOnAnyNumberOfWorkers) {
    const auto graph = graph_of({{{writes(1)}, 10}, {{writes(1)}, 20}, {{writes(1)}, 30}});
    const Simulation result = simulate(graph, {.workers = 8});
    EXPECT_EQ(result.makespan, 60U);
    EXPECT_DOUBLE_EQ(result.bound(), 1);
    EXPECT_DOUBLE_EQ(result.efficiency(), 1);
    // It stays with one worker, and nothing was missing but the task before.
    for (TaskIndex task = 0; task < 3; ++task) {
        EXPECT_EQ(result.runs[task].worker, result.runs[0].worker);
        EXPECT_EQ(result.runs[task].start, result.runs[task].ready);
    }
}

TEST(Simulator, LongTasksStartFirst) {
    const auto graph = graph_of({{{writes(1)}, 10}, {{writes(2)}, 10}, {{writes(3)}, 100}});
    EXPECT_EQ(simulate(graph, {.workers = 2}).makespan, 100U);
}

TEST(Simulator, ReadersRunTogether) {
    const auto graph = graph_of(
        {{{writes(1)}, 5}, {{reads(1)}, 10}, {{reads(1)}, 10}, {{reads(1)}, 10}, {{writes(1)}, 5}});
    EXPECT_EQ(simulate(graph, {.workers = 3}).makespan, 20U);
    EXPECT_EQ(simulate(graph, {.workers = 2}).makespan, 30U);
}

TEST(Simulator, WaitingForAWorkerIsTold) {
    const auto graph = graph_of({{{writes(1)}, 100}, {{writes(2)}, 10}});
    const Simulation result = simulate(graph, {.workers = 1});
    EXPECT_EQ(result.runs[1].ready, 0U);
    EXPECT_EQ(result.runs[1].start, 100U);
}

TEST(Simulator, OverheadComesWithEachTask) {
    const auto graph = graph_of({{{writes(1)}, 10}, {{writes(1)}, 10}});
    EXPECT_EQ(simulate(graph, {.workers = 1, .overhead_per_task = 3}).makespan, 26U);
}

TEST(Simulator, EmptyBlockTakesNoTime) {
    const Simulation result = simulate(graph_of(std::vector<Task>{}), {.workers = 0});
    EXPECT_EQ(result.workers, 1U);
    EXPECT_EQ(result.makespan, 0U);
    EXPECT_DOUBLE_EQ(result.speed_up(), 1);
}

TEST(Simulator, ConflictingTasksNeverOverlapAndKeepBlockOrder) {
    const auto load = make_mix({.transactions = 2'000, .holders = 200});
    const auto graph = graph_of(load);
    const Simulation result = simulate(graph, {.workers = 16});
    for (TaskIndex task = 0; task < graph.task_count(); ++task) {
        for (const TaskIndex next : graph.successors(task)) {
            ASSERT_LE(result.runs[task].end, result.runs[next].start);
        }
    }
    std::vector<std::vector<SimulatedRun>> lanes(16);
    for (const SimulatedRun& run : result.runs) lanes[run.worker].push_back(run);
    for (auto& lane : lanes) {
        std::ranges::sort(lane, {}, &SimulatedRun::start);
        for (std::size_t i = 1; i < lane.size(); ++i) ASSERT_LE(lane[i - 1].end, lane[i].start);
    }
}

TEST(Simulator, SameGraphGivesTheSameRuns) {
    const auto graph = graph_of(make_mix({.transactions = 3'000}));
    const Simulation one = simulate(graph, {.workers = 24});
    const Simulation other = simulate(graph, {.workers = 24});
    for (std::size_t i = 0; i < one.runs.size(); ++i) {
        ASSERT_EQ(one.runs[i].start, other.runs[i].start);
        ASSERT_EQ(one.runs[i].worker, other.runs[i].worker);
    }
}

// What the tasks leave behind when each mixes the accounts it names into those it writes.
std::vector<std::uint64_t> play(const ConflictGraph& graph, const Simulation& simulation) {
    std::vector<std::uint64_t> accounts(graph.accounts().size());
    run_as_simulated(simulation, [&](unsigned worker, TaskIndex task) {
        EXPECT_LT(worker, simulation.workers);
        std::uint64_t sum = task;
        for (const AccountUse use : graph.uses(task)) sum = sum * 31 + accounts[use.account()];
        for (const AccountUse use : graph.uses(task)) {
            if (use.is_writable()) accounts[use.account()] = sum;
        }
    });
    return accounts;
}

TEST(Simulator, AnySeedAndNumberOfWorkersGiveTheResultsOfBlockOrder) {
    const auto graph = graph_of(make_mix({.transactions = 3'000, .holders = 300}));
    Simulation block_order = simulate(graph, {.workers = 1});
    std::ranges::sort(block_order.order);
    const auto expected = play(graph, block_order);
    for (const unsigned workers : {1U, 2U, 7U, 64U}) {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const Simulation run = simulate(graph, {.workers = workers, .seed = seed});
            ASSERT_EQ(run.order.size(), graph.task_count());
            ASSERT_EQ(play(graph, run), expected) << workers << " workers, seed " << seed;
        }
    }
}

TEST(Simulator, SeedBringsAnInterleavingBackAndAnotherSeedGivesAnother) {
    const auto graph = graph_of(make_mix({.transactions = 1'000}));
    const Simulation recorded = simulate(graph, {.workers = 8, .seed = 5});
    EXPECT_EQ(simulate(graph, {.workers = 8, .seed = 5}).order, recorded.order);
    EXPECT_NE(simulate(graph, {.workers = 8, .seed = 6}).order, recorded.order);
}

TEST(Simulator, SeededTasksTakeHalfToOneAndAHalfOfTheirCost) {
    const auto graph = graph_of(std::vector<Task>(500, {{reads(1)}, 10'000}));
    const Simulation result = simulate(graph, {.workers = 4, .seed = 3});
    std::uint64_t shortest = 20'000;
    std::uint64_t longest = 0;
    for (const SimulatedRun& run : result.runs) {
        shortest = std::min(shortest, run.end - run.start);
        longest = std::max(longest, run.end - run.start);
    }
    EXPECT_GE(shortest, 5'000U);
    EXPECT_LT(shortest, 5'500U);
    EXPECT_GT(longest, 14'500U);
    EXPECT_LE(longest, 15'000U);
}

// Overhead and drawn times make other chains the longest; the bound is one of what took place.
TEST(Simulator, NothingIsFasterThanTheBoundWhateverTasksTake) {
    const auto graph = graph_of(make_mix({.transactions = 2'000, .mints = 40}));
    for (const unsigned workers : {1U, 4U, 64U}) {
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const Simulation result =
                simulate(graph, {.workers = workers, .overhead_per_task = 500, .seed = seed});
            ASSERT_LE(result.efficiency(), 1 + 1e-12) << workers << " workers, seed " << seed;
            ASSERT_GE(result.makespan, result.critical_path);
        }
    }
}

// Tasks without cost start at the moment in which what they wait for does.
TEST(Simulator, OrderRespectsConflictsOfTasksThatCostNothing) {
    const auto graph = graph_of(std::vector<Task>(50, {{writes(1)}, 0}));
    EXPECT_TRUE(std::ranges::is_sorted(simulate(graph, {.workers = 4}).order));
}

// The target for a large mix: nine tenths of what no schedule can exceed.
TEST(Simulator, LargeMixComesWithinATenthOfTheBoundUpTo64Workers) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto graph = graph_of(make_mix({.transactions = 50'000, .seed = seed}));
        for (const unsigned workers : {1U, 2U, 4U, 8U, 16U, 32U, 64U}) {
            EXPECT_GE(simulate(graph, {.workers = workers}).efficiency(), 0.9)
                << "seed " << seed << ", " << workers << " workers";
        }
    }
}

// The same where one account is in most of the block, and where conflicts are everywhere.
TEST(Simulator, ContendedMixesComeWithinATenthOfTheBoundToo) {
    for (const MixOptions& options : {MixOptions{.transactions = 20'000, .mints = 40},
                                      MixOptions{.transactions = 20'000, .pools = 20},
                                      MixOptions{.transactions = 20'000, .holders = 500}}) {
        const auto graph = graph_of(make_mix(options));
        for (const unsigned workers : {4U, 16U, 64U}) {
            EXPECT_GE(simulate(graph, {.workers = workers}).efficiency(), 0.9) << workers;
        }
    }
}

TEST(Simulator, CriticalChainIsTheDearestWayThrough) {
    const auto graph = graph_of({{{writes(1)}, 10},
                                 {{writes(2)}, 50},
                                 {{writes(1), writes(2)}, 5},
                                 {{writes(1)}, 7},
                                 {{writes(2)}, 1}});
    const Simulation result = simulate(graph, {.workers = 1});
    EXPECT_EQ(result.critical_path, 62U);
    EXPECT_THAT(result.critical_chain, ElementsAre(1, 2, 3));
}

TEST(Simulator, HottestAccountsAreThoseWhoseWritersCostMost) {
    const auto graph = graph_of(
        {{{writes(1), reads(9)}, 10}, {{writes(2), reads(9)}, 50}, {{writes(1), reads(9)}, 5}});
    const auto hot = hottest_accounts(graph, 10);
    ASSERT_EQ(hot.size(), 2U);
    EXPECT_EQ(graph.accounts().key(hot[0].account), numbered_key(2));
    EXPECT_EQ(hot[1].cost, 15U);
    EXPECT_EQ(hot[1].writers, 2U);
}

TEST(Simulator, ReportHasALineForEachNumberOfWorkers) {
    const auto graph = graph_of({{{writes(1)}, 10}, {{writes(2)}, 10}});
    const unsigned counts[] = {1, 2};
    const std::string report = scaling_report(graph, counts);
    EXPECT_EQ(std::ranges::count(report, '\n'), 3);
    EXPECT_THAT(report, HasSubstr("2.00"));
}

} // namespace
} // namespace fathom::sched
