// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/program_recorder.hpp"

#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/sbpf/control_flow.hpp"
#include "fathom/sbpf/disassembler.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <utility>

namespace fathom::harness {

/// A program in progress.
class ProgramRecorder::Run final : public vm::StepObserver {
public:
    Run(ProgramRecorder& recorder, ProgramTrace trace, vm::Profile::Frame outside)
        : recorder_(recorder), trace_(std::move(trace)),
          profiler_(recorder.profile_, outside, trace_.names) {}

    void on_step(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                 std::uint64_t call_depth) override {
        ++recorder_.instruction_count_;
        if (recorder_.options_.has_trace) record(registers, pc, call_depth);
        if (recorder_.options_.has_profile) profiler_.on_step(registers, pc, call_depth);
    }

    [[nodiscard]] vm::Profile::Frame current() const { return profiler_.current(); }
    /// Ends the use of this object.
    [[nodiscard]] ProgramTrace take() { return std::move(trace_); }

private:
    void record(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                std::uint64_t call_depth) {
        if (recorder_.entries_left_ == 0) {
            recorder_.is_truncated_ = true;
            return;
        }
        --recorder_.entries_left_;
        trace_.registers.on_step(registers, pc, call_depth);
    }

    ProgramRecorder& recorder_;
    ProgramTrace trace_;
    vm::Profiler profiler_;
};

ProgramRecorder::ProgramRecorder(const RecorderOptions& options)
    : options_(options), entries_left_(options.max_trace_entries) {}

ProgramRecorder::~ProgramRecorder() = default;

vm::StepObserver& ProgramRecorder::begin(const Pubkey& program, std::size_t index_in_trace,
                                         const vm::Executable& executable) {
    const vm::Profile::Frame caller =
        running_.empty() ? vm::Profile::kRoot : running_.back()->current();
    const vm::Profile::Frame outside = profile_.enter(caller, program.to_base58());
    ProgramTrace trace{.program = program,
                       .index_in_trace = index_in_trace,
                       .executable = std::make_shared<const vm::Executable>(executable),
                       .names = sbpf::function_names(executable.program(), elves_[program]),
                       .registers = vm::RegisterTrace(options_.max_trace_entries)};
    return *running_.emplace_back(std::make_unique<Run>(*this, std::move(trace), outside));
}

void ProgramRecorder::end() {
    ProgramTrace trace = running_.back()->take();
    running_.pop_back();
    if (options_.has_trace) traces_.push_back(std::move(trace));
}

namespace {

/// The instruction at `pc`; calls by name.
std::string instruction_text(const ProgramTrace& trace, std::uint64_t pc) {
    const sbpf::Program& program = trace.executable->program();
    const sbpf::RawInstruction insn = program.instruction(pc);
    if (sbpf::info(sbpf::decode_table(program.version())[insn.opcode]).form ==
        sbpf::Form::CallImm) {
        if (const auto target = sbpf::call_target(program, pc)) {
            return "call " + sbpf::function_name(trace.names, *target);
        }
        const auto key = static_cast<std::uint32_t>(insn.imm);
        if (const vm::Syscall* syscall = trace.executable->syscalls().find(key)) {
            return "syscall " + std::string(syscall->name);
        }
    }
    const auto second =
        pc + 1 < program.slot_count() ? program.instruction(pc + 1) : sbpf::RawInstruction{};
    return sbpf::disassemble_instruction(insn, program.version(), second);
}

} // namespace

std::string trace_text(const ProgramTrace& trace) {
    std::string text = "TX Instruction " + std::to_string(trace.index_in_trace) + " Program " +
                       trace.program.to_base58() + "\n";
    std::size_t number = 0;
    char buffer[32];
    const auto put = [&](const char* format, std::uint64_t value) {
        const int length = std::snprintf(buffer, sizeof buffer, format, value);
        text.append(buffer, static_cast<std::size_t>(length));
    };
    for (const vm::TraceEntry& entry : trace.registers.entries()) {
        put("%5" PRIu64 " [", number++);
        for (std::size_t i = 0; i < 11; ++i) {
            put(i == 0 ? "%016" PRIX64 : ", %016" PRIX64, entry[i]);
        }
        const std::uint64_t pc = entry[11];
        put("] %5" PRIu64 ": ", pc);
        text += instruction_text(trace, pc);
        text += '\n';
    }
    return text;
}

Result<void> write_trace_files(const ProgramTrace& trace, ByteView elf,
                               const std::filesystem::path& folder) {
    if (trace.registers.entries().empty()) return {};
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    const Bytes registers = trace.registers.register_bytes();
    const std::string name = base::to_hex(crypto::sha256(registers)).substr(0, 16);
    FATHOM_CHECK(write_file(folder / (name + ".regs"), registers));
    FATHOM_CHECK(write_file(folder / (name + ".insns"),
                            trace.registers.instruction_bytes(trace.executable->program())));
    FATHOM_CHECK(write_file(folder / (name + ".program_id"), as_bytes(trace.program.to_base58())));
    if (elf.empty()) return {};
    return write_file(folder / (name + ".exec.sha256"),
                      as_bytes(base::to_hex(crypto::sha256(elf))));
}

} // namespace fathom::harness
