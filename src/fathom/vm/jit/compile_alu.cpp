// SPDX-License-Identifier: Apache-2.0
// Arithmetic: one case per operation of the table.
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/jit/guest_registers.hpp"

#include <limits>

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;

// Then nobody ever sees the upper half: the next instruction is reached from here alone, or enters
// with a value of its own, it cannot fault, and writes all of the register from its lower half.
bool Compiler::next_ignores_upper_half(std::uint64_t slot, std::uint8_t reg) const {
    if (slot + 1 >= count_ || scan_.mark(slot + 1) != ProgramScan::None) return false;
    const sbpf::Program& program = executable_.program();
    const Insn next = program.instruction(slot + 1);
    if (next.dst != reg) return false;
    switch (sbpf::decode_table(program.version())[next.opcode]) {
    case Op::Add32Imm:
    case Op::Add32ImmSx:
    case Op::Add32Reg:
    case Op::Add32RegSx:
    case Op::Sub32ImmSx:
    case Op::Sub32Reg:
    case Op::Sub32RegSx:
    case Op::Mul32ImmSx:
    case Op::Mul32RegSx:
    case Op::Or32Imm:
    case Op::Or32Reg:
    case Op::And32Imm:
    case Op::And32Reg:
    case Op::Xor32Imm:
    case Op::Xor32Reg:
    case Op::Lsh32Imm:
    case Op::Rsh32Imm:
    case Op::Arsh32Imm: return true;
    case Op::And64Imm: return next.imm >= 0;
    default: return false;
    }
}

// 32-bit forms clear the upper half of their target by themselves; Sx operations extend the sign
// afterwards.
[[gnu::always_inline]] inline bool Compiler::emit_alu32(Op op, const Insn& insn,
                                                        std::uint64_t slot) {
    const Reg dst = kGuest[insn.dst];
    const std::int32_t imm = insn.imm;
    const auto w = Width::W32;
    const auto src = [&] { return use(insn.src, Reg::r11); };
    const auto shift_by = [&](ShiftConst kind) {
        // A shift by nothing must still clear the upper half.
        if (imm == 0) return out_.mov(w, dst, dst);
        out_.shift(kind, w, dst, static_cast<std::uint8_t>(imm & 31));
    };
    switch (op) {
    case Op::Add32Imm:
    case Op::Add32ImmSx: emit_alu_constant(Alu::Add, w, dst, imm); break;
    case Op::Add32Reg:
    case Op::Add32RegSx: out_.alu(Alu::Add, w, dst, src()); break;
    case Op::Sub32ImmSx: emit_alu_constant(Alu::Sub, w, dst, imm); break;
    case Op::Sub32Reg:
    case Op::Sub32RegSx: out_.alu(Alu::Sub, w, dst, src()); break;
    case Op::Rsub32Imm:
        out_.unary(Unary::Neg, w, dst);
        emit_alu_constant(Alu::Add, w, dst, imm);
        break;
    case Op::Mul32ImmSx:
    case Op::Lmul32Imm: emit_product(w, dst, imm); break;
    case Op::Mul32RegSx:
    case Op::Lmul32Reg: out_.imul(w, dst, src()); break;
    case Op::Or32Imm: emit_alu_constant(Alu::Or, w, dst, imm); break;
    case Op::Or32Reg: out_.alu(Alu::Or, w, dst, src()); break;
    case Op::And32Imm: emit_alu_constant(Alu::And, w, dst, imm); break;
    case Op::And32Reg: out_.alu(Alu::And, w, dst, src()); break;
    case Op::Xor32Imm: emit_alu_constant(Alu::Xor, w, dst, imm); break;
    case Op::Xor32Reg: out_.alu(Alu::Xor, w, dst, src()); break;
    case Op::Lsh32Imm: shift_by(ShiftConst::Left); break;
    case Op::Rsh32Imm: shift_by(ShiftConst::Right); break;
    case Op::Arsh32Imm: shift_by(ShiftConst::RightSigned); break;
    case Op::Lsh32Reg: out_.shift(Shift::Left, w, dst, dst, src()); break;
    case Op::Rsh32Reg: out_.shift(Shift::Right, w, dst, dst, src()); break;
    case Op::Arsh32Reg: out_.shift(Shift::RightSigned, w, dst, dst, src()); break;
    case Op::Neg32: out_.unary(Unary::Neg, w, dst); break;
    case Op::Mov32Imm: emit_constant(dst, static_cast<std::uint32_t>(imm)); break;
    case Op::Mov32Reg: out_.mov(w, dst, src()); break;
    case Op::Mov32RegSx: out_.sign_extend32(dst, src()); break;
    default: return false;
    }
    switch (op) {
    case Op::Add32ImmSx:
    case Op::Add32RegSx:
    case Op::Sub32ImmSx:
    case Op::Sub32RegSx:
    case Op::Mul32ImmSx:
    case Op::Mul32RegSx:
        if (!next_ignores_upper_half(slot, insn.dst)) out_.sign_extend32(dst, dst);
        break;
    default: break;
    }
    return true;
}

