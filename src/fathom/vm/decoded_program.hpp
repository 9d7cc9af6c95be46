// SPDX-License-Identifier: Apache-2.0
// A program as the fast interpreter runs it: sixteen bytes per text slot, every question answered
// that does not depend on the run.
//
// One entry per text slot, so that a slot number is an index and callx may aim at any of them. The
// second slot of an lddw is an entry of its own, which faults if it is run, and carries the upper
// half of the immediate. Behind the last slot stands one more entry, the overrun.
//
// Metering. `units` of an entry is what the rest of its straight line costs: itself and everything
// up to and including the next instruction that may go elsewhere (jump, call, exit). Entering a
// line anywhere charges `units` of the entry at once, so nothing is charged in between. If fewer
// units remain, the run ends within this line, and run_naive finds out where.
#pragma once

#include "fathom/vm/machine.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fathom::vm {

// What the interpreter knows beyond the operations of the instruction table.
#define FATHOM_EXTRA_HANDLERS(X)                                                                   \
    X(LoadFrame8)                                                                                  \
    X(LoadFrame16)                                                                                 \
    X(LoadFrame32)                                                                                 \
    X(LoadFrame64)                                                                                 \
    X(StoreFrame8Imm)                                                                              \
    X(StoreFrame16Imm)                                                                             \
    X(StoreFrame32Imm)                                                                             \
    X(StoreFrame64Imm)                                                                             \
    X(StoreFrame8Reg)                                                                              \
    X(StoreFrame16Reg)                                                                             \
    X(StoreFrame32Reg)                                                                             \
    X(StoreFrame64Reg)                                                                             \
    X(CallSyscall)                                                                                 \
    X(CallLocal)                                                                                   \
    X(CallSyscallThenLocal)                                                                        \
    X(Overrun)                                                                                     \
    X(Recharge)

/// The operations of the table in their order, then the extra ones.
enum class Handler : std::uint8_t {
#define FATHOM_ROW(op, mnemonic, form, check) op,
    FATHOM_SBPF_OPS(FATHOM_ROW)
#undef FATHOM_ROW
#define FATHOM_ROW(handler) handler,
        FATHOM_EXTRA_HANDLERS(FATHOM_ROW)
#undef FATHOM_ROW
};

[[nodiscard]] constexpr Handler handler_of(sbpf::Op op) {
    return static_cast<Handler>(op);
}

inline constexpr std::size_t kHandlerCount = static_cast<std::size_t>(Handler::Recharge) + 1;

/// True for whatever may go elsewhere than to the next instruction.
[[nodiscard]] bool ends_line(Handler handler);

struct DecodedInstruction {
    std::int32_t handler; // distance of the handler's code from the first one's
    std::uint8_t dst;
    std::uint8_t src;
    std::int16_t offset;  // memory displacement; jumps: slots from the next instruction
    std::int32_t imm;     // immediate; calls: target slot or index of the syscall
    std::uint16_t units;  // see above; 0: a Recharge, whose cut says the rest
    std::uint16_t window; // memory operations: index of the translation slot
};
static_assert(sizeof(DecodedInstruction) == 16);

class DecodedProgram {
public:
    /// A straight line longer than this is cut: the entry at the cut charges for what follows it.
    static constexpr std::uint64_t kLongestLine = 0xffff;

    /// What a Recharge entry stands for.
    struct Cut {
        std::uint32_t slot;
        std::int32_t handler;
        std::uint16_t units;
    };

    /// A call that runs a syscall and then a function: before V3 one key may name both.
    struct SyscallThenLocal {
        SyscallFunction function;
        std::uint32_t target;
    };

    /// Null if the program is not one that the verifier passes: run_naive runs those.
    [[nodiscard]] static std::unique_ptr<const DecodedProgram> create(const Executable& executable);

    [[nodiscard]] const DecodedInstruction* code() const { return code_.data(); }
    [[nodiscard]] std::uint64_t slot_count() const { return code_.size() - 1; }
    /// What the instruction in a slot is, cuts aside.
    [[nodiscard]] Handler handler(std::uint64_t slot) const { return handlers_[slot]; }
    [[nodiscard]] const Cut& cut_at(std::uint64_t slot) const;
    /// Units of the line from `instruction` on, itself included.
    [[nodiscard]] std::uint64_t units_from(const DecodedInstruction& instruction) const;
    [[nodiscard]] const SyscallFunction* syscalls() const { return syscalls_.data(); }
    [[nodiscard]] const SyscallThenLocal* double_calls() const { return double_calls_.data(); }

private:
    friend class Decoder;
    std::vector<DecodedInstruction> code_; // one per slot, then the overrun
    std::vector<Handler> handlers_;        // same
    std::vector<Cut> cuts_;                // ascending
    std::vector<SyscallFunction> syscalls_;
    std::vector<SyscallThenLocal> double_calls_;
};

} // namespace fathom::vm
