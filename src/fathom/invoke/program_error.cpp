// SPDX-License-Identifier: Apache-2.0
// Texts of program errors as Agave's Display writes them.
#include "fathom/invoke/program_error.hpp"

#include <array>
#include <cstddef>

namespace fathom::invoke {

namespace {

// Agave syscalls/src/lib.rs. Kinds that carry values have only the fixed part of their text here;
// whoever raises them adds the values.
constexpr std::array<std::string_view, 22> kSyscallErrorTexts = {
    "invalid utf-8 sequence",
    "SBF program panicked",
    "SBF program Panicked",
    "Cannot borrow invoke context",
    "Malformed signer seed",
    "Could not create program address with signer seeds",
    "Program not supported by inner instructions",
    "Unaligned pointer",
    "Too many signers",
    "Instruction passed to inner instruction is too large",
    "Too many accounts passed to inner instruction",
    "Overlapping copy",
    "Return data too large",
    "Hashing too many sequences",
    "InvalidLength",
    "Invoked an instruction with data that is too large",
    "Invoked an instruction with too many accounts",
    "Invoked an instruction with too many account info's",
    "InvalidAttribute",
    "Invalid pointer",
    "Arithmetic overflow",
    "Invalid parameters.",
};
static_assert(kSyscallErrorTexts.size() ==
              static_cast<std::size_t>(SyscallErrorKind::PoseidonParameters) + 1);

} // namespace

std::string ProgramError::text() const {
    if (const auto* error = instruction_error()) return error->text();
    if (const auto* error = syscall_error()) return error->text;
    return fault()->text();
}

InstructionError ProgramError::to_instruction_error() const {
    if (const auto* error = instruction_error()) return *error;
    return InstructionError::ProgramFailedToComplete;
}

SyscallError make_syscall_error(SyscallErrorKind kind) {
    return {kind, std::string(kSyscallErrorTexts[static_cast<std::size_t>(kind)])};
}

} // namespace fathom::invoke
