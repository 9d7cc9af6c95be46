// SPDX-License-Identifier: Apache-2.0
// What the first block of an epoch does before its transactions: features, stakes, rewards (agave
// runtime/src/bank.rs process_new_epoch and bank/partitioned_epoch_rewards/).
#include "fathom/bank/bank.hpp"
#include "fathom/bank/collector.hpp"
#include "fathom/bank/program_upgrade.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fathom::bank {

namespace {

/// Rewards are paid from the block after the one that computed them on.
constexpr std::uint64_t kRewardCalculationBlocks = 1;
/// Rewards take at most this part of an epoch.
constexpr std::uint64_t kRewardEpochFraction = 10;
constexpr std::size_t kMaxAdmittedVoteAccounts = 2'000;
/// Bincode of Option<u64>.
constexpr std::size_t kFeatureAccountSize = 9;

struct RentGate {
    Feature feature;
    Lamports lamports_per_byte;
};

/// SIMD-0437 in order; SIMD-0438's way back comes last and wins.
constexpr std::array<RentGate, 6> kRentGates{{
    {Feature::set_lamports_per_byte_to_6333, 6333},
    {Feature::set_lamports_per_byte_to_5080, 5080},
    {Feature::set_lamports_per_byte_to_2575, 2575},
    {Feature::set_lamports_per_byte_to_1322, 1322},
    {Feature::set_lamports_per_byte_to_696, 696},
    {Feature::set_lamports_per_byte_to_6960, 6960},
}};

/// Of an account that asks for its feature: has none yet.
bool is_pending(const Account& account) {
    return account.owner == ids::kFeatureProgram && account.data.size() > 0 &&
           account.data.view()[0] == 0;
}

bool has_full_inflation(const FeatureSet& features) {
    return features.is_active(Feature::full_inflation__devnet_and_testnet) ||
           (features.is_active(Feature::full_inflation__mainnet__certusone__vote) &&
            features.is_active(Feature::full_inflation__mainnet__certusone__enable));
}

Slot inflation_start(const FeatureSet& features) {
    std::optional<Slot> first;
    const auto consider = [&](Feature feature) {
        const auto slot = features.activated_slot(feature);
        if (slot && (!first || *slot < *first)) first = slot;
    };
    consider(Feature::full_inflation__devnet_and_testnet);
    if (features.is_active(Feature::full_inflation__mainnet__certusone__vote)) {
        consider(Feature::full_inflation__mainnet__certusone__enable);
    }
    if (first) return *first;
    return features.activated_slot(Feature::pico_inflation).value_or(0);
}

} // namespace

std::shared_ptr<const VoteAccounts>
admitted_vote_accounts(const BankState& state, std::shared_ptr<const VoteAccounts> all) {
    if (!state.features.is_active(Feature::validator_admission_ticket)) return all;
    const Lamports minimum =
        state.rent.minimum_balance(programs::vote::VoteState::kSize) +
        (state.features.is_active(Feature::alpenglow) ? state.slot_params.at(state.slot).ticket
                                                      : 0);
    auto admitted = std::make_shared<VoteAccounts>();
    std::vector<Lamports> stakes;
    for (const auto& [key, entry] : *all) {
        if (!entry.vote->state.bls_pubkey || entry.stake == 0) continue;
        if (entry.vote->account.lamports < minimum) continue;
        admitted->emplace(key, entry);
        stakes.push_back(entry.stake);
    }
    if (stakes.size() > kMaxAdmittedVoteAccounts) {
        std::ranges::nth_element(stakes, stakes.begin() + kMaxAdmittedVoteAccounts,
                                 std::ranges::greater{});
        const Lamports floor = stakes[kMaxAdmittedVoteAccounts];
        std::erase_if(*admitted, [&](const auto& entry) { return entry.second.stake <= floor; });
    }
    return admitted;
}

