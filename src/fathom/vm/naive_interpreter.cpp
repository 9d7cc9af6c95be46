// SPDX-License-Identifier: Apache-2.0
// One instruction at a time, straight from the table; every other engine is compared with this.
//
// Source of behaviour: anza-xyz/sbpf src/interpreter.rs, src/vm.rs; what a fault charges:
// src/jit.rs.
#include "fathom/vm/naive_interpreter.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/vm/tracer.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace fathom::vm {
namespace {

using sbpf::Op;

constexpr std::size_t kFramePointer = 10;

std::uint64_t sign_extend(std::uint32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
}

std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::uint64_t>((static_cast<uint128_t>(a) * b) >> 64);
}

std::uint64_t high_product_signed(std::uint64_t a, std::uint64_t b) {
    const int128_t product =
        static_cast<int128_t>(static_cast<std::int64_t>(a)) * static_cast<std::int64_t>(b);
    return static_cast<std::uint64_t>(static_cast<uint128_t>(product) >> 64);
}

using Registers = std::array<std::uint64_t, 11>;

/// What run_naive has for an observer: nothing is left of it in the code.
struct NoObserver {
    static void on_step(const Registers&, std::uint64_t, std::uint64_t) {}
};

struct SomeObserver {
    StepObserver& steps;
    void on_step(const Registers& registers, std::uint64_t pc, std::uint64_t depth) const {
        steps.on_step(registers, pc, depth);
    }
};

