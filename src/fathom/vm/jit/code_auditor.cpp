// SPDX-License-Identifier: Apache-2.0
// One pass over the program, instruction by instruction of the guest, then one over the stubs.
#include "fathom/vm/jit/code_auditor.hpp"

#include "fathom/vm/jit/audited_forms.hpp"
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/jit/guest_registers.hpp"
#include "fathom/vm/jit/x86_decoder.hpp"
#include "fathom/vm/slot_choice.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;
using Insn = sbpf::RawInstruction;

namespace {

constexpr std::size_t kDeepeningStubSize = 15;
constexpr std::uint64_t kLargestBit = 1ull << 63;

bool fits_byte(std::int64_t value) {
    return value >= -128 && value <= 127;
}

class CodeAuditor {
public:
    CodeAuditor(const Executable& executable, const AuditedCode& code)
        : executable_(executable), program_(executable.program()), code_(code),
          record_(*code.record), count_(program_.slot_count()), stride_(executable.frame_stride()) {
        for (const Reg reg : kGuest) guests_ |= 1u << static_cast<unsigned>(reg);
        if (stride_ != 0) guests_ &= ~(1u << static_cast<unsigned>(kFrameEnd));
    }

    [[nodiscard]] std::optional<AuditFinding> run() {
        if (check_tables() && check_shared_code() && check_program() && check_entered_halves() &&
            check_stubs()) {
            return std::nullopt;
        }
        static_cast<void>(refuse("not what belongs here"));
        return finding_;
    }

private:
    // ---- reading ----

    [[nodiscard]] bool refuse(const char* what) {
        if (!finding_) finding_ = {what, at_, slot_};
        return false;
    }
    void move_to(std::size_t at) {
        at_ = at;
        now_ = decode_x86(code_.code, at);
    }
    void next() { move_to(at_ + now_.length); }
    /// Goes on if the instruction is the one that must stand here.
    [[nodiscard]] bool expect(bool is_right, const char* what) {
        if (!is_right) return refuse(what);
        next();
        return true;
    }
    [[nodiscard]] bool is(X86 kind) const { return now_.kind == kind; }
    [[nodiscard]] bool is_alu(X86 kind, Alu op, Width width, Reg to) const {
        return now_.kind == kind && now_.code == static_cast<std::uint8_t>(op) &&
               now_.width == width && now_.to == to;
    }
    [[nodiscard]] bool is_pair(Alu op, Width width, Reg to, Reg from) const {
        return is_alu(X86::Alu, op, width, to) && now_.from == from;
    }
    [[nodiscard]] bool is_number(Alu op, Width width, Reg to, std::int64_t imm) const {
        return is_alu(X86::AluConstant, op, width, to) && now_.imm == imm;
    }
    [[nodiscard]] bool is_field(Mem place) const {
        return now_.base == place.base && now_.disp == place.disp;
    }
    [[nodiscard]] bool is_from_field(Alu op, Width width, Reg to, Mem place) const {
        return is_alu(X86::AluLoad, op, width, to) && is_field(place);
    }
    [[nodiscard]] bool is_move(Reg to, Reg from) const {
        return is(X86::Move) && now_.width == Width::W64 && now_.to == to && now_.from == from;
    }
    [[nodiscard]] static std::size_t target_of(const X86Instruction& insn, std::size_t at) {
        return static_cast<std::size_t>(static_cast<std::int64_t>(at) + insn.length + insn.imm);
    }
    [[nodiscard]] bool goes_to(X86 kind, std::size_t target) const {
        return is(kind) && target_of(now_, at_) == target;
    }
    [[nodiscard]] bool is_branch(Cond cond) const {
        return is(X86::JumpIf) && now_.code == static_cast<std::uint8_t>(cond);
    }

    // ---- registers ----

    [[nodiscard]] bool has_fixed_frames() const { return stride_ != 0; }
    [[nodiscard]] bool is_guest(Reg reg) const {
        return (guests_ >> static_cast<unsigned>(reg) & 1) != 0;
    }
    [[nodiscard]] bool reads(Reg reg) {
        if (is_guest(reg) || (reg == Reg::r11 && has_r11_) || (reg == Reg::rdi && has_rdi_)) {
            return true;
        }
        return refuse("reads a register that holds nothing of the guest's");
    }
    [[nodiscard]] bool writes(Reg reg) {
        if (reg == Reg::r11) return has_r11_ = true;
        if (reg == Reg::rdi) return has_rdi_ = true;
        return is_guest(reg) || refuse("writes a register that is not the guest's");
    }
    /// [[nodiscard]] at the end of a step.
    [[nodiscard]] bool wrote(Reg reg) {
        if (!writes(reg)) return false;
        next();
        return true;
    }

