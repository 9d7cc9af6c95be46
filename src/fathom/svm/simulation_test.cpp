// SPDX-License-Identifier: Apache-2.0
// What simulations may change: blockhash, accounts; and who may watch programs.
#include "fathom/invoke/environment.hpp"
#include "fathom/vm/tracer.hpp"
#include "tests/support/processor_fixture.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

class SimulationTest : public tests::ProcessorFixture {};

TEST_F(SimulationTest, AReplacedBlockhashIsYoungEnough) {
    message_blockhash_ = Hash{key_of(77).bytes};
    const Bytes transaction = legacy({transfer(kPayer, kBob, kSol)});
    EXPECT_EQ(run(transaction).error, TransactionError(TransactionError::BlockhashNotFound));
    options_.replace_blockhash = true;
    EXPECT_TRUE(run(transaction).succeeded());
}

TEST_F(SimulationTest, OverriddenAccountsAreSeenInsteadOfThoseOfTheSource) {
    const Bytes transaction = legacy({transfer(kPayer, kBob, 500 * kSol)});
    EXPECT_FALSE(run(transaction).succeeded());
    const AccountChange rich{kPayer, {.lamports = 1'000 * kSol, .data = {}, .owner = {}}};
    options_.overrides = {&rich, 1};
    const auto effects = run(transaction);
    ASSERT_TRUE(effects.succeeded());
    EXPECT_EQ(effects.accounts[0].account.lamports, 500 * kSol - 5'000);
}

TEST_F(SimulationTest, AnOverrideWithoutLamportsIsNoAccount) {
    const AccountChange gone{kPayer, {}};
    options_.overrides = {&gone, 1};
    EXPECT_EQ(run({transfer(kPayer, kBob, kSol)}).error,
              TransactionError(TransactionError::AccountNotFound));
}

TEST_F(SimulationTest, AnObserverSeesEveryStepWithTheInstructionItBelongsTo) {
    class Watcher final : public invoke::ProgramObserver, public vm::StepObserver {
    public:
        vm::StepObserver& begin(const Pubkey& program, std::size_t index_in_trace,
                                const vm::Executable&) override {
            begun.emplace_back(program, index_in_trace);
            return *this;
        }
        void end() override { ++ended; }
        void on_step(const std::array<std::uint64_t, 11>&, std::uint64_t, std::uint64_t) override {
            ++steps;
        }
        std::vector<std::pair<Pubkey, std::size_t>> begun;
        std::size_t ended = 0;
        std::size_t steps = 0;
    };
    put_program(kProgram);
    Watcher watcher;
    options_.observer = &watcher;
    EXPECT_TRUE(run({call(kProgram), transfer(kPayer, kBob, kSol), call(kProgram)}).succeeded());
    const std::vector<std::pair<Pubkey, std::size_t>> expected{{kProgram, 0}, {kProgram, 2}};
    EXPECT_EQ(watcher.begun, expected);
    EXPECT_EQ(watcher.ended, 2U);
    EXPECT_EQ(watcher.steps, 4U); // mov64 and exit, twice
}

} // namespace
} // namespace fathom