/// A class of its own for each observer, so that observing costs the other one nothing.
template <class Observer> class NaiveInterpreter {
public:
    NaiveInterpreter(Machine& machine, const RunState& start, std::span<const CallFrame> frames,
                     Observer observer)
        : machine_(machine), executable_(machine.executable()), program_(executable_.program()),
          decode_(sbpf::decode_table(program_.version())), remaining_(machine.meter().remaining),
          pc_(start.pc), depth_(frames.size()), registers_(start.registers), observer_(observer) {
        FATHOM_ASSERT(frames.size() < frames_.size());
        std::ranges::copy(frames, frames_.begin());
    }

    RunResult run() {
        while (step()) {
        }
        machine_.meter().remaining = remaining_;
        return {.value = fault_ ? Result<std::uint64_t, Fault>(std::unexpected(*fault_))
                                : Result<std::uint64_t, Fault>(registers_[0]),
                .registers = registers_,
                .pc = pc_,
                .call_depth = depth_};
    }

private:
    bool stop(FaultKind kind) { return stop(Fault{.kind = kind}); }
    bool stop(const Fault& fault) {
        fault_ = fault;
        return false;
    }

    template <class T> bool load(std::uint64_t& target, std::uint64_t addr) {
        const auto host = machine_.memory().translate_or_handle(Access::Load, addr, sizeof(T));
        if (!host) return stop(host.error());
        target = load_le<T>(*host);
        return true;
    }

    template <class T> bool store(std::uint64_t addr, std::uint64_t value) {
        const auto host = machine_.memory().translate_or_handle(Access::Store, addr, sizeof(T));
        if (!host) return stop(host.error());
        store_le<T>(*host, static_cast<T>(value));
        return true;
    }

    bool push_frame() {
        CallFrame& frame = frames_[depth_];
        for (std::size_t i = 0; i < 4; ++i) frame.saved[i] = registers_[6 + i];
        frame.frame_pointer = registers_[kFramePointer];
        frame.return_pc = pc_ + 1;
        if (++depth_ == sbpf::kMaxCallDepth) return stop(FaultKind::CallDepthExceeded);
        registers_[kFramePointer] += executable_.frame_stride();
        return true;
    }

    bool call_syscall(const Syscall& syscall) {
        machine_.meter().remaining = remaining_;
        const SyscallResult result = syscall.function(machine_, registers_[1], registers_[2],
                                                      registers_[3], registers_[4], registers_[5]);
        remaining_ = machine_.meter().remaining;
        if (result.failed) return stop(FaultKind::SyscallError);
        registers_[0] = result.value;
        return true;
    }

    /// Before V3 one key may name a syscall and a function: both are then called, the syscall
    /// first.
    bool call_by_key(std::uint32_t key) {
        const Syscall* syscall = executable_.syscalls().find(key);
        if (syscall && !call_syscall(*syscall)) return false;
        if (const auto target = program_.find_function(key)) {
            if (!push_frame()) return false;
            if (*target >= program_.slot_count()) return stop(FaultKind::CallOutsideTextSegment);
            next_pc_ = *target;
        } else if (!syscall) {
            return stop(FaultKind::UnsupportedInstruction);
        }
        return true;
    }

    bool call_static(const sbpf::RawInstruction& insn) {
        if (insn.src == 0) {
            const Syscall* syscall =
                executable_.syscalls().find(static_cast<std::uint32_t>(insn.imm));
            return syscall ? call_syscall(*syscall) : stop(FaultKind::UnsupportedInstruction);
        }
        const std::int64_t target = static_cast<std::int64_t>(next_pc_) + insn.imm;
        if (insn.src != 1 || target < 0 ||
            static_cast<std::uint64_t>(target) >= program_.slot_count()) {
            return stop(FaultKind::UnsupportedInstruction);
        }
        if (!push_frame()) return false;
        next_pc_ = static_cast<std::uint64_t>(target);
        return true;
    }

    bool call_register(const sbpf::RawInstruction& insn) {
        std::size_t index = static_cast<std::size_t>(insn.imm); // verified: 0 to 9
        if (program_.version() == sbpf::Version::V2) index = insn.src;
        if (program_.version() >= sbpf::Version::V3) index = insn.dst;
        const std::uint64_t target = registers_[index];
        if (!push_frame()) return false; // the depth is tested before the target
        const std::uint64_t slot = (target - program_.text_address()) / 8;
        if (slot >= program_.slot_count()) return stop(FaultKind::CallOutsideTextSegment);
        next_pc_ = slot;
        return true;
    }

    bool exit() {
        if (depth_ == 0) return false; // r0 is the value
        const CallFrame& frame = frames_[--depth_];
        registers_[kFramePointer] = frame.frame_pointer;
        for (std::size_t i = 0; i < 4; ++i) registers_[6 + i] = frame.saved[i];
        next_pc_ = frame.return_pc;
        return true;
    }

    template <class T> bool divide(std::uint64_t& dst, std::uint64_t divisor, bool want_remainder) {
        const T a = static_cast<T>(dst);
        const T b = static_cast<T>(divisor);
        if (b == 0) return stop(FaultKind::DivideByZero);
        if constexpr (std::is_signed_v<T>) {
            if (a == std::numeric_limits<T>::min() && b == -1) {
                return stop(FaultKind::DivideOverflow);
            }
        }
        using Unsigned = std::make_unsigned_t<T>;
        dst = static_cast<Unsigned>(want_remainder ? a % b : a / b);
        return true;
    }

    bool step();
    bool execute(Op op, const sbpf::RawInstruction& insn);

    Machine& machine_;
    const Executable& executable_;
    const sbpf::Program& program_;
    const sbpf::DecodeTable& decode_;
    std::uint64_t remaining_;
    std::uint64_t pc_;
    std::uint64_t next_pc_ = 0;
    std::uint64_t depth_;
    Registers registers_;
    [[no_unique_address]] Observer observer_;
    std::optional<Fault> fault_;
    std::array<CallFrame, sbpf::kMaxCallDepth> frames_;
};

template <class Observer> bool NaiveInterpreter<Observer>::step() {
    if (remaining_ == 0) return stop(FaultKind::ExceededMaxInstructions);
    --remaining_;
    if (pc_ >= program_.slot_count()) return stop(FaultKind::ExecutionOverrun);
    const sbpf::RawInstruction insn = program_.instruction(pc_);
    next_pc_ = pc_ + 1;
    observer_.on_step(registers_, pc_, depth_);
    if (!execute(decode_[insn.opcode], insn)) return false;
    pc_ = next_pc_;
    return true;
}

