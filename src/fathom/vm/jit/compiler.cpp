// SPDX-License-Identifier: Apache-2.0
// The program: blocks, instructions, jumps and calls, constants. Arithmetic and memory:
// compile_alu.cpp, compile_memory.cpp. What all programs share: compile_shared.cpp.
#include "fathom/vm/jit/compiler.hpp"

#include "fathom/vm/jit/guest_registers.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;

namespace {

/// So that how fast a loop runs does not depend on where chance has put it.
constexpr std::size_t kLoopAlignment = 32;
/// Bounds of the distances between two nops, in guest instructions.
constexpr std::uint32_t kFillerDistance = 512;
/// What a slot usually takes, and the code that all programs share.
constexpr std::uint64_t kUsualSlotSize = 24;
constexpr std::uint64_t kSharedSize = 8192;

} // namespace

Compiler::Compiler(const Executable& executable, ProgramScan scan, std::uint64_t seed)
    : executable_(executable), scan_(std::move(scan)), count_(executable.program().slot_count()),
      stride_(executable.frame_stride()), code_(count_ * kUsualSlotSize + kSharedSize), out_(code_),
      seed_(seed), random_(seed), key_(random_.next()), filler_in_(random_.below(kFillerDistance)) {
}

std::unique_ptr<const JitProgram> Compiler::compile() {
    if (!code_.data()) return nullptr;
    heads_.resize(count_ + 1);
    tables_.code_offsets.resize(count_ + 1);
    tables_.units = scan_.take_units();
    fixups_.reserve(count_ / 8);
    leaves_.reserve(count_ / 3);
    misses_.reserve(count_ / 4);
    emit_start_padding();
    emit_entry_and_exit();
    emit_slow_miss();
    load_miss_ = emit_miss(Access::Load);
    store_miss_ = emit_miss(Access::Store);
    deepen_ = emit_deepening(exit_naive_);
    deepen_after_syscall_ = emit_deepening(exit_too_deep_);
    emit_syscall_helper();
    emit_callx();
    const std::size_t program = out_.position();
    if (!emit_program()) return nullptr;
    JitProgram::Layout layout{
        .seed = seed_, .key = key_, .entry = entry_, .leave_stubs = 0, .miss_stubs = 0};
    if (!emit_stubs(layout)) return nullptr;
    for (const Fixup& fixup : fixups_) out_.patch(fixup.place, heads_[fixup.slot]);
    const std::size_t size = out_.position();
    auto memory = code_.finish(size, executable_.config().jit.budget);
    if (!memory) return nullptr;
    auto made = std::unique_ptr<JitProgram>(
        new JitProgram(std::move(*memory), size, layout, std::move(tables_)));
    if (executable_.config().jit.audits_code) made->record_ = make_record(program);
    return made;
}

std::unique_ptr<const CodeRecord> Compiler::make_record(std::size_t program) {
    const SharedCode shared{.exit_naive = exit_naive_,
                            .exit_too_deep = exit_too_deep_,
                            .exit_stub = exit_stub_,
                            .load_miss = load_miss_,
                            .store_miss = store_miss_,
                            .deepen = deepen_,
                            .deepen_after_syscall = deepen_after_syscall_,
                            .syscall = syscall_,
                            .callx = callx_,
                            .odd_entry = odd_entry_};
    return std::make_unique<const CodeRecord>(shared, program, std::move(heads_));
}

bool Compiler::emit_program() {
    const std::uint8_t* const text = executable_.program().text().data();
    const EmittersByOpcode emitters = emitters_of(executable_.program().version());
    const Emitter wide = kArithmetic[static_cast<std::size_t>(Op::Lddw)];
    for (std::uint64_t slot = 0; slot < count_; ++slot) {
        if (!out_.reserve()) return false;
        if (filler_in_-- == 0) emit_filler();
        if (scan_.mark(slot) == ProgramScan::Head) begin_block(slot);
        tables_.code_offsets[slot] = static_cast<std::uint32_t>(out_.position());
        const std::uint8_t* const at = text + 8 * slot;
        emitters[at[0]](*this, at, slot);
        if (emitters[at[0]] == wide) {
            tables_.code_offsets[++slot] = static_cast<std::uint32_t>(odd_entry_);
        }
    }
    // Running off the end costs one unit, like an instruction.
    if (!out_.reserve()) return false;
    if (scan_.mark(count_) == ProgramScan::Head) begin_block(count_);
    tables_.code_offsets[count_] = static_cast<std::uint32_t>(out_.position());
    leave(count_);
    return true;
}

