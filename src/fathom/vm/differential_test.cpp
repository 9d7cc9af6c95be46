// SPDX-License-Identifier: Apache-2.0
// Random programs on every engine: value, fault, units, registers, memory and syscalls must be what
// the naive interpreter makes of them. FATHOM_ROUNDS multiplies the work.
#include "fathom/harness/random_program.hpp"
#include "fathom/sbpf/disassembler.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace fathom::vm {
namespace {

using sbpf::Version;

constexpr Version kVersions[] = {Version::V0, Version::V1, Version::V2, Version::V3};
constexpr Engine kEngines[] = {Engine::Interpreter, Engine::Jit};

std::uint64_t rounds(std::uint64_t usual) {
    const char* factor = std::getenv("FATHOM_ROUNDS");
    return factor ? usual * std::strtoull(factor, nullptr, 10) : usual;
}

class RandomRun {
public:
    RandomRun(std::uint64_t seed, Version version, std::size_t length)
        : generator_(seed, version, length), program_(generator_.generate()),
          fixture_(program_, generator_.options()), seed_(seed), version_(version) {}

    /// False, with everything needed to repeat it, if an engine disagrees.
    [[nodiscard]] bool agrees(std::uint64_t budget) {
        const tests::Outcome expected = fixture_.run(Engine::Naive, budget);
        for (const Engine engine : kEngines) {
            const tests::Outcome actual = fixture_.run(engine, budget);
            if (actual == expected) continue;
            ADD_FAILURE() << "seed " << seed_ << " v" << static_cast<int>(version_) << " budget "
                          << budget << " engine " << static_cast<int>(engine) << "\nexpected "
                          << expected << "\nactual   " << actual << "\n"
                          << sbpf::disassemble(program_);
            return false;
        }
        return true;
    }

    [[nodiscard]] bool is_verified() const { return sbpf::verify(program_).has_value(); }
    [[nodiscard]] tests::Outcome naive(std::uint64_t budget) const {
        return fixture_.run(Engine::Naive, budget);
    }
    harness::RandomProgram& generator() { return generator_; }
    [[nodiscard]] const tests::MachineFixture& fixture() const { return fixture_; }

private:
    harness::RandomProgram generator_;
    sbpf::Program program_;
    tests::MachineFixture fixture_;
    std::uint64_t seed_;
    Version version_;
};

class Differential : public ::testing::TestWithParam<Version> {};

TEST_P(Differential, RandomProgramsWithRandomBudgets) {
    for (std::uint64_t seed = 1; seed <= rounds(1500); ++seed) {
        RandomRun run(seed, GetParam(), 8 + seed % 120);
        ASSERT_TRUE(run.is_verified()) << seed;
        ASSERT_TRUE(run.fixture().executable().decoded()) << seed;
        if (!run.agrees(20'000)) return;
        if (!run.agrees(run.generator().below(400))) return;
    }
}

TEST_P(Differential, EveryBudgetUpToTheCostOfTheProgram) {
    for (std::uint64_t seed = 1; seed <= rounds(60); ++seed) {
        RandomRun run(seed * 7919, GetParam(), 6 + seed % 40);
        const std::uint64_t cost = std::min<std::uint64_t>(500 - run.naive(500).remaining, 300);
        for (std::uint64_t budget = 0; budget <= cost + 1; ++budget)
            if (!run.agrees(budget)) return;
    }
}

TEST_P(Differential, RandomProgramsReachEveryEnding) {
    std::map<std::string, std::size_t> endings;
    std::size_t long_runs = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        const tests::Outcome outcome = RandomRun(seed, GetParam(), 8 + seed % 120).naive(20'000);
        ++endings[outcome.fault_name];
        if (outcome.remaining < 20'000 - 200) ++long_runs;
    }
    for (const char* ending :
         {"", "CallDepthExceeded", "DivideByZero", "ExecutionOverrun", "CallOutsideTextSegment",
          "ExceededMaxInstructions", "AccessViolation", "UnsupportedInstruction", "SyscallError"})
        EXPECT_GT(endings[ending], 0u) << ending;
    if (GetParam() == Version::V2) {
        EXPECT_GT(endings["DivideOverflow"], 0u);
    }
    if (!sbpf::manual_stack_frames(GetParam())) {
        EXPECT_GT(endings["StackAccessViolation"], 0u);
    }
    EXPECT_GT(long_runs, 100u);
}

INSTANTIATE_TEST_SUITE_P(Versions, Differential, ::testing::ValuesIn(kVersions),
                         [](const auto& tested) {
                             return "V" + std::to_string(static_cast<int>(tested.param));
                         });

} // namespace
} // namespace fathom::vm
