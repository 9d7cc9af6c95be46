// SPDX-License-Identifier: Apache-2.0
// Account rules in Agave's order (transaction-context/src/instruction_accounts.rs).
#include "tests/support/invocation.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using tests::key_of;
using tests::TestInvocation;

constexpr std::uint64_t kMaxGrowth = kMaxAccountDataGrowthPerTransaction;

/// Four accounts of one instruction: owned and foreign, each writable and read-only.
class BorrowedAccountTest : public testing::Test {
protected:
    enum Position : std::uint16_t { kOwned, kForeign, kOwnedReadonly, kForeignReadonly };

    void SetUp() override {
        const Pubkey program = key_of(1);
        const Pubkey stranger = key_of(2);
        for (std::uint8_t i = 0; i < 4; ++i) {
            invocation_.add({.key = key_of(static_cast<std::uint8_t>(10 + i)),
                             .lamports = 100,
                             .data = {1, 2, 3, 4},
                             .owner = i % 2 == 0 ? program : stranger});
        }
        const std::uint16_t program_index =
            invocation_.add({.key = program, .owner = ids::kNativeLoader});
        invocation_.start();
        ASSERT_TRUE(invocation_.push(
            {.program_index = static_cast<std::uint8_t>(program_index),
             .accounts = {
                 {0, false, true}, {1, true, true}, {2, false, false}, {3, false, false}}}));
    }

    BorrowedAccount borrow(std::size_t position) {
        return *invocation_.current().borrow_account(position);
    }
    TransactionContext& transaction() { return invocation_.transaction(); }

    TestInvocation invocation_;
};

#define EXPECT_ERROR(expression, expected)                                                         \
    do {                                                                                           \
        const auto expect_error_result = (expression);                                             \
        ASSERT_FALSE(expect_error_result.has_value());                                             \
        EXPECT_EQ(expect_error_result.error(), InstructionError(expected))                         \
            << expect_error_result.error().name();                                                 \
    } while (false)

TEST_F(BorrowedAccountTest, ShowsTheAccountAndItsFlags) {
    const auto account = borrow(kForeign);
    EXPECT_EQ(account.key(), key_of(11));
    EXPECT_EQ(account.owner(), key_of(2));
    EXPECT_EQ(account.lamports(), 100u);
    EXPECT_EQ(account.data().size(), 4u);
    EXPECT_TRUE(account.is_signer());
    EXPECT_TRUE(account.is_writable());
    EXPECT_FALSE(account.is_owned_by_current_program());
    EXPECT_EQ(account.index_in_transaction(), 1);
}

TEST_F(BorrowedAccountTest, IsExclusiveUntilGivenBack) {
    {
        const auto account = borrow(kOwned);
        EXPECT_ERROR(invocation_.current().borrow_account(kOwned),
                     InstructionError::AccountBorrowFailed);
    }
    EXPECT_TRUE(invocation_.current().borrow_account(kOwned));
}

TEST_F(BorrowedAccountTest, DoesNotExistBeyondTheInstruction) {
    EXPECT_ERROR(invocation_.current().borrow_account(4), InstructionError::MissingAccount);
}

TEST_F(BorrowedAccountTest, OwnerChangesOnlyByTheOwner) {
    EXPECT_ERROR(borrow(kForeign).set_owner(key_of(9)), InstructionError::ModifiedProgramId);
}

TEST_F(BorrowedAccountTest, OwnerOfReadonlyAccountIsFixed) {
    EXPECT_ERROR(borrow(kOwnedReadonly).set_owner(key_of(9)), InstructionError::ModifiedProgramId);
}

TEST_F(BorrowedAccountTest, OwnerChangeNeedsZeroedDataEvenForTheSameOwner) {
    auto account = borrow(kOwned);
    EXPECT_ERROR(account.set_owner(key_of(1)), InstructionError::ModifiedProgramId);
    ASSERT_TRUE(account.set_data_from_slice(Bytes(4)));
    EXPECT_TRUE(account.set_owner(key_of(9)));
    EXPECT_EQ(account.owner(), key_of(9));
    // Not its own any more.
    EXPECT_ERROR(account.set_owner(key_of(1)), InstructionError::ModifiedProgramId);
}

