// SPDX-License-Identifier: Apache-2.0
// The hash by which validators agree on a block's result.
#pragma once

#include "fathom/crypto/lthash.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <span>
#include <utility>

namespace fathom::bank {

/// A slot at which the cluster was restarted, and how often.
using HardFork = std::pair<Slot, std::uint64_t>;

/// An account's element of the lattice hash; the identity if it has no lamports (agave
/// accounts-db/src/accounts_db.rs lt_hash_account).
[[nodiscard]] crypto::LtHash account_lt_hash(const Pubkey& key, const Account& account);

/// What a block did to an account. Without lamports: not there.
struct AccountStep {
    const Pubkey* key = nullptr;
    const Account* before = nullptr;
    const Account* after = nullptr;
};

/// Takes the elements before out and puts those after in. Many at a time take less time each.
void apply_steps(crypto::LtHash& set, std::span<const AccountStep> steps);

struct BankHashInput {
    Hash parent_hash;
    std::uint64_t signature_count = 0;
    Hash last_blockhash;
    const crypto::LtHash& accounts;
    Slot parent_slot = 0;
    Slot slot = 0;
    std::span<const HardFork> hard_forks;
};

/// agave runtime/src/bank.rs hash_internal_state.
[[nodiscard]] Hash bank_hash(const BankHashInput& input);

} // namespace fathom::bank