    // ---- the whole ----

    [[nodiscard]] bool check_tables() {
        const std::size_t size = count_ + 1;
        if (record_.heads.size() != size || code_.units.size() != size ||
            code_.code_offsets.size() != size) {
            return refuse("a table has another size than the program");
        }
        left_.assign(code_.leaves.size(), false);
        missed_.assign(code_.misses.size(), false);
        return true;
    }

    /// What stands in front of the program depends on the configuration and the version alone, so
    /// the smallest program of the same kind must have the same.
    [[nodiscard]] bool check_shared_code() {
        VmConfig config = executable_.config();
        config.jit.budget = nullptr;
        config.jit.audits_code = true;
        const Executable smallest(
            sbpf::Program::from_text(Bytes{0x95, 0, 0, 0, 0, 0, 0, 0}, program_.version()),
            std::make_shared<const SyscallTable>(std::vector<Syscall>{}), config);
        auto scan = ProgramScan::create(smallest);
        if (!scan) return refuse("there is no program to compare with");
        const auto fresh = Compiler(smallest, std::move(*scan), code_.seed).compile();
        if (!fresh) return refuse("there is no memory to compare with");
        shared_ = fresh->record()->shared;
        const std::size_t size = fresh->record()->program;
        if (code_.entry != AuditedCode(*fresh).entry || code_.key != fresh->key() ||
            record_.program != size || code_.code.size() < size ||
            !std::equal(fresh->code(), fresh->code() + size, code_.code.data())) {
            return refuse("the code in front of the program is not as it should be");
        }
        return true;
    }

    [[nodiscard]] bool check_program() {
        const sbpf::DecodeTable& table = sbpf::decode_table(program_.version());
        move_to(record_.program);
        for (slot_ = 0; slot_ < count_; ++slot_) {
            const Insn insn = program_.instruction(slot_);
            const Op op = table[insn.opcode];
            const std::uint64_t behind = slot_ + (op == Op::Lddw ? 2 : 1);
            if (behind > count_) return refuse("an lddw has no second half");
            insn_ = insn;
            is_lddw_ = op == Op::Lddw;
            is_access_ = sbpf::info(op).form == Form::Load ||
                         sbpf::info(op).form == Form::StoreImm ||
                         sbpf::info(op).form == Form::StoreReg;
            if (!check_start() || !check_units(op, behind)) return false;
            end_ = start_of(behind);
            if (!check_instruction(op, insn)) return false;
            if (op != Op::Lddw) continue;
            ++slot_;
            if (code_.code_offsets[slot_] != shared_.odd_entry || code_.units[slot_] != 1) {
                return refuse("the second half of an lddw has code");
            }
            if (record_.heads[slot_] != 0) ++entered_halves_;
        }
        return check_start() && check_units(Op::Invalid, slot_) && check_leave(X86::Jump);
    }

    [[nodiscard]] std::size_t start_of(std::uint64_t slot) const {
        const std::size_t head = record_.heads[slot];
        return head != 0 ? head : code_.code_offsets[slot];
    }

    /// Nops perhaps, the charge if a block begins here, and where the table says the code begins.
    [[nodiscard]] bool check_start() {
        // Code may be none at all: nops that stand where it would are the next one's.
        while (at_ < start_of(slot_) && is(X86::Nop)) next();
        has_r11_ = has_rdi_ = false;
        end_ = std::numeric_limits<std::size_t>::max();
        if (at_ != start_of(slot_)) return refuse("an instruction does not begin where it should");
        if (record_.heads[slot_] != 0 && !check_charge(code_.units[slot_])) return false;
        return at_ == code_.code_offsets[slot_] ||
               refuse("an instruction does not begin where its table says");
    }

    [[nodiscard]] bool check_charge(std::uint64_t units) {
        if (units <= 127) {
            if (!expect(is_number(Alu::Sub, Width::W64, kMeter, static_cast<std::int64_t>(units)),
                        "a block does not charge what it costs")) {
                return false;
            }
        } else {
            std::uint64_t value = 0;
            if (!check_constant(Reg::r11, value)) return false;
            if (value != units) return refuse("a block does not charge what it costs");
            if (!expect(is_pair(Alu::Sub, Width::W64, kMeter, Reg::r11),
                        "a block does not charge what it costs")) {
                return false;
            }
        }
        has_r11_ = false;
        return check_leave_if(Cond::Below);
    }

