// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/rewards.hpp"

#include "fathom/bank/sip_hash.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace fathom::bank {

namespace {

constexpr std::uint16_t kAllBasisPoints = 10'000;
constexpr std::uint16_t kBasisPointsPerPercent = 100;

struct Points {
    uint128_t points = 0;
    std::uint64_t credits_observed = 0;
    /// The credits move on although nothing is paid.
    bool forced = false;
};

/// agave inflation_rewards/points.rs calculate_stake_points_and_credits.
Points earned_points(const Stake& stake, const programs::vote::VoteState& vote,
                     const StakeHistory& history, const StakeRules& rules) {
    const std::uint64_t observed = stake.credits_observed;
    const std::uint64_t credits =
        vote.epoch_credits.empty() ? 0 : vote.epoch_credits.back().credits;
    if (credits < observed) return {0, credits, true}; // the vote account was made anew
    if (credits == observed) return {0, observed, false};
    Points result{0, observed, false};
    for (const auto& epoch : vote.epoch_credits) {
        std::uint64_t earned = 0;
        if (observed < epoch.previous_credits) {
            earned = epoch.credits - epoch.previous_credits;
        } else if (observed < epoch.credits) {
            earned = epoch.credits - result.credits_observed;
        }
        result.credits_observed = std::max(result.credits_observed, epoch.credits);
        if (earned == 0) continue;
        const Lamports effective = stake_activation(stake.delegation, epoch.epoch, history,
                                                    rules.new_rate_epoch, rules.math)
                                       .effective;
        result.points += uint128_t{effective} * earned;
    }
    return result;
}

struct Split {
    Lamports voter = 0;
    Lamports staker = 0;
};

/// nullopt: one of the two that should be paid would get nothing.
std::optional<Split> split(Lamports rewards, std::uint16_t commission_bps) {
    const std::uint16_t bps = std::min(commission_bps, kAllBasisPoints);
    if (bps == 0) return Split{0, rewards};
    if (bps == kAllBasisPoints) return Split{rewards, 0};
    const uint128_t voter = uint128_t{rewards} * bps / kAllBasisPoints;
    const uint128_t staker = uint128_t{rewards} * (kAllBasisPoints - bps) / kAllBasisPoints;
    if (voter == 0 || staker == 0) return std::nullopt;
    return Split{static_cast<Lamports>(voter), static_cast<Lamports>(staker)};
}

struct Redeemed {
    Split split;
    std::uint64_t credits_observed = 0;
};

std::optional<Redeemed> redeem(const Stake& stake, const programs::vote::VoteState& vote,
                               std::uint16_t commission_bps, const PointValue& value,
                               const RewardInput& input) {
    const Points earned = earned_points(stake, vote, input.history, input.rules.stakes);
    if (earned.forced || value.rewards == 0 ||
        stake.delegation.activation_epoch == input.rewarded_epoch) {
        return Redeemed{{}, earned.credits_observed};
    }
    if (earned.points == 0 || value.points == 0) return std::nullopt;
    const uint128_t rewards = earned.points * value.rewards / value.points;
    if (rewards == 0) return std::nullopt;
    const auto parts = split(static_cast<Lamports>(rewards), commission_bps);
    if (!parts) return std::nullopt;
    return Redeemed{*parts, earned.credits_observed};
}

const programs::vote::VoteState* find_state(const VoteAccounts* accounts, const Pubkey& key) {
    if (!accounts) return nullptr;
    const auto found = accounts->find(key);
    return found == accounts->end() ? nullptr : &found->second.vote->state;
}

std::uint16_t commission_bps(const RewardInput& input, const Pubkey& voter,
                             const programs::vote::VoteState& now) {
    const programs::vote::VoteState* state = &now;
    if (input.rules.delay_commission_updates) {
        const auto* older = find_state(input.snapshot_epoch_vote_accounts, voter);
        if (!older) older = find_state(input.rewarded_epoch_vote_accounts, voter);
        if (older) state = older;
    }
    if (input.rules.commission_rate_in_basis_points) return state->inflation_rewards_commission_bps;
    return static_cast<std::uint16_t>(state->commission() * kBasisPointsPerPercent);
}

void add_commission(EpochRewardsCalculation& result, const Pubkey& collector,
                    const Commission& part) {
    const auto [entry, is_new] = result.commissions.try_emplace(collector, part);
    if (is_new) return;
    Commission& sum = entry->second;
    if (part.is_vote_account == sum.is_vote_account) {
        sum.lamports = saturating_add(sum.lamports, part.lamports);
        sum.burned = saturating_add(sum.burned, part.burned);
    } else if (sum.is_vote_account) {
        sum.burned = saturating_add(sum.burned, saturating_add(part.lamports, part.burned));
    } else {
        sum.is_vote_account = true;
        sum.burned = saturating_add(saturating_add(sum.burned, sum.lamports), part.burned);
        sum.lamports = part.lamports;
    }
}

/// SIMD-0392: whether the delegation may have to change although nothing was earned.
bool needs_adjustment(const StakeAccount& account, Lamports reward, const Rent& rent) {
    const Lamports with_reward = saturating_add(account.delegation().stake, reward);
    const Lamports bearable = saturating_sub(saturating_add(account.account.lamports, reward),
                                             rent.minimum_balance(account.account.data.size()));
    return std::min(with_reward, bearable) != account.delegation().stake;
}

void reward_one(const Pubkey& key, const StakeAccount& account, const RewardInput& input,
                EpochRewardsCalculation& result) {
    const bool adjusts = input.rules.adjust_delegations_for_rent;
    const Pubkey& voter = account.delegation().voter;
    Stake stake = account.state.stake;
    const auto vote_account = input.vote_accounts.find(voter);
    if (vote_account == input.vote_accounts.end()) {
        if (!adjusts || !needs_adjustment(account, 0, input.rent)) return;
        add_commission(result, voter, {.is_vote_account = false});
        result.stake_rewards.push_back({key, 0, stake});
        return;
    }
    const auto& vote = vote_account->second.vote->state;
    const auto redeemed =
        redeem(stake, vote, commission_bps(input, voter, vote), result.point_value, input);
    const Split parts = redeemed ? redeemed->split : Split{};
    if (!redeemed && !(adjusts && needs_adjustment(account, 0, input.rent))) return;
    if (redeemed) stake.credits_observed = redeemed->credits_observed;
    stake.delegation.stake = saturating_add(stake.delegation.stake, parts.staker);
    const Pubkey& collector =
        input.rules.custom_commission_collector ? vote.inflation_rewards_collector : voter;
    add_commission(result, collector,
                   {.lamports = parts.voter, .is_vote_account = collector == voter});
    result.total_stake_rewards = saturating_add(result.total_stake_rewards, parts.staker);
    result.stake_rewards.push_back({key, parts.staker, stake});
}

} // namespace

