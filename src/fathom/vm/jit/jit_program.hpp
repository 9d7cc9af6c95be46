// SPDX-License-Identifier: Apache-2.0
// A program as machine code, and the context that its code works on.
#pragma once

#include "fathom/vm/jit/executable_memory.hpp"
#include "fathom/vm/machine.hpp"
#include "fathom/vm/translation_cache.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace fathom::vm::jit {

/// How the code came back. Naive: run_naive takes over at `pc`. NaiveAtStub: the same, and `place`
/// says which stub it was.
enum class Ending : std::uint32_t {
    Returned,
    Naive,
    NaiveAtStub,
    CallTooDeep,
    MemoryFault,
    SyscallFault,
};

/// A call of a syscall in the code.
struct SyscallSite {
    SyscallFunction function;
    std::uint64_t slot;
};

/// Misses carry the slot number and, above it, the index of the translation slot.
inline constexpr unsigned kWindowShift = 26;
/// Sizes of the stubs behind the program, by which they are told apart.
inline constexpr std::size_t kLeaveStubSize = 5;
inline constexpr std::size_t kMissStubSize = 10;

/// One run, as the emitted code sees it: rbp points here. Standard layout, addressed by offsetof.
struct Context {
    // The first 128 bytes are reached with short displacements.
    std::uint64_t stack_end;    // host address; a frame that would end behind it is too deep
    std::uint64_t deepest_end;  // host address of the end of the deepest frame so far
    std::uint64_t r10_constant; // what turns the host address of a frame's end into r10
    std::uint64_t depth;        // calls in progress, where programs move r10 themselves
    std::uint64_t key;          // added to constants, which the code holds less by that
    std::uint64_t saved_rsp;    // around calls to helpers
    std::uint64_t host_rsp;     // at the guest's outermost call
    Ending ending;
    std::uint32_t pc;    // of the instruction that ended the run, or needs a helper
    std::uint64_t place; // of a stub, from its first
    const SyscallSite* syscall_sites;
    std::uint64_t* machine_meter; // remaining units, while C++ runs
    Machine* machine;
    const std::uint64_t* map_generation;
    std::uint64_t generation; // of the map, which the translation table is true for
    // Rarely used ones.
    const std::uint16_t* units;        // per slot: cost of the rest of its block
    const std::uint32_t* code_offsets; // per slot: its machine code, behind the charge
    const std::uint8_t* code;          // first byte of the machine code
    std::uint64_t slot_count;
    std::uint64_t text_address;
    std::uint64_t leave_stubs; // where the first one's call returns to
    std::uint64_t miss_stubs;
    const std::uint32_t* misses; // per miss stub: slot number and index of the translation slot
    std::uint8_t* (*miss)(Context*, std::uint64_t addr, std::uint32_t slot_and_window);
    void (*revalidate)(Context*);
    // Guest registers outside the code; r10 as the code keeps it.
    std::array<std::uint64_t, 11> registers;
    std::uint64_t meter;
    TranslationTable table;
    // Only for the helpers.
    TranslationCache* cache;
};

/// Immutable, shared by threads. The code holds no host addresses: they are in the context.
class JitProgram {
public:
    /// Null where there is no compiler for this processor, the system gives no executable memory,
    /// the budget has no room, or the verifier would not pass the program.
    [[nodiscard]] static std::unique_ptr<const JitProgram> create(const Executable& executable);

    using Entry = void (*)(Context*, const std::uint8_t* start);
    [[nodiscard]] Entry entry() const {
        return reinterpret_cast<Entry>(reinterpret_cast<std::uintptr_t>(code_.base()) +
                                       layout_.entry);
    }
    [[nodiscard]] const std::uint8_t* code() const { return code_.base(); }
    [[nodiscard]] std::size_t code_size() const { return code_size_; }
    /// What the layout and the constants' key were made from: a failure repeats with it.
    [[nodiscard]] std::uint64_t seed() const { return layout_.seed; }
    [[nodiscard]] std::uint64_t key() const { return layout_.key; }
    [[nodiscard]] std::size_t first_leave_stub() const { return layout_.leave_stubs; }
    [[nodiscard]] std::size_t first_miss_stub() const { return layout_.miss_stubs; }
    /// Cost of an instruction and the rest of its block; one more entry for the overrun.
    [[nodiscard]] const std::vector<std::uint16_t>& units() const { return tables_.units; }
    [[nodiscard]] const std::vector<std::uint32_t>& code_offsets() const {
        return tables_.code_offsets;
    }
    [[nodiscard]] const std::vector<SyscallSite>& syscall_sites() const {
        return tables_.syscall_sites;
    }
    /// Slot number behind each leave stub.
    [[nodiscard]] const std::vector<std::uint32_t>& leaves() const { return tables_.leaves; }
    /// Slot number and translation slot behind each miss stub.
    [[nodiscard]] const std::vector<std::uint32_t>& misses() const { return tables_.misses; }

private:
    friend class Compiler;
    struct Layout {
        std::uint64_t seed;
        std::uint64_t key;
        std::size_t entry;
        std::size_t leave_stubs;
        std::size_t miss_stubs;
    };
    struct Tables {
        std::vector<std::uint16_t> units;
        std::vector<std::uint32_t> code_offsets;
        std::vector<SyscallSite> syscall_sites;
        std::vector<std::uint32_t> leaves;
        std::vector<std::uint32_t> misses;
    };
    JitProgram(ExecutableMemory code, std::size_t code_size, const Layout& layout, Tables tables)
        : code_(std::move(code)), code_size_(code_size), layout_(layout),
          tables_(std::move(tables)) {}

    ExecutableMemory code_;
    std::size_t code_size_;
    Layout layout_;
    Tables tables_;
};

/// Runs compiled code; run_interpreter where that is not possible.
[[nodiscard]] RunResult run_jit(Machine& machine, const RunState& start);

} // namespace fathom::vm::jit
