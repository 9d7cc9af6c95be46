// SPDX-License-Identifier: Apache-2.0
// Instruction processing, native calls, precompiles and unit accounting against Agave
// program-runtime/src/invoke_context.rs.
#include "fathom/types/pda.hpp"
#include "tests/support/invocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::key_of;
using tests::TestInstruction;
using tests::TestInvocation;

const Pubkey kCaller = key_of(1);
const Pubkey kCallee = key_of(2);

template <class T> InstructionError error_of(const Result<T, InstructionError>& result) {
    return result ? InstructionError(InstructionError::GenericError) : result.error();
}

// What the native test program does is in its instruction data.
enum Command : std::uint8_t {
    kSucceed,
    kFail,
    kFree,           // succeeds without consuming anything
    kWriteOwned,     // account 0
    kWriteForeign,   // account 1
    kWriteReadonly,  // account 2
    kAddLamport,     // to account 0
    kKeepBorrow,     // calls the callee while account 0 is borrowed
    kConsumeTooMuch, // more than the budget
    kAbort,          // fails like a syscall
    kSetReturnData,
};

Result<void, InstructionError> call_while_borrowed(InvokeContext& context,
                                                   const InstructionContext& instruction) {
    const auto held = FATHOM_TRY(instruction.borrow_account(0));
    Instruction call{.program_id = held.key(), .accounts = {}, .data = {kSucceed}};
    return context.native_invoke_signed(std::move(call), {});
}

Result<void, ProgramError> run_command(InvokeContext& context) {
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const ByteView data = instruction.data();
    const auto command = data.empty() ? kSucceed : static_cast<Command>(data[0]);
    if (command == kFree) return {};
    FATHOM_CHECK(context.consume(1));
    const auto write = [&](std::size_t position) -> Result<void, ProgramError> {
        auto account = FATHOM_TRY(instruction.borrow_account(position));
        FATHOM_CHECK(account.set_data_from_slice(Bytes{1}));
        return {};
    };
    switch (command) {
    case kSucceed:
    case kFree: return {};
    case kFail: return std::unexpected(ProgramError(InstructionError::custom(7)));
    case kWriteOwned: return write(0);
    case kWriteForeign: return write(1);
    case kWriteReadonly: return write(2);
    case kAddLamport: {
        auto account = FATHOM_TRY(instruction.borrow_account(0));
        FATHOM_CHECK(account.checked_add_lamports(1));
        return {};
    }
    case kKeepBorrow: FATHOM_CHECK(call_while_borrowed(context, instruction)); return {};
    case kConsumeTooMuch: FATHOM_CHECK(context.consume(10'000'000)); return {};
    case kAbort: return std::unexpected(ProgramError(make_syscall_error(SyscallErrorKind::Abort)));
    case kSetReturnData: context.transaction().set_return_data(instruction.program_key(), data);
    }
    return {};
}

/// Accounts 0 to 2: owned by the callee, foreign, read-only; 3 the caller, 4 the callee.
class InvokeContextTest : public testing::Test {
protected:
    static constexpr std::uint8_t kCallerIndex = 3;
    static constexpr std::uint8_t kCalleeIndex = 4;

    void SetUp() override {
        invocation_.add({.key = key_of(10), .lamports = 42, .data = {0}, .owner = kCallee});
        invocation_.add({.key = key_of(11), .lamports = 84, .data = {0}, .owner = key_of(9)});
        invocation_.add({.key = key_of(12), .lamports = 168, .data = {0}, .owner = kCallee});
        invocation_.add_builtin(kCaller, run_command);
        invocation_.add_builtin(kCallee, run_command);
        invocation_.start(2);
    }

    static TestInstruction instruction(Command command, std::uint8_t program = kCalleeIndex) {
        return {.program_index = program,
                .accounts = {{0, false, true},
                             {1, false, true},
                             {2, false, false},
                             {3, false, false},
                             {4, false, false}},
                .data = {command}};
    }
    Result<void, InstructionError> run(Command command) {
        return invocation_.run(instruction(command));
    }
    InvokeContext& context() { return invocation_.context(); }
    const std::vector<std::string>& lines() { return invocation_.logs.lines(); }

    TestInvocation invocation_;
    const std::string callee_ = "Program " + kCallee.to_base58();
};

TEST_F(InvokeContextTest, LogsASuccess) {
    ASSERT_TRUE(run(kSucceed));
    EXPECT_THAT(lines(), ElementsAre(callee_ + " invoke [1]", callee_ + " success"));
    EXPECT_EQ(invocation_.units, 1u);
    EXPECT_EQ(context().stack_height(), 0u);
}

