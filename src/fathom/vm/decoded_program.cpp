// SPDX-License-Identifier: Apache-2.0
// Decodes a verified program for the fast interpreter: one pass forward for the operations, one
// backward for the units.
#include "fathom/vm/decoded_program.hpp"

#include "fathom/vm/interpreter.hpp"
#include "fathom/vm/slot_choice.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace fathom::vm {

using sbpf::Form;
using sbpf::Op;

namespace {

/// The variant for an access within the current frame. Relies on both orders being the same.
Handler frame_variant(Op op) {
    return static_cast<Handler>(static_cast<std::size_t>(Handler::LoadFrame8) +
                                static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::Load8));
}

static_assert(static_cast<int>(Op::Store64Reg) - static_cast<int>(Op::Load8) ==
              static_cast<int>(Handler::StoreFrame64Reg) - static_cast<int>(Handler::LoadFrame8));

/// What the decoder has to know of an operation.
struct Rule {
    Form form;
    Handler handler;
    bool writes;   // its first operand; the verifier takes a jump's for one, too
    bool is_plain; // nothing but its registers to look at
    bool ends_line;
};

constexpr auto kRules = [] {
    std::array<Rule, sbpf::kOpCount> rules{};
    for (std::size_t i = 0; i < sbpf::kOpCount; ++i) {
        const auto [mnemonic, form, check] = sbpf::kOpInfo[i];
        const bool stores = form == Form::StoreImm || form == Form::StoreReg;
        const bool calls = form == Form::CallImm || form == Form::CallReg || form == Form::Exit;
        rules[i] = {form, static_cast<Handler>(i), !stores && !calls && form != Form::Jump,
                    (form == Form::DstImm && check != sbpf::Check::DivisorImm) ||
                        form == Form::DstSrc || form == Form::Dst,
                    calls || form == Form::Invalid || form == Form::Jump || form == Form::JumpImm ||
                        form == Form::JumpReg};
    }
    return rules;
}();

constexpr auto kEndsLine = [] {
    std::array<bool, kHandlerCount> ends{};
    for (std::size_t i = 0; i < sbpf::kOpCount; ++i) ends[i] = kRules[i].ends_line;
    for (const Handler handler : {Handler::CallSyscall, Handler::CallLocal,
                                  Handler::CallSyscallThenLocal, Handler::Overrun})
        ends[static_cast<std::size_t>(handler)] = true;
    return ends;
}();

} // namespace

bool ends_line(Handler handler) {
    return kEndsLine[static_cast<std::size_t>(handler)];
}

/// Fills a DecodedProgram; any doubt about the program makes it give up.
class Decoder {
public:
    explicit Decoder(const Executable& executable)
        : executable_(executable), program_(executable.program()),
          table_(sbpf::decode_table(program_.version())), count_(program_.slot_count()),
          has_fixed_frames_(!sbpf::manual_stack_frames(program_.version())),
          last_writable_(has_fixed_frames_ ? 9 : 10) {}

    [[nodiscard]] bool run(DecodedProgram& out) {
        if (program_.text().size() % 8 != 0 || count_ >= std::numeric_limits<std::int32_t>::max()) {
            return false;
        }
        out.code_.resize(count_ + 1);
        handlers_.resize(count_ + 1);
        for (std::uint64_t pc = 0; pc < count_; ++pc) {
            const sbpf::RawInstruction raw = program_.instruction(pc);
            const Op op = table_[raw.opcode];
            const Rule& rule = kRules[static_cast<std::size_t>(op)];
            DecodedInstruction& insn = out.code_[pc];
            insn.dst = raw.dst;
            insn.src = raw.src;
            insn.offset = raw.offset;
            insn.imm = raw.imm;
            handlers_[pc] = rule.handler;
            if (raw.dst > (rule.writes ? last_writable_ : 10u) || raw.src > 10) return false;
            if (!rule.is_plain && !decode(out, rule.form, op, raw, pc)) return false;
            slots_.pass(op, raw.dst, raw.src);
            if (rule.form == Form::WideImm) {
                ++pc;
                handlers_[pc] = Handler::Invalid;
                out.code_[pc].imm = program_.instruction(pc).imm;
            }
        }
        handlers_[count_] = Handler::Overrun;
        assign_units(out);
        out.handlers_ = std::move(handlers_);
        return true;
    }

private:
    /// What its registers do not say. Operations that look like others are not here.
    bool decode(DecodedProgram& out, Form form, Op op, const sbpf::RawInstruction& raw,
                std::uint64_t pc) {
        DecodedInstruction& insn = out.code_[pc];
        switch (form) {
        case Form::DstImm: return raw.imm != 0; // a divisor
        case Form::Endian: return raw.imm == 16 || raw.imm == 32 || raw.imm == 64;
        case Form::WideImm: return pc + 1 < count_ && program_.instruction(pc + 1).opcode == 0;
        case Form::Load: decode_access(op, raw.src, pc, insn); return true;
        case Form::StoreImm:
        case Form::StoreReg: decode_access(op, raw.dst, pc, insn); return true;
        case Form::Jump:
        case Form::JumpImm:
        case Form::JumpReg: return is_slot(static_cast<std::int64_t>(pc) + 1 + raw.offset);
        case Form::CallImm: return decode_call(out, raw, pc, insn);
        case Form::CallReg: return decode_callx(raw, insn);
        case Form::Exit: return true;
        default: return false;
        }
    }

