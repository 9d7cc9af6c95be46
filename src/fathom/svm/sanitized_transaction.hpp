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
#include <vector>

namespace fathom::svm {

/// One flag for each key. As bits, since transactions move about by the thousand.
using KeyFlags = std::bitset<256>;

/// Views the transaction's bytes, which must outlive it.
struct SanitizedTransaction {
    TransactionView view;
    /// Static keys, then writable lookups, then read-only lookups. At most 256.
    std::vector<Pubkey> keys;
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
[[nodiscard]] Result<TransactionView, TransactionError>
admit(ByteView bytes, const FeatureSet& features, AdmissionLimits limits);

/// What comes after the signatures: compute budget requests, address lookups, account locks. The
/// view must have been admitted.
[[nodiscard]] Result<SanitizedTransaction, TransactionError>
resolve(TransactionView view, const FeatureSet& features, const AccountSource& accounts,
        const SlotHashes* slot_hashes, Slot current_slot);

} // namespace fathom::svm
