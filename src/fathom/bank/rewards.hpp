// SPDX-License-Identifier: Apache-2.0
// What stakers and voters earn with an epoch (agave runtime/src/inflation_rewards/ and
// bank/partitioned_epoch_rewards/), for epochs in which votes are counted by tower.
#pragma once

#include "fathom/bank/stakes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace fathom::bank {

/// Lamports to share, and in how many points.
struct PointValue {
    Lamports rewards = 0;
    uint128_t points = 0;
};

/// What a stake account gets when its partition's turn comes.
struct StakeReward {
    Pubkey stake_account;
    Lamports lamports = 0;
    /// Delegation with the reward, and the credits observed.
    Stake stake;
};

struct Commission {
    Lamports lamports = 0;
    /// To be destroyed, since two collectors at one address contradict each other.
    Lamports burned = 0;
    bool is_vote_account = true;
};

struct EpochRewardsCalculation {
    PointValue point_value;
    std::vector<StakeReward> stake_rewards;
    std::map<Pubkey, Commission> commissions;
    Lamports total_stake_rewards = 0;
};

struct RewardRules {
    StakeRules stakes;
    bool delay_commission_updates = false;
    bool commission_rate_in_basis_points = false;
    bool custom_commission_collector = false;
    /// Delegations follow what an account's balance can bear (SIMD-0392).
    bool adjust_delegations_for_rent = false;
};

struct RewardInput {
    Epoch rewarded_epoch = 0;
    Lamports inflation_rewards = 0;
    const StakeHistory& history;
    const Stakes::StakeAccounts& stake_accounts;
    /// Those that rewards go through: as they are at the boundary.
    const VoteAccounts& vote_accounts;
    /// As they were one and two epochs earlier, for the commission. Null: not known.
    const VoteAccounts* rewarded_epoch_vote_accounts = nullptr;
    const VoteAccounts* snapshot_epoch_vote_accounts = nullptr;
    Rent rent;
    RewardRules rules;
};

/// Nothing but a point value of zero if nobody has earned a point.
[[nodiscard]] EpochRewardsCalculation calculate_rewards(const RewardInput& input);

/// Which of `partitions` blocks pays each reward: indices into `rewards` (SipHash-1-3 of the
/// parent's blockhash and the address).
[[nodiscard]] std::vector<std::vector<std::uint32_t>>
partition_rewards(const std::vector<StakeReward>& rewards, const Hash& parent_blockhash,
                  std::uint64_t partitions);

} // namespace fathom::bank
