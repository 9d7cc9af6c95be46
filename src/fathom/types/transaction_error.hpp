// SPDX-License-Identifier: Apache-2.0
// Why a transaction failed: Agave's TransactionError, same names and indices.
#pragma once

#include "fathom/types/instruction_error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fathom {

/// Source: solana-sdk transaction-error/src/lib.rs. The index is the bincode tag.
#define FATHOM_TRANSACTION_ERRORS(X)                                                               \
    X(AccountInUse)                                                                                \
    X(AccountLoadedTwice)                                                                          \
    X(AccountNotFound)                                                                             \
    X(ProgramAccountNotFound)                                                                      \
    X(InsufficientFundsForFee)                                                                     \
    X(InvalidAccountForFee)                                                                        \
    X(AlreadyProcessed)                                                                            \
    X(BlockhashNotFound)                                                                           \
    X(InstructionError)                                                                            \
    X(CallChainTooDeep)                                                                            \
    X(MissingSignatureForFee)                                                                      \
    X(InvalidAccountIndex)                                                                         \
    X(SignatureFailure)                                                                            \
    X(InvalidProgramForExecution)                                                                  \
    X(SanitizeFailure)                                                                             \
    X(ClusterMaintenance)                                                                          \
    X(AccountBorrowOutstanding)                                                                    \
    X(WouldExceedMaxBlockCostLimit)                                                                \
    X(UnsupportedVersion)                                                                          \
    X(InvalidWritableAccount)                                                                      \
    X(WouldExceedMaxAccountCostLimit)                                                              \
    X(WouldExceedAccountDataBlockLimit)                                                            \
    X(TooManyAccountLocks)                                                                         \
    X(AddressLookupTableNotFound)                                                                  \
    X(InvalidAddressLookupTableOwner)                                                              \
    X(InvalidAddressLookupTableData)                                                               \
    X(InvalidAddressLookupTableIndex)                                                              \
    X(InvalidRentPayingAccount)                                                                    \
    X(WouldExceedMaxVoteCostLimit)                                                                 \
    X(WouldExceedAccountDataTotalLimit)                                                            \
    X(DuplicateInstruction)                                                                        \
    X(InsufficientFundsForRent)                                                                    \
    X(MaxLoadedAccountsDataSizeExceeded)                                                           \
    X(InvalidLoadedAccountsDataSizeLimit)                                                          \
    X(ResanitizationNeeded)                                                                        \
    X(ProgramExecutionTemporarilyRestricted)                                                       \
    X(UnbalancedTransaction)                                                                       \
    X(ProgramCacheHitMaxLimit)                                                                     \
    X(CommitCancelled)

/// Status of a transaction that did not succeed. Trivially copyable.
struct TransactionError {
    enum Kind : std::uint32_t {
#define FATHOM_ROW(name) name,
        FATHOM_TRANSACTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
    };

    Kind kind;
    /// Instruction index (InstructionError, DuplicateInstruction) or account index
    /// (InsufficientFundsForRent, ProgramExecutionTemporarilyRestricted); otherwise 0.
    std::uint8_t index = 0;
    /// Meaningful only for InstructionError.
    fathom::InstructionError instruction_error{fathom::InstructionError::GenericError};

    constexpr TransactionError(Kind which) : kind(which) {}
    constexpr TransactionError(Kind which, std::uint8_t at) : kind(which), index(at) {}
    [[nodiscard]] static constexpr TransactionError instruction(std::uint8_t at,
                                                                fathom::InstructionError error) {
        TransactionError result{Kind::InstructionError, at};
        result.instruction_error = error;
        return result;
    }
    friend constexpr bool operator==(const TransactionError&, const TransactionError&) = default;

    /// The variant's Rust name.
    [[nodiscard]] std::string_view name() const;
    /// Agave's Display text.
    [[nodiscard]] std::string text() const;
};

} // namespace fathom
