// SPDX-License-Identifier: Apache-2.0
// Observed runs: the same outcome as unobserved ones, and a complete record of them.
#include "fathom/vm/profiler.hpp"
#include "fathom/vm/tracer.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

namespace fathom::vm {
namespace {

using sbpf::Version;
using tests::assembled;

/// Three times: a call and a syscall that costs ten units.
constexpr const char* kLoop = "entrypoint:\n"
                              "    lddw r6, 3\n"
                              "loop:\n"
                              "    call double\n"
                              "    mov64 r1, 10\n"
                              "    syscall sol_burn\n"
                              "    sub64 r6, 1\n"
                              "    jne r6, 0, loop\n"
                              "    exit\n"
                              "double:\n"
                              "    add64 r7, r7\n"
                              "    exit\n";
constexpr std::uint64_t kLoopInstructions = 1 + 3 * (5 + 2) + 1;

struct Ended {
    RunResult result;
    std::uint64_t used = 0;
};

constexpr std::uint64_t kBudget = 1000;

/// Without an observer: on the naive interpreter.
Ended run(const Executable& executable, StepObserver* observer, std::uint64_t budget = kBudget) {
    Bytes stack(sbpf::kStackSize, 0);
    auto memory =
        MemoryMap::create({executable.rodata_region(), executable.stack_region(stack)},
                          executable.config().layout, executable.program().version(), nullptr);
    EXPECT_TRUE(memory.has_value());
    ComputeMeter meter{budget};
    harness::SyscallHost host;
    Machine machine(executable, *memory, meter, &host);
    RunResult result =
        observer ? run_observed(machine, 1, 2, *observer) : machine.run(Engine::Naive, 1, 2);
    return {std::move(result), budget - meter.remaining};
}

Executable executable_of(const char* source, Version version = Version::V0) {
    return Executable(assembled(source, version), tests::test_syscalls(), {});
}

TEST(Tracer, AnObservedRunEndsLikeAnyOther) {
    for (const char* source :
         {kLoop, "entrypoint:\n ldxb r0, [r1+0]\n exit\n", "entrypoint:\n call entrypoint\n exit\n",
          "entrypoint:\n syscall sol_fail\n exit\n"}) {
        const Executable executable = executable_of(source);
        for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{5}, kBudget}) {
            RegisterTrace trace;
            const Ended expected = run(executable, nullptr, budget);
            const Ended observed = run(executable, &trace, budget);
            EXPECT_EQ(observed.used, expected.used);
            EXPECT_EQ(observed.result.registers, expected.result.registers);
            EXPECT_EQ(observed.result.pc, expected.result.pc);
            EXPECT_EQ(observed.result.call_depth, expected.result.call_depth);
            ASSERT_EQ(observed.result.value.has_value(), expected.result.value.has_value());
            if (expected.result.value) {
                EXPECT_EQ(*observed.result.value, *expected.result.value);
            } else {
                EXPECT_EQ(observed.result.value.error().text(),
                          expected.result.value.error().text());
            }
        }
    }
}

TEST(Tracer, HasAnEntryForEachUnitThatNoSyscallCharged) {
    RegisterTrace trace;
    const Ended observed = run(executable_of(kLoop), &trace);
    ASSERT_TRUE(observed.result.value.has_value());
    EXPECT_EQ(trace.entries().size(), kLoopInstructions);
    EXPECT_EQ(trace.entries().size(), observed.used - 3 * 10);
}

TEST(Tracer, EntriesShowTheStateBeforeTheInstruction) {
    RegisterTrace trace;
    static_cast<void>(run(executable_of("entrypoint:\n"
                                        "    lddw r3, 0x1122334455667788\n"
                                        "    add64 r3, 1\n"
                                        "    exit\n"),
                          &trace));
    const auto entries = trace.entries();
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(entries[0], (TraceEntry{0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0x200001000, 0}));
    EXPECT_EQ(entries[1][3], 0x1122334455667788u);
    EXPECT_EQ(entries[1][11], 2u); // behind both slots of the lddw
    EXPECT_EQ(entries[2][3], 0x1122334455667789u);
    EXPECT_EQ(entries[2][11], 3u);
}

