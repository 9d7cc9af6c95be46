// SPDX-License-Identifier: Apache-2.0
// Why an instruction failed: Agave's InstructionError, same names, same indices, same texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fathom {

/// Source of order and texts: solana-sdk instruction-error/src/lib.rs. The index is the bincode
/// tag.
#define FATHOM_INSTRUCTION_ERRORS(X)                                                               \
    X(GenericError, "generic instruction error")                                                   \
    X(InvalidArgument, "invalid program argument")                                                 \
    X(InvalidInstructionData, "invalid instruction data")                                          \
    X(InvalidAccountData, "invalid account data for instruction")                                  \
    X(AccountDataTooSmall, "account data too small for instruction")                               \
    X(InsufficientFunds, "insufficient funds for instruction")                                     \
    X(IncorrectProgramId, "incorrect program id for instruction")                                  \
    X(MissingRequiredSignature, "missing required signature for instruction")                      \
    X(AccountAlreadyInitialized, "instruction requires an uninitialized account")                  \
    X(UninitializedAccount, "instruction requires an initialized account")                         \
    X(UnbalancedInstruction, "sum of account balances before and after instruction do not match")  \
    X(ModifiedProgramId, "instruction illegally modified the program id of an account")            \
    X(ExternalAccountLamportSpend,                                                                 \
      "instruction spent from the balance of an account it does not own")                          \
    X(ExternalAccountDataModified, "instruction modified data of an account it does not own")      \
    X(ReadonlyLamportChange, "instruction changed the balance of a read-only account")             \
    X(ReadonlyDataModified, "instruction modified data of a read-only account")                    \
    X(DuplicateAccountIndex, "instruction contains duplicate accounts")                            \
    X(ExecutableModified, "instruction changed executable bit of an account")                      \
    X(RentEpochModified, "instruction modified rent epoch of an account")                          \
    X(NotEnoughAccountKeys, "insufficient account keys for instruction")                           \
    X(AccountDataSizeChanged,                                                                      \
      "program other than the account's owner changed the size of the account data")               \
    X(AccountNotExecutable, "instruction expected an executable account")                          \
    X(AccountBorrowFailed,                                                                         \
      "instruction tries to borrow reference for an account which is already borrowed")            \
    X(AccountBorrowOutstanding, "instruction left account with an outstanding borrowed reference") \
    X(DuplicateAccountOutOfSync, "instruction modifications of multiply-passed account differ")    \
    X(Custom, "custom program error")                                                              \
    X(InvalidError, "program returned invalid error code")                                         \
    X(ExecutableDataModified, "instruction changed executable accounts data")                      \
    X(ExecutableLamportChange, "instruction changed the balance of an executable account")         \
    X(ExecutableAccountNotRentExempt, "executable accounts must be rent exempt")                   \
    X(UnsupportedProgramId, "Unsupported program id")                                              \
    X(CallDepth, "Cross-program invocation call depth too deep")                                   \
    X(MissingAccount, "An account required by the instruction is missing")                         \
    X(ReentrancyNotAllowed,                                                                        \
      "Cross-program invocation reentrancy not allowed for this instruction")                      \
    X(MaxSeedLengthExceeded, "Length of the seed is too long for address generation")              \
    X(InvalidSeeds, "Provided seeds do not result in a valid address")                             \
    X(InvalidRealloc, "Failed to reallocate account data")                                         \
    X(ComputationalBudgetExceeded, "Computational budget exceeded")                                \
    X(PrivilegeEscalation,                                                                         \
      "Cross-program invocation with unauthorized signer or writable account")                     \
    X(ProgramEnvironmentSetupFailure, "Failed to create program execution environment")            \
    X(ProgramFailedToComplete, "Program failed to complete")                                       \
    X(ProgramFailedToCompile, "Program failed to compile")                                         \
    X(Immutable, "Account is immutable")                                                           \
    X(IncorrectAuthority, "Incorrect authority provided")                                          \
    X(BorshIoError, "Failed to serialize or deserialize account data")                             \
    X(AccountNotRentExempt, "An account does not have enough lamports to be rent-exempt")          \
    X(InvalidAccountOwner, "Invalid account owner")                                                \
    X(ArithmeticOverflow, "Program arithmetic overflowed")                                         \
    X(UnsupportedSysvar, "Unsupported sysvar")                                                     \
    X(IllegalOwner, "Provided owner is not allowed")                                               \
    X(MaxAccountsDataAllocationsExceeded,                                                          \
      "Accounts data allocations exceeded the maximum allowed per transaction")                    \
    X(MaxAccountsExceeded, "Max accounts exceeded")                                                \
    X(MaxInstructionTraceLengthExceeded, "Max instruction trace length exceeded")                  \
    X(BuiltinProgramsMustConsumeComputeUnits, "Builtin programs must consume compute units")

/// Result of one instruction. Trivially copyable; `custom` is meaningful only for Custom.
struct InstructionError {
    enum Kind : std::uint32_t {
#define FATHOM_ROW(name, text) name,
        FATHOM_INSTRUCTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
    };

    Kind kind;
    std::uint32_t custom_code = 0;

    // Implicit, so that `return std::unexpected(InstructionError::InvalidArgument)` reads as the
    // protocol does.
    constexpr InstructionError(Kind which) : kind(which) {}
    constexpr InstructionError(Kind which, std::uint32_t code) : kind(which), custom_code(code) {}

    [[nodiscard]] static constexpr InstructionError custom(std::uint32_t code) {
        return {Custom, code};
    }
    friend constexpr bool operator==(const InstructionError&, const InstructionError&) = default;

    /// The variant's Rust name, e.g. "InvalidAccountData".
    [[nodiscard]] std::string_view name() const;
    /// What Agave prints, e.g. "custom program error: 0x1".
    [[nodiscard]] std::string text() const;
    /// The error that a program's non-zero r0 stands for (ProgramError numbering).
    [[nodiscard]] static InstructionError from_program_result(std::uint64_t value);
};

} // namespace fathom
