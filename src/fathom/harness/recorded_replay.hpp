// SPDX-License-Identifier: Apache-2.0
// A recorded block on the bank that it follows.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/recorded_block.hpp"

#include <memory>

namespace fathom::harness {

/// The bank of the block's slot, before its transactions. Without a manifest the accounts alone
/// make the parent: its hash, stakes and blockhashes are not known; the blockhashes that the
/// block's transactions name are taken as young enough, and the bank hash means nothing.
[[nodiscard]] Result<std::shared_ptr<bank::Bank>>
bank_of_recorded_block(const RecordedBlock& block, std::shared_ptr<bank::Runtime> runtime);

} // namespace fathom::harness