[[gnu::always_inline]] inline bool Compiler::emit_alu64(Op op, const Insn& insn) {
    const Reg dst = kGuest[insn.dst];
    const std::int32_t imm = insn.imm;
    const auto w = Width::W64;
    const auto src = [&] { return use(insn.src, Reg::r11); };
    const auto shift_by = [&](ShiftConst kind) {
        out_.shift(kind, w, dst, static_cast<std::uint8_t>(imm & 63));
    };
    switch (op) {
    case Op::Add64Imm: emit_alu_constant(Alu::Add, w, dst, imm); break;
    case Op::Add64Reg: out_.alu(Alu::Add, w, dst, src()); break;
    case Op::Sub64Imm: emit_alu_constant(Alu::Sub, w, dst, imm); break;
    case Op::Sub64Reg: out_.alu(Alu::Sub, w, dst, src()); break;
    case Op::Rsub64Imm:
        out_.unary(Unary::Neg, w, dst);
        emit_alu_constant(Alu::Add, w, dst, imm);
        break;
    case Op::Mul64Imm:
    case Op::Lmul64Imm: emit_product(w, dst, imm); break;
    case Op::Mul64Reg:
    case Op::Lmul64Reg: out_.imul(w, dst, src()); break;
    case Op::Or64Imm: emit_alu_constant(Alu::Or, w, dst, imm); break;
    case Op::Or64Reg: out_.alu(Alu::Or, w, dst, src()); break;
    case Op::And64Imm: emit_alu_constant(Alu::And, w, dst, imm); break;
    case Op::And64Reg: out_.alu(Alu::And, w, dst, src()); break;
    case Op::Xor64Imm: emit_alu_constant(Alu::Xor, w, dst, imm); break;
    case Op::Xor64Reg: out_.alu(Alu::Xor, w, dst, src()); break;
    case Op::Lsh64Imm: shift_by(ShiftConst::Left); break;
    case Op::Rsh64Imm: shift_by(ShiftConst::Right); break;
    case Op::Arsh64Imm: shift_by(ShiftConst::RightSigned); break;
    case Op::Lsh64Reg: out_.shift(Shift::Left, w, dst, dst, src()); break;
    case Op::Rsh64Reg: out_.shift(Shift::Right, w, dst, dst, src()); break;
    case Op::Arsh64Reg: out_.shift(Shift::RightSigned, w, dst, dst, src()); break;
    case Op::Neg64: out_.unary(Unary::Neg, w, dst); break;
    case Op::Mov64Imm: emit_constant(dst, sign_extended(imm)); break;
    case Op::Mov64Reg: {
        const Reg from = use(insn.src, dst);
        if (from != dst) out_.mov(w, dst, from);
        break;
    }
    case Op::Hor64Imm:
        emit_constant(Reg::r11, static_cast<std::uint64_t>(static_cast<std::uint32_t>(imm)) << 32);
        out_.alu(Alu::Or, w, dst, Reg::r11);
        break;
    default: return false;
    }
    return true;
}

void Compiler::emit_byte_order(Op op, const Insn& insn) {
    const Reg dst = kGuest[insn.dst];
    const bool swaps = op == Op::Be;
    if (insn.imm == 16) {
        if (swaps) out_.swap_bytes16(dst);
        out_.zero_extend16(dst, dst);
    } else if (insn.imm == 32) {
        if (swaps) {
            out_.swap_bytes(Width::W32, dst);
        } else {
            out_.mov(Width::W32, dst, dst);
        }
    } else if (swaps) {
        out_.swap_bytes(Width::W64, dst);
    }
}

namespace {

struct Division {
    bool is_division = false;
    bool is_signed = false;
    bool wants_remainder = false;
    bool has_register = false;
    Width width = Width::W64;
    bool extends_sign = true; // of an immediate
};

[[gnu::always_inline]] constexpr Division division_of(Op op) {
    switch (op) {
#define FATHOM_DIVISION(name, sign, remainder, width, extends)                                     \
    case Op::name##Imm: return {true, sign, remainder, false, Width::width, extends};              \
    case Op::name##Reg: return {true, sign, remainder, true, Width::width, extends};
        FATHOM_DIVISION(Div32, false, false, W32, false)
        FATHOM_DIVISION(Mod32, false, true, W32, false)
        FATHOM_DIVISION(Div64, false, false, W64, true)
        FATHOM_DIVISION(Mod64, false, true, W64, true)
        FATHOM_DIVISION(Udiv32, false, false, W32, false)
        FATHOM_DIVISION(Urem32, false, true, W32, false)
        FATHOM_DIVISION(Udiv64, false, false, W64, false)
        FATHOM_DIVISION(Urem64, false, true, W64, false)
        FATHOM_DIVISION(Sdiv32, true, false, W32, true)
        FATHOM_DIVISION(Srem32, true, true, W32, true)
        FATHOM_DIVISION(Sdiv64, true, false, W64, true)
        FATHOM_DIVISION(Srem64, true, true, W64, true)
#undef FATHOM_DIVISION
    default: return {};
    }
}

} // namespace

