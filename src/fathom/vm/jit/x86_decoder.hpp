// SPDX-License-Identifier: Apache-2.0
// Reads x86-64 instructions: only the forms that stand in compiled programs. Written apart from the
// encoder, so that a mistake of one does not hide in the other.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/vm/jit/x86_encoder.hpp"

#include <cstddef>
#include <cstdint>

namespace fathom::vm::jit {

/// Operands are `to` and `from`; M stands for memory at `base` + `disp`, C for `imm`.
enum class X86 : std::uint8_t {
    Unknown,
    Move,
    Constant,      // to = C
    Load,          // to = M, zero-extended from `size` bytes
    Store,         // M = from
    StoreConstant, // M = C
    Lea,           // to = base + disp
    LeaSum,        // to = base + from
    SignExtend32,
    ZeroExtend16,
    Push, // to
    Pop,  // to
    Alu,
    AluLoad,     // to op= M
    AluConstant, // to op= C
    AluMemory,   // M op= C
    SubtractBorrow,
    Test,
    TestConstant,
    Multiply,
    MultiplyConstant, // to = from * C
    Unary,            // `code` is jit::Unary
    Shift,            // by a constant
    ShiftBy,          // to = from shifted by `base`
    SwapBytes,
    SwapBytes16,
    SignToRdx,
    Jump, // by `imm` from the instruction's end; the same for the next two
    Call,
    JumpIf,
    Return,
    Nop,
    Trap,
};

struct X86Instruction {
    X86 kind = X86::Unknown;
    std::uint8_t length = 1;
    std::uint8_t code = 0; // Alu, Unary or Cond
    std::uint8_t size = 0; // bytes read or written at M by Load, Store and StoreConstant
    Width width = Width::W32;
    Reg to = Reg::rax;
    Reg from = Reg::rax;
    Reg base = Reg::rax;
    std::int32_t disp = 0;
    std::int64_t imm = 0;
};

/// Unknown for everything else, and for what runs on beyond the end.
[[nodiscard]] X86Instruction decode_x86(ByteView code, std::size_t at);

} // namespace fathom::vm::jit