TEST_F(InvokeContextTest, LogsAFailure) {
    EXPECT_EQ(error_of(run(kFail)), InstructionError::custom(7));
    EXPECT_THAT(lines(), ElementsAre(callee_ + " invoke [1]",
                                     callee_ + " failed: custom program error: 0x7"));
    EXPECT_EQ(invocation_.units, 1u);
    EXPECT_EQ(context().stack_height(), 0u);
}

TEST_F(InvokeContextTest, HidesErrorsThatAreNoInstructionErrors) {
    EXPECT_EQ(error_of(run(kAbort)), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines().back(), callee_ + " failed: SBF program panicked");
}

TEST_F(InvokeContextTest, DemandsThatBuiltinsConsumeUnits) {
    EXPECT_EQ(error_of(run(kFree)), InstructionError::BuiltinProgramsMustConsumeComputeUnits);
    EXPECT_EQ(lines().back(), callee_ + " success");
}

TEST_F(InvokeContextTest, EmptiesTheMeterWhenItDoesNotSuffice) {
    EXPECT_EQ(error_of(run(kConsumeTooMuch)), InstructionError::ComputationalBudgetExceeded);
    EXPECT_EQ(context().remaining(), 0u);
    EXPECT_EQ(invocation_.units, invocation_.budget.compute_unit_limit);
    EXPECT_EQ(lines().back(), callee_ + " failed: Computational budget exceeded");
}

TEST_F(InvokeContextTest, AppliesTheAccountRules) {
    EXPECT_TRUE(run(kWriteOwned));
    EXPECT_EQ(error_of(run(kWriteForeign)), InstructionError::ExternalAccountDataModified);
}

TEST_F(InvokeContextTest, KeepsReadonlyAccounts) {
    EXPECT_EQ(error_of(run(kWriteReadonly)), InstructionError::ReadonlyDataModified);
}

TEST_F(InvokeContextTest, RefusesCreatedLamportsAfterTheSuccessLine) {
    EXPECT_EQ(error_of(run(kAddLamport)), InstructionError::UnbalancedInstruction);
    EXPECT_EQ(lines().back(), callee_ + " success");
}

TEST_F(InvokeContextTest, ClearsReturnDataAtEachStart) {
    ASSERT_TRUE(run(kSetReturnData));
    EXPECT_EQ(invocation_.transaction().return_data().size(), 1u);
    ASSERT_TRUE(run(kSucceed));
    EXPECT_TRUE(invocation_.transaction().return_data().empty());
    EXPECT_EQ(invocation_.transaction().return_data_program(), kCallee);
}

TEST_F(InvokeContextTest, FindsNoProgramOfAnUnknownOwner) {
    TestInvocation other;
    other.add({.key = kCallee, .owner = key_of(9)});
    other.register_builtin(kCallee, run_command);
    other.start();
    EXPECT_EQ(error_of(other.run({})), InstructionError::UnsupportedProgramId);
    EXPECT_THAT(other.logs.lines(), IsEmpty());
    EXPECT_EQ(other.context().stack_height(), 0u);
}

TEST_F(InvokeContextTest, FindsNoProgramThatIsNotInTheCache) {
    TestInvocation other;
    other.add({.key = kCallee, .owner = ids::kNativeLoader});
    other.start();
    EXPECT_EQ(error_of(other.run({})), InstructionError::UnsupportedProgramId);
}

TEST_F(InvokeContextTest, RunsTheLoaderOfAUserProgram) {
    for (const Pubkey& loader :
         {ids::kBpfLoaderDeprecated, ids::kBpfLoader, ids::kBpfLoaderUpgradeable, ids::kLoaderV4}) {
        TestInvocation other;
        other.add({.key = kCallee, .owner = loader});
        other.register_builtin(loader, run_command);
        other.start();
        // A loader may leave the meter alone: only programs that are builtins themselves must not.
        EXPECT_TRUE(other.run({.data = {kFree}}));
        EXPECT_EQ(other.logs.lines().front(), callee_ + " invoke [1]");
    }
}

TEST_F(InvokeContextTest, ChecksAlignmentUnlessLoaderV1OwnsTheProgram) {
    EXPECT_TRUE(context().check_aligned());
    TestInvocation other;
    other.add({.key = kCallee, .owner = ids::kBpfLoaderDeprecated});
    other.start();
    ASSERT_TRUE(other.push({}));
    EXPECT_FALSE(other.context().check_aligned());
}

