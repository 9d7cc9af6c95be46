// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/batch_accounts.hpp"

namespace fathom::svm {

std::optional<Account> BatchAccounts::get(const Pubkey& key) const {
    auto [position, is_new] = known_.try_emplace(key);
    if (is_new) {
        if (auto fetched = source_.get(key)) position->second = *std::move(fetched);
    }
    if (position->second.lamports == 0) return std::nullopt;
    return position->second;
}

} // namespace fathom::svm
