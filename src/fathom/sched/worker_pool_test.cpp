// SPDX-License-Identifier: Apache-2.0
// Every task once, conflicting ones in block order, with any number of workers.
#include "fathom/sched/worker_pool.hpp"
#include "fathom/sched/workload.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace fathom::sched {
namespace {

struct Block {
    std::vector<LockSet> tasks;
    ConflictGraph graph;

    explicit Block(std::vector<LockSet> sets) : tasks(std::move(sets)) {
        graph.begin(tasks.size());
        for (const LockSet& locks : tasks) graph.add_task(locks);
        graph.finish();
    }
};

Block random_block(std::uint64_t seed, std::size_t count, std::uint64_t accounts) {
    Random random(seed);
    std::vector<LockSet> tasks(count);
    for (LockSet& locks : tasks) {
        const std::uint64_t wanted = 1 + random.below(5);
        for (std::uint64_t i = 0; i < wanted; ++i) {
            locks.push_back({numbered_key(random.below(accounts)), random.below(2) == 0});
        }
    }
    return Block(std::move(tasks));
}

// Plain memory that tasks read and write as their locks say: what comes out is what block order
// gives, and a race is one for the sanitizer to see.
std::vector<std::uint64_t> play(WorkerPool& pool, const Block& block) {
    std::vector<std::uint64_t> accounts(block.graph.accounts().size());
    std::vector<std::uint64_t> results(block.tasks.size());
    std::vector<std::uint32_t> runs(block.tasks.size());
    pool.run(block.graph, [&](unsigned, TaskIndex task) {
        ++runs[task];
        std::uint64_t sum = task;
        for (const AccountUse use : block.graph.uses(task))
            sum = sum * 31 + accounts[use.account()];
        for (const AccountUse use : block.graph.uses(task)) {
            if (use.is_writable()) accounts[use.account()] = sum;
        }
        results[task] = sum;
    });
    for (const std::uint32_t count : runs) EXPECT_EQ(count, 1U);
    results.insert(results.end(), accounts.begin(), accounts.end());
    return results;
}

class WorkerPoolOf : public testing::TestWithParam<unsigned> {};

TEST_P(WorkerPoolOf, GivesTheResultsOfBlockOrder) {
    WorkerPool pool(GetParam());
    WorkerPool single(1);
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const Block block = random_block(seed, 600, 3 + (seed * seed * 13));
        ASSERT_EQ(play(pool, block), play(single, block)) << "seed " << seed;
    }
}

