// SPDX-License-Identifier: Apache-2.0
// What the compiler must know of a program before it writes the first byte: where blocks begin,
// where calls go, and that the program is one that the verifier passes.
#pragma once

#include "fathom/vm/machine.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fathom::vm::jit {

/// What an instruction `call` does. Before V3 one key may name a syscall and a function: both run.
struct CallSite {
    SyscallFunction syscall = nullptr;
    std::uint32_t target = kNoTarget;

    static constexpr std::uint32_t kNoTarget = 0xffff'ffff;
};

class ProgramScan {
public:
    /// Blocks are cut here, so that what a block costs fits everywhere and code distances stay
    /// short.
    static constexpr std::uint16_t kLongestBlock = 4096;
    /// More slots than this are not compiled.
    static constexpr std::uint64_t kMaxSlots = std::uint64_t{1} << 26;

    /// What is marked: the first instruction of a block, the second slot of an lddw, and the rare
    /// second slot that something aims at.
    enum Mark : std::uint8_t { None = 0, Head = 1, SecondHalf = 2, EnteredHalf = 3 };

    /// nullopt if the verifier would not pass the program, or it is too long.
    [[nodiscard]] static std::optional<ProgramScan> create(const Executable& executable);

    /// One per slot, and one for the end of the text.
    [[nodiscard]] Mark mark(std::uint64_t slot) const {
        return static_cast<Mark>(marks_[slot] & (Head | SecondHalf));
    }
    /// Whether something further down jumps here.
    [[nodiscard]] bool begins_loop(std::uint64_t slot) const { return (marks_[slot] & Loop) != 0; }
    /// What each instruction and the rest of its block cost; for a block's head, all of it.
    [[nodiscard]] std::vector<std::uint16_t> take_units() { return std::move(units_); }
    /// Of the `call` instructions in their order.
    [[nodiscard]] const std::vector<CallSite>& calls() const { return calls_; }

private:
    explicit ProgramScan(const Executable& executable) : executable_(executable) {}
    /// Beside a Mark.
    static constexpr std::uint8_t Loop = 4;

    [[nodiscard]] bool run();
    void measure_blocks();
    [[nodiscard]] bool add_jump(std::uint64_t slot, std::int64_t distance);
    [[nodiscard]] bool add_call(std::uint64_t slot, const sbpf::RawInstruction& insn);

    const Executable& executable_;
    std::uint64_t count_ = 0;
    std::vector<std::uint8_t> marks_;
    std::vector<std::uint16_t> units_;
    std::vector<CallSite> calls_;
};

} // namespace fathom::vm::jit