TEST_F(InvokeContextTest, HasNoProgramMemoryOutsideAMachine) {
    EXPECT_EQ(error_of(context().program_memory()), InstructionError::CallDepth);
    ASSERT_TRUE(invocation_.push(instruction(kSucceed)));
    EXPECT_EQ(error_of(context().program_memory()),
              InstructionError::ProgramEnvironmentSetupFailure);
    context().set_program_memory(
        {.map = nullptr, .accounts = {}, .heap_position = 0, .heap_size = 5});
    EXPECT_EQ((*context().program_memory())->heap_size, 5u);
    ASSERT_TRUE(context().pop());
    EXPECT_EQ(error_of(context().program_memory()), InstructionError::CallDepth);
}

TEST_F(InvokeContextTest, RefusesAProgramThatTheTransactionDoesNotHave) {
    EXPECT_EQ(error_of(invocation_.push(instruction(kSucceed, 200))),
              InstructionError::UnsupportedProgramId);
}

TEST_F(InvokeContextTest, CallsANativeProgram) {
    ASSERT_TRUE(invocation_.push(instruction(kSucceed, kCallerIndex)));
    const Instruction call{
        .program_id = kCallee, .accounts = {{key_of(10), false, true}}, .data = {kWriteOwned}};
    ASSERT_TRUE(context().native_invoke_signed(call, {}));
    EXPECT_THAT(lines(), ElementsAre(callee_ + " invoke [2]", callee_ + " success"));
    EXPECT_TRUE(context().pop());
}

TEST_F(InvokeContextTest, FailsACallOfAProgramThatIsBorrowed) {
    EXPECT_EQ(error_of(run(kKeepBorrow)), InstructionError::AccountBorrowFailed);
    EXPECT_EQ(lines().back(), callee_ + " failed: " +
                                  InstructionError(InstructionError::AccountBorrowFailed).text());
    EXPECT_EQ(context().stack_height(), 0u);
}

TEST_F(InvokeContextTest, RefusesACallWhileAnAccountIsUnbalanced) {
    ASSERT_TRUE(invocation_.push(instruction(kSucceed, kCalleeIndex)));
    ASSERT_TRUE(invocation_.current().borrow_account(0)->checked_add_lamports(1));
    const Instruction call{.program_id = kCallee, .accounts = {}, .data = {}};
    EXPECT_EQ(error_of(context().native_invoke_signed(call, {})),
              InstructionError::UnbalancedInstruction);
}

TEST_F(InvokeContextTest, LetsAProgramCallItselfOnly) {
    ASSERT_TRUE(invocation_.push(instruction(kSucceed, kCallerIndex)));
    const auto push_call = [&](std::uint16_t program) {
        EXPECT_TRUE(invocation_.transaction().configure_next_cpi(program, {}, {}));
        return context().push();
    };
    EXPECT_TRUE(push_call(kCallerIndex));
    EXPECT_TRUE(push_call(kCalleeIndex));
    EXPECT_EQ(error_of(push_call(kCallerIndex)), InstructionError::ReentrancyNotAllowed);
    EXPECT_TRUE(push_call(kCalleeIndex));
    EXPECT_EQ(context().stack_height(), 4u);
}

TEST_F(InvokeContextTest, LimitsTheStackAndLeavesItAsItWas) {
    ASSERT_TRUE(invocation_.push(instruction(kSucceed)));
    for (std::size_t height = 1; height < 5; ++height) {
        ASSERT_TRUE(invocation_.transaction().configure_next_cpi(kCalleeIndex, {}, {}));
        ASSERT_TRUE(context().push());
    }
    ASSERT_TRUE(invocation_.transaction().configure_next_cpi(kCalleeIndex, {}, {}));
    EXPECT_EQ(error_of(context().push()), InstructionError::CallDepth);
    EXPECT_EQ(context().stack_height(), 5u);
}

// Privileges of calls.

class CallTest : public InvokeContextTest {
protected:
    void SetUp() override {
        InvokeContextTest::SetUp();
        ASSERT_TRUE(invocation_.push(
            {.program_index = kCallerIndex,
             .accounts = {
                 {0, false, true}, {1, true, false}, {0, false, false}, {4, false, false}}}));
    }
    Result<void, InstructionError> prepare(std::vector<AccountMeta> metas,
                                           std::vector<Pubkey> signers = {},
                                           Pubkey program = kCallee) {
        return context().prepare_next_cpi_instruction(
            {.program_id = program, .accounts = std::move(metas), .data = {1}}, signers);
    }
};

