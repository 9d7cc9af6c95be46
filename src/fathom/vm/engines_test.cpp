// SPDX-License-Identifier: Apache-2.0
// What every engine must do beside single instructions: lines of any length, odd programs and
// stacks, shared executables, syscalls and the meter.
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace fathom::vm {
namespace {

using sbpf::Version;
using tests::assembled;
using tests::MachineFixture;
using tests::Outcome;

const char* name_of(Engine engine) {
    switch (engine) {
    case Engine::Naive: return "Naive";
    case Engine::Interpreter: return "Interpreter";
    case Engine::Jit: return "Jit";
    case Engine::Tiered: return "Tiered";
    }
    return "Unknown";
}

class Engines : public ::testing::TestWithParam<Engine> {
protected:
    static Outcome run(const MachineFixture& fixture, std::uint64_t budget) {
        return fixture.run(GetParam(), budget);
    }
};

/// `before` times add64 r0, 1, then `middle` (one instruction), `after` times the same, exit.
sbpf::Program long_line(std::size_t before, std::uint64_t middle, std::size_t after) {
    std::vector<std::uint64_t> slots(before + after + 2, 0x0000000100000007);
    slots[before] = middle;
    slots.back() = 0x95;
    Bytes text(slots.size() * 8);
    std::memcpy(text.data(), slots.data(), text.size());
    return sbpf::Program::from_text(std::move(text), Version::V0);
}

TEST_P(Engines, AStraightLineLongerThanAnyChargeCostsOneUnitEach) {
    constexpr std::size_t kLength = 200'000;
    const MachineFixture fixture(long_line(kLength, 0x95, 0));
    const Outcome all = run(fixture, kLength + 1);
    EXPECT_EQ(all.value, kLength);
    EXPECT_EQ(all.remaining, 0u);
    for (const std::uint64_t budget :
         {std::uint64_t{65534}, std::uint64_t{65535}, std::uint64_t{65536}, std::uint64_t{131070},
          std::uint64_t{131071}, std::uint64_t{kLength}}) {
        const Outcome outcome = run(fixture, budget);
        EXPECT_EQ(outcome.fault_name, "ExceededMaxInstructions");
        EXPECT_EQ(outcome.remaining, 0u);
        EXPECT_EQ(outcome.registers[0], budget);
        EXPECT_EQ(outcome.pc, budget);
    }
}

TEST_P(Engines, AFaultInALongLineChargesUpToItself) {
    constexpr std::uint64_t kLoadAtR0 = 0x0171;
    for (const std::size_t before : {4464u, 4465u, 4466u, 4467u, 65536u}) {
        const MachineFixture fixture(long_line(before, kLoadAtR0, 65'533));
        const Outcome outcome = run(fixture, 200'000);
        EXPECT_EQ(outcome.fault_name, "AccessViolation");
        EXPECT_EQ(200'000 - outcome.remaining, before + 1) << before;
        EXPECT_EQ(outcome.pc, before);
    }
}

TEST_P(Engines, ADivisionByZeroInALongLineChargesUpToItself) {
    constexpr std::uint64_t kDivideByR5 = 0x503f;
    for (const std::size_t before : {7u, 8u, 9u, 70'000u}) {
        for (const std::size_t after : {65'532u, 65'533u, 65'534u}) {
            const MachineFixture fixture(long_line(before, kDivideByR5, after));
            const Outcome outcome = run(fixture, 300'000);
            EXPECT_EQ(outcome.fault_name, "DivideByZero");
            EXPECT_EQ(300'000 - outcome.remaining, before + 1) << before;
        }
    }
}

TEST_P(Engines, TextWithoutAnExitOverrunsForOneUnit) {
    const MachineFixture fixture(assembled("mov64 r0, 1\nmov64 r0, 2", Version::V0));
    const Outcome overrun = run(fixture, 10);
    EXPECT_EQ(overrun.fault_name, "ExecutionOverrun");
    EXPECT_EQ(overrun.remaining, 7u);
    EXPECT_EQ(overrun.pc, 2u);
    // The meter is looked at first.
    EXPECT_EQ(run(fixture, 2).fault_name, "ExceededMaxInstructions");
}

TEST_P(Engines, NoBudgetRunsNothing) {
    const MachineFixture fixture(assembled("mov64 r0, 1\nexit", Version::V0));
    const Outcome outcome = run(fixture, 0);
    EXPECT_EQ(outcome.fault_name, "ExceededMaxInstructions");
    EXPECT_EQ(outcome.registers[0], 0u);
}

TEST_P(Engines, AnEnormousBudgetIsNotANegativeOne) {
    const MachineFixture fixture(assembled("mov64 r0, 1\nexit", Version::V0));
    const Outcome outcome = run(fixture, ~std::uint64_t{0});
    EXPECT_EQ(outcome.value, 1u);
    EXPECT_EQ(outcome.remaining, ~std::uint64_t{0} - 2);
}

TEST_P(Engines, AnEntryPointOutsideTheTextOverruns) {
    Bytes text(8);
    text[0] = 0x95;
    const MachineFixture fixture(sbpf::Program::from_text(text, Version::V0, 5));
    EXPECT_EQ(run(fixture, 10).fault_name, "ExecutionOverrun");
}

TEST_P(Engines, AnEntryPointInTheSecondSlotOfAWideInstructionIsUnsupported) {
    Bytes text(24);
    text[0] = 0x18; // lddw r0, 0
    text[16] = 0x95;
    const sbpf::Program program = sbpf::Program::from_text(text, Version::V0, 1);
    ASSERT_TRUE(sbpf::verify(program));
    const Outcome outcome = run(MachineFixture(program), 10);
    EXPECT_EQ(outcome.fault_name, "UnsupportedInstruction");
    EXPECT_EQ(outcome.remaining, 9u);
    EXPECT_EQ(outcome.pc, 1u);
}

TEST_P(Engines, AFunctionInTheSecondSlotOfAWideInstructionIsUnsupported) {
    const std::uint32_t key = sbpf::function_key(2);
    Bytes text(32);
    text[0] = 0x85;
    store_le(text.data() + 4, key);
    text[8] = 0x18; // lddw r0, 0
    text[24] = 0x95;
    const sbpf::Program program = sbpf::Program::from_text(text, Version::V0, 0, {{key, 2, {}}});
    ASSERT_TRUE(sbpf::verify(program));
    for (const std::uint64_t budget : {1u, 2u, 10u}) {
        const Outcome outcome = run(MachineFixture(program), budget);
        EXPECT_EQ(outcome.fault_name,
                  budget == 1 ? "ExceededMaxInstructions" : "UnsupportedInstruction");
        EXPECT_EQ(outcome.remaining, budget - std::min<std::uint64_t>(budget, 2));
        EXPECT_EQ(outcome.pc, 2u);
        EXPECT_EQ(outcome.call_depth, 1u);
    }
}

TEST_P(Engines, AnUnknownInstructionFaultsWhenItIsReached) {
    Bytes text(24);
    text[0] = 0xb7;
    text[8] = 0xff; // no such instruction: the verifier would refuse it
    const MachineFixture fixture(sbpf::Program::from_text(text, Version::V0));
    const Outcome outcome = run(fixture, 10);
    EXPECT_EQ(outcome.fault_name, "UnsupportedInstruction");
    EXPECT_EQ(outcome.remaining, 8u);
}

TEST_P(Engines, ASyscallSeesAndSettlesTheTrueMeter) {
    const MachineFixture fixture(
        assembled("mov64 r1, 10\nsyscall sol_burn\nmov64 r6, r0\nexit", Version::V3));
    const Outcome outcome = run(fixture, 100);
    ASSERT_EQ(outcome.calls.size(), 1u);
    EXPECT_EQ(outcome.calls[0][6], 98u); // remaining when it was entered
    EXPECT_EQ(outcome.registers[6], 88u);
    EXPECT_EQ(outcome.remaining, 86u);
    const Outcome poor = run(fixture, 11);
    EXPECT_EQ(poor.fault_name, "SyscallError");
    EXPECT_EQ(poor.remaining, 0u);
}

TEST_P(Engines, OneKeyForASyscallAndAFunctionCallsBoth) {
    const std::uint32_t key = tests::syscall_key("sol_sum");
    Bytes text(40);
    text[0] = 0x85; // call key
    store_le(text.data() + 4, key);
    text[8] = 0x95;
    text[16] = 0x07; // add64 r0, 100
    store_le(text.data() + 20, 100);
    text[24] = 0x95;
    text[32] = 0x95;
    const MachineFixture fixture(sbpf::Program::from_text(text, Version::V0, 0, {{key, 2, {}}}),
                                 {.input = Bytes(7)});
    const Outcome outcome = run(fixture, 100);
    EXPECT_EQ(outcome.value, sbpf::kInputStart + 2 * 7 + 100);
    EXPECT_EQ(outcome.remaining, 96u);
    EXPECT_EQ(outcome.calls.size(), 1u);
}

TEST_P(Engines, TheDepthOfADoubleCallIsTestedAfterTheSyscall) {
    const std::uint32_t key = tests::syscall_key("sol_burn");
    Bytes text(16);
    text[0] = 0x85;
    store_le(text.data() + 4, key);
    text[8] = 0x95;
    const MachineFixture fixture(sbpf::Program::from_text(text, Version::V0, 0, {{key, 0, {}}}));
    const Outcome outcome = run(fixture, 1000); // burns r1 & 0xff = 0 each time
    EXPECT_EQ(outcome.fault_name, "CallDepthExceeded");
    EXPECT_EQ(outcome.calls.size(), 64u);
    EXPECT_EQ(outcome.remaining, 1000u - 64);
    EXPECT_EQ(outcome.call_depth, 64u);
    EXPECT_EQ(outcome.pc, 0u);
}

TEST_P(Engines, AStartWithAnotherFramePointerIsHonoured) {
    const MachineFixture fixture(
        assembled("stdw [r10-8], 5\nldxdw r0, [r10-8]\nexit", Version::V3));
    RunState start;
    start.registers[10] = sbpf::kStackStart + 3 * 4096;
    const Outcome outcome = fixture.run_from(GetParam(), 10, start);
    EXPECT_EQ(outcome.value, 5u);
    ASSERT_EQ(outcome.memory[0].size(), 3 * 4096u);
    EXPECT_EQ(outcome.memory[0][3 * 4096 - 8], 5u);
    start.registers[10] = sbpf::kHeapStart + 16;
    EXPECT_EQ(fixture.run_from(GetParam(), 10, start).memory[1][8], 5u);
}

TEST_P(Engines, AStackThatIsTooSmallFaultsInsteadOfReachingBeyondIt) {
    Bytes stack(4096);
    const Executable executable(assembled("f: stdw [r10-8], 5\ncall f\nexit", Version::V3),
                                tests::test_syscalls(), {});
    auto memory = MemoryMap::create({MemoryRegion::writable(stack, sbpf::kStackStart)},
                                    MapLayout::Aligned, Version::V3, nullptr);
    ASSERT_TRUE(memory);
    ComputeMeter meter{100};
    const RunResult result = Machine(executable, *memory, meter, nullptr).run(GetParam(), 0, 0);
    ASSERT_FALSE(result.value);
    EXPECT_EQ(result.value.error().kind, FaultKind::StackAccessViolation);
    EXPECT_EQ(result.value.error().frame, 1);
    EXPECT_EQ(result.call_depth, 1u);
}

TEST_P(Engines, ThreadsShareOneExecutable) {
    const MachineFixture fixture(assembled("l: add64 r0, 1\njlt r0, 500, l\nexit", Version::V2));
    std::vector<Outcome> outcomes(4);
    {
        std::vector<std::jthread> threads;
        for (Outcome& outcome : outcomes) {
            threads.emplace_back([&] { outcome = run(fixture, 10'000); });
        }
    }
    for (const Outcome& outcome : outcomes) {
        EXPECT_EQ(outcome.value, 500u);
        EXPECT_EQ(outcome.remaining, 10'000u - 1001);
    }
}

/// The 64th access behind another shares its translation slot.
std::string other_accesses(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "ldxb r3, [r7+0]\n";
    return text;
}

TEST_P(Engines, AStoreMayNotGoWhereALoadWent) {
    const MachineFixture fixture(assembled("lddw r7, 0x300000000\nlddw r6, 0x100000000\n"
                                           "ldxb r3, [r6+0]\n" +
                                               other_accesses(63) + "stb [r6+0], 1\nexit",
                                           Version::V0));
    EXPECT_EQ(run(fixture, 1000).fault, "Access violation writing 1 bytes at address 0x100000000 "
                                        "(in program region)");
}

TEST_P(Engines, ASharedSlotFollowsWhateverItServes) {
    const MachineFixture fixture(assembled("mov64 r6, r1\nlddw r7, 0x300000000\nmov64 r5, 5\n"
                                           "l: ldxb r3, [r6+3]\nadd64 r0, r3\n" +
                                               other_accesses(63) +
                                               "stb [r7+9], 2\nldxb r3, [r7+9]\nadd64 r0, r3\n"
                                               "add64 r5, -1\njne r5, 0, l\nexit",
                                           Version::V3),
                                 {.input = Bytes(16, 1)});
    EXPECT_EQ(run(fixture, 1000).value, 5u * 3);
}

TEST_P(Engines, AWalkUpTheStackStopsAtTheGap) {
    const MachineFixture fixture(assembled("mov64 r6, r10\nadd64 r6, -24\n"
                                           "l: stdw [r6+0], -1\nadd64 r6, 4\nja l",
                                           Version::V0));
    const Outcome outcome = run(fixture, 1000);
    EXPECT_EQ(outcome.fault, "Access violation in stack frame 1 at address 0x200001000 of size 8");
    // The last store that succeeded reached four bytes into the next frame.
    EXPECT_EQ(outcome.memory[0].size(), 2 * 4096u);
    EXPECT_EQ(outcome.remaining, 1000u - 2 - 6 * 3 - 1);
}

TEST_P(Engines, AWalkBetweenFramesFindsEachWhereItIs) {
    // Writes the frame's number at the start of each of the 64 frames, then adds them up.
    const MachineFixture fixture(assembled("lddw r6, 0x200000000\nlddw r7, 0x200000000\n"
                                           "w: stxdw [r6+0], r5\nadd64 r6, 8192\nadd64 r5, 1\n"
                                           "jne r5, 64, w\nmov64 r5, 64\n"
                                           "r: ldxdw r3, [r7+0]\nadd64 r0, r3\n"
                                           "add64 r7, 8192\nadd64 r5, -1\njne r5, 0, r\nexit",
                                           Version::V0));
    const Outcome outcome = run(fixture, 1000);
    EXPECT_EQ(outcome.value, 63u * 64 / 2);
    EXPECT_EQ(outcome.memory[0][63 * 4096], 63u);
}

TEST_P(Engines, AStoreThatUnsharesARegionIsSeenByEarlierLoads) {
    const MachineFixture fixture(assembled("mov64 r6, r1\n"
                                           "l: ldxb r3, [r6+16]\n"
                                           "add64 r4, r3\n"
                                           "stb [r6+16], 7\n"
                                           "add64 r5, 1\n"
                                           "jlt r5, 3, l\n"
                                           "mov64 r0, r4\n"
                                           "exit",
                                           Version::V3),
                                 {.layout = MapLayout::Unaligned,
                                  .input = Bytes(32, 1),
                                  .input_cuts = {8},
                                  .last_input_grows = true});
    // 1 from the shared bytes, then 7 twice from the copy.
    EXPECT_EQ(run(fixture, 1000).value, 15u);
}

INSTANTIATE_TEST_SUITE_P(All, Engines,
                         ::testing::Values(Engine::Naive, Engine::Interpreter, Engine::Jit,
                                           Engine::Tiered),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

} // namespace
} // namespace fathom::vm
