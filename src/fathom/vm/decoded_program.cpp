// SPDX-License-Identifier: Apache-2.0
// Decodes a verified program for the fast interpreter: one pass forward for the operations, one
// backward for the units.
#include "fathom/vm/decoded_program.hpp"

#include "fathom/vm/interpreter.hpp"
#include "fathom/vm/slot_choice.hpp"

#include <algorithm>
#include <limits>

namespace fathom::vm {

using sbpf::Form;
using sbpf::Op;

bool ends_line(Handler handler) {
    switch (handler) {
    case Handler::Invalid:
    case Handler::Callx:
    case Handler::Call:
    case Handler::CallSyscall:
    case Handler::CallLocal:
    case Handler::CallSyscallThenLocal:
    case Handler::Exit:
    case Handler::Overrun: return true;
    default: break;
    }
    if (static_cast<std::size_t>(handler) >= sbpf::kOpCount) return false;
    const Form form = sbpf::info(static_cast<Op>(handler)).form;
    return form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg;
}

namespace {

std::uint64_t access_size(Op op) {
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

/// The variant for an access within the current frame. Relies on both orders being the same.
Handler frame_variant(Op op) {
    return static_cast<Handler>(static_cast<std::size_t>(Handler::LoadFrame8) +
                                static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::Load8));
}

static_assert(static_cast<int>(Op::Store64Reg) - static_cast<int>(Op::Load8) ==
              static_cast<int>(Handler::StoreFrame64Reg) - static_cast<int>(Handler::LoadFrame8));

} // namespace

/// Fills a DecodedProgram; any doubt about the program makes it give up.
class Decoder {
public:
    explicit Decoder(const Executable& executable)
        : executable_(executable), program_(executable.program()),
          table_(sbpf::decode_table(program_.version())), count_(program_.slot_count()),
          has_fixed_frames_(!sbpf::manual_stack_frames(program_.version())) {}

    [[nodiscard]] bool run(DecodedProgram& out) {
        if (program_.text().size() % 8 != 0 || count_ >= std::numeric_limits<std::int32_t>::max()) {
            return false;
        }
        out.code_.resize(count_ + 1);
        handlers_.resize(count_ + 1);
        for (std::uint64_t pc = 0; pc < count_; ++pc) {
            if (!decode(out, pc)) return false;
            const sbpf::RawInstruction raw = program_.instruction(pc);
            slots_.pass(table_[raw.opcode], raw.dst, raw.src);
            if (handlers_[pc] == Handler::Lddw) {
                ++pc;
                const sbpf::RawInstruction upper = program_.instruction(pc);
                if (upper.opcode != 0) return false;
                handlers_[pc] = Handler::Invalid;
                out.code_[pc].imm = upper.imm;
            }
        }
        handlers_[count_] = Handler::Overrun;
        assign_units(out);
        out.handlers_ = std::move(handlers_);
        return true;
    }

private:
    bool decode(DecodedProgram& out, std::uint64_t pc) {
        const sbpf::RawInstruction raw = program_.instruction(pc);
        DecodedInstruction& insn = out.code_[pc];
        const Op op = table_[raw.opcode];
        insn.dst = raw.dst;
        insn.src = raw.src;
        insn.offset = raw.offset;
        insn.imm = raw.imm;
        handlers_[pc] = handler_of(op);
        if (raw.dst > 10 || raw.src > 10) return false;
        switch (sbpf::info(op).form) {
        case Form::Invalid: return false;
        case Form::DstImm:
            if (sbpf::info(op).check == sbpf::Check::DivisorImm && raw.imm == 0) return false;
            [[fallthrough]];
        case Form::DstSrc:
        case Form::Dst: return may_write(raw.dst);
        case Form::Endian:
            return may_write(raw.dst) && (raw.imm == 16 || raw.imm == 32 || raw.imm == 64);
        case Form::WideImm: return may_write(raw.dst) && pc + 1 < count_;
        case Form::Load: decode_access(op, raw.src, pc, insn); return may_write(raw.dst);
        case Form::StoreImm:
        case Form::StoreReg: decode_access(op, raw.dst, pc, insn); return true;
        case Form::Jump: return is_slot(static_cast<std::int64_t>(pc) + 1 + raw.offset);
        case Form::JumpImm:
        case Form::JumpReg:
            // The verifier takes a jump's first operand for a target, too.
            return may_write(raw.dst) && is_slot(static_cast<std::int64_t>(pc) + 1 + raw.offset);
        case Form::CallImm: return decode_call(out, raw, pc, insn);
        case Form::CallReg: return decode_callx(raw, insn);
        case Form::Exit: return true;
        }
        return false;
    }

    /// Frame accesses rely on r10 being the end of the current frame.
    [[nodiscard]] bool may_write(std::uint8_t index) const {
        return index < 10 || !has_fixed_frames_;
    }

    [[nodiscard]] bool is_slot(std::int64_t target) const {
        return target >= 0 && static_cast<std::uint64_t>(target) < count_;
    }

    void decode_access(Op op, std::uint8_t base, std::uint64_t pc, DecodedInstruction& insn) {
        const std::int64_t first = insn.offset;
        const std::int64_t end = first + static_cast<std::int64_t>(access_size(op));
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
            const std::uint64_t units = ends_line(handler) ? 1 : 1u + out.code_[behind].units;
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
