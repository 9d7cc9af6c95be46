// SPDX-License-Identifier: Apache-2.0
// The façade: what is committed, what can be undone, what is refused.
#include "fathom/keypair.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace fathom {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr Lamports kSol = 1'000'000'000;
constexpr Lamports kFee = 5'000; // per signature

/// A state in which alice has ten SOL.
class SvmTest : public ::testing::Test {
protected:
    Bytes transfer(Lamports lamports) {
        const std::array instructions{make_transfer(alice_.pubkey(), bob_, lamports)};
        return *build_transaction(alice_, instructions, svm_.latest_blockhash());
    }
    Bytes call(const Pubkey& program) {
        const std::array instructions{Instruction{program, {}, {}}};
        return *build_transaction(alice_, instructions, svm_.latest_blockhash());
    }
    Lamports balance(const Pubkey& key) const {
        const auto account = svm_.account(key);
        return account ? account->lamports : 0;
    }

    Keypair alice_ = Keypair::from_text("alice");
    Pubkey bob_ = Keypair::from_text("bob").pubkey();
    Pubkey program_ = Keypair::from_text("program").pubkey();
    Svm svm_ = [this] {
        Svm svm = *Svm::create();
        EXPECT_TRUE(svm.airdrop(alice_.pubkey(), 10 * kSol));
        return svm;
    }();
};

Bytes assemble(std::string_view source) {
    return *sbpf::write_elf(*sbpf::assemble(source));
}

/// Logs "hi" and returns the status that its source names.
Bytes program_returning(int status) {
    return assemble(".globl entrypoint\n"
                    "entrypoint:\n"
                    "lddw r1, text\n"
                    "mov64 r2, 2\n"
                    "syscall sol_log_\n"
                    "mov64 r0, " +
                    std::to_string(status) +
                    "\nexit\n"
                    ".rodata\n"
                    "text: .ascii \"hi\"\n");
}

TEST_F(SvmTest, TransferMovesLamportsAndChargesTheFee) {
    const TransactionEffects effects = svm_.send(transfer(kSol));
    ASSERT_TRUE(effects.succeeded()) << explain(effects);
    EXPECT_EQ(effects.commit, Commit::All);
    EXPECT_EQ(effects.compute_units, 150u); // agave builtins-default-costs: System program
    EXPECT_EQ(effects.fee.total(), kFee);
    EXPECT_EQ(balance(bob_), kSol);
    EXPECT_EQ(balance(alice_.pubkey()), 9 * kSol - kFee);
}

TEST_F(SvmTest, FailedTransferKeepsTheFeeAndChangesNothingElse) {
    const TransactionEffects effects = svm_.send(transfer(20 * kSol));
    ASSERT_FALSE(effects.succeeded());
    EXPECT_EQ(*effects.error, TransactionError::instruction(0, InstructionError::custom(1)));
    EXPECT_EQ(effects.commit, Commit::Fees);
    EXPECT_EQ(balance(bob_), 0u);
    EXPECT_EQ(balance(alice_.pubkey()), 10 * kSol - kFee);
}

TEST_F(SvmTest, SimulationShowsEffectsWithoutCommit) {
    const Bytes transaction = transfer(kSol);
    const TransactionEffects effects = svm_.simulate(transaction);
    EXPECT_TRUE(effects.succeeded());
    EXPECT_EQ(effects.accounts.size(), 2u);
    EXPECT_EQ(balance(bob_), 0u);
    EXPECT_TRUE(svm_.send(transaction).succeeded());
}

TEST_F(SvmTest, AccountLeftWithoutLamportsIsGone) {
    ASSERT_TRUE(svm_.send(transfer(10 * kSol - kFee)).succeeded());
    EXPECT_FALSE(svm_.account(alice_.pubkey()));
    EXPECT_EQ(balance(bob_), 10 * kSol - kFee);
}

TEST_F(SvmTest, SameMessageTwiceIsAlreadyProcessed) {
    const Bytes transaction = transfer(kSol);
    ASSERT_TRUE(svm_.send(transaction).succeeded());
    const TransactionEffects again = svm_.send(transaction);
    ASSERT_TRUE(again.error);
    EXPECT_EQ(again.error->kind, TransactionError::AlreadyProcessed);
    EXPECT_EQ(again.commit, Commit::None);
    EXPECT_EQ(balance(bob_), kSol);
}

TEST_F(SvmTest, FailedTransactionIsAlreadyProcessedToo) {
    const Bytes transaction = transfer(20 * kSol);
    ASSERT_EQ(svm_.send(transaction).commit, Commit::Fees);
    EXPECT_EQ(svm_.send(transaction).error->kind, TransactionError::AlreadyProcessed);
}

