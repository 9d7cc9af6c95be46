// SPDX-License-Identifier: Apache-2.0
// Engines in lockstep: every run is stopped at block boundaries, and there everything that a run
// leaves behind must be what the naive interpreter leaves behind.
//
// A block begins at jump targets and behind whatever may go elsewhere. Where a run passes such
// places is found by stepping the naive interpreter one instruction at a time; then each engine and
// the naive interpreter are run with exactly that budget, and compared.
#pragma once

#include "fathom/harness/engine_lab.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fathom::harness {

struct LockstepCounts {
    std::uint64_t programs = 0;
    std::uint64_t instructions = 0; // by all engines together
    std::uint64_t stops = 0;        // compared, of each engine

    LockstepCounts& operator+=(const LockstepCounts& other);
};

struct LockstepDifference {
    vm::Engine engine;
    std::uint64_t budget;
    vm::RunState start;
    Outcome expected;
    Outcome actual;
};

class Lockstep {
public:
    explicit Lockstep(std::span<const vm::Engine> engines)
        : engines_(engines.begin(), engines.end()) {}

    struct Limits {
        std::uint64_t steps = 2000; // of the run, beyond which no boundaries are looked for
        std::uint64_t stops = 48;   // evenly over the boundaries, if there are more
        std::uint64_t budget = 20'000;
    };

    /// Also with `extra_budgets` and with Limits::budget. The first difference, if there is one.
    [[nodiscard]] std::optional<LockstepDifference>
    compare(const EngineLab& lab, const vm::RunState& start, const Limits& limits,
            std::span<const std::uint64_t> extra_budgets = {});

    [[nodiscard]] const LockstepCounts& counts() const { return counts_; }

    /// Units that a run has used whenever it comes to a block boundary, ascending.
    [[nodiscard]] std::vector<std::uint64_t>
    boundaries(const EngineLab& lab, const vm::RunState& start, std::uint64_t steps);

private:
    [[nodiscard]] std::optional<LockstepDifference>
    compare_at(const EngineLab& lab, const vm::RunState& start, std::uint64_t budget);
    void find_heads(const vm::Executable& executable);

    std::vector<vm::Engine> engines_;
    LockstepCounts counts_;
    LabMemory memory_;
    Outcome expected_;
    Outcome actual_;
    std::vector<std::uint8_t> is_head_;
};

[[nodiscard]] const char* engine_name(vm::Engine engine);

} // namespace fathom::harness