TEST_F(BorrowedAccountTest, SameOwnerDoesNotTouch) {
    {
        auto account = borrow(kOwned);
        account.raw_data().assign(Bytes(2000));
        ASSERT_TRUE(account.set_owner(key_of(1)));
    }
    EXPECT_FALSE(transaction().was_touched(kOwned));
}

TEST_F(BorrowedAccountTest, OwnerChangeSeesTheLastDataByte) {
    auto account = borrow(kOwned);
    Bytes data(2000);
    data.back() = 1;
    account.raw_data().assign(data);
    EXPECT_ERROR(account.set_owner(key_of(9)), InstructionError::ModifiedProgramId);
    data.back() = 0;
    data.front() = 1;
    account.raw_data().assign(data);
    EXPECT_ERROR(account.set_owner(key_of(9)), InstructionError::ModifiedProgramId);
}

TEST_F(BorrowedAccountTest, ForeignLamportsMayGrowOnly) {
    auto account = borrow(kForeign);
    EXPECT_ERROR(account.set_lamports(99), InstructionError::ExternalAccountLamportSpend);
    EXPECT_TRUE(account.set_lamports(101));
    EXPECT_EQ(account.lamports(), 101u);
}

TEST_F(BorrowedAccountTest, SpendingIsCheckedBeforeWritability) {
    EXPECT_ERROR(borrow(kForeignReadonly).set_lamports(99),
                 InstructionError::ExternalAccountLamportSpend);
}

TEST_F(BorrowedAccountTest, ReadonlyLamportsCannotEvenBeSetToWhatTheyAre) {
    EXPECT_ERROR(borrow(kOwnedReadonly).set_lamports(100), InstructionError::ReadonlyLamportChange);
}

TEST_F(BorrowedAccountTest, UnchangedLamportsDoNotTouch) {
    ASSERT_TRUE(borrow(kOwned).set_lamports(100));
    EXPECT_FALSE(transaction().was_touched(kOwned));
    ASSERT_TRUE(borrow(kOwned).set_lamports(99));
    EXPECT_TRUE(transaction().was_touched(kOwned));
}

TEST_F(BorrowedAccountTest, LamportSumsOverflowBeforeAnyRule) {
    auto account = borrow(kForeignReadonly);
    EXPECT_ERROR(account.checked_add_lamports(~std::uint64_t{0}),
                 InstructionError::ArithmeticOverflow);
    EXPECT_ERROR(account.checked_sub_lamports(101), InstructionError::ArithmeticOverflow);
    EXPECT_ERROR(account.checked_sub_lamports(1), InstructionError::ExternalAccountLamportSpend);
    EXPECT_ERROR(account.checked_add_lamports(1), InstructionError::ReadonlyLamportChange);
}

TEST_F(BorrowedAccountTest, DataChangeChecksWritabilityFirst) {
    EXPECT_ERROR(borrow(kForeignReadonly).can_data_be_changed(),
                 InstructionError::ReadonlyDataModified);
    EXPECT_ERROR(borrow(kOwnedReadonly).data_mut(), InstructionError::ReadonlyDataModified);
    EXPECT_ERROR(borrow(kForeign).data_mut(), InstructionError::ExternalAccountDataModified);
    EXPECT_TRUE(borrow(kOwned).data_mut());
}

TEST_F(BorrowedAccountTest, ResizeChecksTheLengthBeforePermissions) {
    EXPECT_ERROR(borrow(kForeignReadonly).can_data_be_resized(kMaxAccountDataLen + 1),
                 InstructionError::InvalidRealloc);
    EXPECT_ERROR(borrow(kForeignReadonly).can_data_be_resized(kMaxAccountDataLen),
                 InstructionError::ReadonlyDataModified);
    EXPECT_TRUE(borrow(kOwned).can_data_be_resized(kMaxAccountDataLen));
}

TEST_F(BorrowedAccountTest, ResizeToTheSameLengthNeedsPermission) {
    EXPECT_ERROR(borrow(kForeign).set_data_length(4),
                 InstructionError::ExternalAccountDataModified);
    ASSERT_TRUE(borrow(kOwned).set_data_length(4));
    EXPECT_FALSE(transaction().was_touched(kOwned));
}

