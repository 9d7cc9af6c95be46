// SPDX-License-Identifier: Apache-2.0
#include "fathom/ledger/snapshot_bank.hpp"

#include "fathom/types/program_ids.hpp"

#include <string>
#include <utility>

namespace fathom::ledger {
namespace {

using base::Error;
using base::ErrorCode;

bank::BlockhashQueue to_queue(const BlockhashQueueFields& fields) {
    std::vector<bank::BlockhashQueue::Entry> entries;
    entries.reserve(fields.hashes.size());
    for (const BlockhashInfo& info : fields.hashes) {
        entries.push_back({info.hash, info.lamports_per_signature, info.hash_index});
    }
    return {std::move(entries), fields.last_hash_index, fields.last_hash.value_or(Hash{})};
}

/// solana-sdk feature-gate-interface: an Option<Slot> in an account of the feature program.
FeatureSet features_in(const bank::ForkAccounts& accounts) {
    FeatureSet features;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        const auto account = accounts.get(feature_id(feature));
        if (!account || account->owner != ids::kFeatureProgram) continue;
        const ByteView data = account->data.view();
        if (data.size() >= 9 && data[0] == 1) {
            features.activate(feature, load_le<std::uint64_t>(data.data() + 1));
        }
    }
    return features;
}

bank::EpochStakes to_epoch_stakes(const EpochStakesFields& fields) {
    auto voters = std::make_shared<bank::VoteAccounts>();
    for (const StakedVoteAccount& entry : fields.stakes.vote_accounts) {
        auto vote = bank::VoteAccount::from(entry.address, entry.account);
        if (vote)
            voters->insert_or_assign(entry.address, bank::StakedVoteAccount{entry.stake, vote});
    }
    return bank::EpochStakes{std::move(voters), fields.total_stake};
}

Result<bank::Stakes> to_stakes(const StakesFields& fields, const bank::ForkAccounts& accounts,
                               const bank::StakeRules& rules) {
    bank::Stakes stakes(fields.epoch, fields.history);
    for (const StakedVoteAccount& entry : fields.vote_accounts) {
        stakes.update(entry.address, entry.account, rules);
    }
    for (const StakeEntry& entry : fields.delegations) {
        const auto account = accounts.get(entry.address);
        const auto stake = account ? bank::StakeAccount::from(*account) : nullptr;
        if (!stake || !(stake->delegation() == entry.stake.delegation)) {
            return std::unexpected(
                Error(ErrorCode::InvalidInput,
                      "snapshot: stake account " + entry.address.to_base58() +
                          (stake ? " does not delegate as the manifest says"
                                 : " of the manifest is not among the accounts")));
        }
        stakes.update(entry.address, *account, rules);
    }
    return stakes;
}

bank::BankState to_state(const BankFields& fields) {
    bank::BankState state;
    state.slot = fields.slot;
    state.parent_slot = fields.parent_slot;
    state.block_height = fields.block_height;
    state.parent_hash = fields.parent_hash;
    state.hash = fields.hash;
    state.tick_height = fields.tick_height;
    state.ticks_per_slot = fields.ticks_per_slot;
    state.hashes_per_tick = fields.hashes_per_tick.value_or(0);
    state.genesis_creation_time = fields.genesis_creation_time;
    state.capitalization = fields.capitalization;
    state.signature_count = fields.signature_count;
    state.transaction_count = fields.transaction_count;
    const FeeRateGovernor& governor = fields.fee_rate_governor;
    state.fee_rate_governor = {
        governor.lamports_per_signature,     governor.target_lamports_per_signature,
        governor.target_signatures_per_slot, governor.min_lamports_per_signature,
        governor.max_lamports_per_signature, governor.burn_percent};
    const Inflation& inflation = fields.inflation;
    state.inflation = {inflation.initial, inflation.terminal, inflation.taper, inflation.foundation,
                       inflation.foundation_term};
    state.epoch_schedule = fields.epoch_schedule;
    state.hard_forks = {fields.hard_forks.begin(), fields.hard_forks.end()};
    state.blockhashes = to_queue(fields.blockhash_queue);
    state.leader.id = fields.leader_id;
    return state;
}

} // namespace

Result<std::shared_ptr<bank::Bank>> bank_of_snapshot(const Manifest& manifest,
                                                     std::shared_ptr<bank::ForkAccounts> accounts,
                                                     std::shared_ptr<bank::Runtime> runtime) {
    if (!manifest.accounts_lt_hash) {
        return std::unexpected(Error(ErrorCode::Unsupported,
                                     "snapshot: the manifest has no lattice hash of the "
                                     "accounts; it was made before Agave 2.1"));
    }
    if (manifest.bank.hash == Hash{}) {
        return std::unexpected(Error(ErrorCode::InvalidInput, "snapshot: the bank is not frozen"));
    }
    if (const auto sysvar = accounts->get(ids::kEpochRewards)) {
        const auto rewards = EpochRewards::decode(sysvar->data.view());
        if (rewards && rewards->active) {
            return std::unexpected(
                Error(ErrorCode::Unsupported, "snapshot: taken while an epoch's rewards are paid"));
        }
    }
    bank::BankState state = to_state(manifest.bank);
    state.features = features_in(*accounts);
    if (const auto sysvar = accounts->get(ids::kRent)) {
        state.rent = Rent::decode(sysvar->data.view()).value_or(Rent{});
    }
    state.slot_params =
        bank::SlotParamsTable(state.features, state.epoch_schedule, bank::SlotParams{});
    state.accounts_lt_hash = *manifest.accounts_lt_hash;
    for (const EpochStakesFields& stakes : manifest.epoch_stakes) {
        state.epoch_stakes.insert_or_assign(stakes.epoch, to_epoch_stakes(stakes));
    }
    bank::Stakes stakes =
        FATHOM_TRY(to_stakes(manifest.bank.stakes, *accounts, bank::stake_rules(state)));
    return std::make_shared<bank::Bank>(std::move(state), std::move(stakes), std::move(accounts),
                                        std::move(runtime));
}

} // namespace fathom::ledger
