// SPDX-License-Identifier: Apache-2.0
// Once warm, a transaction as a bank executes it asks for no memory.
#include "fathom/harness/vector.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/transaction.hpp"
#include "tests/support/allocation_count.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fathom {
namespace {

/// Adds one to the first byte of its account's data.
constexpr const char* kCounter = R"(
    .globl entrypoint
entrypoint:
    ldxb r2, [r1+96]
    add64 r2, 1
    stxb [r1+96], r2
    mov64 r0, 0
    exit
)";

constexpr const char* kNothing = R"(
    .globl entrypoint
entrypoint:
    mov64 r0, 0
    exit
)";

class HotPathTest : public ::testing::Test {
protected:
    HotPathTest() {
        slot_.features = FeatureSet::all();
        slot_.blockhash.bytes.fill(0xb1);
        slot_.recent_blockhashes = {slot_.blockhash};
        for (auto& [key, account] : svm::builtin_accounts(FeatureSet::all())) {
            accounts_.set(key, std::move(account));
        }
        put_sysvar(ids::kClock, Clock{.slot = 1'000}.encode());
        put_sysvar(ids::kRent, Rent{}.encode());
        for (const Pubkey& key : {kPayer, kBob}) {
            accounts_.set(key, {.lamports = 1'000'000'000'000, .data = {}, .owner = {}});
        }
    }

    static Pubkey key_of(std::uint8_t value) {
        Pubkey key;
        key.bytes.fill(value);
        return key;
    }
    inline static const Pubkey kPayer = key_of(1);
    inline static const Pubkey kBob = key_of(2);
    inline static const Pubkey kProgram = key_of(9);
    inline static const Pubkey kData = key_of(7);

    void put_sysvar(const Pubkey& key, ByteView data) {
        accounts_.set(key, svm::sysvar_account(key, data));
    }
    void put_program(const char* source) {
        const Bytes elf = sbpf::write_elf(sbpf::assemble(source).value()).value();
        accounts_.set(kProgram, {.lamports = 1'000'000'000,
                                 .data = AccountData(elf),
                                 .owner = ids::kBpfLoader,
                                 .executable = true});
        accounts_.set(
            kData, {.lamports = 1'000'000'000, .data = AccountData(Bytes(165)), .owner = kProgram});
    }
    [[nodiscard]] Bytes transaction(const std::vector<Instruction>& instructions) const {
        const Bytes message = compile_legacy_message(kPayer, instructions, slot_.blockhash).value();
        const Signature signature{};
        return serialize_transaction({&signature, 1}, message);
    }
    void execute(ByteView bytes) {
        processor_.execute({&bytes, 1}, slot_, accounts_, kHow, effects_);
        for (TransactionEffects& effects : effects_) {
            ASSERT_TRUE(effects.succeeded()) << effects.error->text();
            for (AccountChange& change : effects.accounts) {
                accounts_.set(change.key, std::move(change.account));
            }
        }
    }
    /// Of one execution, after several.
    std::uint64_t allocations_of(const Bytes& bytes) {
        for (int i = 0; i < 10; ++i) execute(bytes);
        const std::uint64_t before = tests::allocation_count();
        execute(bytes);
        return tests::allocation_count() - before;
    }

    static constexpr ExecutionOptions kHow{
        .verify_signatures = false, .collect_logs = false, .collect_inner_instructions = false};
    harness::AccountMap accounts_;
    SlotEnvironment slot_;
    Processor processor_{{.engine = EngineChoice::Jit}};
    std::vector<TransactionEffects> effects_;
};

Instruction transfer(const Pubkey& from, const Pubkey& to) {
    return {ids::kSystemProgram,
            {{from, true, true}, {to, false, true}},
            {2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}};
}

TEST_F(HotPathTest, APaymentAsksForNoMemory) {
    EXPECT_EQ(allocations_of(transaction({transfer(kPayer, kBob)})), 0);
}

TEST_F(HotPathTest, TenPaymentsInOneTransactionAskForNoMemory) {
    const std::vector<Instruction> ten(10, transfer(kPayer, kBob));
    EXPECT_EQ(allocations_of(transaction(ten)), 0);
}

TEST_F(HotPathTest, ACallOfAProgramAsksForNoMemory) {
    put_program(kNothing);
    EXPECT_EQ(allocations_of(transaction({{kProgram, {{kData, false, true}}, {}}})), 0);
}

TEST_F(HotPathTest, AProgramThatWritesItsAccountAsksForNoMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "under a sanitizer no buffers are kept";
#endif
    put_program(kCounter);
    EXPECT_EQ(allocations_of(transaction({{kProgram, {{kData, false, true}}, {}}})), 0);
    Account room;
    EXPECT_EQ(accounts_.peek(kData, room)->data.view()[0], 11);
}

} // namespace
} // namespace fathom
