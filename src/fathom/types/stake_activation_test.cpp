// SPDX-License-Identifier: Apache-2.0
// Tests of stake accounts' layout and of warmup and cooldown; values worked out by hand from
// solana-stake-interface state.rs and warmup_cooldown_allowance.rs.
#include "fathom/types/stake_activation.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>
#include <utility>

namespace fathom {
namespace {

constexpr Epoch kNever = StakeDelegation::kNever;

StakeDelegation delegation(Lamports stake, Epoch from, Epoch until = kNever) {
    return {.voter = {}, .stake = stake, .activation_epoch = from, .deactivation_epoch = until};
}

StakeHistory history(std::initializer_list<std::pair<Epoch, StakeHistoryEntry>> entries) {
    StakeHistory result;
    result.entries.assign(entries);
    return result;
}

void expect(const StakeHistoryEntry& got, Lamports effective, Lamports activating,
            Lamports deactivating) {
    EXPECT_EQ(got.effective, effective);
    EXPECT_EQ(got.activating, activating);
    EXPECT_EQ(got.deactivating, deactivating);
}

TEST(StakeActivation, BootstrapStakeIsEffectiveAtOnce) {
    expect(stake_activation(delegation(100, kNever), 0, {}, {}), 100, 0, 0);
}

TEST(StakeActivation, NothingCountsBeforeTheActivationEpochAndAllActivatesInIt) {
    expect(stake_activation(delegation(100, 5), 4, {}, {}), 0, 0, 0);
    expect(stake_activation(delegation(100, 5), 5, {}, {}), 0, 100, 0);
}

TEST(StakeActivation, InstantDeactivationNeverCounts) {
    expect(stake_activation(delegation(100, 5, 5), 5, {}, {}), 0, 0, 0);
    expect(stake_activation(delegation(100, 5, 5), 9, {}, {}), 0, 0, 0);
}

TEST(StakeActivation, WithoutHistoryAllIsEffectiveAndAllDeactivated) {
    expect(stake_activation(delegation(100, 5), 6, {}, {}), 100, 0, 0);
    expect(stake_activation(delegation(100, 5, 7), 7, {}, {}), 100, 0, 100);
    expect(stake_activation(delegation(100, 5, 7), 8, {}, {}), 0, 0, 0);
}

TEST(StakeActivation, WarmupTakesAShareOfAQuarter) {
    // 500 / 1000 of 25 % of 1600.
    const auto past = history({{5, {.effective = 1600, .activating = 1000}}});
    expect(stake_activation(delegation(500, 5), 6, past, {}), 200, 300, 0);
}

TEST(StakeActivation, TheNewRateHoldsFromItsEpochOn) {
    const auto past = history({{5, {.effective = 1600, .activating = 1000}}});
    expect(stake_activation(delegation(500, 5), 6, past, 6), 72, 428, 0);
    expect(stake_activation(delegation(500, 5), 6, past, 7), 200, 300, 0);
}

TEST(StakeActivation, WarmupGoesOnEpochByEpochAndStopsWhereHistoryEnds) {
    const auto past = history({{6, {.effective = 2000, .activating = 600}},
                               {5, {.effective = 1600, .activating = 1000}}});
    // 300 / 600 of 25 % of 2000 is 250.
    expect(stake_activation(delegation(500, 5), 7, past, {}), 450, 50, 0);
    expect(stake_activation(delegation(500, 5), 9, past, {}), 450, 50, 0);
}

TEST(StakeActivation, EveryEpochMovesALamport) {
    const auto past = history({{5, {.effective = 1, .activating = 1'000'000}}});
    expect(stake_activation(delegation(500, 5), 6, past, {}), 1, 499, 0);
    const auto none = history({{5, {.effective = 0, .activating = 1000}}});
    expect(stake_activation(delegation(500, 5), 6, none, {}), 1, 499, 0);
}

TEST(StakeActivation, OnlyWhatWasActivatedCoolsDown) {
    const auto past = history({{6, {.effective = 1000, .deactivating = 400}},
                               {5, {.effective = 1600, .activating = 1000}}});
    // Warmup ends in the deactivation epoch with 200; 200 / 400 of 25 % of 1000 is 125.
    expect(stake_activation(delegation(500, 5, 6), 6, past, {}), 200, 0, 200);
    expect(stake_activation(delegation(500, 5, 6), 7, past, {}), 75, 0, 75);
}

TEST(StakeActivation, SharesDoNotOverflow) {
    constexpr Lamports kMax = std::numeric_limits<Lamports>::max();
    const auto past = history({{5, {.effective = kMax, .activating = kMax}}});
    // The numerator saturates at 2^128 - 1, so the share is (2^128 - 1) / (kMax * 10000).
    expect(stake_activation(delegation(kMax, 5), 6, past, {}), 1844674407370955,
           kMax - 1844674407370955, 0);
}

TEST(StakeState, LayoutIsBincode) {
    StakeState state;
    state.kind = StakeState::Kind::Stake;
    state.meta.rent_exempt_reserve = 1;
    state.meta.lockup.epoch = 2;
    state.stake.delegation.stake = 3;
    state.stake.credits_observed = 4;
    state.flags = 5;
    const Bytes bytes = state.encode();
    ASSERT_EQ(bytes.size(), 197u);
    EXPECT_EQ(bytes[0], 2);
    EXPECT_EQ(bytes[4], 1);
    EXPECT_EQ(bytes[84], 2);
    EXPECT_EQ(bytes[156], 3);
    EXPECT_EQ(bytes[188], 4);
    EXPECT_EQ(bytes[196], 5);
    EXPECT_EQ(StakeState::decode(bytes), state);
}

TEST(StakeState, ShortOrUnknownDataIsRefused) {
    StakeState state;
    state.kind = StakeState::Kind::Stake;
    const Bytes stake = state.encode();
    state.kind = StakeState::Kind::Initialized;
    const Bytes initialized = state.encode();
    ASSERT_EQ(initialized.size(), 124u);
    EXPECT_FALSE(StakeState::decode(ByteView(stake).first(196)));
    EXPECT_FALSE(StakeState::decode(ByteView(initialized).first(123)));
    EXPECT_FALSE(StakeState::decode(Bytes{0, 0, 0}));
    EXPECT_FALSE(StakeState::decode(Bytes{4, 0, 0, 0}));
    EXPECT_TRUE(StakeState::decode(Bytes{3, 0, 0, 0}));
}

} // namespace
} // namespace fathom