    /// What the rest of a block costs follows from what comes behind.
    [[nodiscard]] bool check_units(Op op, std::uint64_t behind) {
        const Form form = op == Op::Invalid ? Form::Exit : sbpf::info(op).form;
        const bool ends = form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg ||
                          form == Form::CallImm || form == Form::CallReg || form == Form::Exit;
        const bool is_last = slot_ == count_;
        const bool is_head_behind = is_last || record_.heads[behind] != 0;
        if (ends && !is_head_behind) return refuse("no block begins behind a jump or a call");
        const std::uint64_t units = is_head_behind ? 1 : 1u + code_.units[behind];
        return code_.units[slot_] == units || refuse("a block's cost is not its length");
    }

    [[nodiscard]] bool check_instruction(Op op, const Insn& insn) {
        const bool is_right = check_form(op, insn);
        slots_.pass(op, insn.dst, insn.src);
        return is_right;
    }

    [[nodiscard]] bool check_form(Op op, const Insn& insn) {
        switch (sbpf::info(op).form) {
        case Form::Load:
        case Form::StoreImm:
        case Form::StoreReg: return check_memory(op, insn);
        case Form::Jump: return check_jump(X86::Jump, insn);
        case Form::JumpImm:
        case Form::JumpReg:
            while (!is(X86::JumpIf)) {
                if (!check_step()) return false;
            }
            return check_jump(X86::JumpIf, insn);
        case Form::CallImm: return check_call(insn);
        case Form::CallReg: return check_callx();
        case Form::Exit:
            return check_number(slot_) && expect(is(X86::Return), "an exit that does not return");
        case Form::Invalid: return refuse("the program has an instruction that does not exist");
        default: break;
        }
        if (wide_kind(op) != Wide::No) return check_wide(op, insn);
        while (at_ < end_ && !is(X86::Nop)) {
            if (!check_step()) return false;
        }
        return true;
    }

    // ---- constants and arithmetic ----

    /// A constant that the guest's instruction names. Others could give away the key.
    [[nodiscard]] bool check_guest_constant(Reg to, std::uint64_t& value) {
        if (!check_constant(to, value)) return false;
        const auto low = static_cast<std::uint32_t>(insn_.imm);
        const bool is_its_own = value == sign_extended(insn_.imm) || value == low ||
                                value == static_cast<std::uint64_t>(low) << 32 ||
                                (is_access_ && value == sign_extended(insn_.offset)) ||
                                (is_lddw_ && value == wide_value());
        return is_its_own || refuse("another constant than the guest's");
    }
    [[nodiscard]] bool check_guest_constant(Reg to) {
        std::uint64_t value = 0;
        return check_guest_constant(to, value);
    }

    /// The value that stands here, if need be less the key, to `to`.
    [[nodiscard]] bool check_constant(Reg to, std::uint64_t& value) {
        if (!is(X86::Constant) || now_.to != to) return refuse("no constant where one belongs");
        const Width width = now_.width;
        const auto imm = now_.imm;
        next();
        if (!is_from_field(Alu::Add, width, to, kKey)) {
            value = static_cast<std::uint64_t>(imm);
            return (imm >= -128 && imm <= 255 && writes(to)) || refuse("a constant as it is");
        }
        next();
        value = static_cast<std::uint64_t>(imm) + code_.key;
        if (width == Width::W32) {
            value = static_cast<std::uint32_t>(value);
            if (at_ < end_ && is(X86::SignExtend32) && now_.to == to && now_.from == to) {
                value = sign_extended(static_cast<std::int32_t>(value));
                next();
            }
        }
        return writes(to);
    }

    [[nodiscard]] std::uint64_t wide_value() const {
        const auto upper = static_cast<std::uint32_t>(program_.instruction(slot_ + 1).imm);
        return static_cast<std::uint32_t>(insn_.imm) | static_cast<std::uint64_t>(upper) << 32;
    }

    /// r10 from the host's frame pointer.
    [[nodiscard]] bool check_r10(Reg to) {
        if (!has_fixed_frames() || now_.to != to) return refuse("reads the frame pointer");
        const bool is_right =
            stride_ == sbpf::kStackFrameSize
                ? is_move(to, kFrameEnd)
                : is(X86::LeaSum) && now_.base == kFrameEnd && now_.from == kFrameEnd;
        if (!expect(is_right, "reads the frame pointer")) return false;
        return expect(
                   is_from_field(Alu::Add, Width::W64, to, field(offsetof(Context, r10_constant))),
                   "reads the frame pointer") &&
               writes(to);
    }
    [[nodiscard]] bool is_r10() const {
        return has_fixed_frames() && (is(X86::LeaSum) || (is(X86::Move) && now_.from == kFrameEnd));
    }

