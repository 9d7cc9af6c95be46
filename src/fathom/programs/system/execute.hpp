// SPDX-License-Identifier: Apache-2.0
// The System program: accounts come into being, change owner, move lamports, keep durable nonces.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_cache.hpp"

#include <cstdint>

namespace fathom::programs::system {

/// SystemError as custom codes (solana-sdk system-interface/src/error.rs).
enum class Error : std::uint32_t {
    AccountAlreadyInUse,
    ResultWithNegativeLamports,
    InvalidProgramId,
    InvalidAccountDataLength,
    MaxSeedLengthExceeded,
    AddressWithSeedMismatch,
    NonceNoRecentBlockhashes,
    NonceBlockhashNotExpired,
    NonceUnexpectedBlockhashValue,
};

[[nodiscard]] constexpr InstructionError to_instruction_error(Error error) {
    return InstructionError::custom(static_cast<std::uint32_t>(error));
}

inline constexpr std::uint64_t kComputeUnits = 150;

/// Entry point (agave programs/system/src/system_processor.rs).
[[nodiscard]] Result<void, invoke::ProgramError> process(invoke::InvokeContext& context);

} // namespace fathom::programs::system
