// SPDX-License-Identifier: Apache-2.0
// Who may be named to receive fees and commissions (SIMD-0232).
#pragma once

#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

namespace fathom::bank {

/// True for a System account that is not reserved and ends up rent-exempt, and for the incinerator.
/// `account` holds the deposit, `before` is its balance without; with `relaxed` (SIMD-0392) an
/// account that exists need not be exempt (agave runtime/src/bank/fee_distribution.rs
/// collector_type_checked).
[[nodiscard]] bool is_valid_collector(const Pubkey& key, Lamports before, const Account& account,
                                      const Rent& rent, bool relaxed);

} // namespace fathom::bank
