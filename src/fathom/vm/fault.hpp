// SPDX-License-Identifier: Apache-2.0
// Why a program run ended without a value: solana-sbpf's EbpfError as one trivially copyable value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fathom::vm {

enum class Access : std::uint8_t { Load, Store };

/// Order and texts: solana-sbpf src/error.rs EbpfError (conformance numbering is the index plus
/// one).
enum class FaultKind : std::uint8_t {
    ElfError,
    FunctionAlreadyRegistered,
    CallDepthExceeded,
    ExitRootCallFrame,
    DivideByZero,
    DivideOverflow,
    ExecutionOverrun,
    CallOutsideTextSegment,
    ExceededMaxInstructions,
    JitNotCompiled,
    InvalidMemoryRegion,
    AccessViolation,
    StackAccessViolation,
    InvalidInstruction,
    UnsupportedInstruction,
    ExhaustedTextSegment,
    LibcInvocationFailed,
    VerifierError,
    SyscallError,
};

/// Name of the guest region in an access violation's text.
enum class RegionName : std::uint8_t { Unallocated, Program, Stack, Heap, Input, Allocated };

/// First fault of a run. Fields that a kind does not use are zero.
/// SyscallError means: the syscall failed and left the reason with the host (see Machine::host).
struct Fault {
    FaultKind kind;
    Access access = Access::Load;
    RegionName region = RegionName::Unallocated;
    std::uint64_t address = 0; // access violations
    std::uint64_t length = 0;  // access violations
    std::int64_t frame = 0;    // StackAccessViolation; InvalidMemoryRegion: region index

    friend bool operator==(const Fault&, const Fault&) = default;

    [[nodiscard]] std::string_view name() const;
    /// solana-sbpf's Display text, exactly.
    [[nodiscard]] std::string text() const;
};

} // namespace fathom::vm
