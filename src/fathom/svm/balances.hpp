// SPDX-License-Identifier: Apache-2.0
// Balances before and after a transaction, as a node keeps them for its clients (agave
// svm/src/transaction_balances.rs).
#pragma once

#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/sanitized_transaction.hpp"

#include <span>

namespace fathom::svm {

/// Lamports of every key, and of every valid token account with a valid mint the tokens: only if
/// the transaction names a token program, and neither of token programs nor of what it calls.
[[nodiscard]] Balances collect_balances(const SanitizedTransaction& transaction,
                                        const AccountSource& accounts);

/// Accounts with some of them changed. Views both.
class ChangedAccounts final : public AccountSource {
public:
    ChangedAccounts(const AccountSource& before, std::span<const AccountChange> changes)
        : before_(before), changes_(changes) {}
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override;
    [[nodiscard]] const Account* peek(const Pubkey& key, Account& room) const override;

private:
    const AccountSource& before_;
    std::span<const AccountChange> changes_;
};

} // namespace fathom::svm
