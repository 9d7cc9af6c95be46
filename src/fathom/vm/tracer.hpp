// SPDX-License-Identifier: Apache-2.0
// Runs of a program that somebody watches, instruction by instruction; and the recording of them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/vm/machine.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace fathom::vm {

/// Told of each instruction when it has been paid for and is about to run.
class StepObserver {
public:
    virtual ~StepObserver() = default;
    /// `pc` counts text slots, an lddw has the number of its first; `call_depth` is 0 in the entry
    /// function.
    virtual void on_step(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                         std::uint64_t call_depth) = 0;
};

/// Machine::run and run_from on the naive interpreter with an observer.
[[nodiscard]] RunResult run_observed(Machine& machine, std::uint64_t r1, std::uint64_t r2,
                                     StepObserver& observer);
[[nodiscard]] RunResult run_observed_from(Machine& machine, const RunState& start,
                                          StepObserver& observer);

/// One line of a register trace: r0 to r10 and the slot number, before the instruction.
using TraceEntry = std::array<std::uint64_t, 12>;

/// Records the registers before each instruction, as the sbpf crate's register tracing does.
class RegisterTrace final : public StepObserver {
public:
    static constexpr std::size_t kDefaultLimit = 8'000'000; // 768 MB

    /// Keeps the first `limit` instructions.
    explicit RegisterTrace(std::size_t limit = kDefaultLimit) : limit_(limit) {}

    void on_step(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                 std::uint64_t call_depth) override;

    [[nodiscard]] std::span<const TraceEntry> entries() const { return entries_; }
    /// Instructions seen, kept or not.
    [[nodiscard]] std::uint64_t step_count() const { return step_count_; }
    [[nodiscard]] bool is_truncated() const { return step_count_ > entries_.size(); }

    /// 96 bytes an entry, little-endian.
    [[nodiscard]] Bytes register_bytes() const;
    /// 8 bytes an entry: the first slot of the instruction, relocated.
    [[nodiscard]] Bytes instruction_bytes(const sbpf::Program& program) const;

private:
    std::size_t limit_;
    std::uint64_t step_count_ = 0;
    std::vector<TraceEntry> entries_;
};

} // namespace fathom::vm
