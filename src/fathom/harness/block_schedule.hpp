// SPDX-License-Identifier: Apache-2.0
// An executed block as the scheduler sees it: what its transactions locked, and what they cost.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/ledger/entry.hpp"
#include "fathom/sched/block_text.hpp"
#include "fathom/types/units.hpp"

#include <span>
#include <vector>

namespace fathom::harness {

/// Of an executed bank. `units` are the compute units that each transaction used. Where somebody
/// would refuse the transaction, it locks nothing. Labels are the beginnings of signatures.
[[nodiscard]] sched::NamedWorkload work_of_block(const bank::Bank& bank,
                                                 std::span<const ByteView> transactions,
                                                 std::span<const ComputeUnits> units);

/// Those of all entries, in block order.
[[nodiscard]] std::vector<ByteView> transactions_of(std::span<const ledger::Entry> entries);

} // namespace fathom::harness