void Bank::begin_epoch(Epoch parent_epoch) {
    activate_features();
    const StakeRules rules = stake_rules();
    Stakes::Activation activation = stakes_.calculate_activation(epoch(), rules);
    const auto admitted = admitted_vote_accounts(state_, activation.vote_accounts);
    EpochRewardsCalculation rewards =
        calculate_epoch_rewards(parent_epoch, activation.history, *admitted);
    stakes_.activate(epoch(), std::move(activation));
    // Before any commission is paid.
    update_epoch_stakes(state_.epoch_schedule.leader_schedule_epoch(state_.slot), admitted);
    begin_rewards(std::move(rewards));
}

void Bank::activate_features() {
    std::set<Feature> activated;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        if (state_.features.is_active(feature)) continue;
        auto account = accounts_->get(feature_id(feature));
        if (!account || !is_pending(*account)) continue;
        state_.features.activate(feature, state_.slot);
        activated.insert(feature);
        if (account->data.size() < kFeatureAccountSize) continue;
        const MutableByteView bytes = account->data.mutable_view();
        bytes[0] = 1;
        store_le<std::uint64_t>(bytes.data() + 1, state_.slot);
        store(feature_id(feature), *std::move(account));
    }
    apply_feature_effects(activated);
}

void Bank::apply_feature_effects(const std::set<Feature>& activated) {
    if (activated.contains(Feature::deprecate_rent_exemption_threshold)) {
        state_.rent.lamports_per_byte = static_cast<Lamports>(
            static_cast<double>(state_.rent.lamports_per_byte) * state_.rent.exemption_threshold);
        state_.rent.exemption_threshold = 1.0;
        write_rent();
    }
    for (const auto& [feature, lamports_per_byte] : kRentGates) {
        if (!activated.contains(feature)) continue;
        state_.rent.lamports_per_byte = lamports_per_byte;
        write_rent();
    }
    if (activated.contains(Feature::pico_inflation)) {
        state_.inflation = Inflation::fixed(0.0001);
        state_.fee_rate_governor.burn_percent = FeeRateGovernor{}.burn_percent;
    }
    const bool inflates = activated.contains(Feature::full_inflation__devnet_and_testnet) ||
                          activated.contains(Feature::full_inflation__mainnet__certusone__enable);
    if (inflates && has_full_inflation(state_.features)) {
        state_.inflation = Inflation::full();
        state_.fee_rate_governor.burn_percent = FeeRateGovernor{}.burn_percent;
    }
    state_.slot_params =
        SlotParamsTable(state_.features, state_.epoch_schedule, state_.slot_params.baseline());
    if (state_.hashes_per_tick != 0) {
        state_.hashes_per_tick = state_.slot_params.at(state_.slot).hashes_per_tick;
    }
    if (activated.empty()) return;
    for (const AccountChange& builtin :
         svm::builtin_accounts(state_.features, runtime_->config().native)) {
        add_builtin_account(builtin);
    }
}

void Bank::write_rent() {
    write_sysvar(ids::kRent, AccountData(state_.rent.encode()));
}

/// Whoever sits on the address of a native program loses what is there.
void Bank::add_builtin_account(const AccountChange& builtin) {
    const auto existing = accounts_->get(builtin.key);
    if (existing &&
        (existing->owner == ids::kNativeLoader || existing->owner == ids::kBpfLoaderUpgradeable)) {
        return;
    }
    store_and_capitalize(builtin.key, builtin.account);
}

Lamports Bank::epoch_inflation_rewards(Epoch rewarded_epoch) const {
    const EpochSchedule& schedule = state_.epoch_schedule;
    const Epoch start_epoch = schedule.epoch(inflation_start(state_.features));
    const Slot start = schedule.first_slot(saturating_sub<Epoch>(start_epoch, 1));
    const double year = state_.slot_params.years_between(start, schedule.first_slot(epoch()));
    const SlotParams& params = state_.slot_params.at(schedule.first_slot(rewarded_epoch));
    const double epoch_years =
        static_cast<double>(schedule.slots_in_epoch(rewarded_epoch)) / params.slots_per_year;
    const double lamports =
        state_.inflation.validator(year) * static_cast<double>(state_.capitalization) * epoch_years;
    return lamports <= 0 ? 0 : static_cast<Lamports>(lamports);
}