    [[nodiscard]] bool is_guest_immediate() const {
        return fits_byte(now_.imm) && now_.imm == insn_.imm;
    }

    /// One of the instructions that work on registers alone.
    [[nodiscard]] bool check_step() {
        const Reg to = now_.to;
        const bool compares = now_.code == static_cast<std::uint8_t>(Alu::Cmp);
        switch (now_.kind) {
        case X86::Constant: return check_guest_constant(to);
        case X86::Move:
        case X86::LeaSum:
            if (is_r10()) return check_r10(to);
            return is(X86::Move) && reads(now_.from) && wrote(to);
        case X86::Lea: return fits_byte(now_.disp) && reads(now_.base) && wrote(to);
        case X86::SignExtend32:
        case X86::ZeroExtend16: return reads(now_.from) && wrote(to);
        case X86::Multiply: return reads(now_.from) && reads(to) && wrote(to);
        case X86::Alu:
            if (!reads(now_.from) || !reads(to)) return false;
            if (!compares) return wrote(to);
            next();
            return true;
        case X86::AluConstant:
            if (!is_guest_immediate()) return refuse("another constant than the guest's");
            if (!reads(to)) return false;
            if (!compares) return wrote(to);
            next();
            return true;
        case X86::Test:
            if (!reads(now_.from) || !reads(to)) return false;
            next();
            return true;
        case X86::TestConstant:
            return reads(to) && expect(is_guest_immediate(), "another constant than the guest's");
        case X86::MultiplyConstant:
            if (!is_guest_immediate()) return refuse("another constant than the guest's");
            return reads(now_.from) && wrote(to);
        case X86::Unary:
            if (now_.code != static_cast<std::uint8_t>(Unary::Neg)) return refuse("not arithmetic");
            return reads(to) && wrote(to);
        case X86::Shift:
            if (now_.imm != (insn_.imm & (now_.width == Width::W64 ? 63 : 31))) {
                return refuse("another constant than the guest's");
            }
            return reads(to) && wrote(to);
        case X86::SwapBytes:
        case X86::SwapBytes16: return reads(to) && wrote(to);
        case X86::ShiftBy: return reads(now_.from) && reads(now_.base) && wrote(to);
        default: return refuse("not arithmetic");
        }
    }

    /// What is known of the divisor in r11 before a division.
    struct Divisor {
        bool is_not_zero[2] = {};      // by Width
        bool is_not_minus_one[2] = {}; // or the quotient fits
    };

    [[nodiscard]] bool check_wide(Op op, const Insn& insn) {
        Divisor divisor;
        const bool divides = wide_kind(op) == Wide::Division;
        const Reg dst = kGuest[insn.dst];
        if (sbpf::info(op).form == Form::DstSrc) {
            if (now_.to != Reg::r11 || !(is(X86::Move) || is(X86::LeaSum))) {
                return refuse("no operand in r11");
            }
            if (!check_step()) return false;
            if (divides) {
                const Width width = now_.width;
                if (!expect(is(X86::Test) && now_.to == Reg::r11 && now_.from == Reg::r11,
                            "a division by what may be zero") ||
                    !check_leave_if(Cond::Equal)) {
                    return false;
                }
                divisor.is_not_zero[static_cast<std::size_t>(width)] = true;
            }
        } else {
            std::uint64_t value = 0;
            if (!check_guest_constant(Reg::r11, value)) return false;
            const auto low = static_cast<std::uint32_t>(value);
            divisor = {.is_not_zero = {low != 0, value != 0},
                       .is_not_minus_one = {low != ~std::uint32_t{0}, value != ~std::uint64_t{0}}};
        }
        if (is(X86::AluConstant) && !check_overflow_test(divisor, dst)) return false;
        return check_wide_operation(divisor, dst, divides);
    }

