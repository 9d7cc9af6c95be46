// SPDX-License-Identifier: Apache-2.0
// Blocks, the code around the program, calls and jumps. Arithmetic and memory: compile_alu.cpp,
// compile_memory.cpp.
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

/// Blocks are cut here, so that what a block costs fits everywhere and code distances stay short.
constexpr std::uint16_t kLongestBlock = 4096;
constexpr auto kFrameSize = static_cast<std::int32_t>(sbpf::kStackFrameSize);

constexpr Reg kSaved[] = {Reg::rbx, Reg::rbp, Reg::r12, Reg::r13, Reg::r14, Reg::r15};

#define FATHOM_FIELD(name) static_cast<std::int32_t>(offsetof(Context, name))

bool is_table_op(Handler handler) {
    return static_cast<std::size_t>(handler) < sbpf::kOpCount;
}

bool is_jump(Handler handler) {
    if (!is_table_op(handler)) return false;
    const Form form = sbpf::info(static_cast<Op>(handler)).form;
    return form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg;
}

/// Bounds of the distances between two nops, in guest instructions.
constexpr std::uint64_t kFillerDistance = 512;
/// The code begins after up to so many bytes of padding.
constexpr std::uint64_t kStartPadding = 1024;

} // namespace

Compiler::Compiler(const Executable& executable, const DecodedProgram& program, std::uint64_t seed)
    : executable_(executable), program_(program), count_(program.slot_count()),
      stride_(executable.frame_stride()), out_(count_ * 24 + 8192), seed_(seed), random_(seed),
      key_(random_.next()), filler_in_(random_.below(kFillerDistance)) {}

std::unique_ptr<const JitProgram> Compiler::compile() {
    find_blocks();
    heads_.resize(count_ + 1);
    code_offsets_.resize(count_ + 1);
    emit_start_padding();
    emit_entry_and_exit();
    emit_helper_calls();
    emit_callx();
    for (std::uint64_t slot = 0; slot <= count_; ++slot) {
        out_.reserve();
        emit_filler();
        emit_instruction(slot);
        if (program_.handler(slot) == Handler::Lddw) {
            ++slot;
            code_offsets_[slot] = static_cast<std::uint32_t>(odd_entry_);
        }
    }
    emit_stubs();
    for (const Fixup& fixup : fixups_) out_.patch(fixup.place, heads_[fixup.slot]);
    auto memory = ExecutableMemory::create(out_.bytes(), executable_.config().jit.budget);
    if (!memory) return nullptr;
    return std::unique_ptr<const JitProgram>(new JitProgram(
        std::move(*memory), out_.position(), {.seed = seed_, .key = key_, .entry = entry_},
        std::move(units_), std::move(code_offsets_)));
}

void Compiler::mark_targets() {
    is_head_.assign(count_ + 2, 0);
    is_head_[0] = 1;
    for (std::uint64_t slot = 0; slot < count_; ++slot) {
        const DecodedInstruction& insn = program_.code()[slot];
        const Handler handler = program_.handler(slot);
        if (!ends_line(handler)) continue;
        is_head_[slot + 1] = 1;
        if (is_jump(handler)) {
            is_head_[static_cast<std::size_t>(static_cast<std::int64_t>(slot) + 1 + insn.offset)] =
                1;
        } else if (handler == Handler::CallLocal) {
            is_head_[static_cast<std::size_t>(insn.imm)] = 1;
        } else if (handler == Handler::CallSyscallThenLocal) {
            is_head_[program_.double_calls()[insn.imm].target] = 1;
        }
    }
}

void Compiler::find_blocks() {
    mark_targets();
    units_.resize(count_ + 1);
    for (std::uint64_t slot = count_ + 1; slot-- > 0;) {
        const Handler handler = program_.handler(slot);
        if (ends_line(handler)) {
            units_[slot] = 1;
            continue;
        }
        const std::uint64_t next = handler == Handler::Lddw ? slot + 2 : slot + 1;
        if (units_[next] == kLongestBlock) is_head_[next] = 1;
        units_[slot] = is_head_[next] ? 1 : static_cast<std::uint16_t>(1 + units_[next]);
    }
}

// ---- code that all programs have ----

void Compiler::emit_start_padding() {
    for (std::uint64_t bytes = random_.below(kStartPadding); bytes > 0; --bytes) out_.trap();
    out_.align_with_traps(16);
    entry_ = out_.position();
}

