// SPDX-License-Identifier: Apache-2.0
// Stack, trace and access handler in Agave's order (transaction-context/src/transaction.rs,
// program-runtime/src/serialization.rs).
#include "fathom/invoke/serialization.hpp"
#include "tests/support/invocation.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using tests::key_of;
using tests::TestInvocation;

KeyedAccount account_of(std::uint8_t key, Bytes data = {}, Pubkey owner = {}) {
    KeyedAccount keyed{key_of(key), {}};
    keyed.account.data = AccountData(data);
    keyed.account.owner = owner;
    return keyed;
}

std::vector<KeyedAccount> one_account() {
    std::vector<KeyedAccount> accounts;
    accounts.push_back(account_of(1));
    return accounts;
}

template <class T> InstructionError error_of(const Result<T, InstructionError>& result) {
    return result ? InstructionError(InstructionError::GenericError) : result.error();
}

TEST(TransactionContext, HasNoInstructionBeforeTheFirstPush) {
    TransactionContext transaction(one_account(), Rent{}, 5, 64, 1);
    EXPECT_EQ(error_of(transaction.current_instruction()), InstructionError::CallDepth);
    EXPECT_EQ(error_of(transaction.pop()), InstructionError::CallDepth);
    EXPECT_EQ(transaction.stack_height(), 0u);
    EXPECT_EQ(transaction.trace_length(), 1u);
    EXPECT_EQ(transaction.number_of_called_instructions(), 0u);
}

TEST(TransactionContext, LimitsTopLevelInstructions) {
    TransactionContext transaction(one_account(), Rent{}, 1, 8, 8);
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(transaction.push());
        ASSERT_TRUE(transaction.pop());
    }
    EXPECT_EQ(error_of(transaction.push()), InstructionError::MaxInstructionTraceLengthExceeded);
}

TEST(TransactionContext, CountsCallsButNotPendingInstructions) {
    // Seven calls below the first of two instructions fill a trace of eight.
    TransactionContext transaction(one_account(), Rent{}, 256, 8, 2);
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(transaction.push());
        ASSERT_TRUE(transaction.configure_next_cpi(0, {{0, false, false}}, {}));
    }
    EXPECT_EQ(transaction.number_of_cpis_in_trace(), 7u);
    EXPECT_EQ(transaction.trace_length(), 9u);
    EXPECT_EQ(error_of(transaction.push()), InstructionError::MaxInstructionTraceLengthExceeded);
}

TEST(TransactionContext, CountsACallThatIsTooDeepInTheTrace) {
    TransactionContext transaction(one_account(), Rent{}, 2, 64, 1);
    ASSERT_TRUE(transaction.push());
    ASSERT_TRUE(transaction.configure_next_cpi(0, {}, {}));
    ASSERT_TRUE(transaction.push());
    ASSERT_TRUE(transaction.configure_next_cpi(0, {}, {}));
    EXPECT_EQ(error_of(transaction.push()), InstructionError::CallDepth);
    EXPECT_EQ(transaction.stack_height(), 2u);
    EXPECT_EQ(transaction.trace_length(), 3u);
}

TEST(TransactionContext, NumbersCallsAfterAllTopLevelInstructions) {
    TransactionContext transaction(one_account(), Rent{}, 5, 64, 2);
    ASSERT_TRUE(transaction.push());
    ASSERT_TRUE(transaction.configure_next_cpi(0, {}, Bytes{7}));
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(transaction.current_instruction()->index_in_trace(), 2u);
    EXPECT_EQ(transaction.current_instruction()->stack_height(), 2u);
    EXPECT_EQ(transaction.current_instruction()->index_of_caller(), 0);
    EXPECT_EQ(transaction.current_instruction()->data()[0], 7);
    ASSERT_TRUE(transaction.pop());
    ASSERT_TRUE(transaction.pop());
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(transaction.current_instruction()->index_in_trace(), 1u);
    EXPECT_EQ(transaction.current_instruction()->index_of_caller(), 0xffff);
    ASSERT_TRUE(transaction.configure_next_cpi(0, {}, {}));
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(transaction.current_instruction()->index_in_trace(), 3u);
    EXPECT_EQ(transaction.current_instruction()->index_of_caller(), 1);
    EXPECT_EQ(transaction.instruction_at_nesting_level(0)->index_in_trace(), 1u);
    EXPECT_EQ(error_of(transaction.instruction_at_nesting_level(2)), InstructionError::CallDepth);
}