    /// The smallest number by -1 goes to run_naive.
    [[nodiscard]] bool check_overflow_test(Divisor& divisor, Reg dst) {
        const Width width = now_.width;
        if (!expect(is_number(Alu::Cmp, width, Reg::r11, -1), "an odd test before a division")) {
            return false;
        }
        if (!is_branch(Cond::NotEqual)) return refuse("an odd test before a division");
        const std::size_t other_divisor = target_of(now_, at_);
        next();
        if (width == Width::W64) {
            if (!expect(is(X86::Constant) && now_.to == Reg::rdi &&
                            static_cast<std::uint64_t>(now_.imm) == kLargestBit,
                        "an odd test before a division") ||
                !expect(is_pair(Alu::Cmp, width, dst, Reg::rdi), "an odd test before a division")) {
                return false;
            }
        } else if (!expect(
                       is_number(Alu::Cmp, width, dst, std::numeric_limits<std::int32_t>::min()),
                       "an odd test before a division")) {
            return false;
        }
        if (!check_leave_if(Cond::Equal)) return false;
        divisor.is_not_minus_one[static_cast<std::size_t>(width)] = true;
        return at_ == other_divisor || refuse("an odd jump in a division");
    }

    [[nodiscard]] bool check_wide_operation(const Divisor& divisor, Reg dst, bool divides) {
        constexpr const char* kOdd = "an odd division or product";
        if (dst != Reg::rdx && !expect(is_move(Reg::rdi, Reg::rdx), kOdd)) return false;
        if (dst != Reg::rax && (!expect(is(X86::Push) && now_.to == Reg::rax, kOdd) ||
                                !expect(is_move(Reg::rax, dst), kOdd))) {
            return false;
        }
        const bool clears = is_pair(Alu::Xor, Width::W32, Reg::rdx, Reg::rdx);
        const bool extends = is(X86::SignToRdx);
        const Width extended = now_.width;
        if (clears || extends) next();
        const auto width = static_cast<std::size_t>(now_.width);
        const auto unary = static_cast<Unary>(now_.code);
        bool is_right = is(X86::Unary) && now_.to == Reg::r11;
        if (unary == Unary::Div) {
            is_right &= divides && clears && divisor.is_not_zero[width];
        } else if (unary == Unary::Idiv) {
            is_right &= divides && extends && extended == now_.width &&
                        divisor.is_not_zero[width] && divisor.is_not_minus_one[width];
        } else {
            is_right &= !divides && (unary == Unary::Mul || unary == Unary::ImulWide);
        }
        if (!expect(is_right, kOdd)) return false;
        if (is_move(dst, Reg::rdx) || is_move(dst, Reg::rax)) next();
        if (dst != Reg::rax && !expect(is(X86::Pop) && now_.to == Reg::rax, kOdd)) return false;
        return dst == Reg::rdx || expect(is_move(Reg::rdx, Reg::rdi), kOdd);
    }

    // ---- memory ----

    [[nodiscard]] bool check_memory(Op op, const Insn& insn) {
        const bool is_load = sbpf::info(op).form == Form::Load;
        const int size = accessed_bytes(op);
        const std::uint8_t base = is_load ? insn.src : insn.dst;
        if (has_fixed_frames() && base == 10 && insn.offset >= -kFrameSize &&
            insn.offset + size <= 0) {
            return check_frame_access(is_load, size, insn);
        }
        const std::uint64_t window = slots_.slot_for(base);
        while (!is_alu(X86::AluLoad, Alu::Sub, Width::W64, Reg::r11)) {
            if (now_.to != Reg::r11 && now_.to != Reg::rdi) return refuse("an odd address");
            if (!check_step()) return false;
        }
        if (!reads(Reg::r11) || !check_slot(is_load, window)) return false;
        has_r11_ = has_rdi_ = false; // r11 holds a host address
        return check_access({Reg::r11}, is_load, size, insn);
    }

    [[nodiscard]] bool check_slot(bool is_load, std::uint64_t window) {
        constexpr const char* kOdd = "not the operation's translation slot";
        const std::size_t slot = offsetof(Context, table) + offsetof(TranslationTable, slots) +
                                 window * sizeof(TranslationSlot);
        const std::size_t limit = is_load ? offsetof(TranslationSlot, load_limit)
                                          : offsetof(TranslationSlot, store_limit);
        const auto from_slot = [&](Alu op, std::size_t offset) {
            return expect(is_from_field(op, Width::W64, Reg::r11, field(slot + offset)), kOdd);
        };
        if (!from_slot(Alu::Sub, offsetof(TranslationSlot, guest)) || !from_slot(Alu::Cmp, limit)) {
            return false;
        }
        if (!is_branch(Cond::AboveEqual)) return refuse("no test of the limit");
        const std::size_t stub = target_of(now_, at_);
        next();
        if (executable_.config().jit.masks_speculation &&
            (!expect(is(X86::SubtractBorrow) && now_.to == Reg::rdi && now_.from == Reg::rdi,
                     "an access that is not masked") ||
             !expect(is_pair(Alu::And, Width::W64, Reg::r11, Reg::rdi),
                     "an access that is not masked"))) {
            return false;
        }
        return from_slot(Alu::Add, offsetof(TranslationSlot, host)) &&
               check_miss_stub(stub, is_load, slot_ | window << kWindowShift);
    }

