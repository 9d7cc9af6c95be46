// SPDX-License-Identifier: Apache-2.0
// The engine lab for GoogleTest: outcomes with texts, failures reported as the test's.
#pragma once

#include "fathom/harness/engine_lab.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/vm/jit/code_auditor.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string_view>
#include <utility>

namespace fathom::harness {

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << describe(outcome);
}

} // namespace fathom::harness

namespace fathom::tests {

using harness::Outcome;
using harness::syscall_key;
using harness::test_syscalls;
using MachineOptions = harness::LabOptions;

/// Suites that run many programs go through these in turn.
inline constexpr std::uint64_t kLayoutSeeds[] = {1, 2, 3};

class MachineFixture {
public:
    explicit MachineFixture(sbpf::Program program, MachineOptions options = {})
        : lab_(std::move(program), audited(options)), has_budget_(options.jit.budget != nullptr) {}

    [[nodiscard]] const vm::Executable& executable() const { return lab_.executable(); }

    /// From the entry point with r1 = the input's address and r2 = its size.
    [[nodiscard]] Outcome run(vm::Engine engine, std::uint64_t budget) const {
        return run_from(engine, budget, lab_.entry());
    }

    [[nodiscard]] Outcome run_from(vm::Engine engine, std::uint64_t budget,
                                   const vm::RunState& start) const {
        if (engine == vm::Engine::Jit) expect_no_refusal();
        static thread_local harness::LabMemory memory;
        Outcome outcome;
        if (!lab_.run(memory, engine, budget, start, outcome)) ADD_FAILURE() << "no such memory";
        EXPECT_EQ(outcome.unnoted_pages, 0u);
        if (outcome.ended_by) {
            outcome.fault = outcome.ended_by->text();
            outcome.fault_name = outcome.ended_by->name();
        }
        return outcome;
    }

private:
    /// Code that the auditor refuses is a failure.
    static MachineOptions audited(MachineOptions options) {
        options.jit.audits_code = true;
        return options;
    }

    void expect_no_refusal() const {
        if (executable().compiled() || has_budget_) return;
        vm::jit::AuditFinding finding{};
        if (!vm::jit::JitProgram::create(executable(), &finding) && finding.what) {
            ADD_FAILURE() << "the auditor refuses slot " << finding.slot << ": " << finding.what;
        }
    }

    harness::EngineLab lab_;
    bool has_budget_;
};

/// A verified program from assembly text; a failure is the test's.
inline sbpf::Program assembled(std::string_view source, sbpf::Version version) {
    const auto assembly = sbpf::assemble(source, {.version = version});
    if (!assembly) {
        ADD_FAILURE() << assembly.error().text() << "\n" << source;
        return sbpf::Program::from_text(Bytes{0x95, 0, 0, 0, 0, 0, 0, 0}, version);
    }
    sbpf::Program program = sbpf::to_program(*assembly);
    if (const auto verified = sbpf::verify(program); !verified)
        ADD_FAILURE() << verified.error().text() << "\n" << source;
    return program;
}

} // namespace fathom::tests