TEST_F(CallTest, LogsAnAccountThatTheTransactionDoesNotHave) {
    EXPECT_EQ(error_of(prepare({{key_of(99)}})), InstructionError::MissingAccount);
    EXPECT_THAT(lines(),
                ElementsAre("Instruction references an unknown account " + key_of(99).to_base58()));
}

TEST_F(CallTest, RefusesAnAccountThatTheCallerDoesNotHaveSilently) {
    EXPECT_EQ(error_of(prepare({{key_of(12)}})), InstructionError::MissingAccount);
    EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(CallTest, RefusesWritabilityThatTheCallerLacks) {
    EXPECT_EQ(error_of(prepare({{key_of(11), false, true}})),
              InstructionError::PrivilegeEscalation);
    EXPECT_THAT(lines(), ElementsAre(key_of(11).to_base58() + "'s writable privilege escalated"));
}

TEST_F(CallTest, RefusesASignatureThatTheCallerLacks) {
    EXPECT_EQ(error_of(prepare({{key_of(10), true, false}})),
              InstructionError::PrivilegeEscalation);
    EXPECT_THAT(lines(), ElementsAre(key_of(10).to_base58() + "'s signer privilege escalated"));
}

TEST_F(CallTest, AcceptsSignaturesOfTheCallerAndOfSeeds) {
    EXPECT_TRUE(prepare({{key_of(11), true, false}}));
    EXPECT_TRUE(prepare({{key_of(10), true, true}}, {key_of(10)}));
}

TEST_F(CallTest, JoinsTheFlagsOfRepeatsBeforeItChecks) {
    EXPECT_EQ(error_of(prepare({{key_of(11), false, false}, {key_of(11), false, true}})),
              InstructionError::PrivilegeEscalation);
    ASSERT_TRUE(prepare({{key_of(10), false, false},
                         {key_of(11), true, false},
                         {key_of(10), false, true},
                         {key_of(11), false, false}}));
    const auto next = invocation_.transaction().next_instruction();
    const auto accounts = next->accounts();
    ASSERT_EQ(accounts.size(), 4u);
    EXPECT_TRUE(accounts[0].is_writable);
    EXPECT_TRUE(accounts[2].is_writable);
    EXPECT_TRUE(accounts[1].is_signer);
    EXPECT_TRUE(accounts[3].is_signer);
    EXPECT_FALSE(accounts[0].is_signer);
    EXPECT_EQ(next->index_of_caller(), 0);
}

TEST_F(CallTest, TakesTheCallersFlagsFromItsFirstOccurrence) {
    // Read-only as the third account, writable as the first.
    EXPECT_TRUE(prepare({{key_of(10), false, true}}));
}

TEST_F(CallTest, LogsAProgramThatTheTransactionDoesNotHave) {
    EXPECT_EQ(error_of(prepare({}, {}, key_of(98))), InstructionError::MissingAccount);
    EXPECT_THAT(lines(), ElementsAre("Unknown program " + key_of(98).to_base58()));
}

TEST_F(CallTest, LogsAProgramThatTheCallerDoesNotHave) {
    EXPECT_EQ(error_of(prepare({}, {}, kCaller)), InstructionError::MissingAccount);
    EXPECT_THAT(lines(), ElementsAre("Unknown program " + kCaller.to_base58()));
}

TEST_F(CallTest, DerivesSignersUnderTheCaller) {
    const Bytes seed = {'s', 'e', 'e', 'd'};
    const ByteView seeds[] = {ByteView(seed)};
    const auto [address, bump] = *find_program_address(seeds, kCaller);
    TestInvocation other;
    other.add({.key = address, .owner = kCallee});
    other.add_builtin(kCaller, run_command);
    other.add_builtin(kCallee, run_command);
    other.start();
    ASSERT_TRUE(
        other.push({.program_index = 1, .accounts = {{0, false, true}, {2, false, false}}}));
    const Instruction call{
        .program_id = kCallee, .accounts = {{address, true, true}}, .data = {kSucceed}};
    EXPECT_EQ(error_of(other.context().native_invoke_signed(call, {})),
              InstructionError::PrivilegeEscalation);
    const Bytes bump_seed = {bump};
    const std::vector<ByteView> signers[] = {{ByteView(seed), ByteView(bump_seed)}};
    EXPECT_TRUE(other.context().native_invoke_signed(call, signers));
}

TEST_F(CallTest, GivesTheSeedErrorAsACustomCode) {
    const Bytes long_seed(33);
    const std::vector<ByteView> signers[] = {{ByteView(long_seed)}};
    EXPECT_EQ(error_of(context().native_invoke_signed(Instruction{kCallee, {}, {}}, signers)),
              InstructionError::custom(0));
}

// Messages.

class MessageTest : public InvokeContextTest {
protected:
    Result<void, InstructionFailure> process(std::vector<MessageInstruction> instructions) {
        invocation_.start(instructions.size());
        return context().process_message(
            {.instructions = instructions, .is_signer = is_signer_, .is_writable = is_writable_},
            invocation_.units);
    }

    std::array<bool, 6> is_signer_{};
    std::array<bool, 6> is_writable_{true, true};
    const Bytes accounts_ = {0, 1, 2};
    const Bytes succeed_ = {kSucceed};
    const Bytes fail_ = {kFail};
    const Bytes free_ = {kFree};
};

TEST_F(MessageTest, RunsAllInstructions) {
    const MessageInstruction one{kCalleeIndex, accounts_, succeed_};
    EXPECT_TRUE(process({one, one}));
    EXPECT_EQ(invocation_.units, 2u);
    EXPECT_EQ(invocation_.transaction().trace_length(), 2u);
    EXPECT_TRUE(invocation_.transaction().trace()[1].accounts[1].is_writable);
    EXPECT_FALSE(invocation_.transaction().trace()[1].accounts[2].is_writable);
}

TEST_F(MessageTest, StopsAtTheFirstFailure) {
    const MessageInstruction good{kCalleeIndex, accounts_, succeed_};
    const MessageInstruction bad{kCalleeIndex, accounts_, fail_};
    const auto result = process({good, bad, good});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().index, 1);
    EXPECT_EQ(result.error().error, InstructionError::custom(7));
    EXPECT_EQ(invocation_.units, 2u);
    EXPECT_EQ(lines().size(), 4u);
}

