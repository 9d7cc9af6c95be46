// SPDX-License-Identifier: Apache-2.0
// How a running program can fail: an InstructionError, a fault of the machine, or a syscall's own
// error.
#pragma once

#include "fathom/types/instruction_error.hpp"
#include "fathom/vm/fault.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace fathom::invoke {

/// Agave syscalls/src/lib.rs SyscallError; the order is the conformance numbering (minus one).
enum class SyscallErrorKind : std::uint8_t {
    InvalidString,
    Abort,
    Panic,
    InvokeContextBorrowFailed,
    MalformedSignerSeed,
    BadSeeds,
    ProgramNotSupported,
    UnalignedPointer,
    TooManySigners,
    InstructionTooLarge,
    TooManyAccounts,
    CopyOverlapping,
    ReturnDataTooLarge,
    TooManySlices,
    InvalidLength,
    MaxInstructionDataLenExceeded,
    MaxInstructionAccountsExceeded,
    MaxInstructionAccountInfosExceeded,
    InvalidAttribute,
    InvalidPointer,
    ArithmeticOverflow,
    /// Poseidon parameter errors, which Agave keeps in an enum of their own.
    PoseidonParameters,
};

/// A syscall's error with the exact text that Agave logs for it.
struct SyscallError {
    SyscallErrorKind kind;
    std::string text;
};

/// Any of the three. Logged by text(); seen from outside the program as to_instruction_error().
class ProgramError {
public:
    ProgramError(InstructionError error) : value_(error) {}
    ProgramError(InstructionError::Kind kind) : value_(InstructionError(kind)) {}
    ProgramError(vm::Fault fault) : value_(fault) {}
    ProgramError(SyscallError error) : value_(std::move(error)) {}

    [[nodiscard]] const InstructionError* instruction_error() const {
        return std::get_if<InstructionError>(&value_);
    }
    [[nodiscard]] const vm::Fault* fault() const { return std::get_if<vm::Fault>(&value_); }
    [[nodiscard]] const SyscallError* syscall_error() const {
        return std::get_if<SyscallError>(&value_);
    }
    /// What follows "failed: " in the log.
    [[nodiscard]] std::string text() const;
    /// An InstructionError as it is; everything else is ProgramFailedToComplete.
    [[nodiscard]] InstructionError to_instruction_error() const;

private:
    std::variant<InstructionError, vm::Fault, SyscallError> value_;
};

/// SyscallError of a kind whose text carries nothing. (BadSeeds, Panic, InvalidString, … have
/// makers of their own where they are raised.)
[[nodiscard]] SyscallError make_syscall_error(SyscallErrorKind kind);

} // namespace fathom::invoke