void Compiler::emit_entry_and_exit() {
    // void entry(Context* rdi, const uint8_t* rsi)
    for (const Reg reg : kSaved) out_.push(reg);
    out_.alu(Alu::Sub, Width::W64, Reg::rsp, 8); // calls are made with an aligned stack
    out_.mov(Width::W64, kContext, Reg::rdi);
    out_.store(Width::W64, field(offsetof(Context, host_rsp)), Reg::rsp);
    out_.mov(Width::W64, Reg::r11, Reg::rsi);
    for (std::size_t i = 0; i < 11; ++i) out_.load(Width::W64, kGuest[i], guest_register(i));
    out_.load(Width::W64, kMeter, field(offsetof(Context, meter)));
    out_.call(Reg::r11);
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    out_.store_constant(Width::W32, field(offsetof(Context, ending)),
                        static_cast<std::int32_t>(Ending::Returned));
    leave_ = out_.position();
    for (std::size_t i = 0; i < 11; ++i) out_.store(Width::W64, guest_register(i), kGuest[i]);
    out_.store(Width::W64, field(offsetof(Context, meter)), kMeter);
    out_.load(Width::W64, Reg::rsp, field(offsetof(Context, host_rsp)));
    out_.alu(Alu::Add, Width::W64, Reg::rsp, 8);
    for (std::size_t i = std::size(kSaved); i-- > 0;) out_.pop(kSaved[i]);
    out_.ret();

    out_.align_with_traps(16);
    exit_naive_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    exit_naive_plain_ = emit_exit_with(Ending::Naive);
    out_.align_with_traps(16);
    exit_too_deep_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    emit_exit_with(Ending::CallTooDeep);
}

// In: edi = pc.
std::size_t Compiler::emit_exit_with(Ending ending) {
    const std::size_t position = out_.position();
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    out_.store_constant(Width::W32, field(offsetof(Context, ending)),
                        static_cast<std::int32_t>(ending));
    out_.jump_to(leave_);
    return position;
}

void Compiler::save_caller_saved() {
    for (std::size_t i = 0; i < 6; ++i) out_.store(Width::W64, guest_register(i), kGuest[i]);
    out_.store(Width::W64, field(offsetof(Context, meter)), kMeter);
}

void Compiler::restore_caller_saved() {
    for (std::size_t i = 0; i < 6; ++i) out_.load(Width::W64, kGuest[i], guest_register(i));
    out_.load(Width::W64, kMeter, field(offsetof(Context, meter)));
}

void Compiler::call_helper(std::int32_t function) {
    out_.mov(Width::W64, Reg::rdi, kContext);
    out_.store(Width::W64, field(offsetof(Context, saved_rsp)), Reg::rsp);
    out_.alu(Alu::And, Width::W64, Reg::rsp, -16);
    out_.call(Mem{kContext, function});
    out_.load(Width::W64, Reg::rsp, field(offsetof(Context, saved_rsp)));
    out_.mov(Width::W64, Reg::r11, Reg::rax);
}

