// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/stakes.hpp"

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <utility>

namespace fathom::bank {

namespace {

constexpr std::uint64_t kVoteStateV1Size = 3731;
constexpr std::uint32_t kVersion4Tag = 3;

/// solana-vote-interface VoteStateVersions::is_correct_size_and_initialized: version 4 by its tag,
/// older ones by whether what lies before the prior voters is not all zero.
bool is_initialized(ByteView data) {
    constexpr std::size_t kTagSize = 4;
    constexpr std::size_t kPriorVotersOffset = 114;
    if (data.size() != programs::vote::VoteState::kSize && data.size() != kVoteStateV1Size) {
        return false;
    }
    if (data.size() == programs::vote::VoteState::kSize &&
        load_le<std::uint32_t>(data.data()) == kVersion4Tag) {
        return true;
    }
    return std::ranges::any_of(data.subspan(kTagSize, kPriorVotersOffset),
                               [](std::uint8_t byte) { return byte != 0; });
}

} // namespace

std::shared_ptr<const VoteAccount> VoteAccount::from(const Pubkey& key, const Account& account) {
    if (account.owner != ids::kVoteProgram) return nullptr;
    auto decoded = programs::vote::VersionedVoteState::decode(account.data.view(), key);
    using Version = programs::vote::VersionedVoteState::Version;
    if (!decoded || decoded->version == Version::Uninitialized) return nullptr;
    return std::make_shared<const VoteAccount>(VoteAccount{account, std::move(decoded->state)});
}

EpochStakes EpochStakes::of(std::shared_ptr<const VoteAccounts> vote_accounts) {
    EpochStakes stakes;
    for (const auto& [key, entry] : *vote_accounts) stakes.total_stake += entry.stake;
    stakes.vote_accounts = std::move(vote_accounts);
    return stakes;
}

std::shared_ptr<const StakeAccount> StakeAccount::from(const Account& account) {
    if (account.owner != ids::kStakeProgram) return nullptr;
    auto state = StakeState::decode(account.data.view());
    if (!state || state->kind != StakeState::Kind::Stake) return nullptr;
    return std::make_shared<const StakeAccount>(StakeAccount{account, *std::move(state)});
}

void Stakes::update(const Pubkey& key, const Account& account, const StakeRules& rules) {
    if (account.owner == ids::kVoteProgram) {
        update_vote(key, account);
    } else if (account.owner == ids::kStakeProgram) {
        update_stake(key, account, rules);
    }
}

void Stakes::update_vote(const Pubkey& key, const Account& account) {
    const bool counts = account.lamports > 0 && is_initialized(account.data.view());
    auto vote = counts ? VoteAccount::from(key, account) : nullptr;
    if (!vote) {
        if (vote_accounts_->contains(key)) writable_vote_accounts().erase(key);
        return;
    }
    VoteAccounts& all = writable_vote_accounts();
    const auto [entry, is_new] = all.try_emplace(key);
    entry->second.vote = std::move(vote);
    if (is_new) {
        const auto stake = delegated_.find(key);
        entry->second.stake = stake == delegated_.end() ? 0 : stake->second;
    }
}

void Stakes::update_stake(const Pubkey& key, const Account& account, const StakeRules& rules) {
    auto stake = account.lamports == 0 ? nullptr : StakeAccount::from(account);
    remove_stake(key, rules);
    if (!stake) return;
    move_stake(stake->delegation().voter, effective(stake->delegation(), rules), 0);
    writable_stake_accounts().insert_or_assign(key, std::move(stake));
}

void Stakes::remove_stake(const Pubkey& key, const StakeRules& rules) {
    const auto found = stake_accounts_->find(key);
    if (found == stake_accounts_->end()) return;
    const StakeDelegation& delegation = found->second->delegation();
    move_stake(delegation.voter, 0, effective(delegation, rules));
    writable_stake_accounts().erase(key);
}

void Stakes::put_vote_account(const Pubkey& key, StakedVoteAccount account) {
    delegated_[key] = account.stake;
    writable_vote_accounts().insert_or_assign(key, std::move(account));
}

Stakes::Activation Stakes::calculate_activation(Epoch next_epoch, const StakeRules& rules) const {
    StakeHistoryEntry total;
    for (const auto& [key, stake] : *stake_accounts_) {
        const StakeHistoryEntry part = stake_activation(stake->delegation(), epoch_, history_,
                                                        rules.new_rate_epoch, rules.math);
        total.effective += part.effective;
        total.activating += part.activating;
        total.deactivating += part.deactivating;
    }
    Activation next;
    next.history = history_;
    auto& entries = next.history.entries;
    const auto place = std::ranges::lower_bound(entries, epoch_, std::ranges::greater{},
                                                &std::pair<Epoch, StakeHistoryEntry>::first);
    if (place != entries.end() && place->first == epoch_) {
        place->second = total;
    } else {
        entries.insert(place, {epoch_, total});
    }
    if (entries.size() > StakeHistory::kMaxEntries) entries.resize(StakeHistory::kMaxEntries);
    for (const auto& [key, stake] : *stake_accounts_) {
        const Lamports lamports = stake_activation(stake->delegation(), next_epoch, next.history,
                                                   rules.new_rate_epoch, rules.math)
                                      .effective;
        if (lamports > 0) next.delegated[stake->delegation().voter] += lamports;
    }
    auto refreshed = std::make_shared<VoteAccounts>(*vote_accounts_);
    for (auto& [key, entry] : *refreshed) {
        const auto stake = next.delegated.find(key);
        entry.stake = stake == next.delegated.end() ? 0 : stake->second;
    }
    next.vote_accounts = std::move(refreshed);
    return next;
}

void Stakes::activate(Epoch next_epoch, Activation activation) {
    epoch_ = next_epoch;
    history_ = std::move(activation.history);
    vote_accounts_ = std::move(activation.vote_accounts);
    owns_vote_accounts_ = false;
    delegated_ = std::move(activation.delegated);
}

Lamports Stakes::effective(const StakeDelegation& delegation, const StakeRules& rules) const {
    return stake_activation(delegation, epoch_, history_, rules.new_rate_epoch, rules.math)
        .effective;
}

void Stakes::move_stake(const Pubkey& voter, Lamports add, Lamports subtract) {
    if (add == subtract) return;
    Lamports& delegated = delegated_[voter];
    delegated = saturating_sub(delegated + add, subtract);
    if (!vote_accounts_->contains(voter)) return;
    Lamports& stake = writable_vote_accounts()[voter].stake;
    stake = saturating_sub(stake + add, subtract);
}

VoteAccounts& Stakes::writable_vote_accounts() {
    if (!owns_vote_accounts_) vote_accounts_ = std::make_shared<VoteAccounts>(*vote_accounts_);
    owns_vote_accounts_ = true;
    return *vote_accounts_;
}

Stakes::StakeAccounts& Stakes::writable_stake_accounts() {
    if (!owns_stake_accounts_) stake_accounts_ = std::make_shared<StakeAccounts>(*stake_accounts_);
    owns_stake_accounts_ = true;
    return *stake_accounts_;
}

Stakes Stakes::fork() const {
    Stakes copy(*this);
    copy.owns_vote_accounts_ = false;
    copy.owns_stake_accounts_ = false;
    return copy;
}

} // namespace fathom::bank
