// SPDX-License-Identifier: Apache-2.0
// What docs/security.md promises of compiled code beside what the auditor checks: pages that are
// never writable and executable, a budget, and nothing of the host in what a guest can see.
#include "fathom/harness/random_program.hpp"
#include "fathom/vm/jit/jit_program.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

namespace fathom::vm::jit {
namespace {

using sbpf::Version;
using tests::MachineFixture;
using tests::Outcome;

class Hardening : public ::testing::Test {
protected:
    void SetUp() override {
        if (!JitProgram::is_supported()) GTEST_SKIP() << "no compiler for this processor";
    }
};

sbpf::Program counting_program() {
    return tests::assembled("l: add64 r0, 3\nstxdw [r1+0], r0\njlt r0, 3000, l\nexit", Version::V3);
}

struct Mapping {
    std::uintptr_t start;
    std::uintptr_t end;
    std::string permissions;
};

std::vector<Mapping> mappings() {
    std::vector<Mapping> found;
    std::ifstream file("/proc/self/maps");
    for (std::string line; std::getline(file, line);) {
        std::istringstream text(line);
        Mapping mapping;
        char dash = 0;
        text >> std::hex >> mapping.start >> dash >> mapping.end >> mapping.permissions;
        found.push_back(mapping);
    }
    return found;
}

TEST_F(Hardening, CodePagesAreReadableAndExecutableOnly) {
    const MachineFixture fixture(counting_program());
    const JitProgram* program = fixture.executable().compiled();
    ASSERT_TRUE(program);
    const auto code = reinterpret_cast<std::uintptr_t>(program->code());
    std::size_t found = 0;
    for (const Mapping& mapping : mappings()) {
        const bool holds_code = mapping.start < code + program->code_size() && code < mapping.end;
        if (holds_code) {
            EXPECT_EQ(mapping.permissions, "r-xp");
            ++found;
        }
        EXPECT_FALSE(mapping.permissions.starts_with("rwx")) << std::hex << mapping.start;
    }
    EXPECT_GT(found, 0u);
}

TEST_F(Hardening, AProgramThatTheBudgetHasNoRoomForIsInterpreted) {
    const auto budget = std::make_shared<CodeBudget>(1000); // less than a page
    const MachineFixture poor(counting_program(), {.jit = {.budget = budget}});
    EXPECT_FALSE(poor.executable().compiled());
    EXPECT_EQ(budget->used(), 0u);
    const MachineFixture rich(counting_program());
    ASSERT_TRUE(rich.executable().compiled());
    EXPECT_EQ(poor.run(Engine::Jit, 10'000), rich.run(Engine::Jit, 10'000));
    EXPECT_EQ(poor.run(Engine::Jit, 1'234), rich.run(Engine::Jit, 1'234));
}

TEST_F(Hardening, BytesGoBackToTheBudgetWithTheProgram) {
    const auto budget = std::make_shared<CodeBudget>(1 << 20);
    {
        const MachineFixture one(counting_program(), {.jit = {.budget = budget}});
        ASSERT_TRUE(one.executable().compiled());
        const std::uint64_t used = budget->used();
        EXPECT_GE(used, one.executable().compiled()->code_size());
        EXPECT_LE(used, budget->limit());
        const MachineFixture other(counting_program(), {.jit = {.budget = budget}});
        ASSERT_TRUE(other.executable().compiled());
        EXPECT_GT(budget->used(), used);
    }
    EXPECT_EQ(budget->used(), 0u);
}

TEST_F(Hardening, ABudgetIsNeverExceeded) {
    CodeBudget budget(100);
    EXPECT_TRUE(budget.take(60));
    EXPECT_FALSE(budget.take(41));
    EXPECT_FALSE(budget.take(~std::uint64_t{0}));
    EXPECT_TRUE(budget.take(40));
    budget.give_back(100);
    EXPECT_EQ(budget.used(), 0u);
}

/// Runs the same program twice with other addresses for everything: code, stack, heap, input,
/// tables.
TEST_F(Hardening, NothingThatAGuestCanSeeDependsOnHostAddresses) {
    for (const Version version : {Version::V0, Version::V1, Version::V2, Version::V3}) {
        for (std::uint64_t seed = 1; seed <= 150; ++seed) {
            const auto run = [&](std::uint64_t layout) {
                harness::RandomProgram generator(seed, version, 10 + seed % 90);
                sbpf::Program program = generator.generate();
                tests::MachineOptions options = generator.options();
                options.jit.seed = layout;
                const MachineFixture fixture(std::move(program), options);
                return fixture.run(Engine::Jit, 5'000);
            };
            const Outcome first = run(1);
            std::optional<Outcome> second;
            const Bytes ballast(64 * 1024 * seed % 300'000 + 1, 1); // moves what comes after it
            // Another thread has another stack for guests.
            std::jthread([&] { second = run(2); }).join();
            ASSERT_EQ(first, *second) << "seed " << seed << " v" << static_cast<int>(version);
            ASSERT_EQ(ballast[0], 1);
        }
    }
}

} // namespace
} // namespace fathom::vm::jit
