// SPDX-License-Identifier: Apache-2.0
// Resolves the address table lookups of a v0 message.
// Source: agave accounts-db/src/accounts.rs, solana-sdk
// address-lookup-table-interface/src/state.rs.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/transaction_error.hpp"

#include <span>
#include <vector>

namespace fathom::svm {

struct LoadedAddresses {
    std::vector<Pubkey> writable;
    std::vector<Pubkey> readonly;
};

/// First violated rule in table order. `slot_hashes` null: AccountNotFound, as with a bank that has
/// no such sysvar.
[[nodiscard]] Result<LoadedAddresses, TransactionError>
resolve_lookups(std::span<const AddressTableLookupView> lookups, const AccountSource& accounts,
                const SlotHashes* slot_hashes, Slot current_slot);

} // namespace fathom::svm