TEST(TransactionContext, RefusesToConfigureBeyondTheTrace) {
    TransactionContext transaction(one_account(), Rent{}, 5, 64, 1);
    EXPECT_TRUE(transaction.configure_top_level_instruction(1, 0, {}, {}));
    EXPECT_EQ(error_of(transaction.configure_top_level_instruction(2, 0, {}, {})),
              InstructionError::MaxInstructionTraceLengthExceeded);
}

TEST(TransactionContext, KeepsTheTopLevelIndexInTheInstructionsSysvar) {
    std::vector<KeyedAccount> accounts = one_account();
    accounts.push_back({ids::kInstructionsSysvar,
                        {.data = AccountData(Bytes{9, 9, 9}), .owner = ids::kSysvarOwner}});
    TransactionContext transaction(std::move(accounts), Rent{}, 5, 64, 2);
    const auto bytes = [&] {
        const ByteView data = transaction.account(1).data.view();
        return Bytes(data.begin(), data.end());
    };
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(bytes(), (Bytes{9, 0, 0}));
    ASSERT_TRUE(transaction.pop());
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(bytes(), (Bytes{9, 1, 0}));
    ASSERT_TRUE(transaction.configure_next_cpi(0, {}, {}));
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(bytes(), (Bytes{9, 1, 0}));
}

TEST(TransactionContext, ChecksTheInstructionsSysvarAccount) {
    const auto push_with = [](Bytes data, Pubkey owner) {
        std::vector<KeyedAccount> accounts = one_account();
        accounts.push_back({ids::kInstructionsSysvar, {.data = AccountData(data), .owner = owner}});
        TransactionContext transaction(std::move(accounts), Rent{}, 2, 2, 1);
        return transaction.push();
    };
    EXPECT_EQ(error_of(push_with(Bytes(2), key_of(3))), InstructionError::InvalidAccountOwner);
    EXPECT_EQ(error_of(push_with({}, ids::kSysvarOwner)), InstructionError::AccountDataTooSmall);
    EXPECT_EQ(error_of(push_with(Bytes(1), ids::kSysvarOwner)),
              InstructionError::AccountDataTooSmall);
    EXPECT_TRUE(push_with(Bytes(2), ids::kSysvarOwner));
}

/// Accounts 0 and 1 belong to the program at 2.
class LamportTest : public testing::Test {
protected:
    void SetUp() override {
        invocation_.add({.key = key_of(10), .lamports = 100, .owner = key_of(1)});
        invocation_.add({.key = key_of(11), .lamports = 100, .owner = key_of(1)});
        invocation_.add({.key = key_of(1)});
        invocation_.start();
        ASSERT_TRUE(invocation_.push(
            {.program_index = 2, .accounts = {{0, false, true}, {1, false, true}}}));
    }
    void set_lamports(std::size_t position, Lamports lamports) {
        ASSERT_TRUE(invocation_.current().borrow_account(position)->set_lamports(lamports));
    }
    TestInvocation invocation_;
};

TEST_F(LamportTest, PopsWhenBalanced) {
    set_lamports(0, 90);
    set_lamports(1, 110);
    EXPECT_TRUE(invocation_.transaction().pop());
}

TEST_F(LamportTest, PopsUnbalancedWithAnErrorButPops) {
    set_lamports(0, 90);
    EXPECT_EQ(error_of(invocation_.transaction().pop()), InstructionError::UnbalancedInstruction);
    EXPECT_EQ(invocation_.transaction().stack_height(), 0u);
}

TEST_F(LamportTest, CallsOnlyWhenBalanced) {
    set_lamports(1, 101);
    ASSERT_TRUE(invocation_.transaction().configure_next_cpi(2, {}, {}));
    EXPECT_EQ(error_of(invocation_.transaction().push()), InstructionError::UnbalancedInstruction);
}

