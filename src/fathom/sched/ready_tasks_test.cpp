// SPDX-License-Identifier: Apache-2.0
// What is ready is given out once, the most urgent first.
#include "fathom/sched/ready_tasks.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace fathom::sched {
namespace {

using testing::ElementsAre;

// One root, then independent tasks of these costs that all wait for it.
ConflictGraph fan(const std::vector<std::uint64_t>& costs) {
    ConflictGraph graph;
    graph.begin();
    graph.add_task(LockSet{{numbered_key(0), true}});
    for (const std::uint64_t cost : costs) {
        graph.add_task(LockSet{{numbered_key(0), false}}, cost);
    }
    graph.finish();
    return graph;
}

std::vector<TaskIndex> take_all(ReadyTasks& ready, unsigned worker) {
    std::vector<TaskIndex> tasks;
    while (const auto task = ready.take(worker)) tasks.push_back(*task);
    return tasks;
}

TEST(ReadyTasks, GivesTheMostUrgentFirst) {
    const ConflictGraph graph = fan({10, 1'000, 100, 10'000});
    ReadyTasks ready(1);
    ready.reset(graph);
    EXPECT_EQ(ready.take(0), 0U);
    for (TaskIndex task = 1; task <= 4; ++task) ready.offer(0, task);
    EXPECT_THAT(take_all(ready, 0), ElementsAre(4, 2, 3, 1));
    EXPECT_TRUE(ready.is_empty());
}

TEST(ReadyTasks, AnotherWorkersUrgentTaskComesBeforeOnesOwn) {
    const ConflictGraph graph = fan({10, 1'000});
    ReadyTasks ready(2);
    ready.reset(graph);
    EXPECT_EQ(ready.take(0), 0U);
    ready.offer(0, 1);
    ready.offer(1, 2);
    EXPECT_EQ(ready.take(0), 2U);
    EXPECT_EQ(ready.take(0), 1U);
}

TEST(ReadyTasks, WorkerWithoutAnythingTakesFromAnybody) {
    const ConflictGraph graph = fan({10, 1'000});
    ReadyTasks ready(9);
    ready.reset(graph);
    EXPECT_EQ(ready.take(3), 0U);
    ready.offer(7, 1);
    EXPECT_FALSE(ready.is_empty());
    EXPECT_EQ(ready.take(2), 1U);
    EXPECT_EQ(ready.take(2), std::nullopt);
}

TEST(ReadyTasks, GivesEachTaskOnceUnderContention) {
    constexpr TaskIndex kTasks = 20'000;
    constexpr unsigned kWorkers = 4;
    std::vector<std::uint64_t> costs(kTasks);
    for (TaskIndex i = 0; i < kTasks; ++i) costs[i] = 1 + i % 5'000;
    const ConflictGraph graph = fan(costs);
    ReadyTasks ready(kWorkers);
    for (int round = 0; round < 3; ++round) {
        ready.reset(graph);
        ASSERT_EQ(ready.take(0), 0U);
        std::vector<std::atomic<std::uint32_t>> taken(kTasks + 1);
        std::atomic<TaskIndex> next{1};
        std::atomic<TaskIndex> left{kTasks};
        std::vector<std::thread> threads;
        for (unsigned worker = 0; worker < kWorkers; ++worker) {
            threads.emplace_back([&, worker] {
                while (left.load() != 0) {
                    const TaskIndex mine = next.fetch_add(1);
                    if (mine <= kTasks) ready.offer(worker, mine);
                    if (mine % 3 == 0) continue; // so that several lie about
                    if (const auto task = ready.take(worker)) {
                        taken[*task].fetch_add(1);
                        left.fetch_sub(1);
                    }
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        for (TaskIndex task = 1; task <= kTasks; ++task) ASSERT_EQ(taken[task].load(), 1U);
        EXPECT_TRUE(ready.is_empty());
    }
}

} // namespace
} // namespace fathom::sched