EpochRewardsCalculation calculate_rewards(const RewardInput& input) {
    EpochRewardsCalculation result;
    uint128_t points = 0;
    for (const auto& [key, account] : input.stake_accounts) {
        const auto* vote = find_state(&input.vote_accounts, account->delegation().voter);
        if (!vote) continue;
        points +=
            earned_points(account->state.stake, *vote, input.history, input.rules.stakes).points;
    }
    if (points == 0) return result;
    result.point_value = {input.inflation_rewards, points};
    for (const auto& [key, account] : input.stake_accounts) {
        reward_one(key, *account, input, result);
    }
    return result;
}

std::vector<std::vector<std::uint32_t>> partition_rewards(const std::vector<StakeReward>& rewards,
                                                          const Hash& parent_blockhash,
                                                          std::uint64_t partitions) {
    std::vector<std::vector<std::uint32_t>> result(partitions);
    for (std::size_t i = 0; i < rewards.size(); ++i) {
        std::array<std::uint8_t, 64> input;
        std::ranges::copy(parent_blockhash.bytes, input.begin());
        std::ranges::copy(rewards[i].stake_account.bytes, input.begin() + 32);
        const auto place =
            static_cast<std::uint64_t>(uint128_t{partitions} * sip_hash_1_3(input) >> 64);
        result[place].push_back(static_cast<std::uint32_t>(i));
    }
    return result;
}

} // namespace fathom::bank
