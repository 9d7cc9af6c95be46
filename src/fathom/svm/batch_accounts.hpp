// SPDX-License-Identifier: Apache-2.0
// Account state as the transactions of one batch see it: the source, under the effects of those
// before.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/types/pubkey.hpp"

#include <optional>

namespace fathom::svm {

/// Remembers every account it has been given, and those that the source had to make a copy of; a
/// remembered account with zero lamports is gone and is never fetched again (agave
/// svm/src/account_loader.rs AccountLoader). One thread.
class BatchAccounts final : public AccountSource {
public:
    explicit BatchAccounts(const AccountSource& source) : source_(source) {}

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override;
    [[nodiscard]] const Account* peek(const Pubkey& key, Account& room) const override;
    void update(const Pubkey& key, const Account& account) { known_[key] = account; }

private:
    const AccountSource& source_;
    mutable FlatMap<Pubkey, Account, PubkeyHash> known_;
};

} // namespace fathom::svm
