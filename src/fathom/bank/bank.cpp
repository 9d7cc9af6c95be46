// SPDX-License-Identifier: Apache-2.0
// Order of events as in agave runtime/src/bank.rs _new_from_parent and freeze.
#include "fathom/bank/bank.hpp"

#include "fathom/bank/block_execution.hpp"
#include "fathom/bank/clock.hpp"
#include "fathom/bank/collector.hpp"
#include "fathom/bank/slot_history.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/rent_state.hpp"

#include <algorithm>
#include <utility>

namespace fathom::bank {

namespace {

/// Epochs whose stakes are kept.
constexpr Epoch kKeptEpochStakes = 5;
constexpr Lamports kLamportsPerSignature = 5000;
constexpr Lamports kFeeBurnPercent = 50;

/// Accounts whose elements of the lattice hash are computed by one worker in one go.
constexpr std::size_t kHashedTogether = 256;

/// What Agave gives a sysvar's account where its value may be shorter.
std::size_t sysvar_size(const Pubkey& id) {
    if (id == ids::kSlotHashes) return 8 + SlotHashes::kMaxEntries * 40;
    if (id == ids::kStakeHistory) return 8 + StakeHistory::kMaxEntries * 32;
    if (id == ids::kRecentBlockhashes) return 8 + RecentBlockhashes::kMaxEntries * 40;
    return 0;
}

} // namespace

StakeRules stake_rules(const BankState& state) {
    StakeRules rules;
    if (const auto slot = state.features.activated_slot(Feature::reduce_stake_warmup_cooldown)) {
        rules.new_rate_epoch = state.epoch_schedule.epoch(*slot);
    }
    rules.math = state.features.is_active(Feature::upgrade_bpf_stake_program_to_v5_1)
                     ? StakeMath::Integer
                     : StakeMath::Double;
    return rules;
}

Bank::Bank(BankState state, Stakes stakes, std::shared_ptr<ForkAccounts> accounts,
           std::shared_ptr<Runtime> runtime)
    : state_(std::move(state)), stakes_(std::move(stakes)), accounts_(std::move(accounts)),
      runtime_(std::move(runtime)), is_frozen_(state_.hash != Hash{}) {
    state_.ancestors.insert(state_.slot);
}

std::shared_ptr<Bank> Bank::of_genesis(BankState state, Stakes stakes,
                                       std::shared_ptr<ForkAccounts> accounts,
                                       std::shared_ptr<Runtime> runtime) {
    auto bank = std::make_shared<Bank>(std::move(state), std::move(stakes), std::move(accounts),
                                       std::move(runtime));
    bank->prepare_environment();
    return bank;
}

Result<std::shared_ptr<Bank>> Bank::child_of(const std::shared_ptr<const Bank>& parent, Slot slot,
                                             std::optional<SlotLeader> leader) {
    if (!parent->is_frozen()) {
        return std::unexpected(
            base::Error{base::ErrorCode::InvalidInput,
                        "a bank's parent must be frozen: slot " + std::to_string(parent->slot())});
    }
    if (slot <= parent->slot()) {
        return std::unexpected(
            base::Error{base::ErrorCode::InvalidInput, "slot " + std::to_string(slot) +
                                                           " does not follow its parent's, " +
                                                           std::to_string(parent->slot())});
    }
    auto bank = std::make_shared<Bank>(parent->state_, parent->stakes_.fork(),
                                       ForkAccounts::child_of(parent->accounts_), parent->runtime_);
    BankState& state = bank->state_;
    state.parent_slot = parent->slot();
    state.slot = slot;
    state.parent_hash = parent->hash();
    state.hash = {};
    bank->is_frozen_ = false;
    state.ancestors.insert(slot);
    ++state.block_height;
    state.fee_rate_governor = state.fee_rate_governor.derive(state.signature_count);
    state.signature_count = 0;
    bank->begin_block(*parent);
    state.leader = leader ? *leader : bank->scheduled_leader();
    bank->prepare_environment();
    return bank;
}

void Bank::begin_block(const Bank& parent) {
    const Epoch parent_epoch = parent.epoch();
    if (parent_epoch < epoch()) {
        begin_epoch(parent_epoch);
    } else {
        update_epoch_stakes(state_.epoch_schedule.leader_schedule_epoch(state_.slot), nullptr);
    }
    distribute_rewards();
    update_slot_hashes();
    if (parent_epoch != epoch()) {
        write_sysvar(ids::kStakeHistory, AccountData(stakes_.history().encode()));
    }
    update_clock(parent_epoch);
    update_last_restart_slot();
}

void Bank::store_and_capitalize(const Pubkey& key, Account account) {
    const auto old = accounts_->get(key);
    state_.capitalization += account.lamports;
    state_.capitalization -= old ? old->lamports : 0;
    store(key, std::move(account));
}

void Bank::write_sysvar(const Pubkey& id, AccountData data) {
    const auto old = accounts_->get(id);
    Account account;
    if (data.size() < sysvar_size(id)) data.resize(sysvar_size(id));
    account.lamports = std::max(
        {old ? old->lamports : Lamports{1}, state_.rent.minimum_balance(data.size()), Lamports{1}});
    account.rent_epoch = old ? old->rent_epoch : 0;
    account.data = std::move(data);
    account.owner = ids::kSysvarOwner;
    store_and_capitalize(id, std::move(account));
}

void Bank::update_slot_hashes() {
    auto hashes = read_sysvar<SlotHashes>(ids::kSlotHashes).value_or(SlotHashes{});
    auto& entries = hashes.entries;
    // Newest first; a slot that is there already takes the new hash (solana-sdk slot-hashes).
    const auto place = std::ranges::lower_bound(entries, state_.parent_slot, std::ranges::greater{},
                                                &std::pair<Slot, Hash>::first);
    if (place != entries.end() && place->first == state_.parent_slot) {
        place->second = state_.parent_hash;
    } else {
        entries.insert(place, {state_.parent_slot, state_.parent_hash});
    }
    if (entries.size() > SlotHashes::kMaxEntries) entries.resize(SlotHashes::kMaxEntries);
    write_sysvar(ids::kSlotHashes, AccountData(hashes.encode()));
}

void Bank::update_clock(Epoch parent_epoch) {
    const Clock old = read_sysvar<Clock>(ids::kClock).value_or(Clock{});
    UnixTimestamp now = old.unix_timestamp;
    const auto stakes = state_.epoch_stakes.find(epoch());
    if (stakes != state_.epoch_stakes.end()) {
        const auto estimate = stake_weighted_timestamp(
            {.slot = state_.slot,
             .durations = state_.slot_params,
             .slots_per_epoch = state_.epoch_schedule.slots_per_epoch,
             .epoch_start_slot = state_.epoch_schedule.first_slot(parent_epoch),
             .epoch_start_timestamp = old.epoch_start_timestamp},
            stakes_.vote_accounts(), *stakes->second.vote_accounts);
        if (estimate) now = std::max(now, *estimate);
    }
    Clock clock;
    clock.slot = state_.slot;
    clock.epoch = epoch();
    clock.leader_schedule_epoch = state_.epoch_schedule.leader_schedule_epoch(state_.slot);
    clock.unix_timestamp = now;
    clock.epoch_start_timestamp = parent_epoch != epoch() ? now : old.epoch_start_timestamp;
    write_sysvar(ids::kClock, AccountData(clock.encode()));
}

void Bank::update_last_restart_slot() {
    Slot last = 0;
    for (const auto& [slot, count] : state_.hard_forks) {
        if (slot <= state_.slot) last = std::max(last, slot);
    }
    const auto old = read_sysvar<LastRestartSlot>(ids::kLastRestartSlot);
    if (old && old->last_restart_slot == last) return;
    write_sysvar(ids::kLastRestartSlot, AccountData(LastRestartSlot{last}.encode()));
}

void Bank::update_epoch_stakes(Epoch leader_schedule_epoch,
                               std::shared_ptr<const VoteAccounts> vote_accounts) {
    if (state_.epoch_stakes.contains(leader_schedule_epoch)) return;
    std::erase_if(state_.epoch_stakes, [&](const auto& entry) {
        return entry.first < saturating_sub(leader_schedule_epoch, kKeptEpochStakes - 1);
    });
    if (!vote_accounts)
        vote_accounts = admitted_vote_accounts(state_, stakes_.share_vote_accounts());
    state_.epoch_stakes.emplace(leader_schedule_epoch, EpochStakes::of(std::move(vote_accounts)));
}

SlotLeader Bank::scheduled_leader() const {
    const auto stakes = state_.epoch_stakes.find(epoch());
    if (stakes == state_.epoch_stakes.end()) return {};
    const auto schedule = leader_schedule(*stakes->second.vote_accounts, epoch(),
                                          state_.epoch_schedule.slots_in_epoch(epoch()));
    const Slot index = state_.slot - state_.epoch_schedule.first_slot(epoch());
    const std::size_t place = index / kConsecutiveLeaderSlots;
    return place < schedule.size() ? schedule[place] : SlotLeader{};
}

/// What does not change while transactions run, and what they may use together.
void Bank::prepare_environment() {
    costs_.reset(state_.slot_params.block_limits(state_.slot, state_.features));
    environment_ = {};
    environment_.features = state_.features;
    environment_.blockhash = state_.blockhashes.last_hash();
    environment_.blockhash_lamports_per_signature =
        state_.blockhashes.lamports_per_signature(environment_.blockhash).value_or(0);
    environment_.lamports_per_signature = kLamportsPerSignature;
    for (const auto& entry : state_.blockhashes.recent()) {
        environment_.recent_blockhashes.push_back(entry.blockhash);
    }
    const auto stakes = state_.epoch_stakes.find(epoch());
    if (stakes == state_.epoch_stakes.end()) return;
    environment_.stakes.total = stakes->second.total_stake;
    for (const auto& [key, entry] : *stakes->second.vote_accounts) {
        environment_.stakes.vote_accounts.emplace_back(key, entry.stake);
    }
}

void Bank::register_tick(const Hash& hash) {
    if (state_.tick_height + 1 == max_tick_height()) {
        state_.blockhashes.add(hash, state_.fee_rate_governor.lamports_per_signature);
        write_sysvar(ids::kRecentBlockhashes, AccountData(state_.blockhashes.sysvar().encode()));
    }
    ++state_.tick_height;
}

void Bank::finish_ticks(const Hash& hash) {
    state_.tick_height = max_tick_height() - 1;
    register_tick(hash);
}

const Hash& Bank::freeze() {
    if (is_frozen_) return state_.hash;
    distribute_fees();
    const auto history = accounts_->get(ids::kSlotHistory);
    AccountData slots = history ? history->data : new_slot_history();
    add_to_slot_history(slots, state_.slot);
    write_sysvar(ids::kSlotHistory, std::move(slots));
    run_incinerator();
    update_accounts_lt_hash();
    state_.hash = bank_hash({.parent_hash = state_.parent_hash,
                             .signature_count = state_.signature_count,
                             .last_blockhash = state_.blockhashes.last_hash(),
                             .accounts = state_.accounts_lt_hash,
                             .parent_slot = state_.parent_slot,
                             .slot = state_.slot,
                             .hard_forks = state_.hard_forks});
    is_frozen_ = true;
    return state_.hash;
}

void Bank::make_root() {
    accounts_->make_root();
    // All slots since the last root: what they processed must stay known.
    for (const Slot slot : state_.ancestors) runtime_->status_cache().add_root(slot);
    state_.ancestors = {state_.slot};
}

void Bank::distribute_fees() {
    const Lamports burned = fees_.transaction_fee * kFeeBurnPercent / 100;
    const Lamports reward =
        saturating_add(fees_.prioritization_fee, saturating_sub(fees_.transaction_fee, burned));
    state_.capitalization -= burned;
    if (reward == 0) return;
    Pubkey collector = state_.leader.id;
    if (state_.features.is_active(Feature::custom_commission_collector)) {
        const auto stakes = state_.epoch_stakes.find(epoch());
        if (stakes != state_.epoch_stakes.end()) {
            const auto& voters = *stakes->second.vote_accounts;
            const auto vote = voters.find(state_.leader.vote_address);
            if (vote != voters.end()) collector = vote->second.vote->state.block_revenue_collector;
        }
    }
    if (!deposit(collector, reward)) state_.capitalization -= reward;
}

/// agave runtime/src/bank/fee_distribution.rs deposit_fees.
bool Bank::deposit(const Pubkey& collector, Lamports lamports) {
    Account account = accounts_->get(collector).value_or(Account{});
    const Lamports before = account.lamports;
    if (__builtin_add_overflow(account.lamports, lamports, &account.lamports)) return false;
    const std::uint64_t size = account.data.size();
    const Lamports minimum = state_.rent.minimum_balance(size);
    const bool relaxed = state_.features.is_active(Feature::relax_post_exec_min_balance_check);
    if (state_.features.is_active(Feature::custom_commission_collector)) {
        if (collector != state_.leader.vote_address &&
            !is_valid_collector(collector, before, account, state_.rent, relaxed)) {
            return false;
        }
    } else {
        if (account.owner != ids::kSystemProgram) return false;
        const RentState pre = RentState::before(before, size, minimum, relaxed);
        if (!is_rent_transition_allowed(
                pre, RentState::after(account.lamports, size, minimum, pre, before, relaxed))) {
            return false;
        }
    }
    store(collector, std::move(account));
    return true;
}

void Bank::run_incinerator() {
    const Account* written = accounts_->changed(ids::kIncinerator);
    if (!written || written->lamports == 0) return;
    state_.capitalization -= written->lamports;
    store(ids::kIncinerator, Account{});
}

/// Every account that the block wrote: out with what it was, in with what it is. In parts, since
/// sums may be added in any order.
void Bank::update_accounts_lt_hash() {
    struct Change {
        const Pubkey* key;
        std::optional<Account> before;
        const Account* after;
    };
    std::vector<Change> changes;
    changes.reserve(accounts_->changes().size());
    for (const auto& [key, account] : accounts_->changes()) changes.push_back({&key, {}, &account});
    const std::size_t parts = (changes.size() + kHashedTogether - 1) / kHashedTogether;
    std::vector<crypto::LtHash> sums(parts);
    // Before the accounts are held, as where transactions are executed.
    const Runtime::PoolLease pool = runtime_->lend_pool();
    const ForkAccounts::Hold held = accounts_->hold();
    const auto hash_part = [&](unsigned, std::size_t part) {
        const std::size_t first = part * kHashedTogether;
        const std::size_t last = std::min(first + kHashedTogether, changes.size());
        std::vector<AccountStep> steps;
        steps.reserve(last - first);
        for (std::size_t i = first; i < last; ++i) {
            Change& change = changes[i];
            change.before = accounts_->get_before_held(*change.key);
            if (change.before && *change.before == *change.after) continue;
            steps.push_back({.key = change.key,
                             .before = change.before ? &*change.before : nullptr,
                             .after = change.after});
        }
        apply_steps(sums[part], steps);
    };
    pool->parallel_for(parts, hash_part, 1);
    for (const crypto::LtHash& sum : sums) state_.accounts_lt_hash += sum;
}

std::vector<TransactionOutcome> Bank::execute(std::span<const ByteView> transactions,
                                              const BlockOptions& options) {
    BlockExecution execution(*runtime_, *accounts_, environment_, state_.ancestors, costs_,
                             options);
    auto results = execution.run(transactions);
    const bool is_timed = options.clock && options.times;
    const auto begin = is_timed ? options.clock() : 0;
    accounts_->reserve(results.accounts.size());
    const StakeRules rules = stake_rules();
    for (const StakeChange& change : results.stake_changes) {
        stakes_.update(change.key, change.account, rules);
    }
    const auto store_accounts = [&] {
        for (AccountChange& change : results.accounts) store(change.key, std::move(change.account));
    };
    const auto note_outcomes = [&] { this->note_outcomes(results); };
    // Accounts are one thing, fees and statuses another.
    runtime_->lend_pool()->parallel_for(
        2, [&](unsigned, std::size_t i) { i == 0 ? store_accounts() : note_outcomes(); }, 1);
    if (is_timed) options.times->commit += options.clock() - begin;
    if (options.observer) {
        for (std::size_t i = 0; i < results.effects.size(); ++i) {
            options.observer(i, results.effects[i]);
        }
    }
    return std::move(results.outcomes);
}

void Bank::note_outcomes(const BlockResults& results) {
    std::vector<StatusCache::Processed> processed;
    processed.reserve(results.outcomes.size());
    for (std::size_t i = 0; i < results.outcomes.size(); ++i) {
        const TransactionOutcome& outcome = results.outcomes[i];
        if (outcome.commit == Commit::None) continue;
        ++state_.transaction_count;
        state_.signature_count += results.facts[i].signatures;
        fees_.transaction_fee = saturating_add(fees_.transaction_fee, outcome.fee.transaction_fee);
        fees_.prioritization_fee =
            saturating_add(fees_.prioritization_fee, outcome.fee.prioritization_fee);
        processed.push_back({results.facts[i].blockhash, results.facts[i].message, outcome.error});
    }
    runtime_->status_cache().insert(state_.slot, processed);
}

} // namespace fathom::bank
