// SPDX-License-Identifier: Apache-2.0
// Rewards of an epoch, computed by hand.
#include "fathom/bank/rewards.hpp"
#include "fathom/bank/sip_hash.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace fathom::bank {
namespace {

Pubkey key(std::uint8_t kind, std::uint8_t number) {
    Pubkey pubkey;
    pubkey.bytes.fill(number);
    pubkey.bytes[0] = kind;
    return pubkey;
}

/// Validators and stakes of epoch 9, which is over.
class Rewards : public testing::Test {
protected:
    static constexpr Epoch kEpoch = 9;

    void add_voter(std::uint8_t number, std::uint8_t percent, std::uint64_t credits_before,
                   std::uint64_t credits) {
        auto vote = std::make_shared<VoteAccount>();
        vote->state.inflation_rewards_commission_bps = static_cast<std::uint16_t>(percent * 100);
        vote->state.epoch_credits = {{kEpoch, credits, credits_before}};
        voters_[key('v', number)] = {0, std::move(vote)};
    }
    void add_stake(std::uint8_t number, std::uint8_t voter, Lamports stake, std::uint64_t observed,
                   Epoch activation = StakeDelegation::kNever,
                   Epoch deactivation = StakeDelegation::kNever) {
        auto account = std::make_shared<StakeAccount>();
        account->account.owner = ids::kStakeProgram;
        account->account.lamports = stake + 2'282'880;
        account->account.data.resize(StakeState::kSize);
        account->state.kind = StakeState::Kind::Stake;
        Stake& staked = account->state.stake;
        staked.delegation.voter = key('v', voter);
        staked.delegation.stake = stake;
        staked.delegation.activation_epoch = activation;
        staked.delegation.deactivation_epoch = deactivation;
        staked.credits_observed = observed;
        stakes_[key('s', number)] = std::move(account);
    }
    [[nodiscard]] EpochRewardsCalculation calculate(Lamports lamports) const {
        return calculate_rewards({.rewarded_epoch = kEpoch,
                                  .inflation_rewards = lamports,
                                  .history = history_,
                                  .stake_accounts = stakes_,
                                  .vote_accounts = voters_,
                                  .rent = {},
                                  .rules = rules_});
    }
    static const StakeReward* find(const EpochRewardsCalculation& rewards, std::uint8_t number) {
        const auto found =
            std::ranges::find(rewards.stake_rewards, key('s', number), &StakeReward::stake_account);
        return found == rewards.stake_rewards.end() ? nullptr : &*found;
    }

