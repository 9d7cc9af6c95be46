// SPDX-License-Identifier: Apache-2.0
// What the auditor knows of the guest's operations, restated apart from the compiler.
#pragma once

#include "fathom/sbpf/isa.hpp"

#include <cstdint>

namespace fathom::vm::jit {

/// Bytes that a load or store touches.
[[nodiscard]] constexpr int accessed_bytes(sbpf::Op op) {
    using sbpf::Op;
    switch (op) {
    case Op::Load8:
    case Op::Store8Imm:
    case Op::Store8Reg: return 1;
    case Op::Load16:
    case Op::Store16Imm:
    case Op::Store16Reg: return 2;
    case Op::Load32:
    case Op::Store32Imm:
    case Op::Store32Reg: return 4;
    default: return 8;
    }
}

enum class Wide : std::uint8_t { No, Product, Division };

/// Operations that work on rdx:rax.
[[nodiscard]] constexpr Wide wide_kind(sbpf::Op op) {
    using sbpf::Op;
    switch (op) {
    case Op::Uhmul64Imm:
    case Op::Uhmul64Reg:
    case Op::Shmul64Imm:
    case Op::Shmul64Reg: return Wide::Product;
#define FATHOM_BOTH(name)                                                                          \
    case Op::name##Imm:                                                                            \
    case Op::name##Reg:
        FATHOM_BOTH(Div32)
        FATHOM_BOTH(Mod32)
        FATHOM_BOTH(Div64)
        FATHOM_BOTH(Mod64)
        FATHOM_BOTH(Udiv32)
        FATHOM_BOTH(Urem32)
        FATHOM_BOTH(Udiv64)
        FATHOM_BOTH(Urem64)
        FATHOM_BOTH(Sdiv32)
        FATHOM_BOTH(Srem32)
        FATHOM_BOTH(Sdiv64)
        FATHOM_BOTH(Srem64)
#undef FATHOM_BOTH
        return Wide::Division;
    default: return Wide::No;
    }
}

} // namespace fathom::vm::jit
