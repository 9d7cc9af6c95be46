// SPDX-License-Identifier: Apache-2.0
// The encodings that have more than one form.
#include "fathom/vm/jit/x86_encoder.hpp"

#include <limits>

namespace fathom::vm::jit {
namespace {

bool fits_byte(std::int32_t value) {
    return value >= -128 && value <= 127;
}

} // namespace

void Encoder::mov_constant(Reg to, std::uint64_t value) {
    const auto as_signed = static_cast<std::int64_t>(value);
    if (value <= std::numeric_limits<std::uint32_t>::max()) {
        short_form(0xb8, to); // mov r32, imm32 clears the upper half
        put(static_cast<std::uint32_t>(value));
    } else if (as_signed >= std::numeric_limits<std::int32_t>::min() && as_signed < 0) {
        rr_extended(Width::W64, 0xc7, 0, to);
        put(static_cast<std::int32_t>(as_signed));
    } else {
        mov64(to, value);
    }
}

void Encoder::nop(unsigned size) {
    // 0F 1F /0 with ever longer addresses, as the manuals recommend.
    static constexpr std::uint8_t kForms[8][8] = {
        {0x90},
        {0x66, 0x90},
        {0x0f, 0x1f, 0x00},
        {0x0f, 0x1f, 0x40, 0x00},
        {0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
        {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
    };
    for (unsigned i = 0; i < size; ++i) byte(kForms[size - 1][i]);
}

void Encoder::alu_memory(Alu op, Width w, Mem to, std::int32_t value) {
    const auto extension = static_cast<std::uint8_t>(static_cast<unsigned>(op) >> 3);
    if (fits_byte(value)) {
        rm_extended(w, 0x83, extension, to);
        byte(static_cast<std::uint8_t>(value));
    } else {
        rm_extended(w, 0x81, extension, to);
        put(value);
    }
}

bool Encoder::grow() {
    const std::size_t position = this->position();
    if (!code_.grow()) return false;
    base_ = code_.data();
    at_ = base_ + position;
    limit_ = base_ + code_.capacity() - kSlack;
    return true;
}

void Encoder::indexed(std::uint16_t code, Reg to, Reg base, Reg index, unsigned scale) {
    const unsigned size = code_size(code);
    const unsigned modrm = 1u << 6 | (number(to) & 7) << 3 | 4u; // one-byte displacement: any base
    put(rex(Width::W32, number(to), number(index), number(base)),
        code_bytes(code) | modrm << 8 * size, size + 1);
    byte(scale << 6 | (number(index) & 7) << 3 | (number(base) & 7));
    byte(0);
}

void Encoder::lea_sum(Reg to, Reg a, Reg b) {
    put(rex(Width::W64, number(to), number(b), number(a)), 0x8d, 1);
    byte(1u << 6 | (number(to) & 7) << 3 | 4u);
    byte((number(b) & 7) << 3 | (number(a) & 7));
    byte(0);
}

void Encoder::shift(Shift op, Width w, Reg to, Reg from, Reg count) {
    // VEX.LZ.pp.0F38.W F7 /r: reg = to, rm = from, vvvv = count. R, X, B and vvvv are inverted.
    byte(0xc4);
    byte((number(to) >= 8 ? 0u : 0x80u) | 0x40u | (number(from) >= 8 ? 0u : 0x20u) | 0x02u);
    byte((w == Width::W64 ? 0x80u : 0u) | (~number(count) & 0xfu) << 3 | static_cast<unsigned>(op));
    byte(0xf7);
    byte(0xc0 | (number(to) & 7) << 3 | (number(from) & 7));
}

void Encoder::swap_bytes(Width w, Reg reg) {
    put(rex(w, 0, 0, number(reg)), 0x0fu | (0xc8 | (number(reg) & 7)) << 8, 2);
}

} // namespace fathom::vm::jit