// One case per operation of the table.
template <class Observer>
bool NaiveInterpreter<Observer>::execute(Op op, const sbpf::RawInstruction& insn) {
    std::uint64_t& dst = registers_[insn.dst < 11 ? insn.dst : 0]; // verified: at most 10
    const std::uint64_t src = registers_[insn.src < 11 ? insn.src : 0];
    const auto imm = static_cast<std::uint64_t>(static_cast<std::int64_t>(insn.imm));
    const auto imm32 = static_cast<std::uint32_t>(insn.imm);
    const auto dst32 = static_cast<std::uint32_t>(dst);
    const auto src32 = static_cast<std::uint32_t>(src);
    const auto offset = static_cast<std::uint64_t>(static_cast<std::int64_t>(insn.offset));
    const auto s64 = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
    const auto s32 = [](std::uint64_t v) { return static_cast<std::int32_t>(v); };
    const auto jump_if = [&](bool condition) {
        if (condition) next_pc_ += offset;
        return true;
    };
    const auto set = [&](std::uint64_t value) {
        dst = value;
        return true;
    };
    switch (op) {
    case Op::Invalid: return stop(FaultKind::UnsupportedInstruction);
    case Op::Lddw: {
        const std::uint64_t high = static_cast<std::uint32_t>(program_.instruction(pc_ + 1).imm);
        ++next_pc_;
        return set(imm32 | high << 32);
    }
    case Op::Load8: return load<std::uint8_t>(dst, src + offset);
    case Op::Load16: return load<std::uint16_t>(dst, src + offset);
    case Op::Load32: return load<std::uint32_t>(dst, src + offset);
    case Op::Load64: return load<std::uint64_t>(dst, src + offset);
    case Op::Store8Imm: return store<std::uint8_t>(dst + offset, imm);
    case Op::Store16Imm: return store<std::uint16_t>(dst + offset, imm);
    case Op::Store32Imm: return store<std::uint32_t>(dst + offset, imm);
    case Op::Store64Imm: return store<std::uint64_t>(dst + offset, imm);
    case Op::Store8Reg: return store<std::uint8_t>(dst + offset, src);
    case Op::Store16Reg: return store<std::uint16_t>(dst + offset, src);
    case Op::Store32Reg: return store<std::uint32_t>(dst + offset, src);
    case Op::Store64Reg: return store<std::uint64_t>(dst + offset, src);
    case Op::Add32Imm: return set(dst32 + imm32);
    case Op::Add32Reg: return set(dst32 + src32);
    case Op::Add32ImmSx: return set(sign_extend(dst32 + imm32));
    case Op::Add32RegSx: return set(sign_extend(dst32 + src32));
    case Op::Rsub32Imm: return set(imm32 - dst32);
    case Op::Sub32Reg: return set(dst32 - src32);
    case Op::Sub32ImmSx: return set(sign_extend(dst32 - imm32));
    case Op::Sub32RegSx: return set(sign_extend(dst32 - src32));
    case Op::Mul32ImmSx: return set(sign_extend(dst32 * imm32));
    case Op::Mul32RegSx: return set(sign_extend(dst32 * src32));
    case Op::Div32Imm:
    case Op::Udiv32Imm: return divide<std::uint32_t>(dst, imm32, false);
    case Op::Div32Reg:
    case Op::Udiv32Reg: return divide<std::uint32_t>(dst, src32, false);
    case Op::Mod32Imm:
    case Op::Urem32Imm: return divide<std::uint32_t>(dst, imm32, true);
    case Op::Mod32Reg:
    case Op::Urem32Reg: return divide<std::uint32_t>(dst, src32, true);
    case Op::Or32Imm: return set(dst32 | imm32);
    case Op::Or32Reg: return set(dst32 | src32);
    case Op::And32Imm: return set(dst32 & imm32);
    case Op::And32Reg: return set(dst32 & src32);
    case Op::Lsh32Imm: return set(dst32 << (imm32 & 31));
    case Op::Lsh32Reg: return set(dst32 << (src32 & 31));
    case Op::Rsh32Imm: return set(dst32 >> (imm32 & 31));
    case Op::Rsh32Reg: return set(dst32 >> (src32 & 31));
    case Op::Neg32: return set(0u - dst32);
    case Op::Xor32Imm: return set(dst32 ^ imm32);
    case Op::Xor32Reg: return set(dst32 ^ src32);
    case Op::Mov32Imm: return set(imm32);
    case Op::Mov32Reg: return set(src32);
    case Op::Mov32RegSx: return set(sign_extend(src32));
    case Op::Arsh32Imm: return set(static_cast<std::uint32_t>(s32(dst) >> (imm32 & 31)));
    case Op::Arsh32Reg: return set(static_cast<std::uint32_t>(s32(dst) >> (src32 & 31)));
    case Op::Le: return set(insn.imm == 16 ? dst & 0xffff : insn.imm == 32 ? dst32 : dst);
    case Op::Be:
        return set(insn.imm == 16   ? __builtin_bswap16(static_cast<std::uint16_t>(dst))
                   : insn.imm == 32 ? __builtin_bswap32(dst32)
                                    : __builtin_bswap64(dst));
    case Op::Add64Imm: return set(dst + imm);
    case Op::Add64Reg: return set(dst + src);
    case Op::Sub64Imm: return set(dst - imm);
    case Op::Rsub64Imm: return set(imm - dst);
    case Op::Sub64Reg: return set(dst - src);
    case Op::Mul64Imm:
    case Op::Lmul64Imm: return set(dst * imm);
    case Op::Mul64Reg:
    case Op::Lmul64Reg: return set(dst * src);
    case Op::Div64Imm: return divide<std::uint64_t>(dst, imm, false);
    case Op::Div64Reg:
    case Op::Udiv64Reg: return divide<std::uint64_t>(dst, src, false);
    case Op::Mod64Imm: return divide<std::uint64_t>(dst, imm, true);
    case Op::Mod64Reg:
    case Op::Urem64Reg: return divide<std::uint64_t>(dst, src, true);
    case Op::Or64Imm: return set(dst | imm);
    case Op::Or64Reg: return set(dst | src);
    case Op::And64Imm: return set(dst & imm);
    case Op::And64Reg: return set(dst & src);
    case Op::Lsh64Imm: return set(dst << (imm32 & 63));
    case Op::Lsh64Reg: return set(dst << (src & 63));
    case Op::Rsh64Imm: return set(dst >> (imm32 & 63));
    case Op::Rsh64Reg: return set(dst >> (src & 63));
    case Op::Neg64: return set(0 - dst);
    case Op::Xor64Imm: return set(dst ^ imm);
    case Op::Xor64Reg: return set(dst ^ src);
    case Op::Mov64Imm: return set(imm);
    case Op::Mov64Reg: return set(src);
    case Op::Arsh64Imm: return set(static_cast<std::uint64_t>(s64(dst) >> (imm32 & 63)));
    case Op::Arsh64Reg: return set(static_cast<std::uint64_t>(s64(dst) >> (src & 63)));
    case Op::Hor64Imm: return set(dst | static_cast<std::uint64_t>(imm32) << 32);
    case Op::Uhmul64Imm: return set(high_product(dst, imm32));
    case Op::Uhmul64Reg: return set(high_product(dst, src));
    case Op::Shmul64Imm: return set(high_product_signed(dst, imm));
    case Op::Shmul64Reg: return set(high_product_signed(dst, src));
    case Op::Lmul32Imm: return set(dst32 * imm32);
    case Op::Lmul32Reg: return set(dst32 * src32);
    case Op::Udiv64Imm: return divide<std::uint64_t>(dst, imm32, false);
    case Op::Urem64Imm: return divide<std::uint64_t>(dst, imm32, true);
    case Op::Sdiv32Imm: return divide<std::int32_t>(dst, imm32, false);
    case Op::Sdiv32Reg: return divide<std::int32_t>(dst, src32, false);
    case Op::Sdiv64Imm: return divide<std::int64_t>(dst, imm, false);
    case Op::Sdiv64Reg: return divide<std::int64_t>(dst, src, false);
    case Op::Srem32Imm: return divide<std::int32_t>(dst, imm32, true);
    case Op::Srem32Reg: return divide<std::int32_t>(dst, src32, true);
    case Op::Srem64Imm: return divide<std::int64_t>(dst, imm, true);
    case Op::Srem64Reg: return divide<std::int64_t>(dst, src, true);
    case Op::Ja: return jump_if(true);
    case Op::Jeq64Imm: return jump_if(dst == imm);
    case Op::Jeq64Reg: return jump_if(dst == src);
    case Op::Jgt64Imm: return jump_if(dst > imm);
    case Op::Jgt64Reg: return jump_if(dst > src);
    case Op::Jge64Imm: return jump_if(dst >= imm);
    case Op::Jge64Reg: return jump_if(dst >= src);
    case Op::Jset64Imm: return jump_if((dst & imm) != 0);
    case Op::Jset64Reg: return jump_if((dst & src) != 0);
    case Op::Jne64Imm: return jump_if(dst != imm);
    case Op::Jne64Reg: return jump_if(dst != src);
    case Op::Jsgt64Imm: return jump_if(s64(dst) > s64(imm));
    case Op::Jsgt64Reg: return jump_if(s64(dst) > s64(src));
    case Op::Jsge64Imm: return jump_if(s64(dst) >= s64(imm));
    case Op::Jsge64Reg: return jump_if(s64(dst) >= s64(src));
    case Op::Jlt64Imm: return jump_if(dst < imm);
    case Op::Jlt64Reg: return jump_if(dst < src);
    case Op::Jle64Imm: return jump_if(dst <= imm);
    case Op::Jle64Reg: return jump_if(dst <= src);
    case Op::Jslt64Imm: return jump_if(s64(dst) < s64(imm));
    case Op::Jslt64Reg: return jump_if(s64(dst) < s64(src));
    case Op::Jsle64Imm: return jump_if(s64(dst) <= s64(imm));
    case Op::Jsle64Reg: return jump_if(s64(dst) <= s64(src));
    case Op::Jeq32Imm: return jump_if(dst32 == imm32);
    case Op::Jeq32Reg: return jump_if(dst32 == src32);
    case Op::Jgt32Imm: return jump_if(dst32 > imm32);
    case Op::Jgt32Reg: return jump_if(dst32 > src32);
    case Op::Jge32Imm: return jump_if(dst32 >= imm32);
    case Op::Jge32Reg: return jump_if(dst32 >= src32);
    case Op::Jset32Imm: return jump_if((dst32 & imm32) != 0);
    case Op::Jset32Reg: return jump_if((dst32 & src32) != 0);
    case Op::Jne32Imm: return jump_if(dst32 != imm32);
    case Op::Jne32Reg: return jump_if(dst32 != src32);
    case Op::Jsgt32Imm: return jump_if(s32(dst) > s32(imm));
    case Op::Jsgt32Reg: return jump_if(s32(dst) > s32(src));
    case Op::Jsge32Imm: return jump_if(s32(dst) >= s32(imm));
    case Op::Jsge32Reg: return jump_if(s32(dst) >= s32(src));
    case Op::Jlt32Imm: return jump_if(dst32 < imm32);
    case Op::Jlt32Reg: return jump_if(dst32 < src32);
    case Op::Jle32Imm: return jump_if(dst32 <= imm32);
    case Op::Jle32Reg: return jump_if(dst32 <= src32);
    case Op::Jslt32Imm: return jump_if(s32(dst) < s32(imm));
    case Op::Jslt32Reg: return jump_if(s32(dst) < s32(src));
    case Op::Jsle32Imm: return jump_if(s32(dst) <= s32(imm));
    case Op::Jsle32Reg: return jump_if(s32(dst) <= s32(src));
    case Op::Call:
        return sbpf::static_syscalls(program_.version()) ? call_static(insn) : call_by_key(imm32);
    case Op::Callx: return call_register(insn);
    case Op::Exit: return exit();
    }
    return stop(FaultKind::UnsupportedInstruction);
}

} // namespace

RunResult run_naive(Machine& machine, const RunState& start, std::span<const CallFrame> frames) {
    return NaiveInterpreter(machine, start, frames, NoObserver{}).run();
}

RunResult run_observed_from(Machine& machine, const RunState& start, StepObserver& observer) {
    return NaiveInterpreter(machine, start, {}, SomeObserver{observer}).run();
}

} // namespace fathom::vm