EpochRewardsCalculation Bank::calculate_epoch_rewards(Epoch rewarded_epoch,
                                                      const StakeHistory& history,
                                                      const VoteAccounts& vote_accounts) const {
    const auto stakes_of = [this](Epoch of) -> const VoteAccounts* {
        const auto found = state_.epoch_stakes.find(of);
        return found == state_.epoch_stakes.end() ? nullptr : found->second.vote_accounts.get();
    };
    const FeatureSet& features = state_.features;
    return calculate_rewards(
        {.rewarded_epoch = rewarded_epoch,
         .inflation_rewards = epoch_inflation_rewards(rewarded_epoch),
         .history = history,
         .stake_accounts = stakes_.stake_accounts(),
         .vote_accounts = vote_accounts,
         .rewarded_epoch_vote_accounts = stakes_of(epoch()),
         .snapshot_epoch_vote_accounts = stakes_of(rewarded_epoch),
         .rent = state_.rent,
         .rules = {.stakes = stake_rules(),
                   .delay_commission_updates =
                       features.is_active(Feature::delay_commission_updates),
                   .commission_rate_in_basis_points =
                       features.is_active(Feature::commission_rate_in_basis_points),
                   .custom_commission_collector =
                       features.is_active(Feature::custom_commission_collector),
                   .adjust_delegations_for_rent =
                       features.is_active(Feature::relax_post_exec_min_balance_check)}});
}

Lamports Bank::pay_commissions(const EpochRewardsCalculation& rewards) {
    const bool custom = state_.features.is_active(Feature::custom_commission_collector);
    const bool relaxed = state_.features.is_active(Feature::relax_post_exec_min_balance_check);
    Lamports spent = 0;
    for (const auto& [key, commission] : rewards.commissions) {
        const auto existing = accounts_->get(key);
        if (!existing && !custom) continue;
        Account account = existing.value_or(Account{});
        const Lamports before = account.lamports;
        spent = saturating_add(spent, saturating_add(commission.lamports, commission.burned));
        if (__builtin_add_overflow(before, commission.lamports, &account.lamports)) continue;
        if (!commission.is_vote_account &&
            !is_valid_collector(key, before, account, state_.rent, relaxed)) {
            continue;
        }
        stakes_.update(key, account, stake_rules());
        state_.capitalization += commission.lamports;
        store(key, std::move(account));
    }
    return spent;
}

void Bank::begin_rewards(EpochRewardsCalculation rewards) {
    const Lamports spent = pay_commissions(rewards);
    const EpochSchedule& schedule = state_.epoch_schedule;
    const std::uint64_t per_block = state_.slot_params.at(state_.slot).stake_stores_per_block;
    const std::uint64_t blocks = (rewards.stake_rewards.size() + per_block - 1) / per_block;
    const bool warms_up = schedule.warmup && epoch() < schedule.first_normal_epoch;
    EpochRewards sysvar;
    sysvar.num_partitions =
        warms_up ? 1
                 : std::clamp<std::uint64_t>(
                       blocks, 1,
                       std::max<std::uint64_t>(schedule.slots_per_epoch / kRewardEpochFraction, 1));
    sysvar.distribution_starting_block_height = state_.block_height + kRewardCalculationBlocks;
    sysvar.parent_blockhash = state_.blockhashes.last_hash();
    sysvar.total_points = rewards.point_value.points;
    sysvar.total_rewards = rewards.point_value.rewards;
    sysvar.distributed_rewards = spent;
    sysvar.active = true;
    write_sysvar(ids::kEpochRewards, AccountData(sysvar.encode()));
    state_.pending_rewards =
        PendingRewards{.first_block_height = sysvar.distribution_starting_block_height,
                       .rewards = std::make_shared<const std::vector<StakeReward>>(
                           std::move(rewards.stake_rewards)),
                       .partitions = {}};
}

