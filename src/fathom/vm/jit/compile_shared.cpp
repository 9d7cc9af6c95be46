// SPDX-License-Identifier: Apache-2.0
// The code that all programs have in front: entry and exit, and what the rare paths call.
#include "fathom/vm/jit/compiler.hpp"
#include "fathom/vm/jit/guest_registers.hpp"

#include <cstddef>
#include <iterator>

namespace fathom::vm::jit {
namespace {

/// The code begins after up to so many bytes of padding.
constexpr std::uint32_t kStartPadding = 1024;

constexpr Reg kSaved[] = {Reg::rbx, Reg::rbp, Reg::r12, Reg::r13, Reg::r14, Reg::r15};

#define FATHOM_FIELD(name) static_cast<std::int32_t>(offsetof(Context, name))

} // namespace

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

    // What cannot go on in compiled code. In: edi = pc less the key.
    out_.align_with_traps(16);
    exit_naive_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    // The same with edi = pc: an entry that compiled code does not have.
    odd_entry_plain_ = out_.position();
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    emit_ending(Ending::Naive);
    out_.align_with_traps(16);
    exit_too_deep_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    emit_ending(Ending::CallTooDeep);
    // Called by the leave stubs: which of them it was follows from where it returns to.
    out_.align_with_traps(16);
    exit_stub_ = out_.position();
    out_.pop(Reg::rdi);
    out_.alu(Alu::Sub, Width::W64, Reg::rdi, field(offsetof(Context, leave_stubs)));
    out_.store(Width::W64, field(offsetof(Context, place)), Reg::rdi);
    emit_ending(Ending::NaiveAtStub);
}