TEST_F(SvmTest, UnprocessableTransactionMayComeAgain) {
    const Keypair poor = Keypair::from_text("poor");
    const std::array instructions{make_transfer(poor.pubkey(), bob_, kSol)};
    const Bytes transaction = *build_transaction(poor, instructions, svm_.latest_blockhash());
    EXPECT_EQ(svm_.send(transaction).error->kind, TransactionError::AccountNotFound);
    ASSERT_TRUE(svm_.airdrop(poor.pubkey(), 2 * kSol));
    EXPECT_TRUE(svm_.send(transaction).succeeded());
}

TEST_F(SvmTest, ExpiredBlockhashIsNotFound) {
    const Bytes transaction = transfer(kSol);
    svm_.expire_blockhash();
    const TransactionEffects effects = svm_.send(transaction);
    ASSERT_TRUE(effects.error);
    EXPECT_EQ(effects.error->kind, TransactionError::BlockhashNotFound);
    EXPECT_EQ(balance(alice_.pubkey()), 10 * kSol);
    EXPECT_TRUE(svm_.send(transfer(kSol)).succeeded());
}

TEST_F(SvmTest, BlockhashLivesFor150Slots) {
    const Bytes transaction = transfer(kSol);
    ASSERT_TRUE(svm_.warp_to_slot(151));
    EXPECT_TRUE(svm_.simulate(transaction).succeeded());
    ASSERT_TRUE(svm_.warp_to_slot(152));
    EXPECT_EQ(svm_.simulate(transaction).error->kind, TransactionError::BlockhashNotFound);
}

TEST_F(SvmTest, ForeignBlockhashCanBeAdded) {
    const Hash foreign{Keypair::from_text("foreign").pubkey().bytes};
    const std::array instructions{make_transfer(alice_.pubkey(), bob_, kSol)};
    const Bytes transaction = *build_transaction(alice_, instructions, foreign);
    EXPECT_EQ(svm_.simulate(transaction).error->kind, TransactionError::BlockhashNotFound);
    svm_.add_blockhash(foreign);
    EXPECT_TRUE(svm_.send(transaction).succeeded());
}

TEST_F(SvmTest, OnlyTheLatest151BlockhashesAreValid) {
    const Bytes transaction = transfer(kSol);
    for (int i = 0; i < 150; ++i) {
        svm_.add_blockhash(Hash{Keypair::from_text(std::to_string(i)).pubkey().bytes});
    }
    EXPECT_TRUE(svm_.simulate(transaction).succeeded());
    svm_.add_blockhash(Hash{Keypair::from_text("one more").pubkey().bytes});
    EXPECT_EQ(svm_.simulate(transaction).error->kind, TransactionError::BlockhashNotFound);
}

TEST_F(SvmTest, BadSignatureFails) {
    Bytes transaction = transfer(kSol);
    transaction[10] ^= 1;
    EXPECT_EQ(svm_.send(transaction).error->kind, TransactionError::SignatureFailure);
    ExecutionOptions options;
    options.verify_signatures = false;
    EXPECT_TRUE(svm_.simulate(transaction, options).succeeded());
}

TEST_F(SvmTest, BytesThatAreNoTransactionFailSanitization) {
    const Bytes garbage{1, 2, 3};
    const TransactionEffects effects = svm_.send(garbage);
    ASSERT_TRUE(effects.error);
    EXPECT_EQ(effects.error->kind, TransactionError::SanitizeFailure);
}

TEST_F(SvmTest, SnapshotsNestAndRevertInAnyOrder) {
    const Snapshot start = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transfer(1 * kSol)).succeeded());
    const Snapshot one_sent = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transfer(2 * kSol)).succeeded());
    EXPECT_EQ(balance(bob_), 3 * kSol);

    ASSERT_TRUE(svm_.revert(one_sent));
    EXPECT_EQ(balance(bob_), 1 * kSol);
    ASSERT_TRUE(svm_.send(transfer(3 * kSol)).succeeded());
    ASSERT_TRUE(svm_.revert(one_sent)) << "a snapshot outlives its revert";
    EXPECT_EQ(balance(bob_), 1 * kSol);

    ASSERT_TRUE(svm_.revert(start));
    EXPECT_FALSE(svm_.account(bob_));
    EXPECT_EQ(balance(alice_.pubkey()), 10 * kSol);
    const auto stale = svm_.revert(one_sent);
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, base::ErrorCode::NotFound);
}

TEST_F(SvmTest, SnapshotStillShowsTheAccountsOfItsTime) {
    const Snapshot before = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transfer(1 * kSol)).succeeded());
    const Snapshot between = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transfer(2 * kSol)).succeeded());
    EXPECT_FALSE(svm_.account_at(before, bob_));
    EXPECT_EQ(svm_.account_at(between, bob_)->lamports, 1 * kSol);
    EXPECT_EQ(balance(bob_), 3 * kSol);
}

