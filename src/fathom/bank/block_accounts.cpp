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

void BlockAccounts::begin(const sched::ConflictGraph& graph, const ForkAccounts& below) {
    graph_ = &graph;
    below_ = &below;
    size_ = graph.accounts().size();
    if (size_ > room_) {
        room_ = size_;
        cells_ = std::make_unique<Cell[]>(room_);
    }
    for (std::size_t i = 0; i < size_; ++i) {
        cells_[i].is_written = false;
        cells_[i].is_changed = false;
    }
    for (sched::TaskIndex task = 0; task < graph.task_count(); ++task) {
        for (const sched::AccountUse use : graph.uses(task)) {
            if (use.is_writable()) cells_[use.account()].is_written = true;
        }
    }
    unwritten_count_ = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        if (cells_[i].is_written) continue;
        cells_[i].unwritten_number = static_cast<std::uint32_t>(unwritten_count_++);
    }
}

void BlockAccounts::fill(std::size_t number) {
    Account& account = cells_[number].alone();
    const Pubkey& key = graph_->accounts().key(static_cast<sched::AccountNumber>(number));
    const Account* const below = below_->peek_held(key);
    if (below) {
        account = *below;
    } else {
        account = {};
    }
}

std::vector<AccountChange> BlockAccounts::take_changes() {
    std::vector<AccountChange> changes;
    changes.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
        Account& account = cells_[i].alone();
        if (!cells_[i].is_changed) {
            account.data = {};
            continue;
        }
        changes.push_back(
            {graph_->accounts().key(static_cast<sched::AccountNumber>(i)), std::move(account)});
    }
    return changes;
}

std::optional<std::size_t> WorkerAccounts::place_of(const Pubkey& key) const {
    constexpr std::size_t kFew = 16;
    // std::less is an order even among pointers that have none.
    const std::less<const Pubkey*> before;
    const Pubkey* place = &key;
    if (!keys_.empty() && !before(place, keys_.data()) &&
        before(place, keys_.data() + keys_.size())) {
        return static_cast<std::size_t>(place - keys_.data());
    }
    if (keys_.size() > kFew) return std::nullopt;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (keys_[i] == key) return i;
    }
    return std::nullopt;
}

std::optional<Account> WorkerAccounts::get(const Pubkey& key) const {
    Account room;
    const Account* const found = peek(key, room);
    if (!found) return std::nullopt;
    return *found;
}

const Account* WorkerAccounts::peek(const Pubkey& key, Account& room) const {
    const auto place = place_of(key);
    const auto number = place ? uses_[*place].account() : block_.graph_->accounts().find(key);
    if (!number) {
        const auto [entry, is_new] = others_.try_emplace(key);
        if (is_new) {
            const Account* const account = block_.below_->peek_held(key);
            if (account) entry->second = own_copy(*account);
        }
        return entry->second ? &*entry->second : nullptr;
    }
    const BlockAccounts::Cell& cell = block_.cells_[*number];
    if (cell.is_written) {
        // Nobody writes what the running transaction names.
        if (place) return cell.alone().lamports == 0 ? nullptr : &cell.alone();
        auto account = cell.get();
        if (!account) return nullptr;
        room = *std::move(account);
        return &room;
    }
    Copy& copy = copies_[cell.unwritten_number];
    if (!copy.is_there) {
        copy.is_there = true;
        // Nobody writes it, so it may be read without the flag.
        if (cell.alone().lamports > 0) copy.account = own_copy(cell.alone());
    }
    return copy.account ? &*copy.account : nullptr;
}

void WorkerAccounts::put(const Pubkey& key, Account account) {
    const auto place = place_of(key);
    const auto number = place ? uses_[*place].account() : block_.graph_->accounts().find(key);
    if (number) block_.cells_[*number].put(std::move(account));
}

} // namespace fathom::bank
