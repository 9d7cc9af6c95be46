// SPDX-License-Identifier: Apache-2.0
// Prefixes, opcode, operands, immediate: one opcode at a time, and nothing that is not listed.
#include "fathom/vm/jit/x86_decoder.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <span>

namespace fathom::vm::jit {
namespace {

/// No instruction is longer.
constexpr std::size_t kLongest = 15;

constexpr std::uint8_t kNop1[] = {0x90};
constexpr std::uint8_t kNop2[] = {0x66, 0x90};
constexpr std::uint8_t kNop3[] = {0x0f, 0x1f, 0x00};
constexpr std::uint8_t kNop4[] = {0x0f, 0x1f, 0x40, 0x00};
constexpr std::uint8_t kNop5[] = {0x0f, 0x1f, 0x44, 0x00, 0x00};
constexpr std::uint8_t kNop6[] = {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00};
constexpr std::uint8_t kNop7[] = {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00};
constexpr std::uint8_t kNop8[] = {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00};
constexpr std::array<std::span<const std::uint8_t>, 8> kNops = {kNop1, kNop2, kNop3, kNop4,
                                                                kNop5, kNop6, kNop7, kNop8};

class Reader {
public:
    explicit Reader(const std::uint8_t* bytes) : start_(bytes), at_(bytes) {}

    X86Instruction read() {
        read_prefixes();
        const unsigned code = *at_++;
        const bool is_known = code == 0x0f   ? read_long(*at_++)
                              : code == 0xc4 ? read_shift_by()
                                             : read_short(code);
        const bool has_odd_prefix = has_66_ != wants_66_ || (has_x_ && out_.kind != X86::LeaSum);
        if (!is_known || has_odd_prefix) {
            const auto nop = match_nop();
            return nop ? *nop : X86Instruction{};
        }
        out_.length = static_cast<std::uint8_t>(at_ - start_);
        return out_;
    }

private:
    void read_prefixes() {
        has_66_ = *at_ == 0x66;
        if (has_66_) ++at_;
        if ((*at_ & 0xf0) != 0x40) return;
        rex_ = *at_++;
        out_.width = (rex_ & 8) != 0 ? Width::W64 : Width::W32;
        has_x_ = (rex_ & 2) != 0;
    }

    std::optional<X86Instruction> match_nop() const {
        for (const auto& nop : kNops) {
            if (std::memcmp(start_, nop.data(), nop.size()) != 0) continue;
            X86Instruction found;
            found.kind = X86::Nop;
            found.length = static_cast<std::uint8_t>(nop.size());
            return found;
        }
        return std::nullopt;
    }

    template <class T> T take() {
        const T value = load_le<T>(at_);
        at_ += sizeof(T);
        return value;
    }
    static Reg reg(unsigned number) { return static_cast<Reg>(number); }
    [[nodiscard]] unsigned upper(unsigned bit) const { return (rex_ & bit) != 0 ? 8u : 0u; }
    [[nodiscard]] bool is_wide() const { return out_.width == Width::W64; }

    /// The operand byte and what follows it. False for what no program of ours contains.
    bool read_operands() {
        const unsigned byte = *at_++;
        mod_ = byte >> 6;
        field_ = upper(4) | (byte >> 3 & 7);
        const unsigned low = byte & 7;
        rm_ = reg(upper(1) | low);
        if (mod_ == 3) return true;
        out_.base = rm_;
        if (low == 4) {
            const unsigned sib = *at_++;
            if (sib != 0x24 || has_x_) { // 0x24: the base alone
                out_.kind = X86::LeaSum;
                if (sib >> 6 != 0 || mod_ != 1) return false;
                out_.from = reg(upper(2) | sib >> 3);
                out_.base = reg(upper(1) | (sib & 7));
            }
        }
        if (mod_ == 0) return low != 5; // that would be relative to rip
        out_.disp = mod_ == 1 ? take<std::int8_t>() : take<std::int32_t>();
        return true;
    }
    bool read_registers() { return read_operands() && mod_ == 3; }
    bool read_memory() { return read_operands() && mod_ != 3 && out_.kind != X86::LeaSum; }
    bool is(X86 kind) {
        out_.kind = kind;
        return true;
    }
    bool to_rm(X86 kind) {
        out_.to = rm_;
        out_.from = reg(field_);
        return is(kind);
    }
    bool to_field(X86 kind) {
        out_.to = reg(field_);
        out_.from = rm_;
        return is(kind);
    }
    bool access(X86 kind, unsigned size) {
        if (!read_memory()) return false;
        out_.to = out_.from = reg(field_);
        out_.size = static_cast<std::uint8_t>(size);
        return is(kind);
    }
    [[nodiscard]] unsigned operand_size() const { return has_66_ ? 2 : is_wide() ? 8 : 4; }
    bool plain(X86 kind) { return rex_ == 0 && is(kind); }
    bool distance(X86 kind) {
        out_.imm = take<std::int32_t>();
        return plain(kind);
    }

