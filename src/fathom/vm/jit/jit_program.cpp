// SPDX-License-Identifier: Apache-2.0
// Runs compiled programs: sets up the context, answers the code's calls, and turns what comes back
// into a result.
#include "fathom/vm/jit/jit_program.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/vm/interpreter.hpp"
#include "fathom/vm/jit/code_auditor.hpp"
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/naive_interpreter.hpp"
#include "fathom/vm/stack.hpp"

#include <sys/random.h>

#include <cstddef>
#include <type_traits>

namespace fathom::vm::jit {
namespace {

static_assert(std::is_standard_layout_v<Context>);

/// The access at `addr` is covered neither by its slot nor by the window. Null: the run ends here.
std::uint8_t* on_miss(Context* context, std::uint64_t addr, std::uint32_t slot_and_window) {
    const std::uint32_t pc = slot_and_window & ((1u << kWindowShift) - 1);
    const sbpf::Program& program = context->machine->executable().program();
    const sbpf::Op op = sbpf::decode_table(program.version())[program.instruction(pc).opcode];
    const Access access = sbpf::info(op).form == sbpf::Form::Load ? Access::Load : Access::Store;
    std::uint8_t* const host = context->cache->miss(
        context->table.slots[slot_and_window >> kWindowShift], access, addr, sbpf::access_size(op));
    if (!host) {
        context->ending = Ending::MemoryFault;
        context->pc = pc;
    }
    return host;
}

/// A syscall has changed the memory map.
void on_changed_map(Context* context) {
    context->cache->revalidate();
    context->generation = *context->map_generation;
}

/// Zero if there is none to be had.
std::uint64_t seed_of(const JitConfig& config) {
    if (config.seed != 0) return config.seed;
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != static_cast<::ssize_t>(sizeof seed)) return 0;
    return seed;
}

/// Fills what the run adds to the program's part of the context.
void prepare(Context& context, const RunState& start, std::uint8_t* stack, std::uint64_t stride) {
    const auto base = reinterpret_cast<std::uint64_t>(stack);
    context.registers = start.registers;
    context.depth = 0;
    context.stack_end = base + sbpf::kStackSize;
    if (stride == 0) return;
    context.registers[10] = base + sbpf::kStackFrameSize;
    context.deepest_end = base + sbpf::kStackFrameSize;
    // Depth d: the frame ends at base + (d + 1) * 4096; r10 is kStackStart + 4096 + d * stride.
    context.r10_constant = stride == sbpf::kStackFrameSize
                               ? sbpf::kStackStart - base
                               : sbpf::kStackStart - sbpf::kStackFrameSize - 2 * base;
}

/// Fills what the program and the machine say.
void describe(Context& context, const JitProgram& program, Machine& machine) {
    const auto code = reinterpret_cast<std::uint64_t>(program.code());
    context.key = program.key();
    context.syscall_sites = program.syscall_sites().data();
    context.machine_meter = &machine.meter().remaining;
    context.machine = &machine;
    context.map_generation = machine.memory().generation_address();
    context.generation = *context.map_generation;
    context.units = program.units().data();
    context.code_offsets = program.code_offsets().data();
    context.code = program.code();
    context.leave_stubs = code + program.first_leave_stub() + kLeaveStubSize;
    context.miss_stubs = code + program.first_miss_stub() + kMissStubSize / 2;
    context.misses = program.misses().data();
    context.miss = on_miss;
    context.revalidate = on_changed_map;
}

/// Finds the slot number where the code left only its own place.
void settle_place(Context& context, const JitProgram& program) {
    if (context.ending == Ending::NaiveAtStub) {
        context.pc = program.leaves()[context.place / kLeaveStubSize];
        context.ending = Ending::Naive;
    } else if (context.ending == Ending::SyscallFault) {
        context.pc = static_cast<std::uint32_t>(context.syscall_sites[context.pc].slot);
    }
}

/// Calls in progress when the code came back; restores the guest's r10.
std::uint64_t settle_frames(Context& context, std::uint8_t* stack, const Executable& executable) {
    const std::uint64_t stride = executable.frame_stride();
    if (stride == 0) return context.depth;
    const std::uint64_t frames =
        (context.registers[10] - reinterpret_cast<std::uint64_t>(stack)) / sbpf::kStackFrameSize;
    context.registers[10] = executable.initial_frame_pointer() + (frames - 1) * stride;
    return frames - 1;
}

/// How a run ends whose next instruction faults or exceeds the budget. It cannot return from a
/// call before that, so what the calls in progress saved is of no use.
RunResult finish(Machine& machine, const Context& context, std::uint64_t depth) {
    static constexpr std::array<CallFrame, sbpf::kMaxCallDepth> kUnused{};
    machine.meter().remaining = context.meter + context.units[context.pc];
    return run_naive(machine, {.registers = context.registers, .pc = context.pc},
                     std::span(kUnused).first(depth));
}

} // namespace