TEST(TransactionContext, PopsWithAnErrorWhileTheProgramIsBorrowed) {
    TestInvocation invocation;
    invocation.add({.key = key_of(1)});
    invocation.start();
    ASSERT_TRUE(invocation.push({.accounts = {{0, false, false}}}));
    const auto program = invocation.current().borrow_account(0);
    EXPECT_EQ(error_of(invocation.current().program_owner()),
              InstructionError::AccountBorrowFailed);
    EXPECT_EQ(error_of(invocation.transaction().pop()), InstructionError::AccountBorrowOutstanding);
}

TEST(InstructionContext, AnswersForIndicesOutOfRange) {
    TestInvocation invocation;
    invocation.add({.key = key_of(1)});
    invocation.start();
    ASSERT_TRUE(invocation.push({.accounts = {{0, true, false}}}));
    const auto instruction = invocation.current();
    EXPECT_EQ(error_of(instruction.index_in_transaction(1)), InstructionError::MissingAccount);
    EXPECT_EQ(error_of(instruction.key_of_account(1)), InstructionError::MissingAccount);
    EXPECT_EQ(error_of(instruction.is_signer(1)), InstructionError::MissingAccount);
    EXPECT_EQ(error_of(instruction.is_writable(1)), InstructionError::MissingAccount);
    EXPECT_EQ(error_of(instruction.is_duplicate(1)), InstructionError::MissingAccount);
    EXPECT_EQ(error_of(instruction.check_number_of_accounts(2)), InstructionError::MissingAccount);
    EXPECT_TRUE(instruction.check_number_of_accounts(1));
    EXPECT_TRUE(instruction.has_signer(key_of(1)));
    EXPECT_FALSE(instruction.has_signer(key_of(2)));
}

TEST(InstructionContext, KnowsRepeatedAccounts) {
    TestInvocation invocation;
    for (std::uint8_t i = 0; i < 3; ++i) invocation.add({.key = key_of(i)});
    invocation.start();
    ASSERT_TRUE(invocation.push(
        {.accounts = {{2, false, false}, {1, false, false}, {2, true, true}, {1, false, false}}}));
    const auto instruction = invocation.current();
    EXPECT_EQ(*instruction.is_duplicate(0), std::nullopt);
    EXPECT_EQ(*instruction.is_duplicate(2), 0);
    EXPECT_EQ(*instruction.is_duplicate(3), 1);
    EXPECT_EQ(*instruction.index_of_account_in_instruction(2), 0);
    EXPECT_EQ(error_of(instruction.index_of_account_in_instruction(0)),
              InstructionError::MissingAccount);
}

TEST(InstructionContext, HasNoProgramIfTheIndexNamesNone) {
    TransactionContext transaction(one_account(), Rent{}, 5, 64, 1);
    ASSERT_TRUE(transaction.configure_top_level_instruction(0, 0xffff, {}, {}));
    const auto instruction = transaction.next_instruction();
    EXPECT_FALSE(instruction->has_program());
    EXPECT_EQ(error_of(instruction->program_owner()), InstructionError::MissingAccount);
    ASSERT_TRUE(transaction.push());
    EXPECT_EQ(error_of(transaction.pop()), InstructionError::MissingAccount);
}

TEST(TransactionContext, ReplacesReturnData) {
    TransactionContext transaction(one_account(), Rent{}, 5, 64, 1);
    transaction.set_return_data(key_of(1), Bytes{1, 2});
    EXPECT_EQ(transaction.return_data_program(), key_of(1));
    EXPECT_EQ(transaction.return_data().size(), 2u);
    transaction.set_return_data(key_of(2), {});
    EXPECT_EQ(transaction.return_data_program(), key_of(2));
    EXPECT_TRUE(transaction.return_data().empty());
}

// The scenario of Agave's test_access_violation_handler.
class AccessHandlerTest : public testing::Test {
protected:
    static constexpr std::uint64_t kReserve = kMaxAccountDataGrowthPerInstruction;
    static constexpr std::uint64_t start(std::uint64_t position) {
        return sbpf::kInputStart + (4 + kReserve) * position;
    }

