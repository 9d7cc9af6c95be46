// SPDX-License-Identifier: Apache-2.0
// Both schedulers of block production: what they give out, when, and what contention does to whom.
#include "fathom/sched/block_scheduler.hpp"
#include "fathom/sched/fee_statistics.hpp"
#include "fathom/sched/greedy_scheduler.hpp"
#include "fathom/sched/prio_graph_scheduler.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

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

struct Rig {
    TransactionBuffer buffer;
    std::unique_ptr<BlockScheduler> scheduler;
    std::vector<ScheduledBatch> batches;

    void submit(std::uint64_t tag, const LockSet& locks, std::uint64_t priority = 1,
                std::uint64_t units = 1) {
        buffer.insert({.tag = tag, .locks = locks, .cost = {.units = units}, .priority = priority});
    }
    PassSummary pass(PassLimits limits = {}) {
        batches.clear();
        return scheduler->schedule(buffer, limits, batches);
    }
    std::vector<std::uint64_t> tags(const ScheduledBatch& batch) const {
        std::vector<std::uint64_t> tags;
        for (const TransactionId id : batch.transactions) tags.push_back(buffer.tag(id));
        return tags;
    }
    // The one batch that this thread was given.
    std::vector<std::uint64_t> tags_of_thread(unsigned thread) const {
        std::vector<std::uint64_t> all;
        for (const ScheduledBatch& batch : batches) {
            if (batch.thread != thread) continue;
            for (const std::uint64_t tag : tags(batch)) all.push_back(tag);
        }
        return all;
    }
    void complete_all(Verdict verdict = Verdict::Committed, BlockCosts* costs = nullptr) {
        for (const ScheduledBatch& batch : batches) {
            const std::vector<Outcome> outcomes(batch.transactions.size(), {verdict, 1});
            ASSERT_TRUE(scheduler->complete(buffer, batch.number, outcomes, costs));
        }
        batches.clear();
    }
};

enum class Kind { Greedy, PrioGraph };

Rig rig_of(Kind kind, const SchedulerOptions& options = {}) {
    Rig rig;
    if (kind == Kind::Greedy) rig.scheduler = std::make_unique<GreedyScheduler>(options);
    if (kind == Kind::PrioGraph) rig.scheduler = std::make_unique<PrioGraphScheduler>(options);
    return rig;
}

class EachScheduler : public testing::TestWithParam<Kind> {
protected:
    [[nodiscard]] static Rig rig(const SchedulerOptions& options = {}) {
        return rig_of(GetParam(), options);
    }
};

TEST_P(EachScheduler, EmptyBufferGivesNothing) {
    Rig rig = EachScheduler::rig();
    EXPECT_EQ(rig.pass().scheduled, 0U);
    EXPECT_THAT(rig.batches, IsEmpty());
}

TEST_P(EachScheduler, OneThreadGetsThemByPriority) {
    Rig rig = EachScheduler::rig({.threads = 1});
    rig.submit(1, {writes(1)}, 5);
    rig.submit(2, {writes(2)}, 9);
    rig.submit(3, {writes(3)}, 7);
    rig.pass();
    EXPECT_THAT(rig.tags_of_thread(0), ElementsAre(2, 3, 1));
}