TEST_P(WorkerPoolOf, RunsOneLongChain) {
    WorkerPool pool(GetParam());
    const Block block(std::vector<LockSet>(3'000, LockSet{{numbered_key(1), true}}));
    std::vector<TaskIndex> order;
    pool.run(block.graph, [&](unsigned, TaskIndex task) { order.push_back(task); });
    std::vector<TaskIndex> expected(3'000);
    std::iota(expected.begin(), expected.end(), TaskIndex{0});
    EXPECT_EQ(order, expected);
}

TEST_P(WorkerPoolOf, FreesManyTasksAtOnce) {
    WorkerPool pool(GetParam());
    std::vector<LockSet> tasks{{{numbered_key(1), true}}};
    for (int i = 0; i < 5'000; ++i) tasks.push_back({{numbered_key(1), false}});
    tasks.push_back({{numbered_key(1), true}});
    const Block block(std::move(tasks));
    std::atomic<unsigned> readers{0};
    unsigned seen_by_last = 0;
    pool.run(block.graph, [&](unsigned, TaskIndex task) {
        if (task != 0 && task <= 5'000) readers.fetch_add(1, std::memory_order_relaxed);
        if (task == 5'001) seen_by_last = readers.load(std::memory_order_relaxed);
    });
    EXPECT_EQ(seen_by_last, 5'000U);
}

// One worker is busy for long enough that the others give up looking, then there is work for all,
// again and again.
TEST_P(WorkerPoolOf, WakesThoseWhoFellAsleep) {
    WorkerPool pool(GetParam());
    std::vector<LockSet> tasks;
    for (int round = 0; round < 40; ++round) {
        tasks.push_back({{numbered_key(1), true}});
        for (int i = 0; i < 20; ++i) tasks.push_back({{numbered_key(1), false}});
    }
    const Block block(std::move(tasks));
    std::vector<std::uint32_t> runs(block.tasks.size());
    std::atomic<unsigned> readers{0};
    pool.run(block.graph, [&](unsigned, TaskIndex task) {
        ++runs[task];
        if (task % 21 != 0) {
            readers.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        EXPECT_EQ(readers.load(std::memory_order_relaxed), task / 21 * 20);
        for (int i = 0; i < 300; ++i) std::this_thread::yield();
    });
    EXPECT_EQ(runs, std::vector<std::uint32_t>(block.tasks.size(), 1));
}

TEST_P(WorkerPoolOf, EachWorkerHasAnArenaThatStartsAnewWithEachTask) {
    WorkerPool pool(GetParam());
    const Block block = random_block(5, 500, 50);
    std::vector<std::uint64_t> sums(block.tasks.size());
    const auto sum_up = [&](unsigned worker, std::size_t task) {
        std::pmr::vector<std::uint64_t> numbers(2'000, task, &pool.arena(worker));
        sums[task] = std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    };
    pool.run(block.graph, sum_up);
    for (std::size_t task = 0; task < sums.size(); ++task) ASSERT_EQ(sums[task], task * 2'000);
    pool.parallel_for(sums.size(), sum_up);
    for (unsigned worker = 0; worker < pool.worker_count(); ++worker) {
        EXPECT_LE(pool.arena(worker).capacity(), 64U * 1024);
    }
}

TEST_P(WorkerPoolOf, RunsManySmallBlocksInARow) {
    WorkerPool pool(GetParam());
    std::uint64_t total = 0;
    for (std::uint64_t round = 0; round < 300; ++round) {
        const Block block = random_block(round, 1 + round % 9, 4);
        std::vector<std::uint64_t> done(block.tasks.size());
        pool.run(block.graph, [&](unsigned, TaskIndex task) { done[task] = 1; });
        total += std::accumulate(done.begin(), done.end(), std::uint64_t{0});
        ASSERT_EQ(done, std::vector<std::uint64_t>(block.tasks.size(), 1));
    }
    EXPECT_GT(total, 300U);
}

TEST_P(WorkerPoolOf, RunsAnEmptyGraph) {
    WorkerPool pool(GetParam());
    const Block block({});
    pool.run(block.graph, [](unsigned, TaskIndex) { ADD_FAILURE(); });
}

TEST_P(WorkerPoolOf, VisitsEveryIndexOnce) {
    WorkerPool pool(GetParam());
    for (const std::size_t count : {0U, 1U, 7U, 1'000U, 10'007U}) {
        for (const std::size_t group : {0U, 1U, 64U}) {
            std::vector<std::uint32_t> visits(count);
            pool.parallel_for(
                count,
                [&](unsigned worker, std::size_t index) {
                    EXPECT_LT(worker, pool.worker_count());
                    ++visits[index];
                },
                group);
            ASSERT_EQ(visits, std::vector<std::uint32_t>(count, 1));
        }
    }
}

TEST_P(WorkerPoolOf, AlternatesBetweenRangesAndGraphs) {
    WorkerPool pool(GetParam());
    WorkerPool single(1);
    const Block block = random_block(77, 200, 30);
    const auto expected = play(single, block);
    for (int round = 0; round < 20; ++round) {
        std::vector<std::uint32_t> visits(50);
        pool.parallel_for(50, [&](unsigned, std::size_t index) { ++visits[index]; });
        ASSERT_EQ(visits, std::vector<std::uint32_t>(50, 1));
        ASSERT_EQ(play(pool, block), expected);
    }
}

INSTANTIATE_TEST_SUITE_P(Workers, WorkerPoolOf, testing::Values(1U, 2U, 4U, 8U));

TEST(WorkerPool, SingleWorkerKeepsBlockOrder) {
    WorkerPool pool(1);
    const Block block = random_block(3, 300, 1'000);
    TaskIndex expected = 0;
    pool.run(block.graph, [&](unsigned worker, TaskIndex task) {
        EXPECT_EQ(worker, 0U);
        EXPECT_EQ(task, expected++);
    });
}

TEST(WorkerPool, ZeroWorkersMeansTheCallerAlone) {
    EXPECT_EQ(WorkerPool(0).worker_count(), 1U);
}

} // namespace
} // namespace fathom::sched