[[gnu::always_inline]] inline void Compiler::emit_division(Op op, const Insn& insn,
                                                           std::uint64_t slot) {
    const Division division = division_of(op);
    if (!division.is_division) return;
    const Reg dst = kGuest[insn.dst];
    const Width w = division.width;
    if (division.has_register) {
        const Reg src = use(insn.src, Reg::r11);
        if (src != Reg::r11) out_.mov(Width::W64, Reg::r11, src);
        out_.test(w, Reg::r11, Reg::r11);
        leave_if(Cond::Equal, slot);
    } else {
        emit_constant(Reg::r11, division.extends_sign ? sign_extended(insn.imm)
                                                      : static_cast<std::uint32_t>(insn.imm));
    }
    if (division.is_signed && (division.has_register || insn.imm == -1)) {
        // The smallest number by -1 has no quotient.
        out_.alu(Alu::Cmp, w, Reg::r11, -1);
        const std::size_t other_divisor = out_.jump_if(Cond::NotEqual);
        if (w == Width::W64) {
            out_.mov_constant(Reg::rdi, 1ull << 63);
            out_.alu(Alu::Cmp, w, dst, Reg::rdi);
        } else {
            out_.alu(Alu::Cmp, w, dst, std::numeric_limits<std::int32_t>::min());
        }
        leave_if(Cond::Equal, slot);
        out_.patch(other_divisor, out_.position());
    }
    emit_wide(division.is_signed ? Unary::Idiv : Unary::Div, w, dst, division.wants_remainder);
}

// The processor's one-operand forms work on rdx:rax and the divisor or factor in r11.
void Compiler::emit_wide(Unary op, Width w, Reg dst, bool wants_rdx) {
    if (dst != Reg::rdx) out_.mov(Width::W64, Reg::rdi, Reg::rdx);
    if (dst != Reg::rax) {
        out_.push(Reg::rax);
        out_.mov(Width::W64, Reg::rax, dst);
    }
    if (op == Unary::Div) out_.alu(Alu::Xor, Width::W32, Reg::rdx, Reg::rdx);
    if (op == Unary::Idiv) out_.sign_to_rdx(w);
    out_.unary(op, w, Reg::r11);
    const Reg result = wants_rdx ? Reg::rdx : Reg::rax;
    if (result != dst) out_.mov(Width::W64, dst, result);
    if (dst != Reg::rax) out_.pop(Reg::rax);
    if (dst != Reg::rdx) out_.mov(Width::W64, Reg::rdx, Reg::rdi);
}

[[gnu::always_inline]] inline void Compiler::emit_alu_rest(Op op, const Insn& insn,
                                                           std::uint64_t slot) {
    const Reg dst = kGuest[insn.dst];
    const auto operand_from = [&] {
        const Reg src = use(insn.src, Reg::r11);
        if (src != Reg::r11) out_.mov(Width::W64, Reg::r11, src);
    };
    switch (op) {
    case Op::Lddw: {
        const auto upper =
            static_cast<std::uint32_t>(executable_.program().instruction(slot + 1).imm);
        return emit_constant(dst, static_cast<std::uint32_t>(insn.imm) |
                                      static_cast<std::uint64_t>(upper) << 32);
    }
    case Op::Le:
    case Op::Be: return emit_byte_order(op, insn);
    case Op::Uhmul64Imm:
        emit_constant(Reg::r11, static_cast<std::uint32_t>(insn.imm));
        return emit_wide(Unary::Mul, Width::W64, dst, true);
    case Op::Uhmul64Reg: operand_from(); return emit_wide(Unary::Mul, Width::W64, dst, true);
    case Op::Shmul64Imm:
        emit_constant(Reg::r11, sign_extended(insn.imm));
        return emit_wide(Unary::ImulWide, Width::W64, dst, true);
    case Op::Shmul64Reg: operand_from(); return emit_wide(Unary::ImulWide, Width::W64, dst, true);
    default: return emit_division(op, insn, slot);
    }
}

[[gnu::always_inline]] inline void Compiler::emit_alu(Op op, const Insn& insn, std::uint64_t slot) {
    if (!emit_alu64(op, insn) && !emit_alu32(op, insn, slot)) emit_alu_rest(op, insn, slot);
}

template <Op op>
void Compiler::arithmetic_emitter(Compiler& compiler, const std::uint8_t* text,
                                  std::uint64_t slot) {
    const Insn insn = sbpf::read_instruction(text);
    compiler.emit_alu(op, insn, slot);
    compiler.slots_.pass(op, insn.dst, insn.src);
}

constinit const Compiler::Emitters Compiler::kArithmetic = emitters_by([]<Op op>() -> Emitter {
    switch (sbpf::info(op).form) {
    case Form::WideImm:
    case Form::DstImm:
    case Form::DstSrc:
    case Form::Dst:
    case Form::Endian: return arithmetic_emitter<op>;
    default: return nullptr;
    }
});

} // namespace fathom::vm::jit