    bool read_short(unsigned code) {
        if (code >= 0x50 && code <= 0x5f) {
            out_.to = reg(upper(1) | (code & 7));
            return (rex_ & ~1u & 0xffu) == (rex_ == 0 ? 0u : 0x40u) &&
                   is(code < 0x58 ? X86::Push : X86::Pop);
        }
        if (code >= 0xb8 && code <= 0xbf) {
            out_.to = reg(upper(1) | (code & 7));
            out_.imm = is_wide() ? take<std::int64_t>() : take<std::uint32_t>();
            return is(X86::Constant);
        }
        switch (code) {
        case 0x01:
        case 0x09:
        case 0x21:
        case 0x29:
        case 0x31:
        case 0x39:
            out_.code = static_cast<std::uint8_t>(code);
            return read_registers() && to_rm(X86::Alu);
        case 0x03:
        case 0x0b:
        case 0x23:
        case 0x2b:
        case 0x33:
        case 0x3b: out_.code = static_cast<std::uint8_t>(code - 2); return access(X86::AluLoad, 0);
        case 0x19: return read_registers() && is_wide() && to_rm(X86::SubtractBorrow);
        case 0x63: return read_registers() && is_wide() && to_field(X86::SignExtend32);
        case 0x69:
            if (!read_registers()) return false;
            out_.imm = take<std::int32_t>();
            return to_field(X86::MultiplyConstant);
        case 0x81:
        case 0x83: return read_alu_constant(code == 0x83);
        case 0x85: return read_registers() && to_rm(X86::Test);
        case 0x88: return rex_ != 0 && access(X86::Store, 1);
        case 0x89: return read_move();
        case 0x8b: return access(X86::Load, operand_size());
        case 0x8d: return read_lea();
        case 0x99: return (rex_ == 0 || rex_ == 0x48) && is(X86::SignToRdx);
        case 0xc1: return read_shift();
        case 0xc3: return plain(X86::Return);
        case 0xc6: return !is_wide() && read_store_constant(1);
        case 0xc7: return read_store_constant(operand_size());
        case 0xcc: return plain(X86::Trap);
        case 0xe8: return distance(X86::Call);
        case 0xe9: return distance(X86::Jump);
        case 0xf7: return read_unary();
        default: return false;
        }
    }

    bool read_long(unsigned code) {
        if (code >= 0xc8 && code <= 0xcf) {
            out_.to = reg(upper(1) | (code & 7));
            return is(X86::SwapBytes);
        }
        switch (code) {
        case 0x82:
        case 0x83:
        case 0x84:
        case 0x85:
        case 0x86:
        case 0x87:
        case 0x8c:
        case 0x8d:
        case 0x8e:
        case 0x8f: out_.code = static_cast<std::uint8_t>(code); return distance(X86::JumpIf);
        case 0xaf: return read_registers() && to_field(X86::Multiply);
        case 0xb6: return !is_wide() && access(X86::Load, 1);
        case 0xb7:
            if (is_wide() || !read_operands() || out_.kind == X86::LeaSum) return false;
            out_.size = 2;
            return to_field(mod_ == 3 ? X86::ZeroExtend16 : X86::Load);
        default: return false;
        }
    }