TEST_F(MessageTest, RefusesAccountIndicesBeyondTheMessage) {
    const Bytes beyond = {6};
    const auto result = process({{kCalleeIndex, beyond, succeed_}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error, InstructionError::MissingAccount);
}

Result<void, InstructionError> verify_sum(ByteView data, std::span<const ByteView> datas,
                                          const FeatureSet&) {
    if (data.size() == datas.size()) return {};
    return std::unexpected(InstructionError::custom(2));
}

TEST_F(MessageTest, VerifiesPrecompilesWithoutLogsAndUnits) {
    invocation_.add({.key = ids::kEd25519Program, .owner = ids::kNativeLoader});
    invocation_.environment.precompiles = {{ids::kEd25519Program, verify_sum}};
    const MessageInstruction good{kCalleeIndex, accounts_, succeed_};
    const Bytes two = {1, 2};
    EXPECT_TRUE(process({good, {5, {}, two}}));
    EXPECT_EQ(invocation_.units, 1u);
    EXPECT_EQ(lines().size(), 2u);
    EXPECT_EQ(context().stack_height(), 0u);
    // What the program before it returned is still there.
    EXPECT_EQ(invocation_.transaction().return_data_program(), kCallee);
}

TEST_F(MessageTest, ReportsAPrecompileFailure) {
    invocation_.add({.key = ids::kEd25519Program, .owner = ids::kNativeLoader});
    invocation_.environment.precompiles = {{ids::kEd25519Program, verify_sum}};
    const auto result = process({{5, {}, {}}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error, InstructionError::custom(2));
    EXPECT_EQ(context().stack_height(), 0u);
}

// Sysvars.

TEST(CheckSysvarAccount, WantsTheKeyThenTheValue) {
    TestInvocation invocation;
    invocation.add({.key = ids::kClock});
    invocation.start();
    ASSERT_TRUE(invocation.push({.accounts = {{0, false, false}}}));
    const auto check = [&](std::size_t index, const Pubkey& sysvar) {
        return error_of(
            invocation.context().check_sysvar_account(invocation.current(), index, sysvar));
    };
    EXPECT_EQ(check(1, ids::kClock), InstructionError::MissingAccount);
    EXPECT_EQ(check(0, ids::kRent), InstructionError::InvalidArgument);
    EXPECT_EQ(check(0, ids::kClock), InstructionError::UnsupportedSysvar);
    invocation.environment.sysvars.add(ids::kClock, AccountData(Clock{}.encode()));
    EXPECT_TRUE(invocation.context().check_sysvar_account(invocation.current(), 0, ids::kClock));
}

} // namespace
} // namespace fathom::invoke
