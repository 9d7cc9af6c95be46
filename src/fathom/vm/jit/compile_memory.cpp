// SPDX-License-Identifier: Apache-2.0
// Loads and stores: within the frame directly, elsewhere through their translation slot.
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/jit/guest_registers.hpp"

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;

void Compiler::emit_access(Op op, const DecodedInstruction& insn, Mem place) {
    const Reg dst = kGuest[insn.dst];
    const auto value = [&] { return use(insn.src, Reg::rdi); };
    switch (op) {
    case Op::Load8: return out_.load8(dst, place);
    case Op::Load16: return out_.load16(dst, place);
    case Op::Load32: return out_.load(Width::W32, dst, place);
    case Op::Load64: return out_.load(Width::W64, dst, place);
    case Op::Store8Imm: return out_.store_constant8(place, static_cast<std::uint8_t>(insn.imm));
    case Op::Store16Imm: return out_.store_constant16(place, static_cast<std::uint16_t>(insn.imm));
    case Op::Store32Imm: return out_.store_constant(Width::W32, place, insn.imm);
    case Op::Store64Imm: return out_.store_constant(Width::W64, place, insn.imm);
    case Op::Store8Reg: return out_.store8(place, value());
    case Op::Store16Reg: return out_.store16(place, value());
    case Op::Store32Reg: return out_.store(Width::W32, place, value());
    case Op::Store64Reg: return out_.store(Width::W64, place, value());
    default: return;
    }
}

void Compiler::emit_frame(Handler handler, const DecodedInstruction& insn) {
    const auto op =
        static_cast<Op>(static_cast<std::size_t>(Op::Load8) + static_cast<std::size_t>(handler) -
                        static_cast<std::size_t>(Handler::LoadFrame8));
    emit_access(op, insn, {kFrameEnd, insn.offset});
}

void Compiler::emit_memory(Op op, const DecodedInstruction& insn, std::uint64_t slot) {
    const bool is_load = sbpf::info(op).form == Form::Load;
    const Reg base = use(is_load ? insn.src : insn.dst, Reg::r11);
    const std::size_t entry = offsetof(Context, table) + offsetof(TranslationTable, slots) +
                              insn.window * sizeof(TranslationSlot);
    const std::size_t limit =
        is_load ? offsetof(TranslationSlot, load_limit) : offsetof(TranslationSlot, store_limit);
    if (insn.offset != 0) {
        out_.lea(Reg::r11, {base, insn.offset});
    } else if (base != Reg::r11) {
        out_.mov(Width::W64, Reg::r11, base);
    }
    out_.alu(Alu::Sub, Width::W64, Reg::r11, field(entry + offsetof(TranslationSlot, guest)));
    out_.alu(Alu::Cmp, Width::W64, Reg::r11, field(entry + limit));
    const std::size_t miss = out_.jump_if(Cond::AboveEqual);
    out_.alu(Alu::Add, Width::W64, Reg::r11, field(entry + offsetof(TranslationSlot, host)));
    stubs_.push_back({miss, static_cast<std::uint32_t>(slot), is_load ? load_miss_ : store_miss_,
                      out_.position()});
    emit_access(op, insn, {Reg::r11});
}

} // namespace fathom::vm::jit
