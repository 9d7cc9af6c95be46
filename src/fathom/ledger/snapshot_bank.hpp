// SPDX-License-Identifier: Apache-2.0
// The bank that a snapshot's manifest and accounts are.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/bank/fork_accounts.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/base/result.hpp"
#include "fathom/ledger/manifest.hpp"

#include <memory>

namespace fathom::ledger {

/// Frozen; children may follow. Features, rent and stake accounts are read from `accounts`, which
/// hold the state after the bank. Stakes in the manifest whose accounts are missing, or do not
/// delegate as it says, are InvalidInput. What slots were before features shortened them stands in
/// no manifest: the clusters' 400 ms are taken (agave runtime/src/bank.rs new_from_snapshot).
///
/// In the middle of an epoch's reward payments, which the EpochRewards sysvar tells, Unsupported:
/// what is still to be paid would have to be computed anew.
[[nodiscard]] Result<std::shared_ptr<bank::Bank>>
bank_of_snapshot(const Manifest& manifest, std::shared_ptr<bank::ForkAccounts> accounts,
                 std::shared_ptr<bank::Runtime> runtime);

} // namespace fathom::ledger