void Bank::distribute_rewards() {
    if (!state_.pending_rewards) return;
    PendingRewards& pending = *state_.pending_rewards;
    if (state_.block_height < pending.first_block_height) return;
    auto sysvar = read_sysvar<EpochRewards>(ids::kEpochRewards);
    if (!sysvar) return;
    if (pending.partitions.empty()) {
        pending.partitions =
            partition_rewards(*pending.rewards, sysvar->parent_blockhash, sysvar->num_partitions);
    }
    const std::uint64_t index = state_.block_height - pending.first_block_height;
    if (index < pending.partitions.size()) pay_partition(pending.partitions[index]);
    if (index + 1 < pending.partitions.size()) return;
    state_.pending_rewards.reset();
    if (auto paid = read_sysvar<EpochRewards>(ids::kEpochRewards)) end_rewards(*paid);
}

/// With revenue sharing, what the account holds beyond its rent is burned (agave
/// bank/partitioned_epoch_rewards/sysvar.rs set_epoch_rewards_sysvar_to_inactive).
void Bank::end_rewards(EpochRewards sysvar) {
    sysvar.active = false;
    AccountData data(sysvar.encode());
    if (!state_.features.is_active(Feature::block_revenue_sharing)) {
        return write_sysvar(ids::kEpochRewards, std::move(data));
    }
    auto account = accounts_->get(ids::kEpochRewards).value_or(Account{});
    account.lamports = std::max<Lamports>(state_.rent.minimum_balance(data.size()), 1);
    account.data = std::move(data);
    account.owner = ids::kSysvarOwner;
    store_and_capitalize(ids::kEpochRewards, std::move(account));
}

void Bank::pay_partition(const std::vector<std::uint32_t>& partition) {
    const bool adjusts = state_.features.is_active(Feature::relax_post_exec_min_balance_check);
    const auto& rewards = *state_.pending_rewards->rewards;
    const StakeRules rules = stake_rules();
    Lamports spent = 0;
    for (const std::uint32_t index : partition) {
        const StakeReward& reward = rewards[index];
        spent += reward.lamports; // lost if it cannot be paid
        const auto found = stakes_.stake_accounts().find(reward.stake_account);
        if (found == stakes_.stake_accounts().end()) continue;
        Account account = found->second->account;
        StakeState stake_state = found->second->state;
        if (__builtin_add_overflow(account.lamports, reward.lamports, &account.lamports)) continue;
        stake_state.stake = reward.stake;
        if (adjusts) {
            StakeDelegation& delegation = stake_state.stake.delegation;
            const Lamports bearable =
                saturating_sub(account.lamports, state_.rent.minimum_balance(account.data.size()));
            if (bearable < delegation.stake) {
                delegation.stake = bearable;
                if (bearable == 0)
                    delegation.deactivation_epoch = saturating_sub<Epoch>(epoch(), 1);
            }
        }
        const Bytes encoded = stake_state.encode();
        if (encoded.size() > account.data.size()) continue;
        std::ranges::copy(encoded, account.data.mutable_view().begin());
        state_.capitalization += reward.lamports;
        stakes_.update(reward.stake_account, account, rules);
        store(reward.stake_account, std::move(account));
    }
    auto sysvar = read_sysvar<EpochRewards>(ids::kEpochRewards);
    if (!sysvar) return;
    sysvar->distributed_rewards = saturating_add(sysvar->distributed_rewards, spent);
    write_sysvar(ids::kEpochRewards, AccountData(sysvar->encode()));
}

} // namespace fathom::bank
