// SPDX-License-Identifier: Apache-2.0
// Rules of transaction processing that are easily missed. Sources: agave
// svm/src/{transaction_processor,account_loader,rollback_accounts}.rs,
// runtime/src/bank/check_transactions.rs, compute-budget-instruction/src, fee/src/lib.rs.
#include "fathom/svm/sanitized_transaction.hpp"
#include "tests/support/processor_fixture.hpp"

#include <limits>

namespace fathom {
namespace {

using InstructionKind = InstructionError::Kind;

class ProcessingRules : public tests::ProcessorFixture {
protected:
    /// Bytes that loading counts for an account.
    std::uint64_t size_of(const Pubkey& key) { return 64 + accounts_[key].data.size(); }
    [[nodiscard]] svm::SanitizedTransaction resolve(const Bytes& transaction) {
        auto view = svm::admit(transaction, slot_.features, svm::AdmissionLimits::Enforce).value();
        const SlotHashes hashes;
        return svm::resolve(std::move(view), slot_.features, accounts_, &hashes, kSlot).value();
    }
    static const AccountChange* change_of(const TransactionEffects& effects, const Pubkey& key) {
        const auto found = std::ranges::find(effects.accounts, key, &AccountChange::key);
        return found == effects.accounts.end() ? nullptr : &*found;
    }
    /// A transaction with the nonce's value for a blockhash.
    Bytes with_nonce(const Hash& value, std::vector<Instruction> instructions) {
        message_blockhash_ = value;
        instructions.insert(instructions.begin(), advance_nonce(kNonce, kPayer));
        return legacy(std::move(instructions));
    }
    [[nodiscard]] Hash old_nonce() const {
        Hash hash;
        hash.bytes.fill(0x4e);
        return hash;
    }
};

class EveryMessage final : public ProcessedMessages {
    [[nodiscard]] bool contains(ByteView) const override { return true; }
};

// --- locks ---

TEST_F(ProcessingRules, TooManyLocksComeBeforeDuplicates) {
    options_.enforce_admission_limits = false;
    slot_.features.deactivate(Feature::increase_tx_account_lock_limit);
    Instruction wide = budget(2, 1'000);
    for (std::uint8_t i = 0; i < 62; ++i) {
        wide.accounts.push_back({key_of(static_cast<std::uint8_t>(i + 100))});
    }
    put_table({kPayer});
    const auto effects = run(v0({wide}, {{kTable, {}, {0}}})); // 65 with the payer twice
    EXPECT_EQ(effects.error, TransactionError::TooManyAccountLocks);
}

TEST_F(ProcessingRules, TransactionsOfABatchMayShareAccountsAndRunInOrder) {
    put_wallet(kBob, kSol);
    const auto effects = run_batch({legacy({transfer(kBob, kPayer, 1)}), // both sign
                                    legacy({transfer(kPayer, kBob, 2 * kSol)}),
                                    legacy({transfer(kBob, kPayer, 3 * kSol - 1)})});
    ASSERT_EQ(effects.size(), 3u);
    for (const auto& one : effects) EXPECT_FALSE(one.error);
    EXPECT_EQ(change_of(effects[2], kBob)->account.lamports, 0u);
}

// --- compute budget ---

TEST_F(ProcessingRules, UnreadableBudgetRequestsComeBeforeLookups) {
    const auto effects = run(v0({call(ids::kComputeBudgetProgram, {}, {9})}, {{kTable, {0}, {}}}));
    EXPECT_EQ(effects.error,
              TransactionError::instruction(0, InstructionKind::InvalidInstructionData));
    EXPECT_EQ(effects.commit, Commit::None);
}

TEST_F(ProcessingRules, BudgetValuesAreJudgedBeforeBlockhashAndHistory) {
    message_blockhash_ = Hash{}; // unknown
    EXPECT_EQ(run({transfer(kPayer, kBob, 1), budget(1, 1'023)}).error,
              TransactionError::instruction(1, InstructionKind::InvalidInstructionData));
    EXPECT_EQ(run({budget(4, 0)}).error, TransactionError::InvalidLoadedAccountsDataSizeLimit);
    EXPECT_EQ(run({budget(4, 1)}).error, TransactionError::BlockhashNotFound);
    const EveryMessage every;
    options_.processed = &every;
    message_blockhash_.reset();
    EXPECT_EQ(run({budget(4, 0)}).error, TransactionError::InvalidLoadedAccountsDataSizeLimit);
    EXPECT_EQ(run({budget(4, 1)}).error, TransactionError::AlreadyProcessed);
}

TEST_F(ProcessingRules, LookupsComeBeforeBudgetValues) {
    const auto effects = run(v0({budget(4, 0)}, {{kTable, {0}, {}}}));
    EXPECT_EQ(effects.error, TransactionError::AddressLookupTableNotFound);
}

TEST_F(ProcessingRules, HeapIsAMultipleOf1024BetweenLimits) {
    const auto is_valid = [&](std::uint64_t size) { return !run({budget(1, size)}).error; };
    EXPECT_TRUE(is_valid(32'768));
    EXPECT_TRUE(is_valid(33'792));
    EXPECT_TRUE(is_valid(262'144));
    EXPECT_FALSE(is_valid(32'769));
    EXPECT_FALSE(is_valid(31'744));
    EXPECT_FALSE(is_valid(263'168));
}

TEST_F(ProcessingRules, DefaultUnitsCountEveryInstruction) {
    const auto default_of = [&](const Pubkey& program) {
        const auto transaction = resolve(legacy({call(program, {}, {3, 0, 0, 0, 0, 0, 0, 0, 0})}));
        return svm::judge_compute_budget(transaction.budget_requests, slot_.features)
            .value()
            .compute_unit_limit;
    };
    for (const Pubkey& cheap :
         {ids::kSystemProgram, ids::kComputeBudgetProgram, ids::kBpfLoaderDeprecated,
          ids::kBpfLoader, ids::kBpfLoaderUpgradeable, ids::kLoaderV4, ids::kSecp256k1Program,
          ids::kEd25519Program}) {
        EXPECT_EQ(default_of(cheap), 3'000u) << cheap.to_base58();
    }
    for (const Pubkey& dear :
         {ids::kSecp256r1Program, ids::kStakeProgram, ids::kAddressLookupTableProgram,
          ids::kConfigProgram, ids::kZkElGamalProofProgram, kProgram}) {
        EXPECT_EQ(default_of(dear), 200'000u) << dear.to_base58();
    }
    slot_.features.deactivate(Feature::bls_pubkey_management_in_vote_account);
    EXPECT_EQ(default_of(ids::kVoteProgram), 3'000u);
    slot_.features.activate(Feature::bls_pubkey_management_in_vote_account);
    EXPECT_EQ(default_of(ids::kVoteProgram), 200'000u);
}

// --- fees ---

TEST_F(ProcessingRules, PriorityFeeIsRoundedUpFromTheClampedLimit) {
    EXPECT_EQ(run({budget(2, 1'000), budget(3, 1)}).fee.prioritization_fee, 1u);
    EXPECT_EQ(run({budget(2, 1'000), budget(3, 1'001)}).fee.prioritization_fee, 2u);
    EXPECT_EQ(run({budget(2, 2'000'000), budget(3, 1'000'000)}).fee.prioritization_fee, 1'400'000u);
    // Without a limit: 3000 for this instruction.
    EXPECT_EQ(run({budget(3, 1'000'000)}).fee.prioritization_fee, 3'000u);
}

TEST_F(ProcessingRules, SignatureFeeCountsWhatPrecompilesDeclareEvenIfMalformed) {
    const auto effects = run({call(ids::kEd25519Program, {}, {3})});
    EXPECT_EQ(effects.error->kind, TransactionError::InstructionError);
    EXPECT_EQ(effects.fee.transaction_fee, 4 * 5'000u);
    EXPECT_EQ(run({call(ids::kEd25519Program)}).fee.transaction_fee, 5'000u);
}

TEST_F(ProcessingRules, FeeIgnoresTheRateOfTheBlockhash) {
    slot_.blockhash_lamports_per_signature = 77;
    EXPECT_EQ(run({budget(2, 1'000)}).fee.transaction_fee, 5'000u);
}

// --- durable nonces ---

TEST_F(ProcessingRules, NonceIsCheckedAgainForEachTransactionOfABatch) {
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    const Bytes first = with_nonce(old_nonce(), {transfer(kPayer, kBob, kSol)});
    const Bytes second = with_nonce(old_nonce(), {transfer(kPayer, kBob, 2 * kSol)});
    const auto effects = run_batch({first, second});
    EXPECT_FALSE(effects[0].error);
    EXPECT_EQ(effects[1].error, TransactionError::BlockhashNotFound);
    EXPECT_EQ(effects[1].commit, Commit::None);
}

TEST_F(ProcessingRules, NonceOfThisBlockCannotBeUsed) {
    const Hash now = durable_nonce_from_blockhash(slot_.blockhash);
    put_nonce(kNonce, now, NonceState::Version::Current);
    EXPECT_EQ(run(with_nonce(now, {})).error, TransactionError::BlockhashNotFound);
}

TEST_F(ProcessingRules, NonceKeepsTheRateOfTheBlockhash) {
    slot_.blockhash_lamports_per_signature = 77;
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    const auto effects = run(with_nonce(old_nonce(), {call(kProgram)})); // fees only
    EXPECT_EQ(effects.error, TransactionError::ProgramAccountNotFound);
    const auto* const nonce = change_of(effects, kNonce);
    ASSERT_NE(nonce, nullptr);
    const auto state = NonceState::decode(nonce->account.data.view());
    EXPECT_EQ(state->data->lamports_per_signature, 77u);
    EXPECT_EQ(state->data->durable_nonce, durable_nonce_from_blockhash(slot_.blockhash));
}

TEST_F(ProcessingRules, LegacyNonceVerifiesNothing) {
    put_nonce(kNonce, old_nonce(), NonceState::Version::Legacy);
    EXPECT_EQ(run(with_nonce(old_nonce(), {})).error, TransactionError::BlockhashNotFound);
}

TEST_F(ProcessingRules, LegacyNonceMayPayFeesAboveItsRent) {
    const Lamports floor = Rent{}.minimum_balance(NonceState::kSize);
    put_nonce(kBob, old_nonce(), NonceState::Version::Legacy, floor + 5'000);
    EXPECT_FALSE(run(legacy({budget(2, 1'000)}, kBob)).error);
    put_nonce(kBob, old_nonce(), NonceState::Version::Legacy, floor + 4'999);
    EXPECT_EQ(run(legacy({budget(2, 1'000)}, kBob)).error,
              TransactionError::InsufficientFundsForFee);
}

// --- what failures leave ---

TEST_F(ProcessingRules, RollbackGivesThePayerItsRentEpochBackUnlessThereIsANonce) {
    accounts_[kPayer].rent_epoch = 5;
    const auto plain = run({call(kProgram)});
    EXPECT_EQ(change_of(plain, kPayer)->account.rent_epoch, 5u);
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    const auto nonce = run(with_nonce(old_nonce(), {call(kProgram)}));
    EXPECT_EQ(change_of(nonce, kPayer)->account.rent_epoch, std::numeric_limits<Epoch>::max());
}

TEST_F(ProcessingRules, FailedExecutionLeavesThePayerWithTheFeePaidAndTheNonceAdvanced) {
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    put_wallet(kBob, kSol);
    const auto effects = run(
        with_nonce(old_nonce(), {transfer(kPayer, kBob, kSol), transfer(kPayer, kBob, 20 * kSol)}));
    ASSERT_TRUE(effects.error);
    EXPECT_EQ(effects.commit, Commit::Fees);
    ASSERT_EQ(effects.accounts.size(), 2u); // not Bob, whom the first transfer reached
    EXPECT_EQ(effects.accounts[0].key, kPayer);
    EXPECT_EQ(effects.accounts[0].account.lamports, 10 * kSol - 5'000);
    EXPECT_EQ(effects.accounts[1].key, kNonce);
    EXPECT_EQ(NonceState::decode(effects.accounts[1].account.data.view())->data->durable_nonce,
              durable_nonce_from_blockhash(slot_.blockhash));
}

TEST_F(ProcessingRules, UnprocessableTransactionLeavesNothing) {
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    accounts_[kPayer].lamports = 4'999; // the fee is 5000
    const auto effects = run(with_nonce(old_nonce(), {transfer(kPayer, kBob, 1)}));
    EXPECT_EQ(effects.error, TransactionError::InsufficientFundsForFee);
    EXPECT_EQ(effects.commit, Commit::None);
    EXPECT_TRUE(effects.accounts.empty());
    EXPECT_EQ(effects.fee.total(), 0u);
}

TEST_F(ProcessingRules, LoadFailuresStillCostTheFeeAndAdvanceTheNonce) {
    put_nonce(kNonce, old_nonce(), NonceState::Version::Current);
    put_wallet(kProgram, kSol); // no program
    for (const auto& instruction : {call(kProgram), call(key_of(66)), budget(4, 1)}) {
        const auto effects = run(with_nonce(old_nonce(), {instruction}));
        ASSERT_TRUE(effects.error);
        EXPECT_EQ(effects.commit, Commit::Fees);
        EXPECT_EQ(change_of(effects, kPayer)->account.lamports, 10 * kSol - 5'000);
        const auto* const nonce = change_of(effects, kNonce);
        ASSERT_NE(nonce, nullptr);
        EXPECT_EQ(NonceState::decode(nonce->account.data.view())->data->durable_nonce,
                  durable_nonce_from_blockhash(slot_.blockhash));
    }
}

// --- loading ---

TEST_F(ProcessingRules, MissingAccountsAndTheInstructionsSysvarCountNothing) {
    const auto effects =
        run({call(ids::kComputeBudgetProgram, {{kBob, false, false}, {ids::kInstructionsSysvar}},
                  {2, 0, 4, 0, 0})});
    EXPECT_FALSE(effects.error);
    EXPECT_EQ(effects.loaded_accounts_data_size,
              size_of(kPayer) + size_of(ids::kComputeBudgetProgram));
}

TEST_F(ProcessingRules, EveryLookupTableCounts8248Bytes) {
    put_table({kBob});
    const std::uint64_t sum =
        8'248 + size_of(kPayer) + size_of(ids::kComputeBudgetProgram); // bob does not exist
    const auto with_limit = [&](std::uint64_t limit) {
        return run(v0({budget(4, limit)}, {{kTable, {0}, {}}}));
    };
    EXPECT_FALSE(with_limit(sum).error);
    EXPECT_EQ(with_limit(sum).loaded_accounts_data_size, sum);
    EXPECT_EQ(with_limit(sum - 1).error, TransactionError::MaxLoadedAccountsDataSizeExceeded);
}

TEST_F(ProcessingRules, ProgramDataCountsOnceAndNotBesideItsKey) {
    const Pubkey data_key = key_of(10);
    put_program(kProgram);
    const Bytes elf(accounts_[kProgram].data.view().begin(), accounts_[kProgram].data.view().end());
    Bytes program(36);
    program[0] = 2;
    std::ranges::copy(data_key.bytes, program.begin() + 4);
    put(kProgram, ids::kBpfLoaderUpgradeable, program);
    Bytes code(45);
    code[0] = 3;
    code.insert(code.end(), elf.begin(), elf.end());
    put(data_key, ids::kBpfLoaderUpgradeable, code);
    const std::uint64_t sum = size_of(kPayer) + size_of(kProgram) + size_of(data_key);
    const auto twice = run({call(kProgram), call(kProgram)});
    EXPECT_FALSE(twice.error);
    EXPECT_EQ(twice.loaded_accounts_data_size, sum);
    EXPECT_EQ(run({call(kProgram, {{data_key}})}).loaded_accounts_data_size, sum);
}

TEST_F(ProcessingRules, SizeLimitHidesWhatIsWrongWithLaterPrograms) {
    EXPECT_EQ(run({call(kProgram), budget(4, 64)}).error,
              TransactionError::MaxLoadedAccountsDataSizeExceeded);
}

TEST_F(ProcessingRules, ExecutableFlagOfProgramsMeansNothing) {
    put_program(kProgram);
    accounts_[kProgram].executable = false;
    EXPECT_FALSE(run({call(kProgram)}).error);
}

TEST_F(ProcessingRules, ProgramsOfLoaderV4LoadAndFailWhenTheyRun) {
    put(kProgram, ids::kLoaderV4, Bytes(100));
    const auto effects = run({call(kProgram)});
    EXPECT_EQ(effects.error,
              TransactionError::instruction(0, InstructionKind::UnsupportedProgramId));
    EXPECT_EQ(effects.commit, Commit::Fees);
}

// --- writability and write-back ---

TEST_F(ProcessingRules, CalledProgramsAreReadOnlyUnlessLoaderV3IsAmongTheKeys) {
    const Instruction writes_program = call(kProgram, {{kProgram, false, true}});
    const auto is_program_writable = [&](const Bytes& bytes) {
        const auto transaction = resolve(bytes);
        const auto at = std::ranges::find(transaction.keys, kProgram) - transaction.keys.begin();
        return transaction.is_writable[static_cast<std::size_t>(at)];
    };
    EXPECT_FALSE(is_program_writable(legacy({writes_program})));
    EXPECT_TRUE(is_program_writable(
        legacy({writes_program, call(kProgram, {{ids::kBpfLoaderUpgradeable}})})));
    put_table({ids::kBpfLoaderUpgradeable});
    EXPECT_TRUE(is_program_writable(v0({writes_program}, {{kTable, {}, {0}}})));
}

TEST_F(ProcessingRules, ReservedKeysAreNeverWritable) {
    const Bytes bytes = legacy({call(kProgram, {{ids::kClock, false, true}, {kBob, false, true}})});
    const auto transaction = resolve(bytes); // views them
    const auto at = [&](const Pubkey& key) {
        return static_cast<std::size_t>(std::ranges::find(transaction.keys, key) -
                                        transaction.keys.begin());
    };
    EXPECT_FALSE(transaction.is_writable[at(ids::kClock)]);
    EXPECT_TRUE(transaction.is_writable[at(kBob)]);
}

TEST_F(ProcessingRules, OnlyTouchedAccountsAreWrittenBack) {
    put_wallet(kBob, kSol);
    put_program(kProgram);
    const auto untouched = run({call(kProgram, {{kBob, false, true}})});
    EXPECT_FALSE(untouched.error);
    EXPECT_EQ(change_of(untouched, kBob), nullptr);
    EXPECT_NE(change_of(untouched, kPayer), nullptr);
    const auto touched = run({transfer(kPayer, kBob, 1)});
    EXPECT_NE(change_of(touched, kBob), nullptr);
}

// --- lookup tables ---

TEST_F(ProcessingRules, AddressesAddedInThisSlotAreInvisible) {
    put_table({kBob, key_of(3)}, /*extended=*/kSlot, /*start_index=*/1);
    EXPECT_FALSE(run(v0({budget(2, 1'000)}, {{kTable, {0}, {}}})).error);
    EXPECT_EQ(run(v0({budget(2, 1'000)}, {{kTable, {1}, {}}})).error,
              TransactionError::InvalidAddressLookupTableIndex);
    put_table({kBob, key_of(3)}, kSlot - 1, 1);
    EXPECT_FALSE(run(v0({budget(2, 1'000)}, {{kTable, {1}, {}}})).error);
}

TEST_F(ProcessingRules, DeactivatedTableWorksWhileItsSlotHasAHash) {
    const auto error_with = [&](Slot deactivated) {
        put_table({kBob}, 1, 0, deactivated);
        return run(v0({budget(2, 1'000)}, {{kTable, {0}, {}}})).error;
    };
    SlotHashes hashes;
    hashes.entries = {{kSlot - 1, Hash{}}, {kSlot - 3, Hash{}}};
    put_sysvar(ids::kSlotHashes, hashes.encode());
    EXPECT_FALSE(error_with(kSlot));
    EXPECT_FALSE(error_with(kSlot - 1));
    EXPECT_EQ(error_with(kSlot - 2), TransactionError::AddressLookupTableNotFound);
    EXPECT_FALSE(error_with(kSlot - 3));
}

} // namespace
} // namespace fathom
