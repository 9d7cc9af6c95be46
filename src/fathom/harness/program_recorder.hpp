// SPDX-License-Identifier: Apache-2.0
// Records what programs do, instruction by instruction, and writes it in the formats of the
// ecosystem's tools: register traces, their text form, folded stacks.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/sbpf/symbols.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/vm/profiler.hpp"
#include "fathom/vm/tracer.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fathom::harness {

struct RecorderOptions {
    bool has_trace = false;
    bool has_profile = false;
    /// Of all runs together.
    std::size_t max_trace_entries = vm::RegisterTrace::kDefaultLimit;
};

/// One instruction of a transaction that a program ran.
struct ProgramTrace {
    Pubkey program;
    std::size_t index_in_trace = 0;
    std::shared_ptr<const vm::Executable> executable;
    sbpf::FunctionNames names;
    vm::RegisterTrace registers;
};

/// Watches one transaction or instruction.
class ProgramRecorder final : public invoke::ProgramObserver {
public:
    explicit ProgramRecorder(const RecorderOptions& options);
    ~ProgramRecorder() override;

    /// The file that `program` was loaded from, for the names in it. Must outlive the recorder.
    void set_elf(const Pubkey& program, ByteView elf) { elves_[program] = elf; }

    [[nodiscard]] vm::StepObserver& begin(const Pubkey& program, std::size_t index_in_trace,
                                          const vm::Executable& executable) override;
    void end() override;

    [[nodiscard]] std::uint64_t instruction_count() const { return instruction_count_; }
    /// In the order of their ends, as Agave keeps them; those still running are not among them.
    [[nodiscard]] const std::vector<ProgramTrace>& traces() const { return traces_; }
    /// True if there were more instructions than trace entries allowed; the first ones are kept.
    [[nodiscard]] bool is_truncated() const { return is_truncated_; }
    /// Stacks begin with the address of the program; a called program stands on its caller's.
    [[nodiscard]] const vm::Profile& profile() const { return profile_; }

private:
    class Run;

    RecorderOptions options_;
    std::size_t entries_left_;
    bool is_truncated_ = false;
    std::uint64_t instruction_count_ = 0;
    vm::Profile profile_;
    std::map<Pubkey, ByteView> elves_;
    std::vector<std::unique_ptr<Run>> running_;
    std::vector<ProgramTrace> traces_;
};

/// As agave-ledger-tool prints it: a head line, then one line an instruction with its number,
/// registers, slot and text.
[[nodiscard]] std::string trace_text(const ProgramTrace& trace);

/// The files that LiteSVM and Mollusk write for coverage tools, named by the first 16 digits of the
/// SHA-256 of the registers: .regs (96 bytes an instruction: r0 to r10 and the slot), .insns (8
/// bytes an instruction), .program_id (base58) and, if `elf` is not empty, .exec.sha256 of it.
[[nodiscard]] Result<void> write_trace_files(const ProgramTrace& trace, ByteView elf,
                                             const std::filesystem::path& folder);

} // namespace fathom::harness