// In: r11 = distance from the slot's guest address, edi = pc less the key. Out: r11 = host address.
// Copies the
// window to the slot if it covers the address; else slow_miss goes on with r11 = guest address.
std::size_t Compiler::emit_miss(Access access, std::size_t slow_miss) {
    const bool is_load = access == Access::Load;
    const auto slots =
        static_cast<std::int32_t>(offsetof(Context, table) + offsetof(TranslationTable, slots));
    const auto windows = static_cast<std::int32_t>(
        offsetof(Context, table) + (is_load ? offsetof(TranslationTable, load_windows)
                                            : offsetof(TranslationTable, store_windows)));
    const std::size_t limit =
        is_load ? offsetof(TranslationSlot, load_limit) : offsetof(TranslationSlot, store_limit);
    constexpr std::uint8_t kLogSlot = 5;
    static_assert(sizeof(TranslationSlot) == 1u << kLogSlot);
    out_.align_with_traps(16);
    const std::size_t position = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    out_.push(Reg::rax);
    out_.push(Reg::rcx);
    out_.shift(ShiftConst::Left, Width::W64, Reg::rdi, 4);
    static_assert(sizeof(DecodedInstruction) == 16);
    out_.alu(Alu::Add, Width::W64, Reg::rdi, field(offsetof(Context, decoded)));
    out_.load16(Reg::rdi, {Reg::rdi, offsetof(DecodedInstruction, window)});
    out_.shift(ShiftConst::Left, Width::W64, Reg::rdi, kLogSlot);
    out_.alu(Alu::Add, Width::W64, Reg::rdi, kContext);
    out_.alu(Alu::Add, Width::W64, Reg::r11, Mem{Reg::rdi, slots});
    static_assert(offsetof(TranslationSlot, guest) == 0);
    out_.mov(Width::W64, Reg::rax, Reg::r11);
    out_.shift(ShiftConst::Right, Width::W64, Reg::rax, 32);
    out_.alu(Alu::And, Width::W32, Reg::rax, kTranslationWindows - 1);
    out_.shift(ShiftConst::Left, Width::W64, Reg::rax, kLogSlot);
    out_.alu(Alu::Add, Width::W64, Reg::rax, kContext);
    out_.mov(Width::W64, Reg::rcx, Reg::r11);
    const auto window = [&](std::size_t offset) {
        return Mem{Reg::rax, windows + static_cast<std::int32_t>(offset)};
    };
    out_.alu(Alu::Sub, Width::W64, Reg::rcx, window(offsetof(TranslationSlot, guest)));
    out_.alu(Alu::Cmp, Width::W64, Reg::rcx, window(limit));
    const std::size_t slow = out_.jump_if(Cond::AboveEqual);
    out_.alu(Alu::Add, Width::W64, Reg::rcx, window(offsetof(TranslationSlot, host)));
    for (std::size_t offset = 0; offset < sizeof(TranslationSlot); offset += 8) {
        out_.load(Width::W64, Reg::r11, window(offset));
        out_.store(Width::W64, {Reg::rdi, slots + static_cast<std::int32_t>(offset)}, Reg::r11);
    }
    out_.mov(Width::W64, Reg::r11, Reg::rcx);
    out_.pop(Reg::rcx);
    out_.pop(Reg::rax);
    out_.ret();
    out_.patch(slow, out_.position());
    out_.pop(Reg::rcx);
    out_.pop(Reg::rax);
    out_.jump_to(slow_miss);
    return position;
}

// A call from the deepest frame so far. In: edi = pc less the key.
std::size_t Compiler::emit_deepening(std::size_t exit) {
    out_.align_with_traps(16);
    const std::size_t position = out_.position();
    out_.alu(Alu::Cmp, Width::W64, kFrameEnd, field(offsetof(Context, stack_end)));
    out_.jump_if_to(Cond::AboveEqual, exit);
    out_.lea(Reg::rdi, {kFrameEnd, kFrameSize});
    out_.store(Width::W64, field(offsetof(Context, deepest_end)), Reg::rdi);
    out_.ret();
    return position;
}

void Compiler::emit_helper_calls() {
    // In: r11 = guest address, pc in the context. Out: r11 = host address.
    out_.align_with_traps(16);
    const std::size_t slow_miss = out_.position();
    save_caller_saved();
    out_.load(Width::W32, Reg::rdx, field(offsetof(Context, pc)));
    out_.mov(Width::W64, Reg::rsi, Reg::r11);
    call_helper(FATHOM_FIELD(miss));
    restore_caller_saved();
    out_.test(Width::W64, Reg::r11, Reg::r11);
    out_.jump_if_to(Cond::Equal, leave_);
    out_.ret();
    load_miss_ = emit_miss(Access::Load, slow_miss);
    store_miss_ = emit_miss(Access::Store, slow_miss);
    deepen_ = emit_deepening(exit_naive_);
    deepen_after_syscall_ = emit_deepening(exit_too_deep_);

    // In: edi = pc less the key.
    out_.align_with_traps(16);
    syscall_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    save_caller_saved();
    out_.mov(Width::W32, Reg::rsi, Reg::rdi);
    call_helper(FATHOM_FIELD(syscall));
    restore_caller_saved();
    out_.test(Width::W32, Reg::r11, Reg::r11);
    out_.jump_if_to(Cond::Equal, leave_);
    out_.ret();
}

