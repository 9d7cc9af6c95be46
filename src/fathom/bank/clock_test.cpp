// SPDX-License-Identifier: Apache-2.0
// The median of what voters say, and its bounds, by hand.
#include "fathom/bank/clock.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace fathom::bank {
namespace {

/// Slots of 400 ms; the epoch began at slot 0 and time 10 000; now it is slot 1000, which by slots
/// is 400 s later.
class StakeWeightedTimestamp : public testing::Test {
protected:
    void add(std::uint8_t number, Lamports stake, Slot slot, UnixTimestamp timestamp) {
        Pubkey key;
        key.bytes.fill(number);
        auto vote = std::make_shared<VoteAccount>();
        vote->state.last_timestamp = {slot, timestamp};
        accounts_[key] = {stake, std::move(vote)};
    }
    [[nodiscard]] std::optional<UnixTimestamp> now() const {
        return stake_weighted_timestamp({.slot = 1'000,
                                         .durations = durations_,
                                         .slots_per_epoch = 5'000,
                                         .epoch_start_slot = 0,
                                         .epoch_start_timestamp = 10'000},
                                        accounts_, accounts_);
    }

    SlotParamsTable durations_;
    VoteAccounts accounts_;
};

TEST_F(StakeWeightedTimestamp, IsTheMedianByStake) {
    add(1, 10, 1'000, 10'380);
    add(2, 30, 1'000, 10'390);
    add(3, 35, 1'000, 10'410);
    // Half of 75 is 37; 10 and 30 are more than that.
    EXPECT_EQ(now(), 10'390);
    add(1, 1, 1'000, 10'380);
    EXPECT_EQ(now(), 10'410);
}

TEST_F(StakeWeightedTimestamp, AddsTheTimeSinceTheVote) {
    add(1, 10, 900, 10'370); // 100 slots ago: 40 s
    EXPECT_EQ(now(), 10'410);
    add(1, 10, 999, 10'400); // 0.4 s: whole seconds
    EXPECT_EQ(now(), 10'400);
}

TEST_F(StakeWeightedTimestamp, IsBoundedByWhatTheSlotsAmountTo) {
    add(1, 10, 1'000, 10'299); // 25 % too slow a clock is 100 s
    EXPECT_EQ(now(), 10'300);
    add(1, 10, 1'000, 10'300);
    EXPECT_EQ(now(), 10'300);
    add(1, 10, 1'000, 11'000); // 150 % are 600 s
    EXPECT_EQ(now(), 11'000);
    add(1, 10, 1'000, 11'001);
    EXPECT_EQ(now(), 11'000);
}

TEST_F(StakeWeightedTimestamp, NobodyWithStakeWhoVotedLatelyMeansNoEstimate) {
    EXPECT_EQ(now(), std::nullopt);
    add(1, 0, 1'000, 10'400);
    EXPECT_EQ(now(), std::nullopt);
    add(1, 10, 2'000, 10'400); // in the future
    EXPECT_EQ(now(), std::nullopt);
}

} // namespace
} // namespace fathom::bank