TEST_F(SvmTest, RevertForgetsProcessedMessagesAndBlockhashes) {
    const Bytes transaction = transfer(kSol);
    const Hash blockhash = svm_.latest_blockhash();
    const Snapshot before = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transaction).succeeded());
    ASSERT_TRUE(svm_.warp_to_slot(1000));
    ASSERT_TRUE(svm_.revert(before));
    EXPECT_EQ(svm_.slot(), 1u);
    EXPECT_EQ(svm_.clock().slot, 1u);
    EXPECT_EQ(svm_.latest_blockhash(), blockhash);
    EXPECT_TRUE(svm_.send(transaction).succeeded());
}

TEST_F(SvmTest, ReleaseKeepsTheStateAndDropsInnerSnapshots) {
    const Snapshot outer = svm_.snapshot();
    ASSERT_TRUE(svm_.send(transfer(kSol)).succeeded());
    const Snapshot inner = svm_.snapshot();
    ASSERT_TRUE(svm_.release(outer));
    EXPECT_EQ(balance(bob_), kSol);
    EXPECT_FALSE(svm_.revert(inner));
    EXPECT_FALSE(svm_.release(outer));
}

TEST_F(SvmTest, RevertBringsBackAccountData) {
    Account account;
    account.lamports = kSol;
    account.data = AccountData(as_bytes("before"));
    svm_.set_account(program_, account);
    const Snapshot snapshot = svm_.snapshot();
    account.data.mutable_view()[0] = 'X';
    svm_.set_account(program_, account);
    svm_.set_account(program_, Account{});
    EXPECT_FALSE(svm_.account(program_));
    ASSERT_TRUE(svm_.revert(snapshot));
    EXPECT_EQ(as_text(svm_.account(program_)->data.view()), "before");
}

TEST_F(SvmTest, AirdropThatOverflowsIsRefused) {
    const auto result = svm_.airdrop(alice_.pubkey(), ~Lamports{0});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, base::ErrorCode::Limit);
    EXPECT_EQ(balance(alice_.pubkey()), 10 * kSol);
}

TEST_F(SvmTest, LoadedProgramRunsAtOnce) {
    ASSERT_TRUE(svm_.load_program(program_, program_returning(0)));
    const TransactionEffects effects = svm_.send(call(program_));
    ASSERT_TRUE(effects.succeeded()) << explain(effects);
    EXPECT_THAT(effects.logs, Contains("Program log: hi"));
}

TEST_F(SvmTest, ProgramOfLoaderV2Runs) {
    ASSERT_TRUE(svm_.load_program(program_, program_returning(0), ProgramLoader::V2));
    EXPECT_EQ(svm_.account(program_)->owner, ids::kBpfLoader);
    EXPECT_TRUE(svm_.send(call(program_)).succeeded());
}

TEST_F(SvmTest, LoadingAgainReplacesTheProgram) {
    ASSERT_TRUE(svm_.load_program(program_, program_returning(0)));
    ASSERT_TRUE(svm_.send(call(program_)).succeeded());
    ASSERT_TRUE(svm_.load_program(program_, program_returning(7)));
    svm_.expire_blockhash();
    const TransactionEffects effects = svm_.send(call(program_));
    ASSERT_FALSE(effects.succeeded());
    EXPECT_EQ(status_text(effects.error), "InstructionError(0, Custom(7))");
}

TEST_F(SvmTest, GarbageIsRefusedWithTheLoadersError) {
    const auto loaded = svm_.load_program(program_, Bytes(200)); // no magic number
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().name, "FailedToParse");
    EXPECT_EQ(loaded.error().text, "Failed to parse ELF file: invalid file header");
    EXPECT_EQ(loaded.error().detail, "invalid file header");
    EXPECT_FALSE(loaded.error().instruction);
    EXPECT_FALSE(svm_.account(program_));
}

// solana-sbpf src/elf.rs: the version is read from the header first.
TEST_F(SvmTest, TooFewBytesForAHeaderAreRefused) {
    const auto loaded = svm_.load_program(program_, as_bytes("not an ELF"));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().name, "ValueOutOfBounds");
}

TEST_F(SvmTest, RefusalByTheVerifierNamesTheInstruction) {
    const auto loaded = svm_.load_program(
        program_, assemble(".globl entrypoint\n"
                           "entrypoint:\n"
                           "mov64 r0, 0\n"
                           "div64 r0, 0\n" // DivisionByZero, solana-sbpf verifier.rs
                           "exit\n"));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().name, "DivisionByZero");
    EXPECT_EQ(loaded.error().instruction, 1u);
}

TEST_F(SvmTest, ElfAboveAnAccountIsRefused) {
    const auto loaded = svm_.load_program(program_, Bytes(kMaxAccountDataLen));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().name, "AccountTooLarge");
}