bool JitProgram::is_supported() {
#if defined(__x86_64__) && defined(__linux__)
    static const bool has_bmi2 = __builtin_cpu_supports("bmi2") != 0;
    return has_bmi2;
#else
    return false;
#endif
}

std::unique_ptr<const JitProgram> JitProgram::create(const Executable& executable,
                                                     AuditFinding* refusal) {
    if (!is_supported()) return nullptr;
    const std::uint64_t seed = seed_of(executable.config().jit);
    if (seed == 0) return nullptr;
    auto scan = ProgramScan::create(executable);
    if (!scan) return nullptr;
    auto program = Compiler(executable, std::move(*scan), seed).compile();
    if (!program || !executable.config().jit.audits_code) return program;
    const auto finding = audit_code(executable, AuditedCode(*program));
    if (!finding) return program;
    if (refusal) *refusal = *finding;
    return nullptr;
}

RunResult run_jit(Machine& machine, const RunState& start) {
    const Executable& executable = machine.executable();
    const JitProgram* program = executable.compiled();
    const std::uint64_t slot_count = executable.program().slot_count();
    if (!program || start.pc >= slot_count) return run_interpreter(machine, start);
    const std::uint64_t stride = executable.frame_stride();
    std::uint8_t* const stack = stride != 0 ? standard_stack(machine) : nullptr;
    if (stride != 0 && (!stack || start.registers[10] != executable.initial_frame_pointer())) {
        return run_naive(machine, start);
    }
    const std::uint64_t first_units = program->units()[start.pc];
    if (machine.meter().remaining < first_units) return run_naive(machine, start);

    Context context;
    TranslationCache cache(machine.memory(), context.table);
    prepare(context, start, stack, stride);
    describe(context, *program, machine);
    context.meter = machine.meter().remaining - first_units;
    context.slot_count = slot_count;
    context.text_address = executable.program().text_address();
    context.cache = &cache;
    program->entry()(&context, program->code() + program->code_offsets()[start.pc]);
    settle_place(context, *program);

    const std::uint64_t depth = settle_frames(context, stack, executable);
    if (stack) {
        const std::uint64_t written = context.deepest_end - reinterpret_cast<std::uint64_t>(stack);
        machine.memory().note_frames(written / sbpf::kStackFrameSize);
    }
    if (context.ending == Ending::Naive) return finish(machine, context, depth);
    if (context.ending == Ending::MemoryFault) context.meter += context.units[context.pc] - 1u;
    machine.meter().remaining = context.meter;
    RunResult result{.value = context.registers[0],
                     .registers = context.registers,
                     .pc = context.pc,
                     .call_depth = depth};
    if (context.ending == Ending::MemoryFault) {
        result.value = std::unexpected(cache.fault());
    } else if (context.ending == Ending::SyscallFault) {
        result.value = std::unexpected(Fault{.kind = FaultKind::SyscallError});
    } else if (context.ending == Ending::CallTooDeep) {
        ++result.call_depth;
        result.value = std::unexpected(Fault{.kind = FaultKind::CallDepthExceeded});
    }
    return result;
}

} // namespace fathom::vm::jit
