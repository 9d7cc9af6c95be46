// SPDX-License-Identifier: Apache-2.0
// Writes with notes of what was there, and the way back.
#include "fathom/svm/journaled_state.hpp"

#include "fathom/crypto/sha256.hpp"

#include <algorithm>
#include <utility>

namespace fathom::svm {

std::optional<Account> JournaledState::get(const Pubkey& key) const {
    const auto found = accounts_.find(key);
    if (found == accounts_.end()) return std::nullopt;
    return found->second;
}

const Account* JournaledState::peek(const Pubkey& key, Account&) const {
    const auto found = accounts_.find(key);
    return found == accounts_.end() ? nullptr : &found->second;
}

std::optional<Account> JournaledState::get_at(std::uint64_t mark, const Pubkey& key) const {
    const auto found = std::ranges::lower_bound(marks_, mark, {}, &Mark::id);
    if (found != marks_.end() && found->id == mark) {
        for (std::size_t i = found->journal_size; i < journal_.size(); ++i) {
            const auto* note = std::get_if<AccountNote>(&journal_[i]);
            if (note && note->key == key) return note->before;
        }
    }
    return get(key);
}

bool JournaledState::contains(ByteView message) const {
    return processed_.contains(Pubkey{crypto::sha256(message)});
}

void JournaledState::put(const Pubkey& key, Account account) {
    const auto found = accounts_.find(key);
    if (!marks_.empty()) {
        AccountNote note{key, std::nullopt};
        if (found != accounts_.end()) note.before = found->second;
        journal_.emplace_back(std::move(note));
    }
    if (account.lamports == 0) {
        if (found != accounts_.end()) accounts_.erase(found);
    } else {
        accounts_.insert_or_assign(key, std::move(account));
    }
}

void JournaledState::add_processed(ByteView message) {
    const Pubkey digest{crypto::sha256(message)};
    if (processed_.insert(digest).second && !marks_.empty()) {
        journal_.emplace_back(MessageNote{Hash{digest.bytes}});
    }
}

void JournaledState::forget_processed() {
    if (marks_.empty()) processed_.clear();
}

void JournaledState::set_bank(BankValues values) {
    bank_ = std::make_shared<const BankValues>(std::move(values));
}

std::uint64_t JournaledState::mark() {
    marks_.push_back({++last_mark_, journal_.size(), bank_});
    return last_mark_;
}

std::vector<JournaledState::Mark>::iterator JournaledState::find_mark(std::uint64_t id) {
    const auto found = std::ranges::lower_bound(marks_, id, {}, &Mark::id);
    return found != marks_.end() && found->id == id ? found : marks_.end();
}

void JournaledState::undo(Note& note) {
    if (const auto* message = std::get_if<MessageNote>(&note)) {
        processed_.erase(Pubkey{message->message.bytes});
        return;
    }
    auto& account = std::get<AccountNote>(note);
    if (account.before) {
        accounts_.insert_or_assign(account.key, *std::move(account.before));
    } else {
        accounts_.erase(account.key);
    }
}

bool JournaledState::revert(std::uint64_t mark) {
    const auto found = find_mark(mark);
    if (found == marks_.end()) return false;
    while (journal_.size() > found->journal_size) {
        undo(journal_.back());
        journal_.pop_back();
    }
    bank_ = found->bank;
    marks_.erase(found + 1, marks_.end());
    return true;
}

bool JournaledState::release(std::uint64_t mark) {
    const auto found = find_mark(mark);
    if (found == marks_.end()) return false;
    marks_.erase(found, marks_.end());
    if (marks_.empty()) journal_.clear();
    return true;
}

} // namespace fathom::svm