TEST_P(EachScheduler, WorkIsSpreadByUnits) {
    Rig rig = EachScheduler::rig({.threads = 2});
    rig.submit(1, {writes(1)}, 9, 1'000);
    rig.submit(2, {writes(2)}, 8, 300);
    rig.submit(3, {writes(3)}, 7, 300);
    rig.submit(4, {writes(4)}, 6, 300);
    rig.pass();
    EXPECT_THAT(rig.tags_of_thread(0), ElementsAre(1));
    EXPECT_THAT(rig.tags_of_thread(1), ElementsAre(2, 3, 4));
}

TEST_P(EachScheduler, ConflictsQueueOnOneThread) {
    Rig rig = EachScheduler::rig();
    for (std::uint64_t tag = 0; tag < 5; ++tag)
        rig.submit(tag, {writes(1), writes(10 + tag)}, 9 - tag);
    EXPECT_EQ(rig.pass().scheduled, 5U);
    EXPECT_THAT(rig.tags_of_thread(0), ElementsAre(0, 1, 2, 3, 4));
}

TEST_P(EachScheduler, AccountsOfTwoThreadsWaitForBoth) {
    Rig rig = EachScheduler::rig({.threads = 2});
    rig.submit(1, {writes(1)}, 9);
    rig.submit(2, {writes(2)}, 8);
    rig.submit(3, {writes(1), writes(2)}, 7);
    EXPECT_EQ(rig.pass().conflicts, 1U);
    EXPECT_EQ(rig.buffer.queue_size(), 1U);
    rig.complete_all();
    EXPECT_EQ(rig.pass().scheduled, 1U);
}

TEST_P(EachScheduler, FullThreadGetsNoMore) {
    Rig rig = EachScheduler::rig({.threads = 2, .target_scheduled_units = 200});
    for (std::uint64_t tag = 0; tag < 10; ++tag) rig.submit(tag, {writes(tag)}, 1, 40);
    // A thread is full from 100 units on: 3 * 40.
    EXPECT_EQ(rig.pass().scheduled, 6U);
    EXPECT_EQ(rig.scheduler->units_in_flight(), 240U);
    EXPECT_EQ(rig.pass().scheduled, 0U);
}

TEST_P(EachScheduler, HolderThatIsFullRefusesWithoutBlockingOthers) {
    Rig rig = EachScheduler::rig({.threads = 2, .target_scheduled_units = 200});
    rig.submit(1, {writes(1)}, 9, 100);
    rig.submit(2, {writes(1)}, 8, 1);
    rig.submit(3, {writes(3)}, 7, 1);
    const PassSummary summary = rig.pass();
    EXPECT_EQ(summary.threads_refused, 1U);
    EXPECT_EQ(summary.scheduled, 2U);
}

TEST_P(EachScheduler, BudgetEndsThePassAndCountsWhatIsInFlight) {
    Rig rig = EachScheduler::rig();
    for (std::uint64_t tag = 0; tag < 10; ++tag) rig.submit(tag, {writes(tag)}, 1, 10);
    EXPECT_EQ(rig.pass({.units = 35}).scheduled, 4U);
    const auto in_flight = rig.batches;
    EXPECT_EQ(rig.pass({.units = 40}).scheduled, 0U);
    EXPECT_EQ(rig.pass({.units = 41}).scheduled, 1U);
}

TEST_P(EachScheduler, ScanLimitEndsThePass) {
    Rig rig = EachScheduler::rig({.max_scanned = 3});
    for (std::uint64_t tag = 0; tag < 10; ++tag) rig.submit(tag, {writes(tag)});
    const PassSummary summary = rig.pass();
    EXPECT_EQ(summary.scanned, 3U);
    EXPECT_EQ(rig.buffer.queue_size(), 7U);
}

TEST_P(EachScheduler, BatchesEndAt64Transactions) {
    Rig rig = EachScheduler::rig({.threads = 1});
    for (std::uint64_t tag = 0; tag < 130; ++tag) rig.submit(tag, {writes(tag)});
    rig.pass();
    ASSERT_EQ(rig.batches.size(), 3U);
    EXPECT_EQ(rig.batches[0].transactions.size(), 64U);
    EXPECT_EQ(rig.batches[2].transactions.size(), 2U);
}

TEST_P(EachScheduler, BatchesEndAtTheByteTarget) {
    Rig rig = EachScheduler::rig({.threads = 1, .batch_bytes = 1'000});
    for (std::uint64_t tag = 0; tag < 5; ++tag) {
        rig.buffer.insert({.tag = tag, .locks = LockSet{writes(tag)}, .bytes = 400});
    }
    rig.pass();
    // 48 + 400 + 400 fits, the third would not.
    ASSERT_EQ(rig.batches.size(), 3U);
    EXPECT_EQ(rig.batches[0].transactions.size(), 2U);
    EXPECT_EQ(rig.batches[1].transactions.size(), 2U);
}

TEST_P(EachScheduler, RetriedOnesComeAgainAtOnceOrInTheNextBlock) {
    Rig rig = EachScheduler::rig({.threads = 1});
    rig.submit(1, {writes(1)});
    rig.pass();
    rig.complete_all(Verdict::RetryNow);
    EXPECT_EQ(rig.pass().scheduled, 1U);
    rig.complete_all(Verdict::RetryNextBlock);
    EXPECT_EQ(rig.pass().scheduled, 0U);
    rig.buffer.release_held();
    EXPECT_EQ(rig.pass().scheduled, 1U);
    rig.complete_all();
    EXPECT_EQ(rig.buffer.size(), 0U);
}

TEST_P(EachScheduler, ExpiredOnesAreDroppedWhenTheirTurnComes) {
    Rig rig = EachScheduler::rig();
    rig.buffer.insert({.tag = 7, .expires_after = 100});
    EXPECT_EQ(rig.pass({.now = 101}).expired, 1U);
    EXPECT_EQ(rig.buffer.take_dropped().at(0).tag, 7U);
    EXPECT_EQ(rig.buffer.size(), 0U);
}

TEST_P(EachScheduler, LimitsOfTheBlockHoldUntilTheNext) {
    Rig rig = EachScheduler::rig();
    BlockCosts costs({.block = 100, .account = 50});
    rig.submit(1, {writes(1)}, 9, 40);
    rig.submit(2, {writes(1)}, 8, 40); // over the account's limit
    rig.submit(3, {writes(3)}, 7, 40);
    rig.submit(4, {writes(4)}, 6, 40); // over the block's
    const PassSummary summary = rig.pass({.costs = &costs});
    EXPECT_EQ(summary.scheduled, 2U);
    EXPECT_EQ(summary.over_limit, 2U);
    EXPECT_EQ(rig.buffer.held_size(), 2U);
    EXPECT_EQ(costs.used(), 80U);
    rig.complete_all(Verdict::Committed, &costs);
    EXPECT_EQ(costs.used(), 2U);
}

TEST_P(EachScheduler, UncommittedOnesGiveTheirCostBack) {
    Rig rig = EachScheduler::rig();
    BlockCosts costs({.block = 100, .account = 50});
    rig.submit(1, {writes(1)}, 9, 40);
    rig.pass({.costs = &costs});
    rig.complete_all(Verdict::Discarded, &costs);
    EXPECT_EQ(costs.used(), 0U);
    EXPECT_EQ(rig.buffer.size(), 0U);
}

TEST_P(EachScheduler, UnknownBatchesAndWrongNumbersChangeNothing) {
    Rig rig = EachScheduler::rig();
    rig.submit(1, {writes(1)});
    rig.pass();
    const std::uint64_t number = rig.batches.at(0).number;
    EXPECT_FALSE(rig.scheduler->complete(rig.buffer, number + 1, std::vector<Outcome>(1)));
    EXPECT_FALSE(rig.scheduler->complete(rig.buffer, number, {}));
    EXPECT_TRUE(rig.scheduler->complete(rig.buffer, number, std::vector<Outcome>(1)));
    EXPECT_FALSE(rig.scheduler->complete(rig.buffer, number, std::vector<Outcome>(1)));
}

// What is in flight on different threads must never conflict, and everything is committed once.
TEST_P(EachScheduler, ThreadsNeverShareAWrittenAccount) {
    Random random(11);
    Rig rig = EachScheduler::rig({.target_scheduled_units = 60});
    std::map<std::uint64_t, LockSet> sets;
    for (std::uint64_t tag = 0; tag < 2'000; ++tag) {
        LockSet& locks = sets[tag];
        std::set<std::uint64_t> chosen;
        for (std::uint64_t i = 0; i <= random.below(4); ++i) chosen.insert(random.below(60));
        for (const std::uint64_t number : chosen) {
            locks.push_back({numbered_key(number), random.below(3) == 0});
        }
        rig.submit(tag, locks, random.below(40), 1 + random.below(9));
    }
    std::map<std::uint64_t, ScheduledBatch> in_flight;
    std::map<std::uint64_t, unsigned> committed;
    for (int round = 0; round < 5'000 && rig.buffer.size() != 0; ++round) {
        rig.pass();
        for (const ScheduledBatch& batch : rig.batches) in_flight[batch.number] = batch;
        std::map<Pubkey, std::pair<std::set<unsigned>, bool>> holders;
        for (const auto& [number, batch] : in_flight) {
            for (const TransactionId id : batch.transactions) {
                for (const AccountLock& lock : rig.buffer.locks(id)) {
                    auto& [threads, is_written] = holders[lock.key];
                    threads.insert(batch.thread);
                    is_written = is_written || lock.is_writable;
                }
            }
        }
        for (const auto& [key, held] : holders) ASSERT_TRUE(!held.second || held.first.size() == 1);
        while (!in_flight.empty() && random.below(3) != 0) {
            const auto which =
                std::next(in_flight.begin(), static_cast<long>(random.below(in_flight.size())));
            for (const std::uint64_t tag : rig.tags(which->second)) ++committed[tag];
            ASSERT_TRUE(rig.scheduler->complete(
                rig.buffer, which->first, std::vector<Outcome>(which->second.transactions.size())));
            in_flight.erase(which);
        }
    }
    EXPECT_EQ(committed.size(), 2'000U);
    for (const auto& [tag, times] : committed) EXPECT_EQ(times, 1U);
}

TEST_P(EachScheduler, SameSubmissionsGiveTheSameBatchesUnderAnyHashSeed) {
    const auto play = [](std::uint64_t seed) {
        Rig rig = EachScheduler::rig({.hash_seed = seed});
        const Workload mix = make_mix({.transactions = 800, .holders = 300});
        for (std::size_t i = 0; i < mix.size(); ++i) {
            rig.buffer.insert({.tag = i,
                               .locks = mix.locks(i),
                               .cost = {.units = mix.cost(i)},
                               .priority = i * 7919 % 100});
        }
        std::vector<std::vector<std::uint64_t>> played;
        while (rig.pass().scheduled != 0) {
            for (const ScheduledBatch& batch : rig.batches) {
                played.push_back(rig.tags(batch));
                played.back().push_back(batch.thread);
            }
            rig.complete_all();
        }
        return played;
    };
    EXPECT_EQ(play(1), play(2));
}

// One account that more want to write than a block has room for, among many that nobody fights
// over: the fee and the wait rise for those who want that account, for nobody else.
TEST_P(EachScheduler, ContentionOnOneAccountRaisesFeesAndDelaysForItAlone) {
    constexpr std::uint64_t kBasePrice = 1'000;
    constexpr std::uint64_t kUnits = 1'000;
    constexpr std::uint64_t kHotPerBlock = 20;
    Rig rig = EachScheduler::rig();
    BlockCosts costs;
    FeeStatistics statistics;
    std::map<std::uint64_t, std::uint64_t> arrival;
    std::map<std::uint64_t, std::uint64_t> price;
    std::uint64_t cold_delay = 0;
    std::uint64_t cold_committed = 0;
    std::uint64_t next_tag = 0;
    for (std::uint64_t block = 0; block < 10; ++block) {
        const auto submit = [&](const LockSet& locks, std::uint64_t offered) {
            arrival[next_tag] = block;
            price[next_tag] = offered;
            rig.submit(next_tag++, locks, offered, kUnits);
        };
        for (std::uint64_t i = 0; i < 3 * kHotPerBlock; ++i) {
            submit({writes(1'000'000 + next_tag), writes(kHotAccount)}, kBasePrice + 10 * i);
        }
        for (std::uint64_t i = 0; i < 400; ++i) {
            submit({writes(1'000'000 + next_tag), writes(i)}, kBasePrice);
        }
        costs.reset({.account = kHotPerBlock * kUnits});
        rig.buffer.release_held();
        BlockFees fees;
        while (rig.pass({.now = block, .costs = &costs}).scheduled != 0) {
            for (const ScheduledBatch& batch : rig.batches) {
                for (const TransactionId id : batch.transactions) {
                    const std::uint64_t tag = rig.buffer.tag(id);
                    std::vector<Pubkey> written;
                    for (const AccountLock& lock : rig.buffer.locks(id))
                        written.push_back(lock.key);
                    fees.record(price[tag], written);
                    if (written[1] == numbered_key(kHotAccount)) continue;
                    ++cold_committed;
                    cold_delay += block - arrival[tag];
                }
                const Outcome as_estimated{Verdict::Committed, kUnits};
                ASSERT_TRUE(rig.scheduler->complete(
                    rig.buffer, batch.number,
                    std::vector<Outcome>(batch.transactions.size(), as_estimated), &costs));
            }
        }
        statistics.add(block, std::move(fees));
    }
    const auto hot = statistics.recent(std::vector{numbered_key(kHotAccount)});
    const auto cold = statistics.recent(std::vector{numbered_key(3)});
    for (std::uint64_t block = 0; block < 10; ++block) {
        EXPECT_EQ(cold[block].fee, kBasePrice) << "block " << block;
        // Twenty of sixty get in: the dearest third, from the fortieth on.
        EXPECT_GE(hot[block].fee, kBasePrice + 400) << "block " << block;
    }
    EXPECT_EQ(cold_delay, 0U);
    EXPECT_EQ(cold_committed, 10U * 400U);
    // The others still wait, and they are all who do.
    EXPECT_EQ(rig.buffer.size(), 10U * 2U * kHotPerBlock);
}

INSTANTIATE_TEST_SUITE_P(Schedulers, EachScheduler, testing::Values(Kind::Greedy, Kind::PrioGraph),
                         [](const auto& which) {
                             return which.param == Kind::Greedy ? "Greedy" : "PrioGraph";
                         });

// The difference between the two: a low one overtakes a blocked higher one, or does not.
Rig blocked_chain(Kind kind) {
    Rig rig = rig_of(kind, {.threads = 2});
    rig.submit(1, {writes(1)}, 9);
    rig.submit(2, {writes(2)}, 8);
    rig.submit(3, {writes(1), writes(2), writes(3)}, 7); // two threads hold its accounts
    rig.submit(4, {writes(3)}, 6);                       // would overtake it on account 3
    return rig;
}

TEST(GreedyScheduler, BlockedTransactionBlocksNobody) {
    Rig rig = blocked_chain(Kind::Greedy);
    EXPECT_EQ(rig.pass().scheduled, 3U);
}

TEST(PrioGraphScheduler, BlockedTransactionKeepsItsAccounts) {
    Rig rig = blocked_chain(Kind::PrioGraph);
    EXPECT_EQ(rig.pass().scheduled, 2U);
    rig.complete_all();
    EXPECT_EQ(rig.pass().scheduled, 2U);
}

TEST(PrioGraphScheduler, LooksNoFurtherThanItsWindowAtOnce) {
    Rig rig = rig_of(Kind::PrioGraph, {.threads = 2, .look_ahead = 2});
    for (std::uint64_t tag = 0; tag < 9; ++tag) rig.submit(tag, {reads(1), writes(2 + tag)});
    EXPECT_EQ(rig.pass().scheduled, 9U);
}

} // namespace
} // namespace fathom::sched