void Compiler::emit_callx() {
    // In: r11 = guest address, edi = pc of the callx less the key, frame pushed. Goes on in the
    // function.
    out_.align_with_traps(16);
    callx_ = out_.position();
    out_.alu(Alu::Sub, Width::W64, Reg::r11, field(offsetof(Context, text_address)));
    out_.shift(ShiftConst::Right, Width::W64, Reg::r11, 3);
    out_.alu(Alu::Cmp, Width::W64, Reg::r11, field(offsetof(Context, slot_count)));
    const std::size_t outside = out_.jump_if(Cond::AboveEqual);
    if (masks_speculation()) {
        out_.subtract_borrow(Reg::rdi, Reg::rdi);
        out_.alu(Alu::And, Width::W64, Reg::r11, Reg::rdi);
    }
    out_.load(Width::W64, Reg::rdi, field(offsetof(Context, units)));
    out_.load16_indexed(Reg::rdi, Reg::rdi, Reg::r11);
    out_.alu(Alu::Sub, Width::W64, kMeter, Reg::rdi);
    const std::size_t out_of_budget = out_.jump_if(Cond::Below);
    out_.load(Width::W64, Reg::rdi, field(offsetof(Context, code_offsets)));
    out_.load32_indexed(Reg::rdi, Reg::rdi, Reg::r11);
    out_.alu(Alu::Add, Width::W64, Reg::rdi, field(offsetof(Context, code)));
    out_.jump(Reg::rdi);
    // The callx itself is run again, from before its call.
    out_.patch(outside, out_.position());
    if (stride_ != 0) {
        out_.alu(Alu::Sub, Width::W64, kFrameEnd, kFrameSize);
    } else {
        out_.alu_memory(Alu::Sub, Width::W64, field(offsetof(Context, depth)), 1);
    }
    out_.jump_to(exit_naive_);
    // An instruction that compiled code does not contain: the second slot of an lddw.
    odd_entry_ = out_.position();
    out_.patch(out_of_budget, odd_entry_);
    out_.mov(Width::W32, Reg::rdi, Reg::r11);
    out_.jump_to(exit_naive_plain_);
    out_.align_with_traps(16);
}

// ---- one guest instruction ----

void Compiler::emit_block_head(std::uint64_t slot) {
    heads_[slot] = static_cast<std::uint32_t>(out_.position());
    emit_alu_constant(Alu::Sub, Width::W64, kMeter, units_[slot]);
    leave_if(Cond::Below, slot);
}

void Compiler::emit_instruction(std::uint64_t slot) {
    if (is_head_[slot]) emit_block_head(slot);
    code_offsets_[slot] = static_cast<std::uint32_t>(out_.position());
    const DecodedInstruction& insn = program_.code()[slot];
    const Handler handler = program_.handler(slot);
    switch (handler) {
    case Handler::CallLocal:
        return emit_local_call(static_cast<std::uint32_t>(insn.imm), slot, false);
    case Handler::CallSyscall: return emit_syscall(slot);
    case Handler::CallSyscallThenLocal:
        emit_syscall(slot);
        return emit_local_call(program_.double_calls()[insn.imm].target, slot, true);
    case Handler::Callx: return emit_callx_site(insn, slot);
    case Handler::Exit: return emit_exit(slot);
    case Handler::Invalid:
    case Handler::Call:
    case Handler::Overrun: return leave_for(slot, exit_naive_);
    default: break;
    }
    if (!is_table_op(handler)) return emit_frame(handler, insn);
    const Op op = static_cast<Op>(handler);
    switch (sbpf::info(op).form) {
    case Form::Load:
    case Form::StoreImm:
    case Form::StoreReg: return emit_memory(op, insn, slot);
    case Form::Jump:
    case Form::JumpImm:
    case Form::JumpReg: return emit_jump(op, insn, slot);
    default: return emit_alu32(op, insn), emit_alu64(op, insn), emit_alu_rest(op, insn, slot);
    }
}

Reg Compiler::use(std::uint8_t index, Reg scratch) {
    if (index != 10 || stride_ == 0) return kGuest[index];
    // With gaps the guest's frames are twice as far apart as the host's.
    if (stride_ == sbpf::kStackFrameSize) {
        out_.mov(Width::W64, scratch, kFrameEnd);
    } else {
        out_.lea_sum(scratch, kFrameEnd, kFrameEnd);
    }
    out_.alu(Alu::Add, Width::W64, scratch, field(offsetof(Context, r10_constant)));
    return scratch;
}

void Compiler::leave_if(Cond condition, std::uint64_t slot) {
    stubs_.push_back({out_.jump_if(condition), static_cast<std::uint32_t>(slot), 0, 0});
}

void Compiler::leave_for(std::uint64_t slot, std::size_t exit) {
    emit_slot_number(slot);
    out_.jump_to(exit);
}

void Compiler::emit_slot_number(std::uint64_t slot) {
    out_.mov32(Reg::rdi, static_cast<std::uint32_t>(slot - key_));
}

void Compiler::emit_filler() {
    if (filler_in_-- != 0) return;
    filler_in_ = random_.below(kFillerDistance);
    out_.nop(1 + static_cast<unsigned>(random_.below(8)));
}

