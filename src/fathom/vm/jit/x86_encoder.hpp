// SPDX-License-Identifier: Apache-2.0
// Writes x86-64 instructions into a buffer: only the forms that the compiler uses.
//
// Operand order is Intel's: target first. W is the operand width. A memory operand is a base
// register and a displacement; there is no index form but the two that tables need.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/vm/jit/executable_memory.hpp"

#include <cstddef>
#include <cstdint>

namespace fathom::vm::jit {

enum class Reg : std::uint8_t {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
};

enum class Width : std::uint8_t { W32, W64 };

struct Mem {
    Reg base;
    std::int32_t disp = 0;
};

/// The second byte of a near jcc (0F 8x), and the low nibble of its kin.
enum class Cond : std::uint8_t {
    Below = 0x82,
    AboveEqual = 0x83,
    Equal = 0x84,
    NotEqual = 0x85,
    BelowEqual = 0x86,
    Above = 0x87,
    Less = 0x8c,
    GreaterEqual = 0x8d,
    LessEqual = 0x8e,
    Greater = 0x8f,
};

/// Two-operand arithmetic: the opcode byte for `op r/m, reg`; op + 2 is `op reg, r/m`.
enum class Alu : std::uint8_t {
    Add = 0x01,
    Or = 0x09,
    And = 0x21,
    Sub = 0x29,
    Xor = 0x31,
    Cmp = 0x39,
};

/// shlx, sarx, shrx (BMI2): the count register is masked to the width, and no flag changes.
enum class Shift : std::uint8_t { Left = 1, RightSigned = 2, Right = 3 }; // the prefix field pp
/// Extension of C1 /n: shift by a constant.
enum class ShiftConst : std::uint8_t { Left = 4, Right = 5, RightSigned = 7 };

/// Extension of F7 /n.
enum class Unary : std::uint8_t { Neg = 3, Mul = 4, ImulWide = 5, Div = 6, Idiv = 7 };

class Encoder {
public:
    /// Writes to `code`, which must outlive the encoder and have data.
    explicit Encoder(WritableCode& code)
        : code_(code), base_(code.data()), at_(base_), limit_(base_ + code.capacity() - kSlack) {}

    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - base_); }
    [[nodiscard]] const std::uint8_t* bytes() const { return base_; }

    /// Room for one guest instruction and its way; the writers below do not check. False: there is
    /// no more memory.
    [[nodiscard]] bool reserve() {
        if (at_ <= limit_) [[likely]] {
            return true;
        }
        return grow();
    }
    /// The same for `size` bytes.
    [[nodiscard]] bool reserve(std::size_t size) {
        while (code_.capacity() - position() < size + kSlack) {
            if (!grow()) return false;
        }
        return true;
    }

    // ---- moves ----
    void mov(Width w, Reg to, Reg from) { rr(w, 0x89, from, to); }
    /// The shortest form that gives this 64-bit value.
    void mov_constant(Reg to, std::uint64_t value);
    /// Always five or six bytes; clears the upper half.
    void mov32(Reg to, std::uint32_t value) {
        short_form(0xb8, to);
        put(value);
    }
    void mov64(Reg to, std::uint64_t value) {
        put(rex(Width::W64, 0, 0, number(to)), 0xb8 | (number(to) & 7), 1);
        put(value);
    }
    void load(Width w, Reg to, Mem from) { rm(w, 0x8b, to, from); }
    void load8(Reg to, Mem from) { rm(Width::W32, 0x0fb6, to, from); }  // movzx
    void load16(Reg to, Mem from) { rm(Width::W32, 0x0fb7, to, from); } // movzx
    void store(Width w, Mem to, Reg from) { rm(w, 0x89, from, to); }
    void store8(Mem to, Reg from) { rm(Width::W32, 0x88, from, to, Rex::Always); }
    void store16(Mem to, Reg from) {
        byte(0x66);
        rm(Width::W32, 0x89, from, to);
    }
    void store_constant8(Mem to, std::uint8_t value) {
        rm_extended(Width::W32, 0xc6, 0, to);
        byte(value);
    }
    void store_constant16(Mem to, std::uint16_t value) {
        byte(0x66);
        rm_extended(Width::W32, 0xc7, 0, to);
        put(value);
    }
    /// 64-bit stores sign-extend.
    void store_constant(Width w, Mem to, std::int32_t value) {
        rm_extended(w, 0xc7, 0, to);
        put(value);
    }
    void lea(Reg to, Mem from) { rm(Width::W64, 0x8d, to, from); }
    /// to = a + b.
    void lea_sum(Reg to, Reg a, Reg b);
    /// movsxd: 32 bits sign-extended to 64.
    void sign_extend32(Reg to, Reg from) { rr(Width::W64, 0x63, to, from); }
    /// Only of rax, rcx, rdx or rbx: others' low bytes need a prefix.
    void zero_extend8(Reg to, Reg from) { rr(Width::W32, 0x0fb6, to, from); }
    void zero_extend16(Reg to, Reg from) { rr(Width::W32, 0x0fb7, to, from); }
    void push(Reg reg) { short_form(0x50, reg); }
    void pop(Reg reg) { short_form(0x58, reg); }
    /// to = 16 bits at base + 2 * index.
    void load16_indexed(Reg to, Reg base, Reg index) { indexed(0x0fb7, to, base, index, 1); }
    /// to = 32 bits at base + 4 * index.
    void load32_indexed(Reg to, Reg base, Reg index) { indexed(0x8b, to, base, index, 2); }

    // ---- arithmetic ----
    void alu(Alu op, Width w, Reg to, Reg from) { rr(w, static_cast<std::uint16_t>(op), from, to); }
    void alu(Alu op, Width w, Reg to, Mem from) {
        rm(w, static_cast<std::uint16_t>(static_cast<std::uint16_t>(op) + 2), to, from);
    }
    void alu(Alu op, Width w, Reg to, std::int32_t value) {
        const auto extension = static_cast<std::uint8_t>(static_cast<unsigned>(op) >> 3);
        const bool is_short = value >= -128 && value <= 127;
        rr_extended(w, is_short ? 0x83 : 0x81, extension, to);
        store_le(at_, value);
        at_ += is_short ? 1 : 4;
    }
    void alu_memory(Alu op, Width w, Mem to, std::int32_t value);
    /// sbb: with two times the same register all ones if the carry is set, else zero.
    void subtract_borrow(Reg to, Reg from) { rr(Width::W64, 0x19, from, to); }
    void test(Width w, Reg a, Reg b) { rr(w, 0x85, b, a); }
    void test(Width w, Reg a, std::int32_t value) {
        rr_extended(w, 0xf7, 0, a);
        put(value);
    }
    void imul(Width w, Reg to, Reg from) { rr(w, 0x0faf, to, from); }
    void imul(Width w, Reg to, Reg from, std::int32_t value) {
        rr(w, 0x69, to, from);
        put(value);
    }
    void unary(Unary op, Width w, Reg reg) {
        rr_extended(w, 0xf7, static_cast<std::uint8_t>(op), reg);
    }
    void shift(ShiftConst op, Width w, Reg reg, std::uint8_t count) {
        rr_extended(w, 0xc1, static_cast<std::uint8_t>(op), reg);
        byte(count);
    }
    void shift(Shift op, Width w, Reg to, Reg from, Reg count);
    void swap_bytes(Width w, Reg reg);
    /// Exchanges the low two bytes.
    void swap_bytes16(Reg reg) {
        byte(0x66);
        rr_extended(Width::W32, 0xc1, 0, reg);
        byte(8);
    }
    /// cdq or cqo.
    void sign_to_rdx(Width w) {
        if (w == Width::W64) byte(0x48);
        byte(0x99);
    }

    // ---- control ----
    /// These return where the 32-bit distance stands, for patch().
    [[nodiscard]] std::size_t jump() { return distance(0xe9); }
    [[nodiscard]] std::size_t call() { return distance(0xe8); }
    [[nodiscard]] std::size_t jump_if(Cond condition) {
        store_le(at_, static_cast<std::uint16_t>(0x0f | static_cast<unsigned>(condition) << 8));
        at_ += 6;
        return position() - 4;
    }
    void jump_to(std::size_t target) { transfer(0xe9, target); }
    void call_to(std::size_t target) { transfer(0xe8, target); }
    void jump_if_to(Cond condition, std::size_t target) { patch(jump_if(condition), target); }
    void jump(Reg target) { rr_extended(Width::W32, 0xff, 4, target); }
    void call(Reg target) { rr_extended(Width::W32, 0xff, 2, target); }
    void call(Mem target) { rm_extended(Width::W32, 0xff, 2, target); }
    void ret() { byte(0xc3); }
    /// One instruction of 1 to 8 bytes that does nothing.
    void nop(unsigned size);
    /// Traps if it is ever reached.
    void trap() { byte(0xcc); }
    void align_with_nops(std::size_t alignment) {
        for (std::size_t left = -position() % alignment; left > 0;) {
            const auto size = static_cast<unsigned>(left < 8 ? left : 8);
            nop(size);
            left -= size;
        }
    }
    void align_with_traps(std::size_t alignment) {
        while (position() % alignment != 0) trap();
    }

    /// Makes the jump or call whose distance stands at `place` go to `target`.
    void patch(std::size_t place, std::size_t target) {
        store_le(base_ + place, static_cast<std::int32_t>(static_cast<std::int64_t>(target) -
                                                          static_cast<std::int64_t>(place) - 4));
    }

