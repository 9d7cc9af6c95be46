// SPDX-License-Identifier: Apache-2.0
// Handlers of the fast interpreter, and the ways out of it.
//
// Every handler ends by jumping to the next one, so that the processor learns a separate history
// for each. Between two instructions everything that the guest can see is in `registers`; the meter
// is in a local and runs ahead by what the current line still has to do (decoded_program.hpp).
//
// No fault but those of memory is described here: an instruction that would fault is left to
// run_naive, with the meter as it stood before it. Memory faults have been found, and the access
// handler has been asked, by the time they are known, so they end the run on the spot.
#include "fathom/vm/interpreter.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/vm/naive_interpreter.hpp"
#include "fathom/vm/stack.hpp"
#include "fathom/vm/translation_cache.hpp"

#include <limits>
#include <optional>

#if defined(__GNUC__) && !defined(__clang__)
#define FATHOM_INTERPRETER_FLAGS __attribute__((optimize("no-gcse", "no-crossjumping")))
#else
#define FATHOM_INTERPRETER_FLAGS
#endif

namespace fathom::vm {
namespace {

enum class Ending : std::uint8_t { Returned, MemoryFault, SyscallFault, CallTooDeep, Naive };

struct Run {
    Run(Machine& owner, const DecodedProgram& decoded, const RunState& start)
        : registers(start.registers), cache(owner.memory(), table), machine(owner),
          program(decoded), meter(owner.meter().remaining), pc(start.pc) {}

    std::array<std::uint64_t, 11> registers;
    TranslationTable table;
    TranslationCache cache;
    Machine& machine;
    const DecodedProgram& program;
    std::uint64_t meter;
    std::uint64_t pc;
    std::uint64_t depth = 0;
    std::uint64_t deepest = 0;
    std::uint8_t* stack = nullptr; // host bytes of the first frame
    std::uint64_t stride = 0;
    std::array<CallFrame, sbpf::kMaxCallDepth> frames; // the first `depth` are set
};

std::uint64_t sign_extend(std::uint32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
}

template <class T> std::uint64_t shift_right_signed(std::uint64_t value, std::uint64_t count) {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<Unsigned>(static_cast<T>(value) >> (count & (sizeof(T) * 8 - 1)));
}

std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::uint64_t>((static_cast<uint128_t>(a) * b) >> 64);
}

std::uint64_t high_product_signed(std::uint64_t a, std::uint64_t b) {
    const int128_t product =
        static_cast<int128_t>(static_cast<std::int64_t>(a)) * static_cast<std::int64_t>(b);
    return static_cast<std::uint64_t>(static_cast<uint128_t>(product) >> 64);
}

std::uint64_t swap_bytes(std::uint64_t value, std::int32_t width) {
    if (width == 16) return __builtin_bswap16(static_cast<std::uint16_t>(value));
    if (width == 32) return __builtin_bswap32(static_cast<std::uint32_t>(value));
    return __builtin_bswap64(value);
}

std::uint64_t truncate(std::uint64_t value, std::int32_t width) {
    if (width == 16) return value & 0xffff;
    if (width == 32) return value & 0xffffffff;
    return value;
}

/// True if a / b and a % b fault.
template <class T> bool division_faults(std::uint64_t a, std::uint64_t b) {
    if (static_cast<T>(b) == 0) return true;
    if constexpr (std::is_signed_v<T>) {
        return static_cast<T>(a) == std::numeric_limits<T>::min() && static_cast<T>(b) == -1;
    }
    return false;
}

template <class T> std::uint64_t quotient(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::make_unsigned_t<T>>(static_cast<T>(a) / static_cast<T>(b));
}

template <class T> std::uint64_t remainder(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::make_unsigned_t<T>>(static_cast<T>(a) % static_cast<T>(b));
}

/// After a syscall: forgets translations if regions have changed. Where frames are reached without
/// a check, the stack must be where it was; nothing of ours moves it.
void revalidate(Run& run) {
    run.cache.revalidate();
    FATHOM_DASSERT(!run.stack || standard_stack(run.machine) == run.stack);
}

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

// A label's address and the jump to it are the point of this file, and a GNU extension.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

#define DST registers[ip->dst]
#define SRC registers[ip->src]
#define IMM static_cast<u64>(static_cast<i64>(ip->imm))
#define IMM32 static_cast<u32>(ip->imm)
#define OFFSET static_cast<u64>(static_cast<i64>(ip->offset))

#define GO() goto*(origin + ip->handler)
#define NEXT()                                                                                     \
    do {                                                                                           \
        ++ip;                                                                                      \
        GO();                                                                                      \
    } while (false)
/// To the first instruction of a line: charges all of it.
#define ENTER()                                                                                    \
    do {                                                                                           \
        const u64 units = ip->units;                                                               \
        if (meter < units) [[unlikely]] {                                                          \
            goto out_of_budget;                                                                    \
        }                                                                                          \
        meter -= units;                                                                            \
        GO();                                                                                      \
    } while (false)

#define ALU(name, value)                                                                           \
    on_##name : DST = (value);                                                                     \
    NEXT();
#define DIVIDE(name, type, operation, divisor)                                                     \
    on_##name : if (division_faults<type>(DST, divisor)) [[unlikely]] {                            \
        goto faulting;                                                                             \
    }                                                                                              \
    DST = operation<type>(DST, divisor);                                                           \
    NEXT();
