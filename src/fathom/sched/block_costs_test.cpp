// SPDX-License-Identifier: Apache-2.0
// Limits of a block; the order of checks is that of agave's cost_tracker.rs.
#include "fathom/sched/block_costs.hpp"
#include "fathom/sched/workload.hpp"

#include <gtest/gtest.h>

namespace fathom::sched {
namespace {

LockSet writes(std::uint64_t number) {
    return {{numbered_key(number), true}};
}
LockSet reads(std::uint64_t number) {
    return {{numbered_key(number), false}};
}

auto fails(LimitFailure failure) {
    return Result<void, LimitFailure>(std::unexpected(failure));
}

TEST(BlockCosts, CountsOnWrittenAccountsOnly) {
    BlockCosts costs({.block = 100, .account = 60});
    ASSERT_TRUE(costs.try_add(LockSet{writes(1)[0], reads(2)[0]}, {.units = 40}));
    EXPECT_EQ(costs.used(), 40U);
    EXPECT_EQ(costs.used_by(numbered_key(1)), 40U);
    EXPECT_EQ(costs.used_by(numbered_key(2)), 0U);
}

TEST(BlockCosts, LimitItselfIsAllowed) {
    BlockCosts costs({.block = 100, .account = 100});
    EXPECT_TRUE(costs.try_add(writes(1), {.units = 100}));
    EXPECT_EQ(costs.try_add(writes(2), {.units = 1}), fails(LimitFailure::Block));
}

TEST(BlockCosts, AccountLimitIsOfEachAccount) {
    BlockCosts costs({.block = 1'000, .account = 60});
    ASSERT_TRUE(costs.try_add(writes(1), {.units = 40}));
    EXPECT_EQ(costs.try_add(writes(1), {.units = 21}), fails(LimitFailure::Account));
    EXPECT_TRUE(costs.try_add(writes(2), {.units = 60}));
    EXPECT_TRUE(costs.try_add(reads(1), {.units = 60}));
}

TEST(BlockCosts, TransactionDearerThanAnAccountMayBeFailsEvenIfItWritesNothing) {
    BlockCosts costs({.block = 1'000, .account = 60});
    EXPECT_EQ(costs.try_add({}, {.units = 61}), fails(LimitFailure::Account));
}

TEST(BlockCosts, BlockComesBeforeAccountAndAccountBeforeAllocation) {
    BlockCosts costs({.block = 100, .account = 50, .allocated_bytes = 10});
    const TransactionCost everything{.units = 101, .allocated_bytes = 11};
    EXPECT_EQ(costs.would_fit(writes(1), everything), fails(LimitFailure::Block));
    EXPECT_EQ(costs.would_fit(writes(1), {.units = 51, .allocated_bytes = 11}),
              fails(LimitFailure::Account));
    EXPECT_EQ(costs.would_fit(writes(1), {.units = 50, .allocated_bytes = 11}),
              fails(LimitFailure::AllocatedBytes));
}

TEST(BlockCosts, AllocationComesBeforeWhatAccountsHaveUsed) {
    BlockCosts costs({.block = 100, .account = 50, .allocated_bytes = 10});
    ASSERT_TRUE(costs.try_add(writes(1), {.units = 30, .allocated_bytes = 5}));
    EXPECT_EQ(costs.would_fit(writes(1), {.units = 30, .allocated_bytes = 6}),
              fails(LimitFailure::AllocatedBytes));
}

TEST(BlockCosts, VotesHaveNoLimitUnlessOneIsSet) {
    BlockCosts costs({.block = 100, .account = 100});
    EXPECT_TRUE(costs.try_add(writes(1), {.units = 100, .is_vote = true}));
    BlockCosts limited({.block = 100, .account = 100, .votes = 30});
    EXPECT_TRUE(limited.try_add(writes(1), {.units = 30, .is_vote = true}));
    EXPECT_EQ(limited.try_add(writes(2), {.units = 1, .is_vote = true}),
              fails(LimitFailure::Votes));
    EXPECT_TRUE(limited.try_add(writes(2), {.units = 70}));
}

TEST(BlockCosts, RemovalGivesEverythingBack) {
    BlockCosts costs({.block = 100, .account = 100});
    const TransactionCost cost{.units = 70, .allocated_bytes = 7, .is_vote = true};
    ASSERT_TRUE(costs.try_add(writes(1), cost));
    costs.remove(writes(1), cost);
    EXPECT_EQ(costs.used(), 0U);
    EXPECT_EQ(costs.used_by(numbered_key(1)), 0U);
    EXPECT_EQ(costs.used_by_votes(), 0U);
    EXPECT_EQ(costs.allocated_bytes(), 0U);
    EXPECT_EQ(costs.transaction_count(), 0U);
}

TEST(BlockCosts, SettlingMovesBothWaysAndMayPassTheLimit) {
    BlockCosts costs({.block = 100, .account = 100});
    ASSERT_TRUE(costs.try_add(writes(1), {.units = 70}));
    costs.settle(writes(1), {.units = 70}, 20);
    EXPECT_EQ(costs.used(), 20U);
    costs.settle(writes(1), {.units = 20}, 130);
    EXPECT_EQ(costs.used_by(numbered_key(1)), 130U);
}

TEST(BlockCosts, HugeCostsDoNotWrap) {
    BlockCosts costs({.block = 100, .account = 100});
    ASSERT_TRUE(costs.try_add(writes(1), {.units = 1}));
    EXPECT_EQ(costs.would_fit(writes(1), {.units = ~std::uint64_t{0}}), fails(LimitFailure::Block));
}

} // namespace
} // namespace fathom::sched
