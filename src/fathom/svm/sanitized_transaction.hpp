// SPDX-License-Identifier: Apache-2.0
// A transaction whose shape is beyond doubt: keys resolved, flags final, indices in range.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/compute_budget.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/transaction_error.hpp"

#include <bitset>
#include <optional>
#include <span>
#include <vector>

namespace fathom::svm {

/// Most accounts that a transaction may lock (agave accounts-db/src/account_locks.rs).
inline constexpr std::size_t kMaxKeys = 128;

/// One flag for each key. As bits, since transactions lie in memory by the thousand.
using KeyFlags = std::bitset<kMaxKeys>;

/// Views the transaction's bytes, which must outlive it.
struct SanitizedTransaction {
    SanitizedTransaction() = default;
    SanitizedTransaction(SanitizedTransaction&&) = default;
    SanitizedTransaction& operator=(SanitizedTransaction&&) = default;
    // A copy's keys would be in the original.
    SanitizedTransaction(const SanitizedTransaction&) = delete;
    SanitizedTransaction& operator=(const SanitizedTransaction&) = delete;
    ~SanitizedTransaction() = default;

    TransactionView view;
    /// Static keys, then writable lookups, then read-only lookups. In the transaction's bytes, or
    /// in `all_keys`.
    std::span<const Pubkey> keys;
    /// Only if there are lookups.
    std::vector<Pubkey> all_keys;
    ComputeBudgetRequests budget_requests;
    KeyFlags is_signer;
    /// After demotion of reserved keys and of called programs.
    KeyFlags is_writable;
    /// Called by some top-level instruction.
    KeyFlags is_invoked;
    /// Passed to some top-level instruction.
    KeyFlags is_instruction_account;

    [[nodiscard]] const Pubkey& fee_payer() const { return keys[0]; }
    /// The nonce account of a durable-nonce transaction: first instruction is System
    /// AdvanceNonceAccount on a writable static account.
    [[nodiscard]] std::optional<Pubkey> durable_nonce_account() const;
    /// True if `key` is a signer among the accounts of the first instruction.
    [[nodiscard]] bool first_instruction_has_signer(const Pubkey& key) const;
};

/// Whether to refuse what no node takes in: more than 1232 bytes (4096 in version 1), more than 64
/// top-level instructions.
enum class AdmissionLimits : bool { Ignore, Enforce };

/// Every check that needs the transaction's bytes alone, signatures excepted. Structure comes
/// before signatures, as where transactions come in (agave transaction-view/src/sanitize.rs; a
/// replaying bank verifies first, but there either error makes the block invalid).
/// The same into a view whose memory is used again; after an error it is not to be used.
[[nodiscard]] Result<void, TransactionError> admit(ByteView bytes, const FeatureSet& features,
                                                   AdmissionLimits limits, TransactionView& view);
[[nodiscard]] Result<TransactionView, TransactionError>
admit(ByteView bytes, const FeatureSet& features, AdmissionLimits limits);

/// What comes after the signatures: compute budget requests, address lookups, account locks. The
/// view must have been admitted. The same into a transaction whose view is set and whose memory is
/// used again.
[[nodiscard]] Result<void, TransactionError>
resolve(SanitizedTransaction& transaction, const FeatureSet& features,
        const AccountSource& accounts, const SlotHashes* slot_hashes, Slot current_slot);
[[nodiscard]] Result<SanitizedTransaction, TransactionError>
resolve(TransactionView view, const FeatureSet& features, const AccountSource& accounts,
        const SlotHashes* slot_hashes, Slot current_slot);

} // namespace fathom::svm