void Compiler::emit_constant(Reg to, std::uint64_t value) {
    const auto as_signed = static_cast<std::int64_t>(value);
    if (as_signed >= -128 && as_signed <= 255) return out_.mov_constant(to, value);
    const auto low = static_cast<std::uint32_t>(value - key_);
    if (value <= std::numeric_limits<std::uint32_t>::max()) {
        out_.mov32(to, low);
        out_.alu(Alu::Add, Width::W32, to, kKey);
    } else if (as_signed >= std::numeric_limits<std::int32_t>::min() && as_signed < 0) {
        out_.mov32(to, low);
        out_.alu(Alu::Add, Width::W32, to, kKey);
        out_.sign_extend32(to, to);
    } else {
        out_.mov64(to, value - key_);
        out_.alu(Alu::Add, Width::W64, to, kKey);
    }
}

void Compiler::emit_alu_constant(Alu op, Width w, Reg to, std::int32_t value) {
    if (value >= -128 && value <= 127) return out_.alu(op, w, to, value);
    emit_constant(Reg::r11, sign_extended(value));
    out_.alu(op, w, to, Reg::r11);
}

void Compiler::emit_product(Width w, Reg reg, std::int32_t factor) {
    if (factor >= -128 && factor <= 127) return out_.imul(w, reg, reg, factor);
    emit_constant(Reg::r11, sign_extended(factor));
    out_.imul(w, reg, Reg::r11);
}

void Compiler::emit_stubs() {
    for (std::size_t left = stubs_.size(); left > 1; --left)
        std::swap(stubs_[left - 1], stubs_[random_.below(left)]);
    for (const Stub& stub : stubs_) {
        out_.reserve();
        out_.patch(stub.place, out_.position());
        if (stub.helper == 0) {
            leave_for(stub.slot, exit_naive_);
            continue;
        }
        emit_slot_number(stub.slot);
        out_.call_to(stub.helper);
        out_.jump_to(stub.resume);
    }
    out_.reserve();
    out_.align_with_traps(16);
}

// ---- jumps and calls ----

namespace {

struct Condition {
    Cond cond;
    Width width;
    bool is_test; // of common bits
};

Condition condition_of(Op op) {
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

void Compiler::emit_jump(Op op, const DecodedInstruction& insn, std::uint64_t slot) {
    const auto target =
        static_cast<std::uint32_t>(static_cast<std::int64_t>(slot) + 1 + insn.offset);
    if (op == Op::Ja) {
        fixups_.push_back({out_.jump(), target});
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
    fixups_.push_back({out_.jump_if(cond), target});
}

// One comparison finds both a call that is too deep and one that is deeper than any before it.
void Compiler::emit_depth_test(std::uint64_t slot, bool is_after_syscall) {
    std::size_t helper = is_after_syscall ? deepen_after_syscall_ : deepen_;
    if (stride_ != 0) {
        out_.alu(Alu::Cmp, Width::W64, kFrameEnd, field(offsetof(Context, deepest_end)));
    } else {
        out_.alu_memory(Alu::Cmp, Width::W64, field(offsetof(Context, depth)),
                        static_cast<std::int32_t>(sbpf::kMaxCallDepth) - 1);
        // Running the call again would run the syscall again.
        helper = is_after_syscall ? exit_too_deep_ : 0;
    }
    const std::size_t place = out_.jump_if(Cond::AboveEqual);
    stubs_.push_back({place, static_cast<std::uint32_t>(slot), helper, out_.position()});
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

void Compiler::emit_local_call(std::uint32_t target, std::uint64_t slot, bool is_after_syscall) {
    emit_depth_test(slot, is_after_syscall);
    emit_frame_push();
    fixups_.push_back({out_.call(), target});
    emit_frame_pop();
}

void Compiler::emit_callx_site(const DecodedInstruction& insn, std::uint64_t slot) {
    emit_depth_test(slot, false);
    // The target is read before the frame moves r10.
    const Reg target = use(insn.src, Reg::r11);
    if (target != Reg::r11) out_.mov(Width::W64, Reg::r11, target);
    emit_frame_push();
    emit_slot_number(slot);
    out_.call_to(callx_);
    emit_frame_pop();
}

void Compiler::emit_syscall(std::uint64_t slot) {
    emit_slot_number(slot);
    out_.call_to(syscall_);
}

void Compiler::emit_exit(std::uint64_t slot) {
    emit_slot_number(slot); // for whoever called the guest
    out_.ret();
}

} // namespace fathom::vm::jit