void Compiler::emit_ending(Ending ending) {
    out_.store_constant(Width::W32, field(offsetof(Context, ending)),
                        static_cast<std::int32_t>(ending));
    out_.jump_to(leave_);
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

// In: r11 = guest address, the context's pc as the miss stubs' table has it. Out: r11 = host
// address.
void Compiler::emit_slow_miss() {
    out_.align_with_traps(16);
    slow_miss_ = out_.position();
    save_caller_saved();
    out_.load(Width::W32, Reg::rdx, field(offsetof(Context, pc)));
    out_.mov(Width::W64, Reg::rsi, Reg::r11);
    call_helper(FATHOM_FIELD(miss));
    restore_caller_saved();
    out_.test(Width::W64, Reg::r11, Reg::r11);
    out_.jump_if_to(Cond::Equal, leave_);
    out_.ret();
}

// Called by the miss stubs, which are ten bytes each: where the call returns to says which one it
// is. In: r11 = distance from the slot's guest address. Out: r11 = host address. Copies the window
// to the slot if it covers the address.
std::size_t Compiler::emit_miss(Access access) {
    const bool is_load = access == Access::Load;
    const auto slots =
        static_cast<std::int32_t>(offsetof(Context, table) + offsetof(TranslationTable, slots));
    const auto windows =
        static_cast<std::int32_t>(offsetof(Context, table) + offsetof(TranslationTable, windows));
    const std::size_t limit =
        is_load ? offsetof(TranslationSlot, load_limit) : offsetof(TranslationSlot, store_limit);
    constexpr std::uint8_t kLogSlot = 5;
    static_assert(sizeof(TranslationSlot) == 1u << kLogSlot);
    out_.align_with_traps(16);
    const std::size_t position = out_.position();
    constexpr std::int32_t kTenth = 0x1999'999a; // of 2^32, rounded up: exact up to 2^30 stubs
    static_assert(kMissStubSize == 10);
    out_.load(Width::W64, Reg::rdi, {Reg::rsp});
    out_.alu(Alu::Sub, Width::W64, Reg::rdi, field(offsetof(Context, miss_stubs)));
    out_.imul(Width::W64, Reg::rdi, Reg::rdi, kTenth);
    out_.shift(ShiftConst::Right, Width::W64, Reg::rdi, 32);
    out_.push(Reg::rax);
    out_.push(Reg::rcx);
    out_.load(Width::W64, Reg::rax, field(offsetof(Context, misses)));
    out_.load32_indexed(Reg::rdi, Reg::rax, Reg::rdi);
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    out_.shift(ShiftConst::Right, Width::W32, Reg::rdi, kWindowShift);
    out_.shift(ShiftConst::Left, Width::W64, Reg::rdi, kLogSlot);
    out_.alu(Alu::Add, Width::W64, Reg::rdi, kContext);
    out_.alu(Alu::Add, Width::W64, Reg::r11, Mem{Reg::rdi, slots});
    static_assert(offsetof(TranslationSlot, guest) == 0);
    // translation_window
    out_.mov(Width::W64, Reg::rax, Reg::r11);
    out_.mov(Width::W64, Reg::rcx, Reg::r11);
    out_.shift(ShiftConst::Right, Width::W64, Reg::rax, 29);
    out_.shift(ShiftConst::Right, Width::W64, Reg::rcx, 12);
    out_.alu(Alu::And, Width::W32, Reg::rax, 0x38);
    out_.alu(Alu::And, Width::W32, Reg::rcx, 7);
    out_.alu(Alu::Or, Width::W32, Reg::rax, Reg::rcx);
    out_.shift(ShiftConst::Left, Width::W64, Reg::rax, kLogSlot);
    out_.alu(Alu::Add, Width::W64, Reg::rax, kContext);
    out_.mov(Width::W64, Reg::rcx, Reg::r11);
    const auto window = [&](std::size_t offset) {
        return Mem{Reg::rax, windows + static_cast<std::int32_t>(offset)};
    };
    out_.alu(Alu::Sub, Width::W64, Reg::rcx, window(offsetof(TranslationSlot, guest)));
    out_.alu(Alu::Cmp, Width::W64, Reg::rcx, window(limit));
    const std::size_t slow = out_.jump_if(Cond::AboveEqual);
    if (masks_speculation()) {
        out_.subtract_borrow(Reg::r11, Reg::r11);
        out_.alu(Alu::And, Width::W64, Reg::rcx, Reg::r11);
    }
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
    out_.jump_to(slow_miss_);
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

// In: edi = number of the syscall site less the key. The guest's r1 to r5 are where the function
// wants its arguments and keep their values; r6 to r9 survive calls anyway.
void Compiler::emit_syscall_helper() {
    constexpr std::uint8_t kLogSite = 4;
    static_assert(sizeof(SyscallSite) == 1u << kLogSite);
    const auto settle_meter = [this] {
        out_.load(Width::W64, Reg::r11, field(offsetof(Context, machine_meter)));
        out_.load(Width::W64, kMeter, {Reg::r11});
    };
    out_.align_with_traps(16);
    syscall_ = out_.position();
    out_.alu(Alu::Add, Width::W32, Reg::rdi, kKey);
    out_.store(Width::W32, field(offsetof(Context, pc)), Reg::rdi);
    for (std::size_t i = 0; i < 6; ++i) out_.store(Width::W64, guest_register(i), kGuest[i]);
    out_.load(Width::W64, Reg::r11, field(offsetof(Context, machine_meter)));
    out_.store(Width::W64, {Reg::r11}, kMeter);
    out_.shift(ShiftConst::Left, Width::W64, Reg::rdi, kLogSite);
    out_.alu(Alu::Add, Width::W64, Reg::rdi, field(offsetof(Context, syscall_sites)));
    out_.load(Width::W64, Reg::r11, {Reg::rdi, offsetof(SyscallSite, function)});
    out_.load(Width::W64, Reg::rdi, field(offsetof(Context, machine)));
    out_.store(Width::W64, field(offsetof(Context, saved_rsp)), Reg::rsp);
    out_.alu(Alu::And, Width::W64, Reg::rsp, -16);
    out_.call(Reg::r11);
    out_.load(Width::W64, Reg::rsp, field(offsetof(Context, saved_rsp)));
    // rax: the value; dl: whether it failed.
    settle_meter();
    out_.zero_extend8(Reg::rdi, Reg::rdx);
    out_.test(Width::W32, Reg::rdi, Reg::rdi);
    const std::size_t failed = out_.jump_if(Cond::NotEqual);
    out_.load(Width::W64, Reg::r11, field(offsetof(Context, map_generation)));
    out_.load(Width::W64, Reg::r11, {Reg::r11});
    out_.alu(Alu::Cmp, Width::W64, Reg::r11, field(offsetof(Context, generation)));
    const std::size_t changed = out_.jump_if(Cond::NotEqual);
    const std::size_t back = out_.position();
    for (std::size_t i = 1; i < 6; ++i) out_.load(Width::W64, kGuest[i], guest_register(i));
    out_.ret();
    out_.patch(changed, out_.position());
    out_.store(Width::W64, guest_register(0), Reg::rax);
    call_helper(FATHOM_FIELD(revalidate));
    settle_meter();
    out_.load(Width::W64, Reg::rax, guest_register(0));
    out_.jump_to(back);
    out_.patch(failed, out_.position());
    for (std::size_t i = 0; i < 6; ++i) out_.load(Width::W64, kGuest[i], guest_register(i));
    emit_ending(Ending::SyscallFault);
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
    out_.jump_to(odd_entry_plain_);
    out_.align_with_traps(16);
}

} // namespace fathom::vm::jit
