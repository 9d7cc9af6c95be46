// SPDX-License-Identifier: Apache-2.0
// Tests of the error enums: indices, names and texts are part of results.
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/transaction_error.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

constexpr std::uint64_t builtin(std::uint64_t k) {
    return k << 32;
}

TEST(InstructionError, IndicesAreTheBincodeTags) {
    EXPECT_EQ(InstructionError::GenericError, 0u);
    EXPECT_EQ(InstructionError::NotEnoughAccountKeys, 19u);
    EXPECT_EQ(InstructionError::Custom, 25u);
    EXPECT_EQ(InstructionError::MissingAccount, 32u);
    EXPECT_EQ(InstructionError::BorshIoError, 44u);
    EXPECT_EQ(InstructionError::BuiltinProgramsMustConsumeComputeUnits, 53u);
}

TEST(InstructionError, NameIsTheVariant) {
    EXPECT_EQ(InstructionError{InstructionError::GenericError}.name(), "GenericError");
    EXPECT_EQ(InstructionError::custom(3).name(), "Custom");
    EXPECT_EQ(InstructionError{InstructionError::BuiltinProgramsMustConsumeComputeUnits}.name(),
              "BuiltinProgramsMustConsumeComputeUnits");
}

TEST(InstructionError, TextIsAgavesDisplay) {
    EXPECT_EQ(InstructionError{InstructionError::InvalidArgument}.text(),
              "invalid program argument");
    EXPECT_EQ(InstructionError{InstructionError::UnsupportedProgramId}.text(),
              "Unsupported program id");
    EXPECT_EQ(InstructionError{InstructionError::MaxAccountsDataAllocationsExceeded}.text(),
              "Accounts data allocations exceeded the maximum allowed per transaction");
}

TEST(InstructionError, CustomTextIsInHexadecimal) {
    EXPECT_EQ(InstructionError::custom(0).text(), "custom program error: 0x0");
    EXPECT_EQ(InstructionError::custom(1).text(), "custom program error: 0x1");
    EXPECT_EQ(InstructionError::custom(0xffffffff).text(), "custom program error: 0xffffffff");
}

TEST(InstructionError, ResultBelow32BitsIsCustom) {
    EXPECT_EQ(InstructionError::from_program_result(1), InstructionError::custom(1));
    EXPECT_EQ(InstructionError::from_program_result(0xffffffff),
              InstructionError::custom(0xffffffff));
}

TEST(InstructionError, BuiltinResultOneIsCustomZero) {
    EXPECT_EQ(InstructionError::from_program_result(builtin(1)), InstructionError::custom(0));
}

TEST(InstructionError, BuiltinResultsHaveTheirOwnNumbering) {
    const InstructionError::Kind expected[] = {
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
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        EXPECT_EQ(InstructionError::from_program_result(builtin(i + 2)),
                  InstructionError{expected[i]});
    }
}

TEST(InstructionError, OtherResultsAreInvalid) {
    const InstructionError invalid = InstructionError::InvalidError;
    EXPECT_EQ(InstructionError::from_program_result(builtin(27)), invalid);
    EXPECT_EQ(InstructionError::from_program_result(builtin(1) + 1), invalid);
    EXPECT_EQ(InstructionError::from_program_result(builtin(26) + 1), invalid);
    EXPECT_EQ(InstructionError::from_program_result(~std::uint64_t{0}), invalid);
}

TEST(TransactionError, IndicesAreTheBincodeTags) {
    EXPECT_EQ(TransactionError::AccountInUse, 0u);
    EXPECT_EQ(TransactionError::InstructionError, 8u);
    EXPECT_EQ(TransactionError::SanitizeFailure, 14u);
    EXPECT_EQ(TransactionError::TooManyAccountLocks, 22u);
    EXPECT_EQ(TransactionError::DuplicateInstruction, 30u);
    EXPECT_EQ(TransactionError::CommitCancelled, 38u);
}

TEST(TransactionError, NameIsTheVariant) {
    EXPECT_EQ(TransactionError{TransactionError::AlreadyProcessed}.name(), "AlreadyProcessed");
    EXPECT_EQ(TransactionError{TransactionError::CommitCancelled}.name(), "CommitCancelled");
}

TEST(TransactionError, TextIsAgavesDisplay) {
    EXPECT_EQ(TransactionError{TransactionError::AccountInUse}.text(), "Account in use");
    EXPECT_EQ(TransactionError{TransactionError::BlockhashNotFound}.text(), "Blockhash not found");
    EXPECT_EQ(TransactionError{TransactionError::ResanitizationNeeded}.text(),
              "ResanitizationNeeded");
}

TEST(TransactionError, TextNamesTheInstruction) {
    EXPECT_EQ(TransactionError::instruction(2, InstructionError::custom(0x1771)).text(),
              "Error processing Instruction 2: custom program error: 0x1771");
    EXPECT_EQ((TransactionError{TransactionError::DuplicateInstruction, 7}.text()),
              "Transaction contains a duplicate instruction (7) that is not allowed");
}

TEST(TransactionError, TextNamesTheAccount) {
    EXPECT_EQ((TransactionError{TransactionError::InsufficientFundsForRent, 255}.text()),
              "Transaction results in an account (255) with insufficient funds for rent");
    EXPECT_EQ(
        (TransactionError{TransactionError::ProgramExecutionTemporarilyRestricted, 1}.text()),
        "Execution of the program referenced by account at index 1 is temporarily restricted.");
}

TEST(TransactionError, EveryKindHasATextWithoutPlaceholder) {
    for (std::uint32_t i = 0; i <= TransactionError::CommitCancelled; ++i) {
        const TransactionError error{static_cast<TransactionError::Kind>(i)};
        EXPECT_FALSE(error.text().empty()) << error.name();
        EXPECT_EQ(error.text().find("{}"), std::string::npos) << error.name();
    }
}

TEST(TransactionError, EqualityIncludesTheDetail) {
    const auto error = TransactionError::instruction(1, InstructionError::InvalidArgument);
    EXPECT_EQ(error, TransactionError::instruction(1, InstructionError::InvalidArgument));
    EXPECT_NE(error, TransactionError::instruction(2, InstructionError::InvalidArgument));
    EXPECT_NE(error, TransactionError::instruction(1, InstructionError::InvalidError));
}

} // namespace
} // namespace fathom
