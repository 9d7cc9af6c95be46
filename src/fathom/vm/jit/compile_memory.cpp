// SPDX-License-Identifier: Apache-2.0
// Loads and stores: within the frame directly, elsewhere through their translation slot.
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/jit/guest_registers.hpp"

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;

namespace {

/// Of a displacement within the frame that takes four bytes LL HH FF FF: the program chooses LL and
/// the lower half of HH, which is F0 or more. True unless LL begins a jump, a loop, an interrupt or
/// a longer opcode, that is, unless two bytes could do something.
bool is_harmless(std::int16_t displacement) {
    const unsigned low = static_cast<std::uint16_t>(displacement) & 0xffu;
    return low != 0x0f && low != 0xcd && low != 0xeb && (low & 0xf0u) != 0x70 &&
           (low & 0xfcu) != 0xe0;
}

bool fits_byte(std::int32_t value) {
    return value >= -128 && value <= 127;
}

} // namespace

[[gnu::always_inline]] inline void Compiler::emit_access(Op op, const Insn& insn, Mem place) {
    const Reg dst = kGuest[insn.dst];
    const auto value = [&] { return use(insn.src, Reg::rdi); };
    const bool is_short = fits_byte(insn.imm);
    const auto constant = [&] {
        emit_constant(Reg::rdi, sign_extended(insn.imm));
        return Reg::rdi;
    };
    switch (op) {
    case Op::Load8: return out_.load8(dst, place);
    case Op::Load16: return out_.load16(dst, place);
    case Op::Load32: return out_.load(Width::W32, dst, place);
    case Op::Load64: return out_.load(Width::W64, dst, place);
    case Op::Store8Imm: return out_.store_constant8(place, static_cast<std::uint8_t>(insn.imm));
    case Op::Store16Imm:
        return is_short ? out_.store_constant16(place, static_cast<std::uint16_t>(insn.imm))
                        : out_.store16(place, constant());
    case Op::Store32Imm:
        return is_short ? out_.store_constant(Width::W32, place, insn.imm)
                        : out_.store(Width::W32, place, constant());
    case Op::Store64Imm:
        return is_short ? out_.store_constant(Width::W64, place, insn.imm)
                        : out_.store(Width::W64, place, constant());
    case Op::Store8Reg: return out_.store8(place, value());
    case Op::Store16Reg: return out_.store16(place, value());
    case Op::Store32Reg: return out_.store(Width::W32, place, value());
    case Op::Store64Reg: return out_.store(Width::W64, place, value());
    default: return;
    }
}

[[gnu::always_inline]] inline void Compiler::emit_frame(Op op, const Insn& insn) {
    if (fits_byte(insn.offset) || is_harmless(insn.offset)) {
        return emit_access(op, insn, {kFrameEnd, insn.offset});
    }
    emit_constant(Reg::r11, sign_extended(insn.offset));
    out_.alu(Alu::Add, Width::W64, Reg::r11, kFrameEnd);
    emit_access(op, insn, {Reg::r11});
}

[[gnu::always_inline]] inline void Compiler::emit_memory(Op op, const Insn& insn,
                                                         std::uint64_t slot) {
    const bool is_load = sbpf::info(op).form == Form::Load;
    const std::uint8_t base_index = is_load ? insn.src : insn.dst;
    if (base_index == 10 && stride_ != 0 && insn.offset >= -kFrameSize &&
        insn.offset + static_cast<int>(sbpf::access_size(op)) <= 0) {
        return emit_frame(op, insn);
    }
    const std::uint64_t window = slots_.slot_for(base_index);
    const Reg base = use(base_index, Reg::r11);
    const std::size_t entry = offsetof(Context, table) + offsetof(TranslationTable, slots) +
                              window * sizeof(TranslationSlot);
    const std::size_t limit =
        is_load ? offsetof(TranslationSlot, load_limit) : offsetof(TranslationSlot, store_limit);
    if (!fits_byte(insn.offset)) {
        const Reg scratch = base == Reg::r11 ? Reg::rdi : Reg::r11;
        emit_constant(scratch, sign_extended(insn.offset));
        out_.alu(Alu::Add, Width::W64, Reg::r11, base == Reg::r11 ? scratch : base);
    } else if (insn.offset != 0) {
        out_.lea(Reg::r11, {base, insn.offset});
    } else if (base != Reg::r11) {
        out_.mov(Width::W64, Reg::r11, base);
    }
    out_.alu(Alu::Sub, Width::W64, Reg::r11, field(entry + offsetof(TranslationSlot, guest)));
    out_.alu(Alu::Cmp, Width::W64, Reg::r11, field(entry + limit));
    const std::size_t miss = out_.jump_if(Cond::AboveEqual);
    if (masks_speculation()) {
        // The carry still says whether the distance is below the limit.
        out_.subtract_borrow(Reg::rdi, Reg::rdi);
        out_.alu(Alu::And, Width::W64, Reg::r11, Reg::rdi);
    }
    out_.alu(Alu::Add, Width::W64, Reg::r11, field(entry + offsetof(TranslationSlot, host)));
    misses_.push_back({static_cast<std::uint32_t>(miss),
                       static_cast<std::uint32_t>(slot | window << kWindowShift),
                       static_cast<std::uint32_t>(out_.position()), is_load});
    emit_access(op, insn, {Reg::r11});
}

template <Op op>
void Compiler::memory_emitter(Compiler& compiler, const std::uint8_t* text, std::uint64_t slot) {
    const Insn insn = sbpf::read_instruction(text);
    compiler.emit_memory(op, insn, slot);
    compiler.slots_.pass(op, insn.dst, insn.src);
}

constinit const Compiler::Emitters Compiler::kMemory = emitters_by([]<Op op>() -> Emitter {
    constexpr Form form = sbpf::info(op).form;
    if constexpr (form == Form::Load || form == Form::StoreImm || form == Form::StoreReg) {
        return memory_emitter<op>;
    }
    return nullptr;
});

} // namespace fathom::vm::jit
