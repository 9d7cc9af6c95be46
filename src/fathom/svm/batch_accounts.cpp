// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/batch_accounts.hpp"

namespace fathom::svm {

std::optional<Account> BatchAccounts::get(const Pubkey& key) const {
    Account room;
    const Account* const found = peek(key, room);
    if (!found) return std::nullopt;
    return *found;
}

const Account* BatchAccounts::peek(const Pubkey& key, Account& room) const {
    if (const auto known = known_.find(key); known != known_.end()) {
        return known->second.lamports == 0 ? nullptr : &known->second;
    }
    const Account* const found = source_.peek(key, room);
    // What is not in the source's memory may be dear to fetch. So may be that there is nothing.
    if (!found || found == &room) known_.emplace(key, found ? room : Account{});
    return found;
}

} // namespace fathom::svm