    void SetUp() override {
        const std::uint64_t sizes[] = {4, 4, 0, kMaxAccountDataLen - 0x100, 0, 0x3000};
        TestInvocation& test = invocation_;
        std::vector<InstructionAccount> accounts;
        for (std::uint8_t i = 0; i < 6; ++i) {
            test.add({.key = key_of(i), .data = Bytes(sizes[i]), .owner = key_of(100)});
            accounts.push_back({i, false, i > 0});
        }
        test.add({.key = key_of(100)});
        test.start();
        ASSERT_TRUE(test.push({.program_index = 6, .accounts = accounts}));
        // Nobody else holds the data but the second account's.
        for (std::uint16_t i = 0; i < 6; ++i) {
            AccountData& data = test.current().borrow_account(i)->raw_data();
            (void)data.mutable_view();
            if (i == 1) shared_ = data;
        }
        std::vector<vm::MemoryRegion> regions;
        for (std::size_t i = 0; i < 4; ++i) {
            auto account = *test.current().borrow_account(i);
            regions.push_back(account_data_region(
                account, start(i), {.address_space_adjustments = true, .direct_mapping = true},
                nullptr, 0));
        }
        test.transaction().enable_access_handler(true, true);
        map_.emplace(*vm::MemoryMap::create(regions, vm::MapLayout::Unaligned, sbpf::Version::V3,
                                            &test.transaction()));
    }

    bool load(std::uint64_t address) {
        return map_->translate_or_handle(vm::Access::Load, address, 4).has_value();
    }
    bool store(std::uint64_t address) {
        return map_->translate_or_handle(vm::Access::Store, address, 4).has_value();
    }
    std::uint64_t size(std::uint16_t account) {
        return invocation_.transaction().account(account).data.size();
    }

    TestInvocation invocation_;
    AccountData shared_;
    std::optional<vm::MemoryMap> map_;
};

TEST_F(AccessHandlerTest, NeverHelpsReadonlyAccounts) {
    EXPECT_TRUE(load(start(0)));
    EXPECT_FALSE(load(start(0) + 4));
    EXPECT_FALSE(store(start(0)));
}

TEST_F(AccessHandlerTest, UnsharesOnTheFirstStore) {
    EXPECT_TRUE(load(start(1)));
    EXPECT_TRUE(invocation_.transaction().account(1).data.is_shared());
    EXPECT_FALSE(invocation_.transaction().was_touched(1));
    EXPECT_TRUE(store(start(1)));
    EXPECT_FALSE(invocation_.transaction().account(1).data.is_shared());
    EXPECT_TRUE(invocation_.transaction().was_touched(1));
    EXPECT_EQ(size(1), 4u);
}

TEST_F(AccessHandlerTest, GrowsByTheWholeReserveOnAStore) {
    EXPECT_FALSE(load(start(1) + 4));
    EXPECT_TRUE(store(start(1) + 4));
    EXPECT_EQ(size(1), 4 + kReserve);
    EXPECT_EQ(invocation_.transaction().accounts_resize_delta(),
              static_cast<std::int64_t>(kReserve));
    EXPECT_TRUE(load(start(1) + kReserve));
}

TEST_F(AccessHandlerTest, GrowsToTheLargestAccount) {
    EXPECT_TRUE(store(start(3) + kMaxAccountDataLen - 4));
    EXPECT_EQ(size(3), kMaxAccountDataLen);
    EXPECT_FALSE(load(start(3) + kMaxAccountDataLen));
    EXPECT_FALSE(store(start(3) + kMaxAccountDataLen));
}

TEST_F(AccessHandlerTest, GrowsByWhatTheTransactionHasLeft) {
    ASSERT_TRUE(store(start(1) + 4));
    ASSERT_TRUE(store(start(3) + kMaxAccountDataLen - 4));
    for (const std::size_t i : {4, 5}) {
        ASSERT_TRUE(invocation_.current().borrow_account(i)->set_data_from_slice(
            Bytes(kMaxAccountDataLen)));
    }
    constexpr std::uint64_t kLeft = 0x700;
    ASSERT_EQ(invocation_.transaction().accounts_resize_delta(),
              static_cast<std::int64_t>(kMaxAccountDataGrowthPerTransaction - kLeft));
    EXPECT_TRUE(store(start(2) + 0x500));
    EXPECT_EQ(size(2), kLeft);
}

TEST_F(AccessHandlerTest, DoesNothingForABorrowedAccount) {
    const auto account = invocation_.current().borrow_account(1);
    EXPECT_FALSE(store(start(1)));
    EXPECT_FALSE(invocation_.transaction().was_touched(1));
}

} // namespace
} // namespace fathom::invoke
