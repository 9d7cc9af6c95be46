// SPDX-License-Identifier: Apache-2.0
// One instruction with the accounts before and after it, from the two protobuf layouts in use:
// Mollusk's and protosol's (before 4.1).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace fathom::harness {

struct FixtureAccount {
    Pubkey key;
    Account account;
};

/// How a fixture writes the instruction's result.
enum class ResultCode : std::uint8_t {
    /// 0, a custom code, or a ProgramError's number shifted by 32 (solana-program-error).
    ProgramError,
    /// 1 + index of the InstructionError; a custom code stands apart.
    InstructionError,
};

struct InstructionFixture {
    Instruction instruction;
    std::vector<FixtureAccount> accounts;
    std::vector<FixtureAccount> sysvars;
    ComputeUnits limit = 0;
    ResultCode code = ResultCode::ProgramError;
    std::uint64_t result = 0;
    std::uint32_t custom_code = 0;
    ComputeUnits units = 0; // consumed
    Bytes return_data;
    std::vector<FixtureAccount> resulting;
    /// First eight bytes of each active feature's id, little-endian; protosol only.
    std::vector<std::uint64_t> features;
};

[[nodiscard]] Result<InstructionFixture> parse_mollusk_fixture(ByteView message);
[[nodiscard]] Result<InstructionFixture> parse_protosol_fixture(ByteView message);

/// What a fixture with `code` would write for this outcome; the custom code is left out of
/// ResultCode::InstructionError.
[[nodiscard]] std::uint64_t result_number(ResultCode code,
                                          const std::optional<InstructionError>& error);

} // namespace fathom::harness
