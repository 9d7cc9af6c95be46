// SPDX-License-Identifier: Apache-2.0
// Loads what a transaction names: fee payer, nonce, accounts within the size limit, programs.
// Source: agave svm/src/{account_loader,rollback_accounts,transaction_processor}.rs.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/transaction_context.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/sysvars.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace fathom::svm {

/// What a failed transaction still writes, in this order: fee payer, then nonce if it is another
/// account.
struct RollbackAccounts {
    AccountChange fee_payer;
    std::optional<AccountChange> nonce;

    [[nodiscard]] std::uint64_t data_size() const;
};

/// A transaction that can pay.
struct ValidatedTransaction {
    Account fee_payer; // fee deducted
    RollbackAccounts rollback;

    /// Lets go of all account data.
    void clear();
};

struct NonceRules {
    /// Hash that the last blockhash turns into, for the advanced nonce.
    Hash next_durable_nonce;
    Lamports lamports_per_signature = 0;
};

/// Checks and advances the nonce, then charges the fee payer. Errors in Agave's order:
/// AccountNotFound, BlockhashNotFound, InvalidAccountForFee, InsufficientFundsForFee,
/// InsufficientFundsForRent.
[[nodiscard]] Result<void, TransactionError>
validate_nonce_and_fee_payer(const SanitizedTransaction& transaction,
                             const std::optional<Pubkey>& nonce_account, const NonceRules& nonce,
                             Lamports fee, const Rent& rent, const FeatureSet& features,
                             const AccountSource& accounts, ValidatedTransaction& validated);

/// True if the message's blockhash is the current value of its durable nonce.
[[nodiscard]] bool is_valid_nonce_transaction(const SanitizedTransaction& transaction,
                                              const Pubkey& nonce_account,
                                              const Hash& next_durable_nonce,
                                              const AccountSource& accounts);

/// Adds up account sizes against the requested limit (SIMD-0186).
class LoadedSize {
public:
    explicit LoadedSize(std::uint32_t limit) : limit_(limit) {}
    /// MaxLoadedAccountsDataSizeExceeded above the limit.
    [[nodiscard]] Result<void, TransactionError> add(std::uint64_t bytes);
    /// Never above the limit.
    [[nodiscard]] std::uint32_t value() const;

private:
    std::uint32_t limit_;
    std::uint32_t sum_ = 0;
};

/// Adds all accounts to an empty context, in key order. Errors: MaxLoadedAccountsDataSizeExceeded,
/// ProgramAccountNotFound, InvalidProgramForExecution.
[[nodiscard]] Result<void, TransactionError>
load_accounts(const SanitizedTransaction& transaction, const Account& fee_payer, const Rent& rent,
              const AccountSource& accounts, LoadedSize& size, invoke::TransactionContext& context);

} // namespace fathom::svm