    [[nodiscard]] bool check_frame_access(bool is_load, int size, const Insn& insn) {
        if (!is(X86::Constant) || now_.to != Reg::r11) {
            return check_access({kFrameEnd, insn.offset}, is_load, size, insn);
        }
        std::uint64_t offset = 0;
        if (!check_constant(Reg::r11, offset)) return false;
        if (offset != sign_extended(insn.offset)) return refuse("another place in the frame");
        has_r11_ = false;
        return expect(is_pair(Alu::Add, Width::W64, Reg::r11, kFrameEnd),
                      "another place than the frame") &&
               check_access({Reg::r11}, is_load, size, insn);
    }

    /// The one instruction that touches guest memory, and the value that it stores.
    [[nodiscard]] bool check_access(Mem place, bool is_load, int size, const Insn& insn) {
        constexpr const char* kOdd = "not the access that belongs here";
        if (is_load) {
            return expect(is(X86::Load) && is_field(place) && now_.size == size &&
                              now_.to == kGuest[insn.dst] && is_guest(now_.to),
                          kOdd);
        }
        if (is(X86::StoreConstant)) {
            return expect(is_field(place) && now_.size == size && fits_byte(now_.imm) &&
                              (now_.imm == insn.imm ||
                               (size == 1 && now_.imm == static_cast<std::int8_t>(insn.imm))),
                          kOdd);
        }
        if (is(X86::Constant)) {
            if (!check_guest_constant(Reg::rdi)) return false;
        } else if (is_r10() && !check_r10(Reg::rdi)) {
            return false;
        }
        return is(X86::Store) && reads(now_.from) &&
               expect(is_field(place) && now_.size == size, kOdd);
    }

    // ---- jumps and calls ----

    [[nodiscard]] bool check_jump(X86 kind, const Insn& insn) {
        const std::int64_t target = static_cast<std::int64_t>(slot_) + 1 + insn.offset;
        return target >= 0 && check_branch(kind, static_cast<std::uint64_t>(target));
    }
    [[nodiscard]] bool check_branch(X86 kind, std::uint64_t slot) {
        return expect(slot < count_ && record_.heads[slot] != 0 &&
                          goes_to(kind, record_.heads[slot]),
                      "a jump or call to another place than the guest's");
    }

    /// edi = number less the key.
    [[nodiscard]] bool check_number(std::uint64_t number) {
        return expect(is(X86::Constant) && now_.to == Reg::rdi && now_.width == Width::W32 &&
                          static_cast<std::uint32_t>(static_cast<std::uint64_t>(now_.imm) +
                                                     code_.key) == number,
                      "another slot number");
    }

    [[nodiscard]] bool check_call(const Insn& insn) {
        const auto key = static_cast<std::uint32_t>(insn.imm);
        const bool is_static = sbpf::static_syscalls(program_.version());
        const Syscall* const syscall =
            !is_static || insn.src == 0 ? executable_.syscalls().find(key) : nullptr;
        std::optional<std::uint64_t> target;
        if (!is_static) {
            if (const auto found = program_.find_function(key)) target = *found;
        } else if (insn.src == 1) {
            const std::int64_t place = static_cast<std::int64_t>(slot_) + 1 + insn.imm;
            if (place >= 0 && static_cast<std::uint64_t>(place) < count_) {
                target = static_cast<std::uint64_t>(place);
            }
        }
        if (syscall) {
            const std::size_t index = syscalls_++;
            if (index >= code_.syscall_sites.size() ||
                code_.syscall_sites[index].function != syscall->function ||
                code_.syscall_sites[index].slot != slot_) {
                return refuse("another syscall than the guest's");
            }
            if (!check_number(index) ||
                !expect(goes_to(X86::Call, shared_.syscall), "a syscall that goes elsewhere")) {
                return false;
            }
        }
        if (!target) return syscall || check_leave(X86::Jump);
        return check_depth_test(syscall != nullptr) && check_push() &&
               check_branch(X86::Call, *target) && check_pop();
    }

