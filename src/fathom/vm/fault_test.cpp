// SPDX-License-Identifier: Apache-2.0
// Texts and order of faults, as solana-sbpf src/error.rs has them.
#include "fathom/vm/fault.hpp"

#include <gtest/gtest.h>

namespace fathom::vm {
namespace {

std::string text(FaultKind kind) {
    return Fault{.kind = kind}.text();
}

TEST(Fault, KindsAreNumberedAsInTheReference) {
    EXPECT_EQ(static_cast<int>(FaultKind::ElfError), 0);
    EXPECT_EQ(static_cast<int>(FaultKind::ExceededMaxInstructions), 8);
    EXPECT_EQ(static_cast<int>(FaultKind::StackAccessViolation), 12);
    EXPECT_EQ(static_cast<int>(FaultKind::SyscallError), 18);
}

TEST(Fault, TextsOfExecution) {
    EXPECT_EQ(text(FaultKind::CallDepthExceeded), "exceeded max BPF to BPF call depth");
    EXPECT_EQ(text(FaultKind::DivideByZero), "divide by zero at BPF instruction");
    EXPECT_EQ(text(FaultKind::DivideOverflow), "division overflow at BPF instruction");
    EXPECT_EQ(text(FaultKind::ExecutionOverrun),
              "attempted to execute past the end of the text segment at BPF instruction");
    EXPECT_EQ(text(FaultKind::CallOutsideTextSegment),
              "callx attempted to call outside of the text segment");
    EXPECT_EQ(text(FaultKind::ExceededMaxInstructions), "exceeded CUs meter at BPF instruction");
    EXPECT_EQ(text(FaultKind::InvalidInstruction), "invalid BPF instruction");
    EXPECT_EQ(text(FaultKind::UnsupportedInstruction), "unsupported BPF instruction");
}

TEST(Fault, AccessViolationsCarryTheirFields) {
    const Fault fault{.kind = FaultKind::AccessViolation,
                      .access = Access::Load,
                      .region = RegionName::Heap,
                      .address = 0x300000041,
                      .length = 8};
    EXPECT_EQ(fault.text(),
              "Access violation reading 8 bytes at address 0x300000041 (in heap region)");
    EXPECT_EQ(fault.name(), "AccessViolation");
}

TEST(Fault, StackViolationsCountFramesBelowTheStackToo) {
    const Fault fault{.kind = FaultKind::StackAccessViolation,
                      .access = Access::Store,
                      .address = 0x1fffff000,
                      .length = 1,
                      .frame = -1};
    EXPECT_EQ(fault.text(), "Access violation in stack frame -1 at address 0x1fffff000 of size 1");
}

} // namespace
} // namespace fathom::vm