#define JUMP(name, condition)                                                                      \
    on_##name : if (condition) {                                                                   \
        ip += 1 + ip->offset;                                                                      \
        ENTER();                                                                                   \
    }                                                                                              \
    ++ip;                                                                                          \
    ENTER();
#define JUMP_IF(name, compare)                                                                     \
    JUMP(name##64Imm, static_cast<u64>(DST) compare IMM)                                           \
    JUMP(name##64Reg, static_cast<u64>(DST) compare SRC)                                           \
    JUMP(name##32Imm, static_cast<u32>(DST) compare IMM32)                                         \
    JUMP(name##32Reg, static_cast<u32>(DST) compare static_cast<u32>(SRC))
#define JUMP_IF_SIGNED(name, compare)                                                              \
    JUMP(name##64Imm, static_cast<i64>(DST) compare static_cast<i64>(IMM))                         \
    JUMP(name##64Reg, static_cast<i64>(DST) compare static_cast<i64>(SRC))                         \
    JUMP(name##32Imm, static_cast<i32>(DST) compare ip->imm)                                       \
    JUMP(name##32Reg, static_cast<i32>(DST) compare static_cast<i32>(SRC))
#define TRANSLATE(type, access, limit, address)                                                    \
    const u64 addr = (address);                                                                    \
    TranslationSlot& slot = run->table.slots[ip->window];                                          \
    const u64 distance = addr - slot.guest;                                                        \
    u8* host;                                                                                      \
    if (distance < slot.limit) [[likely]] {                                                        \
        host = slot.host + distance;                                                               \
    } else {                                                                                       \
        host = run->cache.miss(slot, Access::access, addr, sizeof(type));                          \
        if (!host) goto memory_fault;                                                              \
    }
#define LOAD(name, type)                                                                           \
    on_##name : {                                                                                  \
        TRANSLATE(type, Load, load_limit, SRC + OFFSET)                                            \
        DST = load_le<type>(host);                                                                 \
        NEXT();                                                                                    \
    }
#define STORE(name, type, value)                                                                   \
    on_##name : {                                                                                  \
        TRANSLATE(type, Store, store_limit, DST + OFFSET)                                          \
        store_le<type>(host, static_cast<type>(value));                                            \
        NEXT();                                                                                    \
    }
#define FRAME_BYTES reinterpret_cast<u8*>(frame_end + OFFSET)
#define FRAME(bits, type)                                                                          \
    on_LoadFrame##bits : DST = load_le<type>(FRAME_BYTES);                                         \
    NEXT();                                                                                        \
    on_StoreFrame##bits##Imm : store_le<type>(FRAME_BYTES, static_cast<type>(IMM));                \
    NEXT();                                                                                        \
    on_StoreFrame##bits##Reg : store_le<type>(FRAME_BYTES, static_cast<type>(SRC));                \
    NEXT();
#define SYSCALL(function)                                                                          \
    run->machine.meter().remaining = meter;                                                        \
    const SyscallResult result = (function)(run->machine, registers[1], registers[2],              \
                                            registers[3], registers[4], registers[5]);             \
    meter = run->machine.meter().remaining;                                                        \
    if (result.failed) [[unlikely]] {                                                              \
        goto syscall_fault;                                                                        \
    }                                                                                              \
    registers[0] = result.value;                                                                   \
    revalidate(*run);
#define PUSH_FRAME()                                                                               \
    {                                                                                              \
        CallFrame& frame = run->frames[run->depth];                                                \
        frame.saved = {registers[6], registers[7], registers[8], registers[9]};                    \
        frame.frame_pointer = registers[10];                                                       \
        frame.return_pc = static_cast<u64>(ip + 1 - code);                                         \
        ++run->depth;                                                                              \
        if (run->depth > run->deepest) run->deepest = run->depth;                                  \
        registers[10] += run->stride;                                                              \
        frame_end += sbpf::kStackFrameSize;                                                        \
    }

/// Runs to an ending, or, without a run, tells where the handlers are.
FATHOM_INTERPRETER_FLAGS Ending execute(Run* run, HandlerOffsets* offsets) {
    if (!run) {
        static const void* const labels[] = {
#define FATHOM_ROW(op, mnemonic, form, check) &&on_##op,
            FATHOM_SBPF_OPS(FATHOM_ROW)
#undef FATHOM_ROW
#define FATHOM_ROW(handler) &&on_##handler,
                FATHOM_EXTRA_HANDLERS(FATHOM_ROW)
#undef FATHOM_ROW
        };
        for (std::size_t i = 0; i < kHandlerCount; ++i) {
            (*offsets)[i] = static_cast<i32>(static_cast<const char*>(labels[i]) -
                                             static_cast<const char*>(&&on_Invalid));
        }
        return Ending::Returned;
    }
    const char* const origin = static_cast<const char*>(&&on_Invalid);
    u64* const registers = run->registers.data();
    const DecodedInstruction* const code = run->program.code();
    const u64 text_address = run->machine.executable().program().text_address();
    const DecodedInstruction* ip = code + run->pc;
    u64 meter = run->meter;
    // Host address of the current frame's end. Has no meaning where programs move r10 themselves.
    u64 frame_end = reinterpret_cast<u64>(run->stack) + sbpf::kStackFrameSize;
    ENTER();

    ALU(Add32Imm, static_cast<u32>(DST) + IMM32)
    ALU(Add32Reg, static_cast<u32>(DST) + static_cast<u32>(SRC))
    ALU(Add32ImmSx, sign_extend(static_cast<u32>(DST) + IMM32))
    ALU(Add32RegSx, sign_extend(static_cast<u32>(DST) + static_cast<u32>(SRC)))
    ALU(Rsub32Imm, IMM32 - static_cast<u32>(DST))
    ALU(Sub32Reg, static_cast<u32>(DST) - static_cast<u32>(SRC))
    ALU(Sub32ImmSx, sign_extend(static_cast<u32>(DST) - IMM32))
    ALU(Sub32RegSx, sign_extend(static_cast<u32>(DST) - static_cast<u32>(SRC)))
    ALU(Mul32ImmSx, sign_extend(static_cast<u32>(DST) * IMM32))
    ALU(Mul32RegSx, sign_extend(static_cast<u32>(DST) * static_cast<u32>(SRC)))
    ALU(Or32Imm, static_cast<u32>(DST) | IMM32)
    ALU(Or32Reg, static_cast<u32>(DST | SRC))
    ALU(And32Imm, static_cast<u32>(DST) & IMM32)
    ALU(And32Reg, static_cast<u32>(DST & SRC))
    ALU(Xor32Imm, static_cast<u32>(DST) ^ IMM32)
    ALU(Xor32Reg, static_cast<u32>(DST ^ SRC))
    ALU(Lsh32Imm, static_cast<u32>(DST) << (IMM32 & 31))
    ALU(Lsh32Reg, static_cast<u32>(DST) << (SRC & 31))
    ALU(Rsh32Imm, static_cast<u32>(DST) >> (IMM32 & 31))
    ALU(Rsh32Reg, static_cast<u32>(DST) >> (SRC & 31))
    ALU(Arsh32Imm, shift_right_signed<i32>(DST, IMM32))
    ALU(Arsh32Reg, shift_right_signed<i32>(DST, SRC))
    ALU(Neg32, 0u - static_cast<u32>(DST))
    ALU(Mov32Imm, IMM32)
    ALU(Mov32Reg, static_cast<u32>(SRC))
    ALU(Mov32RegSx, sign_extend(static_cast<u32>(SRC)))
    ALU(Le, truncate(DST, ip->imm))
    ALU(Be, swap_bytes(DST, ip->imm))
    ALU(Add64Imm, DST + IMM)
    ALU(Add64Reg, DST + SRC)
    ALU(Sub64Imm, DST - IMM)
    ALU(Rsub64Imm, IMM - DST)
    ALU(Sub64Reg, DST - SRC)
    ALU(Mul64Imm, DST * IMM)
    ALU(Mul64Reg, DST * SRC)
    ALU(Or64Imm, DST | IMM)
    ALU(Or64Reg, DST | SRC)
    ALU(And64Imm, DST & IMM)
    ALU(And64Reg, DST & SRC)
    ALU(Xor64Imm, DST ^ IMM)
    ALU(Xor64Reg, DST ^ SRC)
    ALU(Lsh64Imm, DST << (IMM32 & 63))
    ALU(Lsh64Reg, DST << (SRC & 63))
    ALU(Rsh64Imm, DST >> (IMM32 & 63))
    ALU(Rsh64Reg, DST >> (SRC & 63))
    ALU(Arsh64Imm, shift_right_signed<i64>(DST, IMM32))
    ALU(Arsh64Reg, shift_right_signed<i64>(DST, SRC))
    ALU(Neg64, 0 - DST)
    ALU(Mov64Imm, IMM)
    ALU(Mov64Reg, SRC)
    ALU(Hor64Imm, DST | static_cast<u64>(IMM32) << 32)
    ALU(Uhmul64Imm, high_product(DST, IMM32))
    ALU(Uhmul64Reg, high_product(DST, SRC))
    ALU(Shmul64Imm, high_product_signed(DST, IMM))
    ALU(Shmul64Reg, high_product_signed(DST, SRC))
    ALU(Lmul32Imm, static_cast<u32>(DST) * IMM32)
    ALU(Lmul32Reg, static_cast<u32>(DST) * static_cast<u32>(SRC))
    ALU(Lmul64Imm, DST * IMM)
    ALU(Lmul64Reg, DST * SRC)
    DIVIDE(Div32Imm, u32, quotient, IMM32)
    DIVIDE(Div32Reg, u32, quotient, SRC)
    DIVIDE(Mod32Imm, u32, remainder, IMM32)
    DIVIDE(Mod32Reg, u32, remainder, SRC)
    DIVIDE(Div64Imm, u64, quotient, IMM)
    DIVIDE(Div64Reg, u64, quotient, SRC)
    DIVIDE(Mod64Imm, u64, remainder, IMM)
    DIVIDE(Mod64Reg, u64, remainder, SRC)
    DIVIDE(Udiv32Imm, u32, quotient, IMM32)
    DIVIDE(Udiv32Reg, u32, quotient, SRC)
    DIVIDE(Urem32Imm, u32, remainder, IMM32)
    DIVIDE(Urem32Reg, u32, remainder, SRC)
    DIVIDE(Udiv64Imm, u64, quotient, IMM32)
    DIVIDE(Udiv64Reg, u64, quotient, SRC)
    DIVIDE(Urem64Imm, u64, remainder, IMM32)
    DIVIDE(Urem64Reg, u64, remainder, SRC)
    DIVIDE(Sdiv32Imm, i32, quotient, IMM)
    DIVIDE(Sdiv32Reg, i32, quotient, SRC)
    DIVIDE(Srem32Imm, i32, remainder, IMM)
    DIVIDE(Srem32Reg, i32, remainder, SRC)
    DIVIDE(Sdiv64Imm, i64, quotient, IMM)
    DIVIDE(Sdiv64Reg, i64, quotient, SRC)
    DIVIDE(Srem64Imm, i64, remainder, IMM)
    DIVIDE(Srem64Reg, i64, remainder, SRC)

    LOAD(Load8, u8)
    LOAD(Load16, u16)
    LOAD(Load32, u32)
    LOAD(Load64, u64)
    STORE(Store8Imm, u8, IMM)
    STORE(Store16Imm, u16, IMM)
    STORE(Store32Imm, u32, IMM)
    STORE(Store64Imm, u64, IMM)
    STORE(Store8Reg, u8, SRC)
    STORE(Store16Reg, u16, SRC)
    STORE(Store32Reg, u32, SRC)
    STORE(Store64Reg, u64, SRC)
    FRAME(8, u8)
    FRAME(16, u16)
    FRAME(32, u32)
    FRAME(64, u64)

    JUMP(Ja, true)
    JUMP_IF(Jeq, ==)
    JUMP_IF(Jne, !=)
    JUMP_IF(Jgt, >)
    JUMP_IF(Jge, >=)
    JUMP_IF(Jlt, <)
    JUMP_IF(Jle, <=)
    JUMP_IF_SIGNED(Jsgt, >)
    JUMP_IF_SIGNED(Jsge, >=)
    JUMP_IF_SIGNED(Jslt, <)
    JUMP_IF_SIGNED(Jsle, <=)
    JUMP(Jset64Imm, (DST & IMM) != 0)
    JUMP(Jset64Reg, (DST & SRC) != 0)
    JUMP(Jset32Imm, (static_cast<u32>(DST) & IMM32) != 0)
    JUMP(Jset32Reg, static_cast<u32>(DST & SRC) != 0)

on_Lddw:
    DST = IMM32 | static_cast<u64>(static_cast<u32>(ip[1].imm)) << 32;
    ip += 2;
    GO();

on_CallLocal:
    if (run->depth + 1 == sbpf::kMaxCallDepth) [[unlikely]] {
        goto faulting;
    }
    PUSH_FRAME()
    ip = code + ip->imm;
    ENTER();

on_Callx: {
    const u64 target = (SRC - text_address) / 8;
    if (run->depth + 1 == sbpf::kMaxCallDepth) [[unlikely]] {
        goto faulting;
    }
    if (target >= run->program.slot_count()) [[unlikely]] {
        goto faulting;
    }
    PUSH_FRAME()
    ip = code + target;
    ENTER();
}

on_CallSyscall: {
    SYSCALL(run->program.syscalls()[ip->imm])
    ++ip;
    ENTER();
}

on_CallSyscallThenLocal: {
    const DecodedProgram::SyscallThenLocal& call = run->program.double_calls()[ip->imm];
    SYSCALL(call.function)
    if (run->depth + 1 == sbpf::kMaxCallDepth) [[unlikely]] {
        goto too_deep;
    }
    PUSH_FRAME()
    ip = code + call.target;
    ENTER();
}

on_Exit: {
    if (run->depth == 0) goto returned;
    const CallFrame& frame = run->frames[--run->depth];
    registers[6] = frame.saved[0];
    registers[7] = frame.saved[1];
    registers[8] = frame.saved[2];
    registers[9] = frame.saved[3];
    registers[10] = frame.frame_pointer;
    frame_end -= sbpf::kStackFrameSize;
    ip = code + frame.return_pc;
    ENTER();
}

on_Recharge: {
    const DecodedProgram::Cut& cut = run->program.cut_at(static_cast<u64>(ip - code));
    if (meter < cut.units) [[unlikely]] {
        goto out_of_budget;
    }
    meter -= cut.units;
    goto*(origin + cut.handler);
}

on_Invalid:
on_Call:
on_Overrun:
faulting:
    meter += run->program.units_from(*ip);
out_of_budget:
    run->meter = meter;
    run->pc = static_cast<u64>(ip - code);
    return Ending::Naive;

memory_fault:
    run->meter = meter + run->program.units_from(*ip) - 1;
    run->pc = static_cast<u64>(ip - code);
    return Ending::MemoryFault;

syscall_fault:
    run->meter = meter;
    run->pc = static_cast<u64>(ip - code);
    return Ending::SyscallFault;

too_deep:
    ++run->depth;
    run->meter = meter;
    run->pc = static_cast<u64>(ip - code);
    return Ending::CallTooDeep;

returned:
    run->meter = meter;
    run->pc = static_cast<u64>(ip - code);
    return Ending::Returned;
}

#pragma GCC diagnostic pop

} // namespace

const HandlerOffsets& handler_offsets() {
    static const HandlerOffsets offsets = [] {
        HandlerOffsets table{};
        static_cast<void>(execute(nullptr, &table));
        return table;
    }();
    return offsets;
}

RunResult run_interpreter(Machine& machine, const RunState& start) {
    const Executable& executable = machine.executable();
    const DecodedProgram* program = executable.decoded();
    if (!program || start.pc >= program->slot_count()) return run_naive(machine, start);
    Run run(machine, *program, start);
    run.stride = executable.frame_stride();
    if (run.stride != 0) {
        run.stack = standard_stack(machine);
        if (!run.stack || start.registers[10] != executable.initial_frame_pointer()) {
            return run_naive(machine, start);
        }
    }
    const Ending ending = execute(&run, nullptr);
    if (run.stack) machine.memory().note_frames(run.deepest + 1);
    machine.meter().remaining = run.meter;
    if (ending == Ending::Naive) {
        return run_naive(machine, {.registers = run.registers, .pc = run.pc},
                         std::span(run.frames).first(run.depth));
    }
    RunResult result{.value = run.registers[0],
                     .registers = run.registers,
                     .pc = run.pc,
                     .call_depth = run.depth};
    if (ending == Ending::MemoryFault) {
        result.value = std::unexpected(run.cache.fault());
    } else if (ending == Ending::SyscallFault) {
        result.value = std::unexpected(Fault{.kind = FaultKind::SyscallError});
    } else if (ending == Ending::CallTooDeep) {
        result.value = std::unexpected(Fault{.kind = FaultKind::CallDepthExceeded});
    }
    return result;
}

} // namespace fathom::vm