    [[nodiscard]] bool check_callx() {
        if (!check_depth_test(false)) return false;
        if (now_.to != Reg::r11 || !(is(X86::Move) || is(X86::LeaSum))) {
            return refuse("no target in r11");
        }
        return check_step() && check_push() && check_number(slot_) &&
               expect(goes_to(X86::Call, shared_.callx), "a callx that goes elsewhere") &&
               check_pop();
    }

    [[nodiscard]] bool check_depth_test(bool is_after_syscall) {
        const bool is_right =
            has_fixed_frames()
                ? is_from_field(Alu::Cmp, Width::W64, kFrameEnd,
                                field(offsetof(Context, deepest_end)))
                : is_depth(Alu::Cmp, static_cast<std::int64_t>(sbpf::kMaxCallDepth) - 1);
        if (!expect(is_right, "no test of the depth")) return false;
        if (!is_branch(Cond::AboveEqual)) return refuse("no test of the depth");
        const std::size_t stub = target_of(now_, at_);
        next();
        std::size_t helper = is_after_syscall ? shared_.deepen_after_syscall : shared_.deepen;
        if (!has_fixed_frames()) {
            helper = is_after_syscall ? shared_.exit_too_deep : shared_.exit_naive;
        }
        return check_deepening_stub(stub, helper);
    }
    [[nodiscard]] bool is_depth(Alu op, std::int64_t imm) const {
        return now_.kind == X86::AluMemory && now_.code == static_cast<std::uint8_t>(op) &&
               now_.width == Width::W64 && is_field(field(offsetof(Context, depth))) &&
               now_.imm == imm;
    }

    [[nodiscard]] bool check_push() {
        constexpr const char* kOdd = "an odd call";
        for (std::size_t i = 6; i < 10; ++i) {
            if (!expect(is(X86::Push) && now_.to == kGuest[i], kOdd)) return false;
        }
        if (has_fixed_frames()) {
            return expect(is_number(Alu::Add, Width::W64, kFrameEnd, kFrameSize), kOdd);
        }
        return expect(is(X86::Push) && now_.to == kFrameEnd, kOdd) &&
               expect(is_depth(Alu::Add, 1), kOdd);
    }
    [[nodiscard]] bool check_pop() {
        constexpr const char* kOdd = "an odd return";
        if (has_fixed_frames()) {
            if (!expect(is_number(Alu::Sub, Width::W64, kFrameEnd, kFrameSize), kOdd)) return false;
        } else if (!expect(is_depth(Alu::Sub, 1), kOdd) ||
                   !expect(is(X86::Pop) && now_.to == kFrameEnd, kOdd)) {
            return false;
        }
        for (std::size_t i = 10; i-- > 6;) {
            if (!expect(is(X86::Pop) && now_.to == kGuest[i], kOdd)) return false;
        }
        return true;
    }

    // ---- behind the program ----

    [[nodiscard]] bool check_leave_if(Cond cond) {
        return is_branch(cond) ? check_leave(X86::JumpIf) : refuse("a test that is missing");
    }
    /// The jump that stands here goes to a stub of its own, which stands for this slot.
    [[nodiscard]] bool check_leave(X86 kind) {
        const std::size_t distance = target_of(now_, at_) - code_.leave_stubs;
        const std::size_t index = distance / kLeaveStubSize;
        const bool is_right = is(kind) && distance % kLeaveStubSize == 0 && index < left_.size() &&
                              !left_[index] && code_.leaves[index] == slot_;
        if (!expect(is_right, "a jump to no stub for it")) return false;
        left_[index] = true;
        ++stubs_;
        return true;
    }
    [[nodiscard]] bool check_miss_stub(std::size_t stub, bool is_load, std::uint64_t number) {
        const std::size_t distance = stub - code_.miss_stubs;
        const std::size_t index = distance / kMissStubSize;
        if (distance % kMissStubSize != 0 || index >= missed_.size() || missed_[index] ||
            code_.misses[index] != number) {
            return refuse("a jump to no stub for it");
        }
        missed_[index] = true;
        ++stubs_;
        return is_call_and_jump(stub, is_load ? shared_.load_miss : shared_.store_miss, at_) ||
               refuse("a stub that does something else");
    }
    [[nodiscard]] bool is_call_and_jump(std::size_t at, std::size_t helper,
                                        std::size_t resume) const {
        const X86Instruction call = decode_x86(code_.code, at);
        const X86Instruction jump = decode_x86(code_.code, at + call.length);
        return call.kind == X86::Call && target_of(call, at) == helper && jump.kind == X86::Jump &&
               target_of(jump, at + call.length) == resume;
    }
    [[nodiscard]] bool check_deepening_stub(std::size_t stub, std::size_t helper) {
        const X86Instruction number = decode_x86(code_.code, stub);
        const bool is_right =
            number.kind == X86::Constant && number.to == Reg::rdi && number.length == 5 &&
            static_cast<std::uint32_t>(static_cast<std::uint64_t>(number.imm) + code_.key) ==
                slot_ &&
            is_call_and_jump(stub + number.length, helper, at_);
        deepenings_.push_back(stub);
        return is_right || refuse("a stub that does something else");
    }

