// SPDX-License-Identifier: Apache-2.0
// What one program run consists of: the executable, its memory, its meter, its host; and the run
// itself.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/sbpf/program.hpp"
#include "fathom/vm/fault.hpp"
#include "fathom/vm/jit/jit_config.hpp"
#include "fathom/vm/memory_map.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace fathom::vm {

class DecodedProgram;
class Machine;
namespace jit {
class JitProgram;
}

/// What a syscall hands back. `failed`: the host keeps the reason; the run ends with
/// FaultKind::SyscallError.
struct SyscallResult {
    std::uint64_t value = 0;
    bool failed = false;
};

using SyscallFunction = SyscallResult (*)(Machine& machine, std::uint64_t r1, std::uint64_t r2,
                                          std::uint64_t r3, std::uint64_t r4, std::uint64_t r5);

struct Syscall {
    std::uint32_t key = 0; // murmur3 of the name
    std::string_view name; // static text
    SyscallFunction function = nullptr;
};

/// The syscalls of one environment. Immutable after creation; shared by all of its programs and
/// threads.
class SyscallTable {
public:
    /// Computes the keys. Two names with one key are a bug of the table's author: asserts.
    explicit SyscallTable(std::vector<Syscall> syscalls);
    [[nodiscard]] const Syscall* find(std::uint32_t key) const;
    /// Ascending, for sbpf::LoadConfig.
    [[nodiscard]] std::span<const std::uint32_t> keys() const { return keys_; }
    [[nodiscard]] std::span<const Syscall> syscalls() const { return syscalls_; }

private:
    std::vector<Syscall> syscalls_; // ascending by key
    std::vector<std::uint32_t> keys_;
};

/// Settings that hold for every program of an environment.
struct VmConfig {
    /// V0 stacks have gaps unless virtual_address_space_adjustments is on.
    bool enable_stack_frame_gaps = true;
    MapLayout layout = MapLayout::Aligned;
    JitConfig jit = {};
};

/// All give the same results. Naive: the definition, slow. Interpreter: no preparation worth
/// mentioning. Jit: compiles before the first run. Tiered: compiles what has proved to be worth it.
enum class Engine : std::uint8_t { Naive, Interpreter, Jit, Tiered };

/// A verified program bound to an environment: what the program cache holds. Immutable and
/// shareable.
class Executable {
public:
    Executable(sbpf::Program program, std::shared_ptr<const SyscallTable> syscalls,
               VmConfig config);

    [[nodiscard]] const sbpf::Program& program() const { return program_; }
    [[nodiscard]] const SyscallTable& syscalls() const { return *syscalls_; }
    [[nodiscard]] const VmConfig& config() const { return config_; }
    /// Guest distance from one frame to the next: 4096, 8192 with gaps, 0 if the program moves r10
    /// itself.
    [[nodiscard]] std::uint64_t frame_stride() const;
    /// Read-only data as the region the program sees.
    [[nodiscard]] MemoryRegion rodata_region() const;
    /// The stack region over `stack` (kStackSize bytes).
    [[nodiscard]] MemoryRegion stack_region(MutableByteView stack) const;
    /// r10 at the entry point.
    [[nodiscard]] std::uint64_t initial_frame_pointer() const;
    /// For the fast interpreter; decoded on first use, by whichever thread comes first. Null if the
    /// program is not one that the verifier passes.
    [[nodiscard]] const DecodedProgram* decoded() const;
    /// As machine code; compiled on first use. Null where that is not possible.
    [[nodiscard]] const jit::JitProgram* compiled() const;
    /// For Engine::Tiered: true if runs should use machine code from now on. The thread that first
    /// finds the program worth it compiles; no thread waits for another.
    [[nodiscard]] bool prefers_compiled() const;
    /// For Engine::Tiered: an interpreted run cost this much.
    void note_interpreted(std::uint64_t units) const;

private:
    struct Prepared;

    sbpf::Program program_;
    std::shared_ptr<const SyscallTable> syscalls_;
    VmConfig config_;
    std::shared_ptr<Prepared> prepared_;
};

/// Remaining compute units of a transaction; programs and syscalls charge the same one.
struct ComputeMeter {
    std::uint64_t remaining = 0;

    /// Takes `units`, or everything and false if there are not enough.
    [[nodiscard]] bool consume(std::uint64_t units) {
        if (remaining < units) {
            remaining = 0;
            return false;
        }
        remaining -= units;
        return true;
    }
};

/// Outcome of a run. The meter has been charged by then.
struct RunResult {
    Result<std::uint64_t, Fault> value; // r0 at the exit of the entry function
    /// Registers and slot number where it ended, for tools and harnesses.
    std::array<std::uint64_t, 11> registers{};
    std::uint64_t pc = 0;
    std::uint64_t call_depth = 0;
};

/// Where a run stands between two instructions.
struct RunState {
    std::array<std::uint64_t, 11> registers{};
    std::uint64_t pc = 0;
};

/// One run in progress. Syscalls receive it; its host pointer leads them to the invocation.
class Machine {
public:
    /// All referenced objects must outlive the machine. `host` is passed through to syscalls.
    Machine(const Executable& executable, MemoryMap& memory, ComputeMeter& meter, void* host)
        : executable_(executable), memory_(memory), meter_(meter), host_(host) {}

    [[nodiscard]] const Executable& executable() const { return executable_; }
    [[nodiscard]] MemoryMap& memory() { return memory_; }
    /// True remaining units while a syscall runs (engines settle before the call).
    [[nodiscard]] ComputeMeter& meter() { return meter_; }
    [[nodiscard]] void* host() const { return host_; }

    /// Runs from the entry point with r1 and r2 as given. Call once per machine.
    [[nodiscard]] RunResult run(Engine engine, std::uint64_t r1, std::uint64_t r2);
    /// Same from any registers and slot, outside any call: for harnesses and tests.
    [[nodiscard]] RunResult run_from(Engine engine, const RunState& start);

private:
    const Executable& executable_;
    MemoryMap& memory_;
    ComputeMeter& meter_;
    void* host_;
};

} // namespace fathom::vm