// ---- blocks ----

// Charges the whole block at its head.
void Compiler::begin_block(std::uint64_t slot) {
    if (scan_.begins_loop(slot)) out_.align_with_nops(kLoopAlignment);
    const std::uint64_t units = tables_.units[slot];
    heads_[slot] = static_cast<std::uint32_t>(out_.position());
    emit_alu_constant(Alu::Sub, Width::W64, kMeter, static_cast<std::int32_t>(units));
    leave_if(Cond::Below, slot);
}

void Compiler::leave(std::uint64_t slot) {
    leaves_.push_back({static_cast<std::uint32_t>(out_.jump()), static_cast<std::uint32_t>(slot)});
}

// ---- one instruction ----

void Compiler::rebuild_r10(Reg to) {
    // With gaps the guest's frames are twice as far apart as the host's.
    if (stride_ == sbpf::kStackFrameSize) {
        out_.mov(Width::W64, to, kFrameEnd);
    } else {
        out_.lea_sum(to, kFrameEnd, kFrameEnd);
    }
    out_.alu(Alu::Add, Width::W64, to, field(offsetof(Context, r10_constant)));
}

// ---- constants ----

void Compiler::emit_filler() {
    filler_in_ = random_.below(kFillerDistance);
    out_.nop(1 + static_cast<unsigned>(random_.below(8)));
}

void Compiler::emit_blinded32(Reg to, std::uint64_t value) {
    out_.mov32(to, static_cast<std::uint32_t>(value - key_));
}

void Compiler::emit_long_constant(Reg to, std::uint64_t value) {
    const auto as_signed = static_cast<std::int64_t>(value);
    if (value <= std::numeric_limits<std::uint32_t>::max()) {
        emit_blinded32(to, value);
        out_.alu(Alu::Add, Width::W32, to, kKey);
    } else if (as_signed >= std::numeric_limits<std::int32_t>::min() && as_signed < 0) {
        emit_blinded32(to, value);
        out_.alu(Alu::Add, Width::W32, to, kKey);
        out_.sign_extend32(to, to);
    } else {
        out_.mov64(to, value - key_);
        out_.alu(Alu::Add, Width::W64, to, kKey);
    }
}

void Compiler::emit_product(Width w, Reg reg, std::int32_t factor) {
    if (factor >= -128 && factor <= 127) return out_.imul(w, reg, reg, factor);
    emit_constant(Reg::r11, sign_extended(factor));
    out_.imul(w, reg, Reg::r11);
}

// ---- jumps and calls ----

namespace {

struct Condition {
    Cond cond;
    Width width;
    bool is_test; // of common bits
};

[[gnu::always_inline]] constexpr Condition condition_of(Op op) {
    switch (op) {
#define FATHOM_JUMP(name, cond, is_test)                                                           \
    case Op::name##64Imm:                                                                          \
    case Op::name##64Reg: return {Cond::cond, Width::W64, is_test};                                \
    case Op::name##32Imm:                                                                          \
    case Op::name##32Reg: return {Cond::cond, Width::W32, is_test};
        FATHOM_JUMP(Jeq, Equal, false)
        FATHOM_JUMP(Jne, NotEqual, false)
        FATHOM_JUMP(Jgt, Above, false)
        FATHOM_JUMP(Jge, AboveEqual, false)
        FATHOM_JUMP(Jlt, Below, false)
        FATHOM_JUMP(Jle, BelowEqual, false)
        FATHOM_JUMP(Jsgt, Greater, false)
        FATHOM_JUMP(Jsge, GreaterEqual, false)
        FATHOM_JUMP(Jslt, Less, false)
        FATHOM_JUMP(Jsle, LessEqual, false)
        FATHOM_JUMP(Jset, NotEqual, true)
#undef FATHOM_JUMP
    default: return {Cond::Equal, Width::W64, false};
    }
}

} // namespace

void Compiler::go_to(std::size_t place, std::uint32_t slot) {
    // A block that begins further up is there already.
    if (heads_[slot] != 0) {
        out_.patch(place, heads_[slot]);
    } else {
        fixups_.push_back({place, slot});
    }
}

