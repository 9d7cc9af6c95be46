// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/genesis.hpp"

#include "fathom/svm/genesis.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace fathom::bank {
namespace {

using Accounts = std::map<Pubkey, Account>;

/// Bincode of Some(0): active since slot 0 (solana-sdk feature-gate-interface).
Account active_feature(const Rent& rent) {
    constexpr std::array<std::uint8_t, 9> kActiveSinceSlot0{1};
    Account account;
    account.data = AccountData(ByteView(kActiveSinceSlot0));
    account.lamports = std::max<Lamports>(rent.minimum_balance(account.data.size()), 1);
    account.owner = ids::kFeatureProgram;
    return account;
}

void put_sysvars(Accounts& accounts, const BankState& state, const StakeHistory& history) {
    Clock clock;
    clock.epoch = state.epoch_schedule.epoch(0);
    clock.leader_schedule_epoch = state.epoch_schedule.leader_schedule_epoch(0);
    clock.unix_timestamp = state.genesis_creation_time;
    clock.epoch_start_timestamp = state.genesis_creation_time;
    const auto put = [&](const Pubkey& id, const Bytes& value) {
        Account account = svm::sysvar_account(id, value);
        account.lamports = std::max<Lamports>(state.rent.minimum_balance(account.data.size()), 1);
        accounts.insert_or_assign(id, std::move(account));
    };
    put(ids::kClock, clock.encode());
    put(ids::kRent, state.rent.encode());
    put(ids::kEpochSchedule, state.epoch_schedule.encode());
    put(ids::kStakeHistory, history.encode());
    put(ids::kRecentBlockhashes, state.blockhashes.sysvar().encode());
    put(ids::kLastRestartSlot, LastRestartSlot{}.encode());
}

/// The node with the most stake; of equals the one with the highest vote address.
SlotLeader highest_staked(const VoteAccounts& accounts) {
    SlotLeader leader;
    Lamports most = 0;
    for (const auto& [key, entry] : accounts) {
        if (!entry.vote || entry.stake < most) continue;
        most = entry.stake;
        leader = {.id = entry.vote->state.node_pubkey, .vote_address = key};
    }
    return leader;
}

} // namespace

std::shared_ptr<Bank> make_genesis_bank(const Genesis& genesis, std::shared_ptr<Runtime> runtime) {
    BankState state;
    state.genesis_creation_time = genesis.creation_time;
    state.ticks_per_slot = genesis.ticks_per_slot;
    state.hashes_per_tick = genesis.hashes_per_tick;
    state.fee_rate_governor = genesis.fee_rate_governor;
    state.inflation = genesis.inflation;
    state.epoch_schedule = genesis.epoch_schedule;
    state.rent = genesis.rent;
    state.features = genesis.features;
    state.slot_params =
        SlotParamsTable(genesis.features, genesis.epoch_schedule, genesis.slot_params);
    state.blockhashes.set_genesis(genesis.hash, genesis.fee_rate_governor.lamports_per_signature);

    Accounts accounts;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        if (!genesis.features.is_active(feature)) continue;
        accounts.emplace(feature_id(feature), active_feature(genesis.rent));
    }
    for (auto& [key, account] : svm::builtin_accounts(genesis.features, runtime->config().native)) {
        accounts.insert_or_assign(key, std::move(account));
    }
    for (const auto& [key, account] : genesis.accounts) accounts.insert_or_assign(key, account);

    Stakes stakes(0, StakeHistory{});
    const StakeRules rules{.new_rate_epoch = std::nullopt, .math = StakeMath::Integer};
    for (const auto& [key, account] : accounts) stakes.update(key, account, rules);
    for (Epoch epoch = 0; epoch <= state.epoch_schedule.leader_schedule_epoch(0); ++epoch) {
        state.epoch_stakes.emplace(
            epoch, EpochStakes::of(admitted_vote_accounts(state, stakes.share_vote_accounts())));
    }
    state.leader = highest_staked(stakes.vote_accounts());
    put_sysvars(accounts, state, stakes.history());

    auto layer = std::make_shared<ForkAccounts>(std::make_shared<RootedAccounts>());
    for (auto& [key, account] : accounts) {
        state.capitalization += account.lamports;
        layer->put(key, std::move(account));
    }
    return Bank::of_genesis(std::move(state), std::move(stakes), std::move(layer),
                            std::move(runtime));
}

} // namespace fathom::bank
