// SPDX-License-Identifier: Apache-2.0
// What one run of a program is given, in the JSON of agave-ledger-tool's `program run`.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/transaction.hpp"

#include <string_view>
#include <vector>

namespace fathom::harness {

struct ProgramInput {
    Instruction instruction;
    /// Each account once; one that is listed again keeps what was said first.
    std::vector<AccountChange> accounts;
};

/// {"program_id": KEY, "accounts": [{"key": KEY, "owner": KEY, "is_signer": BOOL, "is_writable":
/// BOOL, "lamports": N, "data": [BYTE…]}], "instruction_data": [BYTE…]}. All but "key" may be left
/// out: no account, no lamports, no bytes, false, the System program as owner. Errors name the
/// line and the field; fields that nobody reads are refused.
[[nodiscard]] Result<ProgramInput> parse_program_input(std::string_view json);

/// One writable account of `size` zero bytes that the program owns, and no instruction data.
[[nodiscard]] ProgramInput blank_program_input(std::uint64_t size);

} // namespace fathom::harness