[[gnu::always_inline]] inline void Compiler::emit_jump(Op op, const Insn& insn,
                                                       std::uint64_t slot) {
    const auto target =
        static_cast<std::uint32_t>(static_cast<std::int64_t>(slot) + 1 + insn.offset);
    if (op == Op::Ja) {
        go_to(out_.jump(), target);
        return;
    }
    const auto [cond, width, is_test] = condition_of(op);
    const Reg left = kGuest[insn.dst];
    if (sbpf::info(op).form == Form::JumpReg) {
        const Reg right = use(insn.src, Reg::r11);
        if (is_test) {
            out_.test(width, left, right);
        } else {
            out_.alu(Alu::Cmp, width, left, right);
        }
    } else if (!is_test) {
        emit_alu_constant(Alu::Cmp, width, left, insn.imm);
    } else if (insn.imm >= -128 && insn.imm <= 127) {
        out_.test(width, left, insn.imm);
    } else {
        emit_constant(Reg::r11, sign_extended(insn.imm));
        out_.test(width, left, Reg::r11);
    }
    go_to(out_.jump_if(cond), target);
}

// One comparison finds both a call that is too deep and one that is deeper than any before it.
void Compiler::emit_depth_test(std::uint64_t slot, bool is_after_syscall) {
    if (stride_ != 0) {
        out_.alu(Alu::Cmp, Width::W64, kFrameEnd, field(offsetof(Context, deepest_end)));
    } else {
        out_.alu_memory(Alu::Cmp, Width::W64, field(offsetof(Context, depth)),
                        static_cast<std::int32_t>(sbpf::kMaxCallDepth) - 1);
    }
    // Running the call again would run the syscall again.
    std::size_t helper = is_after_syscall ? deepen_after_syscall_ : deepen_;
    if (stride_ == 0) helper = is_after_syscall ? exit_too_deep_ : exit_naive_;
    const std::size_t place = out_.jump_if(Cond::AboveEqual);
    deepenings_.push_back({place, static_cast<std::uint32_t>(slot), helper, out_.position()});
}

void Compiler::emit_frame_push() {
    for (std::size_t i = 6; i < 10; ++i) out_.push(kGuest[i]);
    if (stride_ != 0) {
        out_.alu(Alu::Add, Width::W64, kFrameEnd, kFrameSize);
    } else {
        out_.push(kFrameEnd);
        out_.alu_memory(Alu::Add, Width::W64, field(offsetof(Context, depth)), 1);
    }
}

void Compiler::emit_frame_pop() {
    if (stride_ != 0) {
        out_.alu(Alu::Sub, Width::W64, kFrameEnd, kFrameSize);
    } else {
        out_.alu_memory(Alu::Sub, Width::W64, field(offsetof(Context, depth)), 1);
        out_.pop(kFrameEnd);
    }
    for (std::size_t i = 10; i-- > 6;) out_.pop(kGuest[i]);
}

void Compiler::emit_call(std::uint64_t slot) {
    const CallSite& site = scan_.calls()[next_call_++];
    const bool has_target = site.target != CallSite::kNoTarget;
    if (site.syscall) emit_syscall(site.syscall, slot);
    if (has_target) emit_local_call(site.target, slot, site.syscall != nullptr);
    if (!site.syscall && !has_target) leave(slot);
}

void Compiler::emit_local_call(std::uint32_t target, std::uint64_t slot, bool is_after_syscall) {
    emit_depth_test(slot, is_after_syscall);
    emit_frame_push();
    go_to(out_.call(), target);
    emit_frame_pop();
}

void Compiler::emit_callx_site(const Insn& insn, std::uint64_t slot) {
    std::uint8_t index = static_cast<std::uint8_t>(insn.imm);
    if (executable_.program().version() == sbpf::Version::V2) index = insn.src;
    if (executable_.program().version() >= sbpf::Version::V3) index = insn.dst;
    emit_depth_test(slot, false);
    // The target is read before the frame moves r10.
    const Reg target = use(index, Reg::r11);
    if (target != Reg::r11) out_.mov(Width::W64, Reg::r11, target);
    emit_frame_push();
    emit_blinded32(Reg::rdi, slot);
    out_.call_to(callx_);
    emit_frame_pop();
}

