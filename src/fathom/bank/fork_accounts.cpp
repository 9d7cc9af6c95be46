// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/fork_accounts.hpp"

#include <mutex>
#include <utility>
#include <vector>

namespace fathom::bank {

namespace {

std::optional<Account> existing(const Account* account) {
    if (!account || account->lamports == 0) return std::nullopt;
    return *account;
}

} // namespace

std::shared_ptr<ForkAccounts>
ForkAccounts::child_of(const std::shared_ptr<const ForkAccounts>& parent) {
    return std::make_shared<ForkAccounts>(parent->rooted_, parent);
}

/// Below this layer; the caller holds the lock.
const Account* ForkAccounts::find_locked(const Pubkey& key) const {
    for (const ForkAccounts* layer = parent_.get(); layer; layer = layer->parent_.get()) {
        const auto found = layer->changes_.find(key);
        if (found != layer->changes_.end()) return &found->second;
    }
    const auto found = rooted_->accounts.find(key);
    return found == rooted_->accounts.end() ? nullptr : &found->second;
}

std::optional<Account> ForkAccounts::get(const Pubkey& key) const {
    if (const Account* account = changed(key)) return existing(account);
    return get_before(key);
}

std::optional<Account> ForkAccounts::get_before(const Pubkey& key) const {
    const Hold held = hold();
    return get_before_held(key);
}

std::optional<Account> ForkAccounts::get_held(const Pubkey& key) const {
    return existing(peek_held(key));
}

const Account* ForkAccounts::peek_held(const Pubkey& key) const {
    const Account* account = changed(key);
    if (!account) account = find_locked(key);
    return account && account->lamports != 0 ? account : nullptr;
}

std::optional<Account> ForkAccounts::get_before_held(const Pubkey& key) const {
    return existing(find_locked(key));
}

const Account* ForkAccounts::changed(const Pubkey& key) const {
    const auto found = changes_.find(key);
    return found == changes_.end() ? nullptr : &found->second;
}

void ForkAccounts::make_root() {
    const std::unique_lock lock(rooted_->mutex);
    std::vector<const ForkAccounts*> oldest_last;
    for (const ForkAccounts* layer = this; layer; layer = layer->parent_.get()) {
        oldest_last.push_back(layer);
    }
    while (!oldest_last.empty()) {
        for (const auto& [key, account] : oldest_last.back()->changes_) {
            if (account.lamports == 0) {
                rooted_->accounts.erase(key);
            } else {
                rooted_->accounts.insert_or_assign(key, account);
            }
        }
        oldest_last.pop_back();
    }
    parent_ = nullptr;
}

} // namespace fathom::bank