    bool read_move() {
        if (!read_operands() || out_.kind == X86::LeaSum) return false;
        wants_66_ = has_66_ && mod_ != 3 && !is_wide();
        out_.size = static_cast<std::uint8_t>(operand_size());
        return to_rm(mod_ == 3 ? X86::Move : X86::Store);
    }

    bool read_lea() {
        if (!read_operands() || mod_ == 3 || !is_wide()) return false;
        out_.to = reg(field_);
        if (out_.kind == X86::LeaSum) return out_.disp == 0;
        return is(X86::Lea);
    }

    bool read_alu_constant(bool is_byte) {
        if (!read_operands() || out_.kind == X86::LeaSum) return false;
        if (field_ == 2 || field_ == 3 || field_ > 7) return false; // with carry
        out_.code = static_cast<std::uint8_t>(field_ * 8 + 1);
        out_.imm = is_byte ? take<std::int8_t>() : take<std::int32_t>();
        out_.to = rm_;
        return is(mod_ == 3 ? X86::AluConstant : X86::AluMemory);
    }

    bool read_store_constant(unsigned size) {
        if (!read_operands() || field_ != 0 || out_.kind == X86::LeaSum) return false;
        out_.to = rm_;
        if (mod_ == 3) { // mov r64, imm32
            out_.imm = take<std::int32_t>();
            return size == 8 && !has_66_ && is(X86::Constant);
        }
        wants_66_ = size == 2;
        out_.size = static_cast<std::uint8_t>(size);
        out_.imm = size == 1   ? take<std::int8_t>()
                   : size == 2 ? take<std::int16_t>()
                               : take<std::int32_t>();
        return !(has_66_ && is_wide()) && is(X86::StoreConstant);
    }

    bool read_unary() {
        if (!read_registers() || field_ == 1 || field_ == 2 || field_ > 7) return false;
        out_.to = rm_;
        out_.code = static_cast<std::uint8_t>(field_);
        if (field_ != 0) return is(X86::Unary);
        out_.imm = take<std::int32_t>();
        return is(X86::TestConstant);
    }

    bool read_shift() {
        if (!read_registers() || field_ > 7) return false;
        out_.to = out_.from = rm_;
        out_.imm = *at_++;
        if (field_ == 0) { // a rotation by eight bits of sixteen
            wants_66_ = true;
            return !is_wide() && out_.imm == 8 && is(X86::SwapBytes16);
        }
        return (field_ == 4 || field_ == 5 || field_ == 7) && is(X86::Shift);
    }

    /// VEX.LZ.pp.0F38 F7: shlx, sarx, shrx.
    bool read_shift_by() {
        if (rex_ != 0) return false;
        const unsigned first = *at_++;
        const unsigned second = *at_++;
        const unsigned code = *at_++;
        if ((first & 0x5f) != 0x42 || (second & 4) != 0 || (second & 3) == 0 || code != 0xf7) {
            return false;
        }
        rex_ = static_cast<std::uint8_t>((first & 0x80 ? 0u : 4u) | (first & 0x20 ? 0u : 1u));
        out_.width = (second & 0x80) != 0 ? Width::W64 : Width::W32;
        if (!read_registers()) return false;
        out_.base = reg(~(second >> 3) & 0xf);
        return to_field(X86::ShiftBy);
    }

    const std::uint8_t* start_;
    const std::uint8_t* at_;
    X86Instruction out_;
    std::uint8_t rex_ = 0;
    bool has_66_ = false;
    bool wants_66_ = false;
    bool has_x_ = false;
    unsigned mod_ = 0;
    unsigned field_ = 0; // the register or the extension in the operand byte
    Reg rm_ = Reg::rax;
};

} // namespace

X86Instruction decode_x86(ByteView code, std::size_t at) {
    if (at >= code.size()) return {};
    const std::size_t left = code.size() - at;
    if (left >= kLongest) return Reader(code.data() + at).read();
    std::uint8_t padded[kLongest] = {};
    std::memcpy(padded, code.data() + at, left);
    const X86Instruction found = Reader(padded).read();
    return found.length <= left ? found : X86Instruction{};
}

} // namespace fathom::vm::jit