void Compiler::emit_syscall(SyscallFunction function, std::uint64_t slot) {
    emit_blinded32(Reg::rdi, tables_.syscall_sites.size());
    out_.call_to(syscall_);
    tables_.syscall_sites.push_back({function, slot});
}

void Compiler::emit_exit(std::uint64_t slot) {
    emit_blinded32(Reg::rdi, slot); // for whoever called the guest
    out_.ret();
}

template <Op op>
void Compiler::control_emitter(Compiler& compiler, const std::uint8_t* text, std::uint64_t slot) {
    const Insn insn = sbpf::read_instruction(text);
    constexpr Form form = sbpf::info(op).form;
    if constexpr (form == Form::CallImm) {
        compiler.emit_call(slot);
    } else if constexpr (form == Form::CallReg) {
        compiler.emit_callx_site(insn, slot);
    } else if constexpr (form == Form::Exit) {
        compiler.emit_exit(slot);
    } else if constexpr (form == Form::Invalid) {
        compiler.leave(slot); // the scan has refused the program
    } else {
        compiler.emit_jump(op, insn, slot);
    }
    compiler.slots_.pass(op, insn.dst, insn.src);
}

constinit const Compiler::Emitters Compiler::kControl = emitters_by([]<Op op>() -> Emitter {
    switch (sbpf::info(op).form) {
    case Form::Jump:
    case Form::JumpImm:
    case Form::JumpReg:
    case Form::CallImm:
    case Form::CallReg:
    case Form::Exit:
    case Form::Invalid: return control_emitter<op>;
    default: return nullptr;
    }
});

Compiler::EmittersByOpcode Compiler::emitters_of(sbpf::Version version) {
    EmittersByOpcode emitters;
    const sbpf::DecodeTable& table = sbpf::decode_table(version);
    for (std::size_t opcode = 0; opcode < emitters.size(); ++opcode) {
        const auto op = static_cast<std::size_t>(table[opcode]);
        emitters[opcode] = kArithmetic[op] ? kArithmetic[op]
                           : kMemory[op]   ? kMemory[op]
                                           : kControl[op];
    }
    return emitters;
}

// ---- behind the program ----

template <class T> void Compiler::shuffle(std::vector<T>& stubs) {
    for (std::size_t left = stubs.size(); left > 1; --left)
        std::swap(stubs[left - 1], stubs[random_.below(static_cast<std::uint32_t>(left))]);
}

bool Compiler::emit_stubs(JitProgram::Layout& layout) {
    emit_entered_halves();
    shuffle(leaves_);
    shuffle(misses_);
    shuffle(deepenings_);
    const std::size_t size = leaves_.size() * kLeaveStubSize + misses_.size() * kMissStubSize +
                             deepenings_.size() * 2 * kMissStubSize;
    if (!out_.reserve(size)) return false;
    out_.trap();
    layout.leave_stubs = out_.position();
    tables_.leaves.resize(leaves_.size());
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        out_.patch(leaves_[i].place, out_.position());
        out_.call_to(exit_stub_);
        tables_.leaves[i] = leaves_[i].slot;
    }
    out_.trap();
    layout.miss_stubs = out_.position();
    tables_.misses.resize(misses_.size());
    for (std::size_t i = 0; i < misses_.size(); ++i) {
        const Miss& stub = misses_[i];
        out_.patch(stub.place, out_.position());
        out_.call_to(stub.is_load ? load_miss_ : store_miss_);
        out_.jump_to(stub.resume);
        tables_.misses[i] = stub.slot_and_window;
    }
    out_.trap();
    for (const Deepening& stub : deepenings_) {
        out_.patch(stub.place, out_.position());
        emit_blinded32(Reg::rdi, stub.slot);
        out_.call_to(stub.helper);
        out_.jump_to(stub.resume);
    }
    out_.align_with_traps(16);
    return true;
}

// Nothing but a call or a jump that the verifier of old let pass aims at the second half of an
// lddw. It costs one unit and faults.
void Compiler::emit_entered_halves() {
    for (const Fixup& fixup : fixups_) {
        if (heads_[fixup.slot] != 0) continue;
        if (!out_.reserve()) return;
        heads_[fixup.slot] = static_cast<std::uint32_t>(out_.position());
        out_.alu(Alu::Sub, Width::W64, kMeter, 1);
        leave(fixup.slot);
    }
}

} // namespace fathom::vm::jit
