// SPDX-License-Identifier: Apache-2.0
// Names and texts of faults.
#include "fathom/vm/fault.hpp"

#include <cinttypes>
#include <cstdio>

namespace fathom::vm {
namespace {

struct FaultText {
    std::string_view name;
    std::string_view text; // empty: composed from the fault's fields
};

/// In the order of FaultKind (solana-sbpf src/error.rs).
constexpr FaultText kFaultTexts[] = {
    {"ElfError", "ELF error"},
    {"FunctionAlreadyRegistered", "function was already registered"},
    {"CallDepthExceeded", "exceeded max BPF to BPF call depth"},
    {"ExitRootCallFrame", "attempted to exit root call frame"},
    {"DivideByZero", "divide by zero at BPF instruction"},
    {"DivideOverflow", "division overflow at BPF instruction"},
    {"ExecutionOverrun",
     "attempted to execute past the end of the text segment at BPF instruction"},
    {"CallOutsideTextSegment", "callx attempted to call outside of the text segment"},
    {"ExceededMaxInstructions", "exceeded CUs meter at BPF instruction"},
    {"JitNotCompiled", "program has not been JIT-compiled"},
    {"InvalidMemoryRegion", {}},
    {"AccessViolation", {}},
    {"StackAccessViolation", {}},
    {"InvalidInstruction", "invalid BPF instruction"},
    {"UnsupportedInstruction", "unsupported BPF instruction"},
    {"ExhaustedTextSegment", "Compilation exhausted text segment at BPF instruction 0"},
    {"LibcInvocationFailed", "Libc call failed"},
    {"VerifierError", "Verifier error"},
    {"SyscallError", "Syscall error"},
};

std::string_view region_text(RegionName name) {
    switch (name) {
    case RegionName::Unallocated: return "unallocated";
    case RegionName::Program: return "program";
    case RegionName::Stack: return "stack";
    case RegionName::Heap: return "heap";
    case RegionName::Input: return "input";
    case RegionName::Allocated: return "allocated";
    }
    return "unallocated";
}

} // namespace

std::string_view Fault::name() const {
    return kFaultTexts[static_cast<std::size_t>(kind)].name;
}

std::string Fault::text() const {
    char buffer[160];
    switch (kind) {
    case FaultKind::InvalidMemoryRegion:
        std::snprintf(buffer, sizeof buffer, "Invalid memory region at index %" PRId64, frame);
        return buffer;
    case FaultKind::AccessViolation:
        std::snprintf(buffer, sizeof buffer,
                      "Access violation %s %" PRIu64 " bytes at address 0x%" PRIx64
                      " (in %s region)",
                      access == Access::Load ? "reading" : "writing", length, address,
                      region_text(region).data());
        return buffer;
    case FaultKind::StackAccessViolation:
        std::snprintf(buffer, sizeof buffer,
                      "Access violation in stack frame %" PRId64 " at address 0x%" PRIx64
                      " of size %" PRIu64,
                      frame, address, length);
        return buffer;
    default: return std::string(kFaultTexts[static_cast<std::size_t>(kind)].text);
    }
}

} // namespace fathom::vm
