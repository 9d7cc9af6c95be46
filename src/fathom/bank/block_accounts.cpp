// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/block_accounts.hpp"

#include <functional>
#include <utility>

namespace fathom::bank {
namespace {

/// Larger ones are shared: copying a program for each worker would cost more than it saves.
constexpr std::size_t kLargestCopy = 16 * 1024;

Account own_copy(const Account& account) {
    Account copy = account;
    if (copy.data.size() > 0 && copy.data.size() <= kLargestCopy) {
        copy.data = AccountData(account.data.view());
    }
    return copy;
}

} // namespace

BlockAccounts::BlockAccounts(const sched::ConflictGraph& graph, const ForkAccounts& below)
    : graph_(graph), below_(below), cells_(graph.accounts().size()) {
    for (sched::TaskIndex task = 0; task < graph.task_count(); ++task) {
        for (const sched::AccountUse use : graph.uses(task)) {
            if (use.is_writable()) cells_[use.account()].is_written = true;
        }
    }
}

void BlockAccounts::fill(std::size_t number) {
    auto account =
        below_.get_held(graph_.accounts().key(static_cast<sched::AccountNumber>(number)));
    if (account) cells_[number].alone() = *std::move(account);
}

std::vector<AccountChange> BlockAccounts::take_changes() {
    std::vector<AccountChange> changes;
    changes.reserve(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (!cells_[i].is_changed) continue;
        changes.push_back({graph_.accounts().key(static_cast<sched::AccountNumber>(i)),
                           std::move(cells_[i].alone())});
    }
    return changes;
}

std::optional<sched::AccountNumber> WorkerAccounts::number_of(const Pubkey& key) const {
    // std::less is an order even among pointers that have none.
    const std::less<const Pubkey*> before;
    const Pubkey* place = &key;
    if (!keys_.empty() && !before(place, keys_.data()) &&
        before(place, keys_.data() + keys_.size())) {
        return uses_[static_cast<std::size_t>(place - keys_.data())].account();
    }
    return block_.graph_.accounts().find(key);
}

std::optional<Account> WorkerAccounts::get(const Pubkey& key) const {
    const auto number = number_of(key);
    if (!number) {
        const auto [entry, is_new] = others_.try_emplace(key);
        if (is_new) {
            const auto account = block_.below_.get_held(key);
            if (account) entry->second = own_copy(*account);
        }
        return entry->second;
    }
    const BlockAccounts::Cell& cell = block_.cells_[*number];
    if (cell.is_written) return cell.get();
    Copy& copy = copies_[*number];
    if (!copy.is_there) {
        copy.is_there = true;
        // Nobody writes it, so it may be read without the flag.
        if (cell.alone().lamports > 0) copy.account = own_copy(cell.alone());
    }
    return copy.account;
}

void WorkerAccounts::put(const Pubkey& key, const Account& account) {
    if (const auto number = number_of(key)) block_.cells_[*number].put(account);
}

} // namespace fathom::bank