TEST(Tracer, AnInstructionThatFaultsHasRunButOneThatIsNotPaidForHasNot) {
    RegisterTrace faulting;
    static_cast<void>(run(executable_of("entrypoint:\n ldxb r0, [r1+0]\n exit\n"), &faulting));
    EXPECT_EQ(faulting.entries().size(), 1u);
    RegisterTrace cut;
    static_cast<void>(run(executable_of(kLoop), &cut, 4));
    EXPECT_EQ(cut.entries().size(), 4u);
}

TEST(Tracer, BytesAreLittleEndianAndInstructionsTheirFirstSlots) {
    RegisterTrace trace;
    const Executable executable = executable_of("entrypoint:\n lddw r0, 0x100000002\n exit\n");
    static_cast<void>(run(executable, &trace));
    const Bytes registers = trace.register_bytes();
    ASSERT_EQ(registers.size(), 2 * 96u);
    EXPECT_EQ(registers[8], 1);          // r1 of the first entry
    EXPECT_EQ(registers[96], 2);         // r0 of the second
    EXPECT_EQ(registers[96 + 4], 1);     // its upper half
    EXPECT_EQ(registers[2 * 96 - 8], 2); // slot number of the exit
    EXPECT_EQ(trace.instruction_bytes(executable.program()),
              (Bytes{0x18, 0, 0, 0, 2, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Tracer, KeepsTheFirstEntriesAndCountsTheRest) {
    RegisterTrace trace(2);
    static_cast<void>(run(executable_of(kLoop), &trace));
    EXPECT_EQ(trace.entries().size(), 2u);
    EXPECT_EQ(trace.step_count(), kLoopInstructions);
    EXPECT_TRUE(trace.is_truncated());
}

TEST(Profiler, CountsInstructionsByStack) {
    const Executable executable = executable_of(kLoop);
    Profile profile;
    const auto names = sbpf::function_names(executable.program());
    Profiler profiler(profile, Profile::kRoot, names);
    const Ended observed = run(executable, &profiler);
    EXPECT_EQ(profile.folded(), "entrypoint 17\nentrypoint;double 6\n");
    EXPECT_EQ(profile.total(), observed.used - 3 * 10);
}

TEST(Profiler, RecursionMakesDeeperStacks) {
    const Executable executable = executable_of("entrypoint:\n"
                                                "    mov64 r1, 2\n"
                                                "    call down\n"
                                                "    exit\n"
                                                "down:\n"
                                                "    jeq r1, 0, out\n"
                                                "    sub64 r1, 1\n"
                                                "    call down\n"
                                                "out:\n"
                                                "    exit\n");
    Profile profile;
    const auto names = sbpf::function_names(executable.program());
    Profiler profiler(profile, Profile::kRoot, names);
    static_cast<void>(run(executable, &profiler));
    EXPECT_EQ(profile.folded(), "entrypoint 3\n"
                                "entrypoint;down 4\n"
                                "entrypoint;down;down 4\n"
                                "entrypoint;down;down;down 2\n");
}

TEST(Profiler, SumsUpToTheInstructionsWhateverTheOutcome) {
    const Executable executable = executable_of("entrypoint:\n call entrypoint\n exit\n");
    const auto names = sbpf::function_names(executable.program());
    for (std::uint64_t budget = 0; budget < 70; ++budget) {
        Profile profile;
        Profiler profiler(profile, Profile::kRoot, names);
        RegisterTrace trace;
        static_cast<void>(run(executable, &profiler, budget));
        static_cast<void>(run(executable, &trace, budget));
        EXPECT_EQ(profile.total(), trace.step_count()) << budget;
    }
}

TEST(Profile, NamesCannotBreakALine) {
    Profile profile;
    profile.count(profile.enter(Profile::kRoot, "a;b\nc d"));
    EXPECT_EQ(profile.folded(), "a_b_c d 1\n");
}

} // namespace
} // namespace fathom::vm
