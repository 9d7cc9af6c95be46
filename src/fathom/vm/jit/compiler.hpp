// SPDX-License-Identifier: Apache-2.0
// Compiles a program to x86-64 in one forward pass over its text.
//
// Registers. Guest r0 to r9 live in rax rsi rdx rcx r8 r9 rbx r12 r13 r14: r1 to r5 are where a
// called function expects its second to sixth argument, r6 to r9 survive calls. r15 holds r10 where
// programs move it themselves (V1, V2), else the host address of the current frame's end, from
// which r10 is rebuilt when it is read. r10 is the meter, rbp the context, r11 and rdi are scratch.
// Between two guest instructions all guest state is in these places.
//
// Memory, fastest first. Within the current frame: [r15 + displacement], unchecked; exact because
// the verifier lets nobody write r10 there, the depth is tested at the call, and so the access lies
// in a mapped, writable frame. Everything else: the translation slot of the operation
// (translation_cache.hpp), and a helper when the slot does not cover the address.
//
// Metering. A block begins where something may jump to and behind whatever may go elsewhere. Its
// head charges all of it: if that many units remain, nothing in the block can exhaust them and
// nothing but a syscall, which ends its block, can see them. If not, the run ends within the block.
//
// Leaving. Whenever an instruction would fault or the budget ends, the code jumps to a stub of its
// own behind the program, which is one call. From where that call came C++ knows the slot number;
// there the charge for that instruction and the rest of its block is given back and run_naive finds
// out how the run ends. It needs no call frames, because it stops before the end of the block. Only
// memory faults end the run on the spot: the helper has found them already.
//
// Constants. Whoever writes the program chooses its immediates and displacements, so those beyond
// eight bits do not stand in the code as they are: the code holds them less the program's key and
// adds the key from the context. Displacements within a frame take four bytes of which the program
// chooses one and a half; those that could begin something useful are treated like the others
// (is_harmless). Padding, a nop here and there, and the order of the rare code behind the program
// come from the same seed.
//
// Calls are native calls. A guest cannot reach the host stack, and it is at most 63 frames deep.
#pragma once

#include "fathom/vm/jit/guest_registers.hpp"
#include "fathom/vm/jit/jit_program.hpp"
#include "fathom/vm/jit/program_scan.hpp"
#include "fathom/vm/jit/x86_encoder.hpp"
#include "fathom/vm/slot_choice.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace fathom::vm::jit {

/// The layout's dice (splitmix64).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    std::uint64_t below(std::uint32_t bound) { return (next() >> 32) * bound >> 32; }

private:
    std::uint64_t state_;
};

class Compiler {
public:
    /// `seed` is not 0.
    Compiler(const Executable& executable, ProgramScan scan, std::uint64_t seed);

    [[nodiscard]] std::unique_ptr<const JitProgram> compile();

private:
    using Insn = sbpf::RawInstruction;

    /// Where a jump or call to a slot that comes later has to be filled in.
    struct Fixup {
        std::size_t place;
        std::uint32_t slot;
    };
    /// A rare jump to a stub that does not come back.
    struct Leave {
        std::uint32_t place; // of the jump
        std::uint32_t slot;
    };
    /// A memory operation whose slot does not cover the address.
    struct Miss {
        std::uint32_t place;
        std::uint32_t slot_and_window; // see kWindowShift
        std::uint32_t resume;          // where it goes on
        bool is_load;
    };
    /// A call that is too deep, or deeper than any before.
    struct Deepening {
        std::size_t place;
        std::uint32_t slot;
        std::size_t helper;
        std::size_t resume;
    };

    // Code that all programs have.
    void emit_start_padding();
    void emit_entry_and_exit();
    void emit_ending(Ending ending);
    void emit_slow_miss();
    std::size_t emit_miss(Access access);
    std::size_t emit_deepening(std::size_t exit);
    void emit_syscall_helper();
    void emit_callx();
    void save_caller_saved();
    void restore_caller_saved();
    void call_helper(std::int32_t function);