TEST_F(BorrowedAccountTest, SettingTheSameDataTouches) {
    ASSERT_TRUE(borrow(kOwned).set_data_from_slice(Bytes{1, 2, 3, 4}));
    EXPECT_TRUE(transaction().was_touched(kOwned));
    EXPECT_EQ(transaction().accounts_resize_delta(), 0);
}

TEST_F(BorrowedAccountTest, GrownBytesAreZero) {
    auto account = borrow(kOwned);
    ASSERT_TRUE(account.set_data_length(2));
    EXPECT_EQ(transaction().accounts_resize_delta(), -2);
    ASSERT_TRUE(account.set_data_length(6));
    EXPECT_EQ(transaction().accounts_resize_delta(), 2);
    EXPECT_EQ(Bytes(account.data().begin(), account.data().end()), (Bytes{1, 2, 0, 0, 0, 0}));
}

TEST_F(BorrowedAccountTest, ExtendAppends) {
    auto account = borrow(kOwned);
    ASSERT_TRUE(account.extend_from_slice(Bytes{}));
    EXPECT_FALSE(transaction().was_touched(kOwned));
    ASSERT_TRUE(account.extend_from_slice(Bytes{5, 6}));
    EXPECT_EQ(Bytes(account.data().begin(), account.data().end()), (Bytes{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(transaction().accounts_resize_delta(), 2);
}

TEST_F(BorrowedAccountTest, WritingLeavesSharedCopiesAlone) {
    const AccountData copy = transaction().account(kOwned).data;
    auto account = borrow(kOwned);
    EXPECT_TRUE(account.is_shared());
    (*account.data_mut())[0] = 9;
    EXPECT_FALSE(account.is_shared());
    EXPECT_EQ(copy.view()[0], 1);
    EXPECT_EQ(account.data()[0], 9);
}

TEST_F(BorrowedAccountTest, GrowthOfTheTransactionIsBounded) {
    {
        auto account = borrow(kOwned);
        ASSERT_TRUE(account.set_data_length(kMaxAccountDataLen));
        account.raw_data().resize(4);
        ASSERT_TRUE(account.set_data_length(kMaxAccountDataLen));
        account.raw_data().resize(4);
    }
    // 20 MiB less the eight bytes that were there before.
    EXPECT_EQ(transaction().accounts_resize_delta(), static_cast<std::int64_t>(kMaxGrowth - 8));
    EXPECT_TRUE(borrow(kOwned).can_data_be_resized(4 + 8));
    EXPECT_ERROR(borrow(kOwned).can_data_be_resized(4 + 9),
                 InstructionError::MaxAccountsDataAllocationsExceeded);
    EXPECT_ERROR(borrow(kForeignReadonly).can_data_be_resized(4 + 9),
                 InstructionError::MaxAccountsDataAllocationsExceeded);
}

TEST_F(BorrowedAccountTest, ExecutableNeedsRentFirst) {
    EXPECT_ERROR(borrow(kForeignReadonly).set_executable(true),
                 InstructionError::ExecutableAccountNotRentExempt);
}

TEST_F(BorrowedAccountTest, ExecutableIsForTheOwnerOfAWritableAccount) {
    const auto fund = [&](Position position) {
        auto account = borrow(position);
        account.raw_data().resize(0);
        const_cast<Account&>(transaction().account(position)).lamports = 10'000'000;
        return account;
    };
    EXPECT_ERROR(fund(kForeign).set_executable(true), InstructionError::ExecutableModified);
    EXPECT_ERROR(fund(kOwnedReadonly).set_executable(true), InstructionError::ExecutableModified);
    EXPECT_TRUE(fund(kOwned).set_executable(false));
    EXPECT_FALSE(transaction().was_touched(kOwned));
    EXPECT_TRUE(fund(kOwned).set_executable(true));
    EXPECT_TRUE(transaction().account(kOwned).executable);
}

TEST_F(BorrowedAccountTest, RentExemptionFollowsTheRentOfTheTransaction) {
    const Lamports minimum = Rent{}.minimum_balance(10);
    const_cast<Account&>(transaction().account(kOwned)).lamports = minimum;
    EXPECT_TRUE(borrow(kOwned).is_rent_exempt_at_data_length(10));
    EXPECT_FALSE(borrow(kOwned).is_rent_exempt_at_data_length(11));
}

} // namespace
} // namespace fathom::invoke