    /// Blocks of their own for second halves that something aims at.
    [[nodiscard]] bool check_entered_halves() {
        for (; entered_halves_ > 0; --entered_halves_) {
            has_r11_ = has_rdi_ = false;
            const std::size_t head = at_;
            if (!expect(is_number(Alu::Sub, Width::W64, kMeter, 1), "an odd block")) return false;
            const std::size_t index = (target_of(now_, at_) - code_.leave_stubs) / kLeaveStubSize;
            slot_ = index < left_.size() ? code_.leaves[index] : count_;
            if (slot_ >= count_ || code_.code_offsets[slot_] != shared_.odd_entry ||
                record_.heads[slot_] != head) {
                return refuse("an odd block");
            }
            if (!check_leave(X86::Jump)) return false;
        }
        return true;
    }

    /// Every stub is one that something jumped to, and there is nothing else.
    [[nodiscard]] bool check_stubs() {
        constexpr const char* kOdd = "something else between the stubs";
        slot_ = count_ + 1;
        if (stubs_ != left_.size() + missed_.size() || syscalls_ != code_.syscall_sites.size()) {
            return refuse("a stub or a syscall that nothing needs");
        }
        if (!expect(is(X86::Trap), kOdd) || at_ != code_.leave_stubs) return refuse(kOdd);
        for (std::size_t i = 0; i < left_.size(); ++i) {
            if (!expect(goes_to(X86::Call, shared_.exit_stub), "a stub that goes elsewhere")) {
                return false;
            }
        }
        if (!expect(is(X86::Trap), kOdd) || at_ != code_.miss_stubs) return refuse(kOdd);
        move_to(at_ + missed_.size() * kMissStubSize);
        if (!expect(is(X86::Trap), kOdd)) return false;
        std::ranges::sort(deepenings_);
        for (const std::size_t stub : deepenings_) {
            if (stub != at_) return refuse(kOdd);
            move_to(at_ + kDeepeningStubSize);
        }
        while (at_ < code_.code.size()) {
            if (!expect(is(X86::Trap), kOdd)) return false;
        }
        return at_ == code_.code.size() || refuse(kOdd);
    }

    const Executable& executable_;
    const sbpf::Program& program_;
    const AuditedCode& code_;
    const CodeRecord& record_;
    std::uint64_t count_;
    std::uint64_t stride_;
    unsigned guests_ = 0; // host registers that hold guest registers, as bits
    SharedCode shared_{};
    std::optional<AuditFinding> finding_;
    std::size_t at_ = 0;
    X86Instruction now_; // what stands there
    std::uint64_t slot_ = 0;
    Insn insn_{}; // the guest's
    bool is_lddw_ = false;
    bool is_access_ = false; // to memory
    std::size_t end_ = 0;    // of the slot's code, or more
    bool has_r11_ = false;   // written by the slot's own code, from what the guest may know
    bool has_rdi_ = false;
    std::vector<bool> left_; // stubs that were jumped to
    std::vector<bool> missed_;
    std::size_t stubs_ = 0; // together
    std::vector<std::size_t> deepenings_;
    std::size_t syscalls_ = 0;
    std::size_t entered_halves_ = 0;
    SlotChoice slots_;
};

} // namespace

AuditedCode::AuditedCode(const JitProgram& program)
    : code(program.code(), program.code_size()), key(program.key()), seed(program.seed()),
      entry(program.entry_offset()), leave_stubs(program.first_leave_stub()),
      miss_stubs(program.first_miss_stub()), units(program.units()),
      code_offsets(program.code_offsets()), syscall_sites(program.syscall_sites()),
      leaves(program.leaves()), misses(program.misses()), record(program.record()) {}

std::optional<AuditFinding> audit_code(const Executable& executable, const AuditedCode& code) {
    return CodeAuditor(executable, code).run();
}

} // namespace fathom::vm::jit