TEST_F(SvmTest, NativeProgramsHaveAccountsThatSayTheirNames) {
    const auto system = svm_.account(ids::kSystemProgram);
    ASSERT_TRUE(system);
    EXPECT_EQ(as_text(system->data.view()), "solana_system_program");
    EXPECT_EQ(system->owner, ids::kNativeLoader);
    EXPECT_EQ(system->lamports, 1u);
    EXPECT_TRUE(system->executable);
}

// Sizes: solana-sdk sysvar/src, Sysvar::size_of.
TEST_F(SvmTest, SysvarsAreThereRentExemptAndOfFixedSize) {
    const std::pair<Pubkey, std::uint64_t> sizes[] = {
        {ids::kClock, 40},         {ids::kEpochRewards, 81},        {ids::kEpochSchedule, 33},
        {ids::kFees, 8},           {ids::kLastRestartSlot, 8},      {ids::kRent, 17},
        {ids::kSlotHashes, 20488}, {ids::kRecentBlockhashes, 6008}, {ids::kStakeHistory, 16392}};
    for (const auto& [id, size] : sizes) {
        const auto account = svm_.account(id);
        ASSERT_TRUE(account) << id.to_base58();
        EXPECT_EQ(account->data.size(), size) << id.to_base58();
        EXPECT_EQ(account->lamports, Rent{}.minimum_balance(size)) << id.to_base58();
        EXPECT_EQ(account->owner, ids::kSysvarOwner) << id.to_base58();
    }
}

TEST_F(SvmTest, WarpMovesTheClockAndRemembersTheParent) {
    const Hash before = svm_.latest_blockhash();
    ASSERT_TRUE(svm_.warp_to_slot(432'000));
    const Clock clock = svm_.clock();
    EXPECT_EQ(clock.slot, 432'000u);
    EXPECT_EQ(clock.epoch, 1u);
    EXPECT_EQ(clock.leader_schedule_epoch, 2u);
    EXPECT_EQ(clock.unix_timestamp, 172'799); // 431999 slots of 0.4 s
    EXPECT_EQ(clock.epoch_start_timestamp, clock.unix_timestamp);
    EXPECT_NE(svm_.latest_blockhash(), before);
    const auto hashes = SlotHashes::decode(svm_.account(ids::kSlotHashes)->data.view());
    ASSERT_TRUE(hashes);
    EXPECT_EQ(hashes->entries.front().first, 1u);
}

TEST_F(SvmTest, WarpBackIsRefused) {
    const auto warped = svm_.warp_to_slot(1);
    ASSERT_FALSE(warped);
    EXPECT_EQ(warped.error().code, base::ErrorCode::InvalidInput);
}

TEST_F(SvmTest, FirstSlotMustBeAtLeastOne) {
    SvmConfig config;
    config.slot = 0;
    EXPECT_FALSE(Svm::create(config));
}

TEST_F(SvmTest, MovedObjectKeepsItsState) {
    Svm moved = std::move(svm_);
    EXPECT_EQ(moved.account(alice_.pubkey())->lamports, 10 * kSol);
    svm_ = *Svm::create();
    EXPECT_FALSE(svm_.account(alice_.pubkey()));
}

TEST_F(SvmTest, ExplainSaysWhatFailedAndWhatItCost) {
    ASSERT_TRUE(svm_.load_program(program_, program_returning(7)));
    const std::string text = explain(svm_.send(call(program_)));
    EXPECT_THAT(text, HasSubstr("Instruction 0 failed: custom program error: 0x7"));
    EXPECT_THAT(text, HasSubstr("InstructionError(0, Custom(7))"));
    EXPECT_THAT(text, HasSubstr("cost 5000 lamports; nothing else changed"));
    EXPECT_THAT(text, HasSubstr("Program log: hi"));
}

TEST(Keypair, MissingSignerIsNamed) {
    const Keypair alice = Keypair::from_text("alice");
    const Keypair bob = Keypair::from_text("bob");
    const std::array instructions{make_transfer(bob.pubkey(), alice.pubkey(), 1)};
    const auto built = build_transaction(alice, instructions, Hash{});
    ASSERT_FALSE(built);
    EXPECT_THAT(built.error().message, HasSubstr(bob.pubkey().to_base58()));
    EXPECT_TRUE(build_transaction(alice, instructions, Hash{}, {&bob, 1}));
}

// RFC 8032, 7.1, test 1.
TEST(Keypair, PublicKeyOfASeed) {
    const Keypair keypair =
        Keypair::from_seed({0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                            0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                            0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60});
    EXPECT_EQ(keypair.pubkey().bytes[0], 0xd7);
    EXPECT_EQ(keypair.pubkey().bytes[31], 0x1a);
}

} // namespace
} // namespace fathom