    // The program.
    [[nodiscard]] bool emit_program();
    void begin_block(std::uint64_t slot);
    /// One function per operation: the three below with the operation known, so that what they
    /// ask about it costs nothing when a program is compiled. Null where it is none of theirs.
    using Emitter = void (*)(Compiler&, const std::uint8_t* text, std::uint64_t slot);
    using Emitters = std::array<Emitter, sbpf::kOpCount>;
    static const Emitters kArithmetic;
    static const Emitters kMemory;
    static const Emitters kControl;
    template <sbpf::Op op>
    static void arithmetic_emitter(Compiler& compiler, const std::uint8_t* text,
                                   std::uint64_t slot);
    template <sbpf::Op op>
    static void memory_emitter(Compiler& compiler, const std::uint8_t* text, std::uint64_t slot);
    template <sbpf::Op op>
    static void control_emitter(Compiler& compiler, const std::uint8_t* text, std::uint64_t slot);
    using EmittersByOpcode = std::array<Emitter, 256>;
    static EmittersByOpcode emitters_of(sbpf::Version version);
    /// `pick` is a function template over operations that gives an emitter or null.
    template <class Pick> static constexpr Emitters emitters_by(Pick pick) {
        return [pick]<std::size_t... i>(std::index_sequence<i...>) {
            return Emitters { pick.template operator()<static_cast<sbpf::Op>(i)>()... };
        }(std::make_index_sequence<sbpf::kOpCount>());
    }
    void emit_alu(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    /// False: not theirs.
    [[nodiscard]] bool emit_alu32(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    [[nodiscard]] bool next_ignores_upper_half(std::uint64_t slot, std::uint8_t reg) const;
    [[nodiscard]] bool emit_alu64(sbpf::Op op, const Insn& insn);
    void emit_alu_rest(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    void emit_byte_order(sbpf::Op op, const Insn& insn);
    void emit_division(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    void emit_wide(Unary op, Width w, Reg dst, bool wants_rdx);
    void emit_memory(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    void emit_frame(sbpf::Op op, const Insn& insn);
    void emit_access(sbpf::Op op, const Insn& insn, Mem place);
    void emit_jump(sbpf::Op op, const Insn& insn, std::uint64_t slot);
    void emit_depth_test(std::uint64_t slot, bool is_after_syscall);
    void emit_frame_push();
    void emit_frame_pop();
    void emit_call(std::uint64_t slot);
    void emit_local_call(std::uint32_t target, std::uint64_t slot, bool is_after_syscall);
    void emit_callx_site(const Insn& insn, std::uint64_t slot);
    void emit_syscall(SyscallFunction function, std::uint64_t slot);
    void emit_exit(std::uint64_t slot);
    void go_to(std::size_t place, std::uint32_t slot);

    /// A constant of the program's in a register.
    void emit_constant(Reg to, std::uint64_t value) {
        const auto as_signed = static_cast<std::int64_t>(value);
        if (as_signed >= -128 && as_signed <= 255) return out_.mov_constant(to, value);
        emit_long_constant(to, value);
    }
    void emit_long_constant(Reg to, std::uint64_t value);
    void emit_alu_constant(Alu op, Width w, Reg to, std::int32_t value) {
        if (value >= -128 && value <= 127) return out_.alu(op, w, to, value);
        emit_constant(Reg::r11, sign_extended(value));
        out_.alu(op, w, to, Reg::r11);
    }
    void emit_product(Width w, Reg reg, std::int32_t factor);
    void emit_blinded32(Reg to, std::uint64_t value);
    void emit_filler();

    // Behind the program.
    [[nodiscard]] bool emit_stubs(JitProgram::Layout& layout);
    void emit_entered_halves();
    [[nodiscard]] std::unique_ptr<const CodeRecord> make_record(std::size_t program);
    template <class T> void shuffle(std::vector<T>& stubs);

    [[nodiscard]] bool masks_speculation() const {
        return executable_.config().jit.masks_speculation;
    }
    /// The register that holds a guest register; r10 may have to be rebuilt in `scratch`.
    Reg use(std::uint8_t index, Reg scratch) {
        if (index != 10 || stride_ == 0) [[likely]] {
            return kGuest[index];
        }
        rebuild_r10(scratch);
        return scratch;
    }
    void rebuild_r10(Reg to);
    /// If the condition holds, the instruction in `slot` goes to run_naive.
    void leave_if(Cond condition, std::uint64_t slot) {
        leaves_.push_back({static_cast<std::uint32_t>(out_.jump_if(condition)),
                           static_cast<std::uint32_t>(slot)});
    }
    void leave(std::uint64_t slot);

    const Executable& executable_;
    ProgramScan scan_;
    std::uint64_t count_;
    std::uint64_t stride_; // 0: r10 is an ordinary register
    WritableCode code_;
    Encoder out_;
    std::uint64_t seed_;
    Random random_;
    std::uint64_t key_;
    std::uint64_t filler_in_; // so many instructions to the next nop
    JitProgram::Tables tables_;
    std::vector<std::uint32_t> heads_; // code of the block head in each slot that is one
    std::vector<Fixup> fixups_;
    std::vector<Leave> leaves_;
    std::vector<Miss> misses_;
    std::vector<Deepening> deepenings_;
    std::size_t next_call_ = 0;
    SlotChoice slots_;
    std::size_t entry_ = 0;
    std::size_t exit_naive_ = 0; // edi: the slot number less the key
    std::size_t exit_too_deep_ = 0;
    std::size_t exit_stub_ = 0; // called by a stub
    std::size_t leave_ = 0;
    std::size_t slow_miss_ = 0;
    std::size_t load_miss_ = 0;
    std::size_t store_miss_ = 0;
    std::size_t deepen_ = 0;
    std::size_t deepen_after_syscall_ = 0;
    std::size_t syscall_ = 0;
    std::size_t callx_ = 0;
    std::size_t odd_entry_ = 0;
    std::size_t odd_entry_plain_ = 0;
};

} // namespace fathom::vm::jit
