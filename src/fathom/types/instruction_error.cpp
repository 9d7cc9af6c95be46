// SPDX-License-Identifier: Apache-2.0
// Names and texts of InstructionError, and the numbering of program results.
#include "fathom/types/instruction_error.hpp"

#include <array>
#include <charconv>

namespace fathom {

namespace {

struct Row {
    std::string_view name;
    std::string_view text;
};

constexpr Row kRows[] = {
#define FATHOM_ROW(name, text) {#name, text},
    FATHOM_INSTRUCTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

// Builtin results are k << 32; this is the kind for each k from 2 on (solana-sdk
// program-error/src/lib.rs, the order in which ProgramError grew, not that of InstructionError).
constexpr InstructionError::Kind kBuiltinResults[] = {
    InstructionError::InvalidArgument,
    InstructionError::InvalidInstructionData,
    InstructionError::InvalidAccountData,
    InstructionError::AccountDataTooSmall,
    InstructionError::InsufficientFunds,
    InstructionError::IncorrectProgramId,
    InstructionError::MissingRequiredSignature,
    InstructionError::AccountAlreadyInitialized,
    InstructionError::UninitializedAccount,
    InstructionError::NotEnoughAccountKeys,
    InstructionError::AccountBorrowFailed,
    InstructionError::MaxSeedLengthExceeded,
    InstructionError::InvalidSeeds,
    InstructionError::BorshIoError,
    InstructionError::AccountNotRentExempt,
    InstructionError::UnsupportedSysvar,
    InstructionError::IllegalOwner,
    InstructionError::MaxAccountsDataAllocationsExceeded,
    InstructionError::InvalidRealloc,
    InstructionError::MaxInstructionTraceLengthExceeded,
    InstructionError::BuiltinProgramsMustConsumeComputeUnits,
    InstructionError::InvalidAccountOwner,
    InstructionError::ArithmeticOverflow,
    InstructionError::Immutable,
    InstructionError::IncorrectAuthority,
};

} // namespace

std::string_view InstructionError::name() const {
    return kRows[kind].name;
}

std::string InstructionError::text() const {
    std::string result(kRows[kind].text);
    if (kind != Custom) return result;
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), custom_code, 16).ptr;
    return result.append(": 0x").append(digits.begin(), end);
}

InstructionError InstructionError::from_program_result(std::uint64_t value) {
    const std::uint64_t builtin = value >> 32;
    if (builtin == 0) return custom(static_cast<std::uint32_t>(value));
    if ((value & 0xffffffff) != 0 || builtin > std::size(kBuiltinResults) + 1) return InvalidError;
    if (builtin == 1) return custom(0);
    return kBuiltinResults[builtin - 2];
}

} // namespace fathom
