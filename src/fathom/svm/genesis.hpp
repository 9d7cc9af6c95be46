// SPDX-License-Identifier: Apache-2.0
// The accounts that a cluster has before anybody has done anything.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/journaled_state.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/native_programs.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <vector>

namespace fathom::svm {

/// One account for each native program and precompile of the feature set.
[[nodiscard]] std::vector<AccountChange> builtin_accounts(const FeatureSet& features,
                                                          const NativePrograms& native = {});

/// A sysvar's account: rent-exempt, its data padded with zeros to the size that Agave gives it.
[[nodiscard]] Account sysvar_account(const Pubkey& id, ByteView value);

/// Clock of a slot that nobody voted on, `slot` being later than that of `previous`.
[[nodiscard]] Clock advance_clock(const Clock& previous, Slot slot);

/// Every sysvar of a cluster whose first bank has these values. No votes, stakes, rewards.
[[nodiscard]] std::vector<AccountChange> sysvar_accounts(const BankValues& bank,
                                                         UnixTimestamp unix_timestamp);

/// RecentBlockhashes as it follows from the bank's values.
[[nodiscard]] Account recent_blockhashes_account(const BankValues& bank);

} // namespace fathom::svm
