// SPDX-License-Identifier: Apache-2.0
// Texts of the errors that the Stake program logs.
#include "fathom/programs/stake/error.hpp"

#include <array>
#include <charconv>

namespace fathom::programs::stake {

std::string program_error_text(const InstructionError& error) {
    switch (error.kind) {
    case InstructionError::Custom: {
        std::array<char, 8> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), error.custom_code, 16).ptr;
        return std::string("Custom program error: 0x").append(digits.begin(), end);
    }
    case InstructionError::InvalidArgument:
        return "The arguments provided to a program instruction were invalid";
    case InstructionError::InvalidInstructionData:
        return "An instruction's data contents was invalid";
    case InstructionError::InvalidAccountData: return "An account's data contents was invalid";
    case InstructionError::AccountDataTooSmall: return "An account's data was too small";
    case InstructionError::InsufficientFunds:
        return "An account's balance was too small to complete the instruction";
    case InstructionError::IncorrectProgramId:
        return "The account did not have the expected program id";
    case InstructionError::MissingRequiredSignature:
        return "A signature was required but not found";
    case InstructionError::NotEnoughAccountKeys:
        return "The instruction expected additional account keys";
    case InstructionError::InvalidAccountOwner: return "Invalid account owner";
    case InstructionError::ArithmeticOverflow: return "Program arithmetic overflowed";
    // As the runtime has it: MaxSeedLengthExceeded, IllegalOwner.
    default: return error.text();
    }
}

} // namespace fathom::programs::stake
