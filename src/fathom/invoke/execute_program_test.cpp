// SPDX-License-Identifier: Apache-2.0
// Programs in the virtual machine: units, log lines, order and mapping of errors against Agave
// program-runtime/src/vm.rs.
#include "fathom/sbpf/assembler.hpp"
#include "tests/support/invocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using testing::ElementsAre;
using tests::key_of;
using tests::TestInvocation;

const Pubkey kProgram = key_of(1);

template <class T> InstructionError error_of(const Result<T, InstructionError>& result) {
    return result ? InstructionError(InstructionError::GenericError) : result.error();
}

InvokeContext& context_of(vm::Machine& machine) {
    return *static_cast<InvokeContext*>(machine.host());
}

vm::SyscallResult sys_fail(vm::Machine& machine, std::uint64_t, std::uint64_t, std::uint64_t,
                           std::uint64_t, std::uint64_t) {
    context_of(machine).set_syscall_failure(make_syscall_error(SyscallErrorKind::Abort));
    return {.failed = true};
}

/// Writes one byte at r1, as a syscall's output is written.
vm::SyscallResult sys_poke(vm::Machine& machine, std::uint64_t r1, std::uint64_t, std::uint64_t,
                           std::uint64_t, std::uint64_t) {
    const auto host = machine.memory().translate_or_handle(vm::Access::Store, r1, 1);
    if (!host) {
        context_of(machine).set_syscall_failure(host.error());
        return {.failed = true};
    }
    **host = 1;
    return {};
}

vm::SyscallResult sys_return(vm::Machine& machine, std::uint64_t, std::uint64_t, std::uint64_t,
                             std::uint64_t, std::uint64_t) {
    context_of(machine).transaction().set_return_data(key_of(77), Bytes{1, 2, 3});
    return {};
}

/// Calls the program that is the last account of the caller's instruction.
vm::SyscallResult sys_call(vm::Machine& machine, std::uint64_t, std::uint64_t, std::uint64_t,
                           std::uint64_t, std::uint64_t) {
    InvokeContext& context = context_of(machine);
    const auto instruction = *context.current_instruction();
    const Pubkey callee = *instruction.key_of_account(instruction.number_of_accounts() - 1);
    const auto result =
        context.native_invoke_signed({.program_id = callee, .accounts = {}, .data = {}}, {});
    if (!result) {
        context.set_syscall_failure(result.error());
        return {.failed = true};
    }
    return {};
}

std::shared_ptr<const vm::SyscallTable> syscalls() {
    return std::make_shared<const vm::SyscallTable>(
        std::vector<vm::Syscall>{{.name = "sol_fail", .function = sys_fail},
                                 {.name = "sol_poke", .function = sys_poke},
                                 {.name = "sol_return", .function = sys_return},
                                 {.name = "sol_call", .function = sys_call}});
}

/// Runs whatever Loaded entry the program has, as a loader does.
Result<void, ProgramError> run_loader(InvokeContext& context) {
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const auto entry = context.programs().find(instruction.program_key());
    if (!entry || entry->state != ProgramState::Loaded) {
        return std::unexpected(ProgramError(InstructionError::UnsupportedProgramId));
    }
    return execute_program(context, *entry->executable);
}

class ExecuteProgramTest : public testing::Test {
protected:
    static constexpr std::uint64_t kAccountData = sbpf::kInputStart + 96;

    /// Account 0 belongs to the program, 1 does not; both writable. 2 is the program.
    void start(std::string_view source, const Pubkey& loader = ids::kBpfLoader) {
        TestInvocation& test = invocation_;
        test.add({.key = key_of(10), .lamports = 9, .data = {1, 2, 3, 4}, .owner = kProgram});
        test.add({.key = key_of(11), .lamports = 9, .data = {5}, .owner = key_of(9)});
        test.add({.key = kProgram, .owner = loader, .executable = true});
        test.register_builtin(loader, run_loader);
        add_program(kProgram, source);
        test.start();
    }

    void add_program(const Pubkey& key, std::string_view source) {
        const FeatureSet& features = invocation_.environment.features;
        vm::VmConfig config;
        if (features.is_active(Feature::virtual_address_space_adjustments)) {
            config = {.enable_stack_frame_gaps = false, .layout = vm::MapLayout::Unaligned};
        }
        const auto assembly = sbpf::assemble(source);
        ASSERT_TRUE(assembly) << assembly.error().text();
        auto entry = std::make_shared<ProgramCacheEntry>();
        entry->state = ProgramState::Loaded;
        entry->executable =
            std::make_shared<const vm::Executable>(sbpf::to_program(*assembly), syscalls(), config);
        invocation_.programs.insert(key, std::move(entry));
    }