    VoteAccounts voters_;
    Stakes::StakeAccounts stakes_;
    StakeHistory history_;
    RewardRules rules_;
};

TEST_F(Rewards, PointsAreStakeTimesCreditsAndCommissionGoesToTheVoter) {
    add_voter(1, 10, 100, 140); // 40 credits
    add_voter(2, 0, 0, 20);     // 20 credits
    add_stake(1, 1, 1'000, 100);
    add_stake(2, 1, 2'000, 120); // saw half of it
    add_stake(3, 2, 500, 0);
    const auto rewards = calculate(9'000);
    // 40 000 + 40 000 + 10 000 points: a lamport for ten.
    EXPECT_EQ(rewards.point_value.points, uint128_t{90'000});
    ASSERT_EQ(rewards.stake_rewards.size(), 3U);
    EXPECT_EQ(find(rewards, 1)->lamports, 3'600U);
    EXPECT_EQ(find(rewards, 1)->stake.delegation.stake, 4'600U);
    EXPECT_EQ(find(rewards, 1)->stake.credits_observed, 140U);
    EXPECT_EQ(find(rewards, 2)->lamports, 3'600U);
    EXPECT_EQ(find(rewards, 3)->lamports, 1'000U);
    EXPECT_EQ(rewards.commissions.at(key('v', 1)).lamports, 800U);
    EXPECT_EQ(rewards.commissions.at(key('v', 2)).lamports, 0U);
    EXPECT_EQ(rewards.total_stake_rewards, 8'200U);
}

TEST_F(Rewards, SplitThatLeavesOneSideNothingPaysNobody) {
    add_voter(1, 1, 0, 10); // 1 %
    add_voter(2, 0, 0, 10);
    add_stake(1, 1, 10, 0);
    add_stake(2, 2, 10, 0);
    const auto rewards = calculate(100); // 50 each, of which 1 % is nothing
    EXPECT_EQ(find(rewards, 1), nullptr);
    ASSERT_NE(find(rewards, 2), nullptr);
    EXPECT_EQ(find(rewards, 2)->lamports, 50U);
}

TEST_F(Rewards, CreditsThatWentBackAreRewound) {
    add_voter(1, 10, 0, 40);
    add_voter(2, 0, 0, 40);
    add_stake(1, 1, 1'000, 100); // of an account that is made anew
    add_stake(2, 2, 1'000, 0);
    const auto rewards = calculate(1'000);
    ASSERT_NE(find(rewards, 1), nullptr);
    EXPECT_EQ(find(rewards, 1)->lamports, 0U);
    EXPECT_EQ(find(rewards, 1)->stake.credits_observed, 40U);
    EXPECT_EQ(find(rewards, 1)->stake.delegation.stake, 1'000U);
    EXPECT_EQ(find(rewards, 2)->lamports, 1'000U);
}

TEST_F(Rewards, StakeThatWasActivatedInTheEpochOnlySeesItsCredits) {
    add_voter(1, 0, 0, 40);
    add_stake(1, 1, 1'000, 0, kEpoch);
    add_stake(2, 1, 1'000, 0);
    const auto rewards = calculate(1'000);
    EXPECT_EQ(find(rewards, 1)->lamports, 0U);
    EXPECT_EQ(find(rewards, 1)->stake.credits_observed, 40U);
    EXPECT_EQ(find(rewards, 2)->lamports, 1'000U);
}

TEST_F(Rewards, NobodyWhoEarnedAPointMeansNoRewardAtAll) {
    add_voter(1, 0, 40, 40);
    add_stake(1, 1, 1'000, 40);
    const auto rewards = calculate(1'000);
    EXPECT_TRUE(rewards.stake_rewards.empty());
    EXPECT_EQ(rewards.point_value.rewards, 0U);
}

TEST_F(Rewards, PartitionsFollowTheParentsBlockhash) {
    std::vector<StakeReward> rewards(200);
    for (std::size_t i = 0; i < rewards.size(); ++i) {
        rewards[i].stake_account = key('s', static_cast<std::uint8_t>(i));
    }
    Hash blockhash;
    blockhash.bytes.fill(7);
    const auto partitions = partition_rewards(rewards, blockhash, 3);
    ASSERT_EQ(partitions.size(), 3U);
    std::size_t sum = 0;
    for (std::size_t place = 0; place < 3; ++place) {
        EXPECT_GT(partitions[place].size(), 40U);
        sum += partitions[place].size();
        for (const std::uint32_t index : partitions[place]) {
            std::array<std::uint8_t, 64> input;
            std::ranges::copy(blockhash.bytes, input.begin());
            std::ranges::copy(rewards[index].stake_account.bytes, input.begin() + 32);
            EXPECT_EQ(static_cast<std::size_t>(uint128_t{3} * sip_hash_1_3(input) >> 64), place);
        }
    }
    EXPECT_EQ(sum, rewards.size());
    blockhash.bytes[31] ^= 1;
    EXPECT_NE(partition_rewards(rewards, blockhash, 3), partitions);
}

/// Twenty-four validators with 72 stakes: commissions from 0 to 100 %, credits from none to 230,
/// stakes that warmed up long ago. What each should get is written out with sums over all.
TEST_F(Rewards, SharesOfManyValidatorsAddUp) {
    std::vector<Lamports> points(72);
    uint128_t total = 0;
    for (std::uint8_t v = 0; v < 24; ++v) {
        add_voter(v, static_cast<std::uint8_t>(v == 23 ? 100 : v * 4), 1'000, 1'000 + v * 10U);
        for (std::uint8_t s = 0; s < 3; ++s) {
            const auto number = static_cast<std::uint8_t>(v * 3 + s);
            const Lamports stake = 1'000'000'000ULL * (number + 1U);
            add_stake(number, v, stake, 1'000);
            points[number] = stake * (v * 10U);
            total += points[number];
        }
    }
    constexpr Lamports kRewards = 777'777'777'777;
    const auto rewards = calculate(kRewards);
    EXPECT_EQ(rewards.point_value.points, total);
    Lamports stakers = 0;
    Lamports voters = 0;
    for (std::uint8_t number = 0; number < 72; ++number) {
        const unsigned v = number / 3U;
        const StakeReward* reward = find(rewards, number);
        if (v == 0) { // no credits, nothing to see
            EXPECT_EQ(reward, nullptr);
            continue;
        }
        ASSERT_NE(reward, nullptr);
        const auto whole = static_cast<Lamports>(uint128_t{points[number]} * kRewards / total);
        const Lamports percent = v == 23 ? 100 : v * 4U;
        const Lamports staker = percent == 100 ? 0 : whole * (100 - percent) / 100;
        const Lamports voter = percent == 100 ? whole : whole * percent / 100;
        EXPECT_EQ(reward->lamports, staker) << unsigned{number};
        EXPECT_EQ(reward->stake.credits_observed, 1'000 + v * 10U);
        stakers += staker;
        voters += voter;
    }
    EXPECT_EQ(rewards.total_stake_rewards, stakers);
    Lamports commissions = 0;
    for (const auto& [voter, commission] : rewards.commissions) commissions += commission.lamports;
    EXPECT_EQ(commissions, voters);
    EXPECT_LE(stakers + voters, kRewards);
    EXPECT_GT(stakers + voters, kRewards - 200);
}

} // namespace
} // namespace fathom::bank
