// SPDX-License-Identifier: Apache-2.0
// What accounts are to the lattice hash of all accounts.
#pragma once

#include "fathom/crypto/lthash.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"

#include <span>

namespace fathom {

/// An account before and after; null, like an account without lamports, is none.
struct AccountChange {
    const Pubkey* address = nullptr;
    const Account* before = nullptr;
    const Account* after = nullptr;
};

/// Takes the accounts before out of the set and puts those after in (agave
/// accounts-db/src/accounts_db.rs lt_hash_account). Many at a time are hashed side by side: give
/// all changes of a slot, or a thread's share of them; sets add up.
void apply_account_changes(crypto::LtHash& set, std::span<const AccountChange> changes);

} // namespace fathom
