// SPDX-License-Identifier: Apache-2.0
// The graph's order against a reference that compares every pair of tasks.
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::sched {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AccountLock reads(std::uint64_t number) {
    return {numbered_key(number), false};
}
AccountLock writes(std::uint64_t number) {
    return {numbered_key(number), true};
}

ConflictGraph graph_of(const std::vector<LockSet>& tasks) {
    ConflictGraph graph;
    graph.begin();
    for (const LockSet& locks : tasks) graph.add_task(locks);
    graph.finish();
    return graph;
}

bool conflict(const LockSet& a, const LockSet& b) {
    for (const AccountLock& x : a) {
        for (const AccountLock& y : b) {
            if (x.key == y.key && (x.is_writable || y.is_writable)) return true;
        }
    }
    return false;
}

// reachable[a] has the tasks that can only start after a.
std::vector<std::vector<bool>> reachability(const ConflictGraph& graph) {
    const std::size_t count = graph.task_count();
    std::vector<std::vector<bool>> reachable(count, std::vector<bool>(count));
    for (std::size_t i = count; i-- > 0;) {
        for (const TaskIndex next : graph.successors(static_cast<TaskIndex>(i))) {
            reachable[i][next] = true;
            for (std::size_t j = 0; j < count; ++j) {
                if (reachable[next][j]) reachable[i][j] = true;
            }
        }
    }
    return reachable;
}

std::vector<LockSet> random_tasks(Random& random, std::size_t count, std::uint64_t accounts) {
    std::vector<LockSet> tasks(count);
    for (LockSet& locks : tasks) {
        const std::uint64_t wanted = random.below(6);
        for (std::uint64_t i = 0; i < wanted; ++i) {
            locks.push_back({numbered_key(random.below(accounts)), random.below(3) == 0});
        }
    }
    return tasks;
}

TEST(ConflictGraph, ReadersOfOneAccountAreFree) {
    const auto graph = graph_of({{reads(1)}, {reads(1)}, {reads(1)}});
    EXPECT_EQ(graph.edge_count(), 0U);
    EXPECT_THAT(graph.roots(), ElementsAre(0, 1, 2));
}

TEST(ConflictGraph, WritersOfOneAccountFollowEachOther) {
    const auto graph = graph_of({{writes(1)}, {writes(1)}, {writes(1)}});
    EXPECT_THAT(graph.successors(0), ElementsAre(1));
    EXPECT_THAT(graph.successors(1), ElementsAre(2));
    EXPECT_THAT(graph.dependency_counts(), ElementsAre(0, 1, 1));
}

TEST(ConflictGraph, WriterWaitsForAllReadersSinceTheLastWriter) {
    const auto graph = graph_of({{writes(1)}, {reads(1)}, {reads(1)}, {writes(1)}, {reads(1)}});
    EXPECT_THAT(graph.successors(0), ElementsAre(1, 2));
    EXPECT_THAT(graph.dependency_counts(), ElementsAre(0, 1, 1, 2, 1));
    EXPECT_THAT(graph.successors(3), ElementsAre(4));
}

TEST(ConflictGraph, TasksThatShareSeveralAccountsHaveOneEdge) {
    const auto graph =
        graph_of({{writes(1), writes(2), reads(3)}, {reads(1), writes(2), writes(3)}});
    EXPECT_THAT(graph.successors(0), ElementsAre(1));
    EXPECT_EQ(graph.dependency_count(1), 1U);
}

TEST(ConflictGraph, KeyNamedTwiceByOneTaskIsWrittenIfAnyNameWrites) {
    const auto graph =
        graph_of({{reads(1)}, {writes(1), reads(1)}, {reads(1), writes(1)}, {reads(1)}});
    EXPECT_THAT(graph.dependency_counts(), ElementsAre(0, 1, 1, 1));
    EXPECT_THAT(graph.successors(2), ElementsAre(3));
}

TEST(ConflictGraph, ManyReadersThenManyWritersStayLinear) {
    std::vector<LockSet> tasks;
    for (int i = 0; i < 5'000; ++i) tasks.push_back({reads(1)});
    for (int i = 0; i < 5'000; ++i) tasks.push_back({writes(1)});
    const auto graph = graph_of(tasks);
    EXPECT_EQ(graph.edge_count(), 5'000U + 4'999U);
}

TEST(ConflictGraph, EdgesNeverExceedTwiceTheLocks) {
    Random random(5);
    for (int round = 0; round < 50; ++round) {
        const auto tasks = random_tasks(random, 200, 1 + random.below(20));
        std::size_t locks = 0;
        for (const LockSet& task : tasks) locks += task.size();
        EXPECT_LE(graph_of(tasks).edge_count(), 2 * locks);
    }
}

TEST(ConflictGraph, OrdersExactlyTheConflictingPairsAndTheirConsequences) {
    Random random(1);
    for (int round = 0; round < 60; ++round) {
        const auto tasks = random_tasks(random, 60, 2 + random.below(60));
        const auto reachable = reachability(graph_of(tasks));
        // The reference: the closure of all conflicts in block order.
        std::vector<std::vector<bool>> expected(60, std::vector<bool>(60));
        for (std::size_t i = 60; i-- > 0;) {
            for (std::size_t j = i + 1; j < 60; ++j) {
                if (!conflict(tasks[i], tasks[j])) continue;
                expected[i][j] = true;
                for (std::size_t k = 0; k < 60; ++k) {
                    if (expected[j][k]) expected[i][k] = true;
                }
            }
        }
        ASSERT_EQ(reachable, expected) << "round " << round;
    }
}

TEST(ConflictGraph, CountsEachEdgeAtBothEnds) {
    Random random(2);
    const auto graph = graph_of(random_tasks(random, 500, 40));
    std::vector<std::uint32_t> counted(500);
    for (TaskIndex task = 0; task < 500; ++task) {
        TaskIndex before = 0;
        for (const TaskIndex next : graph.successors(task)) {
            EXPECT_GT(next, std::max(task, before));
            before = next;
            ++counted[next];
        }
    }
    EXPECT_THAT(graph.dependency_counts(), testing::ElementsAreArray(counted));
}

TEST(ConflictGraph, ChainCostIsTheDearestWayToTheEnd) {
    ConflictGraph graph;
    graph.begin();
    graph.add_task(LockSet{writes(1)}, 10);
    graph.add_task(LockSet{writes(2)}, 500);
    graph.add_task(LockSet{writes(1)}, 20);
    graph.add_task(LockSet{reads(1)}, 5);
    graph.add_task(LockSet{reads(1), reads(2)}, 7);
    graph.finish();
    EXPECT_EQ(graph.chain_cost(0), 37U);
    EXPECT_EQ(graph.chain_cost(1), 507U);
    EXPECT_EQ(graph.critical_path(), 507U);
    EXPECT_THAT(graph.roots(), ElementsAre(1, 0));
}

TEST(ConflictGraph, ChainCostSaturates) {
    ConflictGraph graph;
    graph.begin();
    for (int i = 0; i < 3; ++i) graph.add_task(LockSet{writes(1)}, ~std::uint64_t{0});
    graph.finish();
    EXPECT_EQ(graph.critical_path(), ~std::uint64_t{0});
    EXPECT_THAT(graph.roots(), ElementsAre(0));
}

TEST(ConflictGraph, UsesNameAccountsByNumber) {
    const auto graph = graph_of({{writes(9), reads(8)}, {reads(9)}});
    ASSERT_EQ(graph.uses(0).size(), 2U);
    EXPECT_EQ(graph.uses(0)[0].account(), 0U);
    EXPECT_TRUE(graph.uses(0)[0].is_writable());
    EXPECT_FALSE(graph.uses(0)[1].is_writable());
    EXPECT_EQ(graph.uses(1)[0].account(), 0U);
    EXPECT_EQ(graph.accounts().key(1), numbered_key(8));
}

TEST(ConflictGraph, SecondBlockKnowsNothingOfTheFirst) {
    ConflictGraph graph;
    for (int block = 0; block < 2; ++block) {
        graph.begin();
        graph.add_task(LockSet{writes(1)});
        graph.add_task(LockSet{reads(1)});
        graph.finish();
        EXPECT_THAT(graph.dependency_counts(), ElementsAre(0, 1));
        EXPECT_EQ(graph.accounts().size(), 1U);
    }
}

TEST(ConflictGraph, EmptyBlockHasNoRoots) {
    const auto graph = graph_of({});
    EXPECT_EQ(graph.task_count(), 0U);
    EXPECT_THAT(graph.roots(), IsEmpty());
    EXPECT_EQ(graph.critical_path(), 0U);
}

} // namespace
} // namespace fathom::sched
