// SPDX-License-Identifier: Apache-2.0
// Recent fees; the first cases are those of agave's prioritization_fee.rs.
#include "fathom/sched/fee_statistics.hpp"
#include "fathom/sched/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace fathom::sched {
namespace {

using testing::ElementsAre;
using Entry = FeeStatistics::Entry;

const Pubkey kA = numbered_key(1);
const Pubkey kB = numbered_key(2);
const Pubkey kC = numbered_key(3);

TEST(BlockFees, KeepsTheLowestOfTheBlockAndOfEachAccount) {
    BlockFees fees;
    EXPECT_EQ(fees.lowest(), std::nullopt);
    fees.record(5, std::array{kA, kB});
    fees.record(9, std::array{kB, kC});
    EXPECT_EQ(fees.lowest(), 5U);
    EXPECT_EQ(fees.lowest_on(kB), 5U);
    EXPECT_EQ(fees.lowest_on(kC), 9U);
    fees.record(2, std::array{kA, kC});
    EXPECT_EQ(fees.lowest(), 2U);
    EXPECT_EQ(fees.lowest_on(kA), 2U);
    EXPECT_EQ(fees.lowest_on(kB), 5U);
    EXPECT_EQ(fees.lowest_on(kC), 2U);
}

TEST(BlockFees, PruningKeepsAccountsDearerThanTheBlock) {
    BlockFees fees;
    fees.record(5, std::array{kA, kB});
    fees.record(9, std::array{kB, kC});
    fees.record(2, std::array{kA, kC});
    fees.prune();
    EXPECT_EQ(fees.account_count(), 1U);
    EXPECT_EQ(fees.lowest_on(kB), 5U);
}

TEST(FeeStatistics, FeeIsTheDearestOfBlockAndNamedAccounts) {
    FeeStatistics statistics;
    BlockFees first;
    first.record(1, std::array{kA});
    first.record(7, std::array{kB});
    statistics.add(10, std::move(first));
    BlockFees second;
    second.record(3, std::array{kB});
    statistics.add(11, std::move(second));
    EXPECT_THAT(statistics.recent({}), ElementsAre(Entry{10, 1}, Entry{11, 3}));
    EXPECT_THAT(statistics.recent(std::array{kA}), ElementsAre(Entry{10, 1}, Entry{11, 3}));
    EXPECT_THAT(statistics.recent(std::array{kA, kB}), ElementsAre(Entry{10, 7}, Entry{11, 3}));
}

TEST(FeeStatistics, EmptyBlockCostsNothing) {
    FeeStatistics statistics;
    statistics.add(4, BlockFees());
    EXPECT_THAT(statistics.recent(std::array{kA}), ElementsAre(Entry{4, 0}));
}

TEST(FeeStatistics, KeepsTheLast150Blocks) {
    FeeStatistics statistics;
    for (Slot slot = 1; slot <= 200; ++slot) statistics.add(slot, BlockFees());
    EXPECT_EQ(statistics.block_count(), 150U);
    EXPECT_EQ(statistics.recent({}).front().slot, 51U);
}

TEST(FeeStatistics, SlotsMayComeInAnyOrder) {
    FeeStatistics statistics;
    for (const Slot slot : {7U, 3U, 5U}) statistics.add(slot, BlockFees());
    EXPECT_THAT(statistics.recent({}), ElementsAre(Entry{3, 0}, Entry{5, 0}, Entry{7, 0}));
}

} // namespace
} // namespace fathom::sched
