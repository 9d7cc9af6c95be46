// SPDX-License-Identifier: Apache-2.0
// Order, capacity, eviction, expiry and back-pressure of the buffer.
#include "fathom/sched/transaction_buffer.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace fathom::sched {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> pop_all(TransactionBuffer& buffer) {
    std::vector<std::uint64_t> tags;
    while (const auto id = buffer.pop()) {
        tags.push_back(buffer.tag(*id));
        buffer.remove(*id);
    }
    return tags;
}

TEST(TransactionBuffer, PriorityIsRewardPerCostInMillionths) {
    EXPECT_EQ(priority_of(5'000, 999), 5'000'000U);
    EXPECT_EQ(priority_of(0, 0), 0U);
    EXPECT_EQ(priority_of(~std::uint64_t{0}, 0), ~std::uint64_t{0});
}

TEST(TransactionBuffer, HighestPriorityComesFirstAndEqualsByArrival) {
    TransactionBuffer buffer;
    for (const auto& [tag, priority] : {std::pair(1, 5), {2, 9}, {3, 5}, {4, 7}}) {
        buffer.insert({.tag = static_cast<std::uint64_t>(tag),
                       .priority = static_cast<std::uint64_t>(priority)});
    }
    EXPECT_THAT(pop_all(buffer), ElementsAre(2, 4, 1, 3));
}

TEST(TransactionBuffer, TieSeedOrdersEqualsTheSameEachTime) {
    const auto order = [](std::uint64_t seed) {
        TransactionBuffer buffer({.tie_seed = seed});
        for (std::uint64_t tag = 0; tag < 32; ++tag) buffer.insert({.tag = tag, .priority = 1});
        return pop_all(buffer);
    };
    EXPECT_EQ(order(5), order(5));
    EXPECT_NE(order(5), order(6));
    EXPECT_NE(order(5), order(0));
}

TEST(TransactionBuffer, FullBufferEvictsTheLowest) {
    TransactionBuffer buffer({.capacity = 2});
    EXPECT_TRUE(buffer.insert({.tag = 1, .priority = 5}));
    EXPECT_TRUE(buffer.insert({.tag = 2, .priority = 1}));
    EXPECT_TRUE(buffer.insert({.tag = 3, .priority = 3}));
    const auto dropped = buffer.take_dropped();
    ASSERT_EQ(dropped.size(), 1U);
    EXPECT_EQ(dropped[0].tag, 2U);
    EXPECT_EQ(dropped[0].reason, DropReason::Evicted);
    EXPECT_EQ(buffer.size(), 2U);
}

TEST(TransactionBuffer, NewTransactionIsEvictedIfItIsTheLowest) {
    TransactionBuffer buffer({.capacity = 2});
    buffer.insert({.tag = 1, .priority = 5});
    buffer.insert({.tag = 2, .priority = 5});
    EXPECT_FALSE(buffer.insert({.tag = 3, .priority = 4}));
    EXPECT_THAT(pop_all(buffer), ElementsAre(1, 2));
}

TEST(TransactionBuffer, InFlightOnesCountAndAreNeverEvicted) {
    TransactionBuffer buffer({.capacity = 1});
    buffer.insert({.tag = 1, .priority = 1});
    const auto id = buffer.pop();
    ASSERT_TRUE(id);
    EXPECT_FALSE(buffer.insert({.tag = 2, .priority = 9}));
    EXPECT_EQ(buffer.tag(*id), 1U);
}

TEST(TransactionBuffer, HeldOnesComeBackWithTheNextBlock) {
    TransactionBuffer buffer;
    buffer.insert({.tag = 1, .priority = 9});
    buffer.insert({.tag = 2, .priority = 5});
    buffer.hold(*buffer.pop());
    EXPECT_EQ(buffer.held_size(), 1U);
    EXPECT_EQ(buffer.queue_size(), 1U);
    buffer.release_held();
    EXPECT_THAT(pop_all(buffer), ElementsAre(1, 2));
}

TEST(TransactionBuffer, PlaceOfARemovedHeldOneCanBeHeldAgain) {
    TransactionBuffer buffer;
    const auto first = buffer.insert({.tag = 1});
    buffer.hold(*buffer.pop());
    buffer.remove(*first);
    buffer.insert({.tag = 2});
    buffer.hold(*buffer.pop());
    EXPECT_EQ(buffer.held_size(), 1U);
    buffer.release_held();
    EXPECT_THAT(pop_all(buffer), ElementsAre(2));
}

TEST(TransactionBuffer, ExpiryTakesWaitingOnesAfterTheirLastMoment) {
    TransactionBuffer buffer;
    buffer.insert({.tag = 1, .priority = 3, .expires_after = 10});
    buffer.insert({.tag = 2, .priority = 2, .expires_after = 11});
    buffer.insert({.tag = 3, .priority = 1, .expires_after = 9});
    EXPECT_EQ(buffer.expire(10), 1U);
    EXPECT_EQ(buffer.take_dropped()[0].tag, 3U);
    const auto in_flight = buffer.pop();
    EXPECT_EQ(buffer.expire(12), 1U);
    EXPECT_EQ(buffer.tag(*in_flight), 1U);
    EXPECT_EQ(buffer.size(), 1U);
}

TEST(TransactionBuffer, ExpiryGoesOnWhereItStopped) {
    TransactionBuffer buffer;
    for (std::uint64_t tag = 0; tag < 10; ++tag) buffer.insert({.tag = tag, .expires_after = 0});
    EXPECT_EQ(buffer.expire(1, 4), 4U);
    EXPECT_EQ(buffer.expire(1, 4), 4U);
    EXPECT_EQ(buffer.expire(1, 4), 2U);
    EXPECT_EQ(buffer.size(), 0U);
}

TEST(TransactionBuffer, PriorityFloorRisesAt99PercentAndFallsBelow95) {
    TransactionBuffer buffer({.capacity = 100});
    for (std::uint64_t i = 0; i < 98; ++i) buffer.insert({.priority = 100 + i});
    EXPECT_EQ(buffer.update_priority_floor(), 0U);
    buffer.insert({.priority = 50});
    EXPECT_EQ(buffer.update_priority_floor(), 50U);
    for (int i = 0; i < 4; ++i) buffer.remove(*buffer.pop());
    EXPECT_EQ(buffer.update_priority_floor(), 50U);
    buffer.remove(*buffer.pop());
    EXPECT_EQ(buffer.update_priority_floor(), 0U);
}

TEST(TransactionBuffer, EvictionAloneRaisesTheFloorToo) {
    TransactionBuffer buffer({.capacity = 100});
    for (std::uint64_t i = 0; i < 101; ++i) buffer.insert({.priority = 10 + i});
    while (buffer.size() > 90) buffer.remove(*buffer.pop());
    EXPECT_EQ(buffer.update_priority_floor(), 11U);
    EXPECT_EQ(buffer.update_priority_floor(), 0U);
}

TEST(RankHeap, AgreesWithASortedSet) {
    Random random(4);
    RankHeap<true> highest;
    RankHeap<false> lowest;
    std::set<std::pair<std::uint64_t, TransactionId>> reference;
    std::vector<std::uint64_t> priorities(200);
    for (int step = 0; step < 20'000; ++step) {
        const auto id = static_cast<TransactionId>(random.below(200));
        if (highest.contains(id)) {
            highest.remove(id);
            lowest.remove(id);
            reference.erase({priorities[id], id});
        } else {
            priorities[id] = random.below(50);
            highest.push({priorities[id], 0, id});
            lowest.push({priorities[id], 0, id});
            reference.insert({priorities[id], id});
        }
        ASSERT_EQ(highest.size(), reference.size());
        if (reference.empty()) continue;
        ASSERT_EQ(highest.top().id, reference.rbegin()->second);
        ASSERT_EQ(lowest.top().id, reference.begin()->second);
    }
}

} // namespace
} // namespace fathom::sched