private:
    static constexpr std::size_t kSlack = 512;

    enum class Rex : std::uint8_t { IfNeeded, Always };

    static unsigned number(Reg reg) { return static_cast<unsigned>(reg); }

    void byte(unsigned value) { *at_++ = static_cast<std::uint8_t>(value); }
    template <class T> void put(T value) {
        store_le(at_, value);
        at_ += sizeof(T);
    }
    /// The first `size` of these bytes, behind a REX prefix if it says anything. Always writes
    /// eight; what comes next overwrites the rest.
    void put(unsigned rex_bits, std::uint64_t bytes, unsigned size, Rex when = Rex::IfNeeded) {
        const bool has_rex = when == Rex::Always || rex_bits != 0;
        store_le(at_, has_rex ? bytes << 8 | 0x40u | rex_bits : bytes);
        at_ += size + (has_rex ? 1 : 0);
    }
    static unsigned rex(Width w, unsigned reg, unsigned index, unsigned base) {
        return (w == Width::W64 ? 8u : 0u) | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3;
    }
    static unsigned code_size(std::uint16_t code) { return code > 0xff ? 2 : 1; }
    /// In the order in which they stand in the code.
    static std::uint32_t code_bytes(std::uint16_t code) {
        return code > 0xff ? (code >> 8) | (code & 0xffu) << 8 : code;
    }
    /// reg is the ModRM reg field, rm the other register.
    void rr(Width w, std::uint16_t code, Reg reg, Reg rm_reg) {
        const unsigned size = code_size(code);
        const unsigned modrm = 0xc0 | (number(reg) & 7) << 3 | (number(rm_reg) & 7);
        put(rex(w, number(reg), 0, number(rm_reg)), code_bytes(code) | modrm << 8 * size, size + 1);
    }
    void rr_extended(Width w, std::uint8_t code, std::uint8_t extension, Reg rm_reg) {
        const unsigned modrm = 0xc0u | static_cast<unsigned>(extension) << 3 | (number(rm_reg) & 7);
        put(rex(w, 0, 0, number(rm_reg)), code | modrm << 8, 2);
    }
    void rm(Width w, std::uint16_t code, Reg reg, Mem mem, Rex when = Rex::IfNeeded) {
        memory(rex(w, number(reg), 0, number(mem.base)), code, number(reg) & 7, mem, when);
    }
    void rm_extended(Width w, std::uint8_t code, std::uint8_t extension, Mem mem) {
        memory(rex(w, 0, 0, number(mem.base)), code, extension, mem, Rex::IfNeeded);
    }
    // With rm = 100 a SIB byte follows (base rsp or r12), and mod = 00 with rm = 101 means
    // something else (base rbp or r13), so that one always has a displacement.
    void memory(unsigned rex_bits, std::uint16_t code, unsigned field, Mem mem, Rex when) {
        const unsigned low = number(mem.base) & 7;
        const bool is_short = mem.disp >= -128 && mem.disp <= 127;
        const unsigned mod = mem.disp == 0 && low != 5 ? 0u : is_short ? 1u : 2u;
        const unsigned modrm = mod << 6 | field << 3 | low;
        const unsigned size = code_size(code) + 1;
        const std::uint32_t sib = 0x24; // of use where the size says so
        put(rex_bits, code_bytes(code) | modrm << 8 * (size - 1) | sib << 8 * size,
            size + (low == 4 ? 1 : 0), when);
        store_le(at_, mem.disp);
        at_ += mod == 2 ? 4 : mod;
    }
    void indexed(std::uint16_t code, Reg to, Reg base, Reg index, unsigned scale);
    void short_form(std::uint8_t code, Reg reg) {
        put(rex(Width::W32, 0, 0, number(reg)), code | (number(reg) & 7), 1);
    }
    std::size_t distance(std::uint8_t code) {
        byte(code);
        at_ += 4;
        return position() - 4;
    }

    void transfer(std::uint8_t code, std::size_t target) {
        const auto away = static_cast<std::uint32_t>(target - position() - 5);
        store_le(at_, code | static_cast<std::uint64_t>(away) << 8);
        at_ += 5;
    }

    [[nodiscard]] bool grow();

    WritableCode& code_;
    std::uint8_t* base_;
    std::uint8_t* at_;
    std::uint8_t* limit_; // beyond it there is less than kSlack
};

} // namespace fathom::vm::jit