    [[nodiscard]] bool is_slot(std::int64_t target) const {
        return target >= 0 && static_cast<std::uint64_t>(target) < count_;
    }

    void decode_access(Op op, std::uint8_t base, std::uint64_t pc, DecodedInstruction& insn) {
        const std::int64_t first = insn.offset;
        const std::int64_t end = first + static_cast<std::int64_t>(sbpf::access_size(op));
        const auto frame_size = static_cast<std::int64_t>(sbpf::kStackFrameSize);
        if (has_fixed_frames_ && base == 10 && first >= -frame_size && end <= 0) {
            handlers_[pc] = frame_variant(op);
            return;
        }
        insn.window = slots_.slot_for(base);
    }

    bool decode_call(DecodedProgram& out, const sbpf::RawInstruction& raw, std::uint64_t pc,
                     DecodedInstruction& insn) {
        const auto key = static_cast<std::uint32_t>(raw.imm);
        if (sbpf::static_syscalls(program_.version())) {
            if (raw.src == 0) {
                if (const Syscall* syscall = executable_.syscalls().find(key)) {
                    set_syscall(out, *syscall, pc, insn);
                }
                return true; // an unknown one stays a Call, which faults
            }
            const std::int64_t target = static_cast<std::int64_t>(pc) + 1 + raw.imm;
            if (raw.src == 1 && is_slot(target)) set_local(target, pc, insn);
            return true;
        }
        const Syscall* syscall = executable_.syscalls().find(key);
        const auto target = program_.find_function(key);
        if (target && !is_slot(*target)) return false;
        if (syscall && target) {
            handlers_[pc] = Handler::CallSyscallThenLocal;
            insn.imm = static_cast<std::int32_t>(out.double_calls_.size());
            out.double_calls_.push_back({syscall->function, *target});
        } else if (syscall) {
            set_syscall(out, *syscall, pc, insn);
        } else if (target) {
            set_local(*target, pc, insn);
        }
        return true;
    }

    void set_syscall(DecodedProgram& out, const Syscall& syscall, std::uint64_t pc,
                     DecodedInstruction& insn) {
        handlers_[pc] = Handler::CallSyscall;
        const auto known = std::ranges::find(out.syscalls_, syscall.function);
        insn.imm = static_cast<std::int32_t>(known - out.syscalls_.begin());
        if (known == out.syscalls_.end()) out.syscalls_.push_back(syscall.function);
    }

    void set_local(std::int64_t target, std::uint64_t pc, DecodedInstruction& insn) {
        handlers_[pc] = Handler::CallLocal;
        insn.imm = static_cast<std::int32_t>(target);
    }

    bool decode_callx(const sbpf::RawInstruction& raw, DecodedInstruction& insn) const {
        std::int64_t index = raw.imm;
        if (program_.version() == sbpf::Version::V2) index = raw.src;
        if (program_.version() >= sbpf::Version::V3) index = raw.dst;
        if (index < 0 || index > 10) return false;
        insn.src = static_cast<std::uint8_t>(index);
        return true;
    }

    void assign_units(DecodedProgram& out) const {
        const HandlerOffsets& offsets = handler_offsets();
        for (std::uint64_t at = count_ + 1; at-- > 0;) {
            DecodedInstruction& insn = out.code_[at];
            const Handler handler = handlers_[at];
            const std::uint64_t behind = handler == Handler::Lddw ? at + 2 : at + 1;
            // Zero behind: that entry charges for itself.
            const std::uint64_t units =
                kEndsLine[static_cast<std::size_t>(handler)] ? 1 : 1u + out.code_[behind].units;
            insn.units = static_cast<std::uint16_t>(units);
            insn.handler = offsets[static_cast<std::size_t>(handler)];
            if (units == DecodedProgram::kLongestLine) {
                out.cuts_.push_back({static_cast<std::uint32_t>(at), insn.handler, insn.units});
                insn.units = 0;
                insn.handler = offsets[static_cast<std::size_t>(Handler::Recharge)];
            }
        }
        std::ranges::reverse(out.cuts_);
    }

    const Executable& executable_;
    const sbpf::Program& program_;
    const sbpf::DecodeTable& table_;
    std::uint64_t count_;
    bool has_fixed_frames_;
    /// Frame accesses rely on r10 being the end of the current frame.
    unsigned last_writable_;
    SlotChoice slots_;
    std::vector<Handler> handlers_;
};

std::unique_ptr<const DecodedProgram> DecodedProgram::create(const Executable& executable) {
    auto program = std::make_unique<DecodedProgram>();
    if (!Decoder(executable).run(*program)) return nullptr;
    return program;
}

const DecodedProgram::Cut& DecodedProgram::cut_at(std::uint64_t slot) const {
    return *std::ranges::lower_bound(cuts_, slot, {}, &Cut::slot);
}

std::uint64_t DecodedProgram::units_from(const DecodedInstruction& instruction) const {
    if (instruction.units != 0) return instruction.units;
    return cut_at(static_cast<std::uint64_t>(&instruction - code_.data())).units;
}

} // namespace fathom::vm
