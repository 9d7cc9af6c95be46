// SPDX-License-Identifier: Apache-2.0
// Every TransactionError that a processor can give, by its number (solana-sdk
// transaction-error/src/lib.rs), and what may be committed then. The others belong to banks and
// schedulers (0, 9 to 11, 15 to 17, 19 to 21, 27 to 29, 34, 35, 37, 38), or cannot occur because
// every instruction is balanced (36).
#include "tests/support/processor_fixture.hpp"

namespace fathom {
namespace {

class TransactionErrors : public tests::ProcessorFixture {
protected:
    static void expect(const TransactionEffects& effects, std::uint32_t number, Commit commit,
                       std::uint8_t index = 0) {
        ASSERT_TRUE(effects.error.has_value());
        EXPECT_EQ(effects.error->kind, number);
        EXPECT_EQ(effects.error->index, index);
        EXPECT_EQ(effects.commit, commit);
    }
};

TEST_F(TransactionErrors, Number1AccountLoadedTwice) {
    put_table({kBob, kBob});
    expect(run(v0({transfer(kPayer, kBob, kSol)}, {{kTable, {0}, {}}})), 1, Commit::None);
    expect(run(v0({}, {{kTable, {0}, {1}}})), 1, Commit::None);
}

TEST_F(TransactionErrors, Number2AccountNotFoundIsAMissingPayer) {
    expect(run(legacy({transfer(kBob, kPayer, 1)}, kBob)), 2, Commit::None);
}

TEST_F(TransactionErrors, Number2AccountNotFoundIsMissingSlotHashesToo) {
    put_table({kBob});
    accounts_.erase(ids::kSlotHashes);
    expect(run(v0({}, {{kTable, {0}, {}}})), 2, Commit::None);
}

TEST_F(TransactionErrors, Number3ProgramAccountNotFound) {
    expect(run({call(kProgram)}), 3, Commit::Fees);
}

TEST_F(TransactionErrors, Number4InsufficientFundsForFee) {
    put_wallet(kBob, 4'999);
    expect(run(legacy({transfer(kBob, kPayer, 0)}, kBob)), 4, Commit::None);
}

TEST_F(TransactionErrors, Number5InvalidAccountForFee) {
    put(kBob, kProgram, {});
    expect(run(legacy({budget(2, 1'000)}, kBob)), 5, Commit::None);
    put(kBob, ids::kSystemProgram, Bytes(1)); // neither empty nor a nonce
    expect(run(legacy({budget(2, 1'000)}, kBob)), 5, Commit::None);
}

TEST_F(TransactionErrors, Number6AlreadyProcessed) {
    class Everything final : public ProcessedMessages {
        [[nodiscard]] bool contains(ByteView) const override { return true; }
    };
    const Everything everything;
    options_.processed = &everything;
    expect(run({transfer(kPayer, kBob, kSol)}), 6, Commit::None);
}

TEST_F(TransactionErrors, Number7BlockhashNotFound) {
    message_blockhash_ = Hash{};
    expect(run({transfer(kPayer, kBob, kSol)}), 7, Commit::None);
}

TEST_F(TransactionErrors, Number8InstructionError) {
    put_program(kProgram, 7);
    const auto effects = run({transfer(kPayer, kBob, kSol), call(kProgram)});
    expect(effects, 8, Commit::Fees, 1);
    EXPECT_EQ(effects.error->instruction_error, InstructionError::custom(7));
}

TEST_F(TransactionErrors, Number12SignatureFailure) {
    options_.verify_signatures = true;
    expect(run({transfer(kPayer, kBob, kSol)}), 12, Commit::None);
}

TEST_F(TransactionErrors, Number13InvalidProgramForExecution) {
    put_wallet(kProgram, kSol);
    expect(run({call(kProgram)}), 13, Commit::Fees);
}

TEST_F(TransactionErrors, Number14SanitizeFailure) {
    Bytes bytes = legacy({transfer(kPayer, kBob, kSol)});
    bytes.push_back(0);
    expect(run(bytes), 14, Commit::None);
}

TEST_F(TransactionErrors, Number18UnsupportedVersion) {
    Bytes bytes = legacy({transfer(kPayer, kBob, kSol)});
    bytes.insert(bytes.begin() + 65, 0x82);
    expect(run(bytes), 18, Commit::None);
}

TEST_F(TransactionErrors, Number22TooManyAccountLocks) {
    options_.enforce_admission_limits = false;
    slot_.features.deactivate(Feature::increase_tx_account_lock_limit);
    const auto with_keys = [&](std::uint8_t count) {
        Instruction instruction = call(ids::kComputeBudgetProgram, {}, {2, 0, 0, 0, 0});
        for (std::uint8_t i = 2; i < count; ++i) {
            instruction.accounts.push_back({key_of(static_cast<std::uint8_t>(i + 100))});
        }
        return run({instruction});
    };
    const auto allowed = with_keys(64);
    EXPECT_NE(allowed.commit, Commit::None);
    expect(with_keys(65), 22, Commit::None);
    slot_.features.activate(Feature::increase_tx_account_lock_limit);
    EXPECT_NE(with_keys(128).commit, Commit::None);
    expect(with_keys(129), 22, Commit::None);
}

TEST_F(TransactionErrors, Number23AddressLookupTableNotFound) {
    expect(run(v0({}, {{kTable, {0}, {}}})), 23, Commit::None);
    put_table({kBob}, 1, 0, /*deactivated=*/5); // and no slot hash of slot 5
    expect(run(v0({}, {{kTable, {0}, {}}})), 23, Commit::None);
}

TEST_F(TransactionErrors, Number24InvalidAddressLookupTableOwner) {
    put_table({kBob}).owner = ids::kSystemProgram;
    expect(run(v0({}, {{kTable, {0}, {}}})), 24, Commit::None);
}

TEST_F(TransactionErrors, Number25InvalidAddressLookupTableData) {
    put(kTable, ids::kAddressLookupTableProgram, Bytes(55));
    expect(run(v0({}, {{kTable, {0}, {}}})), 25, Commit::None);
    put(kTable, ids::kAddressLookupTableProgram, Bytes(56)); // uninitialized
    expect(run(v0({}, {{kTable, {0}, {}}})), 25, Commit::None);
    Account& table = put_table({kBob});
    table.data.resize(table.data.size() + 1);
    expect(run(v0({}, {{kTable, {0}, {}}})), 25, Commit::None);
    put_table({kBob}, kSlot, /*start_index=*/2);
    expect(run(v0({}, {{kTable, {0}, {}}})), 25, Commit::None);
}

TEST_F(TransactionErrors, Number26InvalidAddressLookupTableIndex) {
    put_table({kBob});
    expect(run(v0({}, {{kTable, {1}, {}}})), 26, Commit::None);
}

TEST_F(TransactionErrors, Number30DuplicateInstruction) {
    expect(run({transfer(kPayer, kBob, 1), budget(2, 1), budget(2, 1)}), 30, Commit::None, 2);
}

TEST_F(TransactionErrors, Number31InsufficientFundsForRent) {
    slot_.features.deactivate(Feature::relax_post_exec_min_balance_check);
    expect(run({transfer(kPayer, kBob, 1)}), 31, Commit::Fees, 1);
}

TEST_F(TransactionErrors, Number31InsufficientFundsForRentOfThePayer) {
    // It could pay, but would be left with less than an account may hold.
    put_wallet(kBob, Rent{}.minimum_balance(0) + 4'999);
    expect(run(legacy({budget(2, 1'000)}, kBob)), 31, Commit::None);
}

TEST_F(TransactionErrors, Number32MaxLoadedAccountsDataSizeExceeded) {
    expect(run({transfer(kPayer, kBob, kSol), budget(4, 1)}), 32, Commit::Fees);
}

TEST_F(TransactionErrors, Number33InvalidLoadedAccountsDataSizeLimit) {
    expect(run({transfer(kPayer, kBob, kSol), budget(4, 0)}), 33, Commit::None);
}

} // namespace
} // namespace fathom
