// SPDX-License-Identifier: Apache-2.0
// Syscall tables, programs bound to an environment, and the choice of the engine.
#include "fathom/vm/machine.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/vm/decoded_program.hpp"
#include "fathom/vm/interpreter.hpp"
#include "fathom/vm/jit/jit_program.hpp"
#include "fathom/vm/naive_interpreter.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace fathom::vm {

SyscallTable::SyscallTable(std::vector<Syscall> syscalls) : syscalls_(std::move(syscalls)) {
    for (Syscall& syscall : syscalls_) syscall.key = sbpf::murmur3_32(as_bytes(syscall.name));
    std::ranges::sort(syscalls_, {}, &Syscall::key);
    keys_.reserve(syscalls_.size());
    for (const Syscall& syscall : syscalls_) {
        FATHOM_ASSERT(keys_.empty() || keys_.back() < syscall.key);
        keys_.push_back(syscall.key);
    }
}

const Syscall* SyscallTable::find(std::uint32_t key) const {
    const auto found = std::ranges::lower_bound(keys_, key);
    if (found == keys_.end() || *found != key) return nullptr;
    return &syscalls_[static_cast<std::size_t>(found - keys_.begin())];
}

/// What engines make of a program when they first need it.
struct Executable::Prepared {
    std::once_flag decode_once;
    std::once_flag compile_once;
    std::unique_ptr<const DecodedProgram> decoded;
    std::unique_ptr<const jit::JitProgram> compiled;
    std::atomic<std::uint64_t> interpreted_units = 0;
    std::atomic<bool> is_claimed = false; // by the thread that compiles
    std::atomic<bool> is_ready = false;
};

namespace {

/// Compiling a slot costs about as much time as interpreting it this often.
constexpr std::uint64_t kUnitsPerSlot = 16;

} // namespace

Executable::Executable(sbpf::Program program, std::shared_ptr<const SyscallTable> syscalls,
                       VmConfig config)
    : program_(std::move(program)), syscalls_(std::move(syscalls)), config_(config),
      prepared_(std::make_shared<Prepared>()) {}

const DecodedProgram* Executable::decoded() const {
    std::call_once(prepared_->decode_once,
                   [this] { prepared_->decoded = DecodedProgram::create(*this); });
    return prepared_->decoded.get();
}

const jit::JitProgram* Executable::compiled() const {
    std::call_once(prepared_->compile_once,
                   [this] { prepared_->compiled = jit::JitProgram::create(*this); });
    return prepared_->compiled.get();
}

std::uint64_t Executable::frame_stride() const {
    if (sbpf::manual_stack_frames(program_.version())) return 0;
    const bool has_gaps =
        sbpf::stack_frame_gaps(program_.version()) && config_.enable_stack_frame_gaps;
    return has_gaps ? 2 * sbpf::kStackFrameSize : sbpf::kStackFrameSize;
}

MemoryRegion Executable::rodata_region() const {
    return MemoryRegion::readonly(program_.rodata(), program_.rodata_address());
}

MemoryRegion Executable::stack_region(MutableByteView stack) const {
    const bool has_gaps =
        sbpf::stack_frame_gaps(program_.version()) && config_.enable_stack_frame_gaps;
    return MemoryRegion::writable(stack, sbpf::kStackStart, has_gaps ? sbpf::kStackFrameSize : 0);
}

std::uint64_t Executable::initial_frame_pointer() const {
    return sbpf::kStackStart + (sbpf::manual_stack_frames(program_.version())
                                    ? sbpf::kStackSize
                                    : sbpf::kStackFrameSize);
}

bool Executable::prefers_compiled() const {
    if (prepared_->is_ready.load(std::memory_order_acquire)) return true;
    const std::uint64_t units = prepared_->interpreted_units.load(std::memory_order_relaxed);
    if (units < kUnitsPerSlot * program_.slot_count() || prepared_->is_claimed.exchange(true)) {
        return false;
    }
    static_cast<void>(compiled());
    prepared_->is_ready.store(true, std::memory_order_release);
    return true;
}

void Executable::note_interpreted(std::uint64_t units) const {
    prepared_->interpreted_units.fetch_add(units, std::memory_order_relaxed);
}

RunResult Machine::run(Engine engine, std::uint64_t r1, std::uint64_t r2) {
    RunState start;
    start.registers[1] = r1;
    start.registers[2] = r2;
    start.registers[10] = executable_.initial_frame_pointer();
    start.pc = executable_.program().entry_pc();
    return run_from(engine, start);
}

RunResult Machine::run_from(Engine engine, const RunState& start) {
    // An entry point may lie in the second slot of a wide instruction, which compiled code does not
    // contain.
    const sbpf::Program& program = executable_.program();
    if (start.pc < program.slot_count() &&
        sbpf::decode_table(program.version())[program.instruction(start.pc).opcode] ==
            sbpf::Op::Invalid) {
        return run_naive(*this, start);
    }
    switch (engine) {
    case Engine::Naive: return run_naive(*this, start);
    case Engine::Interpreter: return run_interpreter(*this, start);
    case Engine::Jit: return jit::run_jit(*this, start);
    case Engine::Tiered: break;
    }
    if (executable_.prefers_compiled()) return jit::run_jit(*this, start);
    const std::uint64_t budget = meter_.remaining;
    const RunResult result = run_interpreter(*this, start);
    executable_.note_interpreted(budget - meter_.remaining);
    return result;
}

} // namespace fathom::vm