    Result<void, InstructionError> run() {
        return invocation_.run(
            {.program_index = 2, .accounts = {{0, false, true}, {1, false, true}}});
    }
    void activate(Feature feature) { invocation_.environment.features.activate(feature); }
    void use_regions() { activate(Feature::virtual_address_space_adjustments); }
    void use_direct_mapping() {
        use_regions();
        activate(Feature::account_data_direct_mapping);
    }
    const std::vector<std::string>& lines() { return invocation_.logs.lines(); }
    const Account& account(std::uint16_t index) { return invocation_.transaction().account(index); }

    TestInvocation invocation_;
    const std::string program_ = "Program " + kProgram.to_base58();
};

TEST_F(ExecuteProgramTest, LogsUnitsAndSuccess) {
    start("mov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    EXPECT_THAT(lines(), ElementsAre(program_ + " invoke [1]",
                                     program_ + " consumed 2 of 1400000 compute units",
                                     program_ + " success"));
    EXPECT_EQ(invocation_.units, 2u);
}

TEST_F(ExecuteProgramTest, MapsTheReturnedValue) {
    start("lddw r0, 0x200000000\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::InvalidArgument);
    EXPECT_EQ(lines().back(), program_ + " failed: invalid program argument");
}

TEST_F(ExecuteProgramTest, MapsSmallValuesToCustomCodes) {
    start("mov64 r0, 42\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::custom(42));
    EXPECT_EQ(lines().back(), program_ + " failed: custom program error: 0x2a");
}

TEST_F(ExecuteProgramTest, WritesReturnDataBetweenUnitsAndSuccess) {
    start("syscall sol_return\nmov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    EXPECT_THAT(lines(), ElementsAre(program_ + " invoke [1]",
                                     program_ + " consumed 3 of 1400000 compute units",
                                     "Program return: " + kProgram.to_base58() + " AQID",
                                     program_ + " success"));
}

TEST_F(ExecuteProgramTest, ChargesForHeapOutsideTheConsumedLine) {
    start("mov64 r0, 0\nexit");
    invocation_.budget.heap_size = 33 * 1024;
    invocation_.start();
    ASSERT_TRUE(run());
    EXPECT_EQ(lines()[1], program_ + " consumed 2 of 1400000 compute units");
    EXPECT_EQ(invocation_.units, 10u);
}

TEST_F(ExecuteProgramTest, FailsIfTheHeapCostsTooMuch) {
    start("mov64 r0, 0\nexit");
    invocation_.budget.heap_size = 256 * 1024;
    invocation_.budget.compute_unit_limit = 55;
    invocation_.start();
    EXPECT_EQ(error_of(run()), InstructionError::ProgramEnvironmentSetupFailure);
    EXPECT_THAT(lines(), ElementsAre(program_ + " invoke [1]",
                                     "Failed to create SBF VM: Computational budget exceeded",
                                     program_ + " failed: Failed to create program execution "
                                                "environment"));
    EXPECT_EQ(invocation_.context().remaining(), 0u);
    EXPECT_EQ(invocation_.units, 55u);
}

TEST_F(ExecuteProgramTest, KeepsUnitsAfterAFaultWithoutTheGate) {
    start("mov64 r1, 0\ndiv64 r0, r1\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines().back(), program_ + " failed: divide by zero at BPF instruction");
    EXPECT_EQ(invocation_.units, 2u);
}

TEST_F(ExecuteProgramTest, TakesAllUnitsAfterAFaultWithTheGate) {
    activate(Feature::deplete_cu_meter_on_vm_failure);
    start("mov64 r1, 0\ndiv64 r0, r1\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines()[1], program_ + " consumed 2 of 1400000 compute units");
    EXPECT_EQ(invocation_.units, 1'400'000u);
}

TEST_F(ExecuteProgramTest, KeepsUnitsAfterAFailedSyscallDespiteTheGate) {
    activate(Feature::deplete_cu_meter_on_vm_failure);
    start("syscall sol_fail\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines().back(), program_ + " failed: SBF program panicked");
    EXPECT_EQ(invocation_.units, 1u);
}

TEST_F(ExecuteProgramTest, StopsAtTheBudget) {
    start("loop:\nja loop");
    invocation_.budget.compute_unit_limit = 100;
    invocation_.start();
    EXPECT_EQ(error_of(run()), InstructionError::ProgramFailedToComplete);
    EXPECT_THAT(lines(), ElementsAre(program_ + " invoke [1]",
                                     program_ + " consumed 100 of 100 compute units",
                                     program_ + " failed: exceeded CUs meter at BPF instruction"));
}

TEST_F(ExecuteProgramTest, ReadsItsInput) {
    // The number of accounts, and the first byte of the first account's data.
    start("ldxdw r0, [r1+0]\nldxb r2, [r1+96]\nadd64 r0, r2\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::custom(3));
}

TEST_F(ExecuteProgramTest, ReceivesTheAddressOfItsInstructionData) {
    start("mov64 r0, r2\nsub64 r0, r1\nexit");
    const std::uint64_t first = 8 + 88 + 4 + 10240 + 4 + 8;
    const std::uint64_t second = 88 + 1 + 10240 + 7 + 8;
    EXPECT_EQ(error_of(run()),
              InstructionError::custom(static_cast<std::uint32_t>(first + second + 8)));
}

TEST_F(ExecuteProgramTest, NamesTheFaultOfASyscall) {
    start("lddw r1, 0x500000000\nsyscall sol_poke\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines().back(), program_ + " failed: Access violation writing 1 bytes at address "
                                         "0x500000000 (in unallocated region)");
}

TEST_F(ExecuteProgramTest, LeavesNoMemoryBehind) {
    start("mov64 r0, 0\nstxb [r10-1], r1\nexit");
    ASSERT_TRUE(run());
    EXPECT_EQ(error_of(invocation_.context().program_memory()), InstructionError::CallDepth);
}

TEST_F(ExecuteProgramTest, GivesEachRunAZeroedStackAndHeap) {
    start("ldxdw r0, [r10-8]\nlddw r2, 0x300000000\nldxdw r3, [r2+0]\nadd64 r0, r3\n"
          "mov64 r4, 7\nstxdw [r10-8], r4\nstxdw [r2+0], r4\nexit");
    invocation_.start(2);
    EXPECT_TRUE(run());
    EXPECT_TRUE(run());
}

// Nested programs.

class NestedTest : public ExecuteProgramTest {
protected:
    void start_nested(std::string_view outer, std::string_view inner) {
        start(outer);
        invocation_.add({.key = key_of(2), .owner = ids::kBpfLoader, .executable = true});
        add_program(key_of(2), inner);
        invocation_.start();
    }
    Result<void, InstructionError> run_nested() {
        return invocation_.run(
            {.program_index = 2, .accounts = {{0, false, true}, {3, false, false}}});
    }
    const std::string inner_ = "Program " + key_of(2).to_base58();
};

TEST_F(NestedTest, CountsUnitsOfTheCalleeForBoth) {
    start_nested("syscall sol_call\nmov64 r0, 0\nexit", "mov64 r0, 0\nexit");
    ASSERT_TRUE(run_nested());
    EXPECT_THAT(lines(),
                ElementsAre(program_ + " invoke [1]", inner_ + " invoke [2]",
                            inner_ + " consumed 2 of 1399999 compute units", inner_ + " success",
                            program_ + " consumed 5 of 1400000 compute units",
                            program_ + " success"));
}

TEST_F(NestedTest, FailsWithTheErrorOfTheCallee) {
    start_nested("syscall sol_call\nmov64 r0, 0\nexit", "mov64 r0, 5\nexit");
    EXPECT_EQ(error_of(run_nested()), InstructionError::custom(5));
    EXPECT_THAT(lines(), ElementsAre(program_ + " invoke [1]", inner_ + " invoke [2]",
                                     inner_ + " consumed 2 of 1399999 compute units",
                                     inner_ + " failed: custom program error: 0x5",
                                     program_ + " consumed 3 of 1400000 compute units",
                                     program_ + " failed: custom program error: 0x5"));
}

TEST_F(NestedTest, HidesWhyTheCalleeCouldNotFinish) {
    start_nested("syscall sol_call\nmov64 r0, 0\nexit", "mov64 r1, 0\ndiv64 r0, r1\nexit");
    EXPECT_EQ(error_of(run_nested()), InstructionError::ProgramFailedToComplete);
    EXPECT_EQ(lines()[3], inner_ + " failed: divide by zero at BPF instruction");
    EXPECT_EQ(lines().back(), program_ + " failed: Program failed to complete");
}

TEST_F(NestedTest, ChargesTheHeapOfTheCalleeToTheCaller) {
    start_nested("syscall sol_call\nmov64 r0, 0\nexit", "mov64 r0, 0\nexit");
    invocation_.budget.heap_size = 64 * 1024;
    invocation_.start();
    ASSERT_TRUE(run_nested());
    EXPECT_EQ(lines()[2], inner_ + " consumed 2 of 1399991 compute units");
    EXPECT_EQ(lines()[4], program_ + " consumed 13 of 1400000 compute units");
    EXPECT_EQ(invocation_.units, 21u);
}

// Copied input, copied input in regions, directly mapped data.

enum class Mode { Copied, Regions, Direct };

class InputModeTest : public ExecuteProgramTest, public testing::WithParamInterface<Mode> {
protected:
    void SetUp() override {
        if (GetParam() != Mode::Copied) use_regions();
        if (GetParam() == Mode::Direct) use_direct_mapping();
    }
    bool is_copied() const { return GetParam() == Mode::Copied; }
};

std::string name_of(const testing::TestParamInfo<Mode>& mode) {
    constexpr const char* kNames[] = {"Copied", "Regions", "Direct"};
    return kNames[static_cast<int>(mode.param)];
}

INSTANTIATE_TEST_SUITE_P(Modes, InputModeTest,
                         testing::Values(Mode::Copied, Mode::Regions, Mode::Direct), name_of);

TEST_P(InputModeTest, WritesToAnOwnedAccount) {
    start("stb [r1+97], 9\nmov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    EXPECT_EQ(account(0).data, AccountData(Bytes{1, 9, 3, 4}));
    EXPECT_TRUE(invocation_.transaction().was_touched(0));
}

TEST_P(InputModeTest, GrowsAnAccountToTheLengthThatTheProgramSets) {
    start("stb [r1+100], 9\nmov64 r2, 6\nstxdw [r1+88], r2\nmov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    EXPECT_EQ(account(0).data, AccountData(Bytes{1, 2, 3, 4, 9, 0}));
    EXPECT_EQ(invocation_.transaction().accounts_resize_delta(), 2);
}

TEST_P(InputModeTest, ForgetsBytesBeyondTheLength) {
    start("stb [r1+100], 9\nmov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    EXPECT_EQ(account(0).data, AccountData(Bytes{1, 2, 3, 4}));
    EXPECT_EQ(invocation_.transaction().accounts_resize_delta(), 0);
}

TEST_P(InputModeTest, RefusesAStoreToAForeignAccount) {
    start("stb [r1+10440], 9\nmov64 r0, 0\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ExternalAccountDataModified);
    EXPECT_EQ(lines().back(),
              program_ + " failed: instruction modified data of an account it does not own");
    // A copy is compared at the end, a region faults at once.
    EXPECT_EQ(lines()[1],
              program_ + " consumed " + (is_copied() ? "3" : "1") + " of 1400000 compute units");
}

TEST_P(InputModeTest, RefusesASyscallsStoreToAForeignAccount) {
    activate(Feature::deplete_cu_meter_on_vm_failure);
    start("add64 r1, 10440\nsyscall sol_poke\nmov64 r0, 0\nexit");
    EXPECT_EQ(error_of(run()), InstructionError::ExternalAccountDataModified);
    EXPECT_EQ(invocation_.units, is_copied() ? 4u : 2u);
}

TEST_P(InputModeTest, TreatsLoadsBeyondTheData) {
    start("ldxb r0, [r1+100]\nexit");
    const auto result = run();
    if (GetParam() == Mode::Direct) {
        EXPECT_EQ(error_of(result), InstructionError::InvalidRealloc);
    } else {
        EXPECT_TRUE(result);
    }
}

TEST_P(InputModeTest, TreatsLoadsBeyondForeignData) {
    start("ldxb r0, [r1+10441]\nexit");
    const auto result = run();
    if (GetParam() == Mode::Direct) {
        EXPECT_EQ(error_of(result), InstructionError::AccountDataTooSmall);
    } else {
        EXPECT_TRUE(result);
    }
}

TEST_P(InputModeTest, ChangesTheOwnerOfAnEmptiedAccount) {
    start("mov64 r2, 0\nstxw [r1+96], r2\nmov64 r2, 5\nstxb [r1+48], r2\nmov64 r0, 0\nexit");
    ASSERT_TRUE(run());
    Pubkey owner = kProgram;
    owner.bytes[0] = 5;
    EXPECT_EQ(account(0).owner, owner);
}

} // namespace
} // namespace fathom::invoke
