// SPDX-License-Identifier: Apache-2.0
// Texts and numbers of program errors against Agave syscalls/src/lib.rs.
#include "fathom/invoke/program_error.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

TEST(ProgramError, KeepsAnInstructionError) {
    const ProgramError error(InstructionError::custom(0x1770));
    EXPECT_EQ(error.text(), "custom program error: 0x1770");
    EXPECT_EQ(error.to_instruction_error(), InstructionError::custom(0x1770));
}

TEST(ProgramError, TurnsASyscallErrorIntoFailedToComplete) {
    const ProgramError error(make_syscall_error(SyscallErrorKind::Abort));
    EXPECT_EQ(error.text(), "SBF program panicked");
    EXPECT_EQ(error.to_instruction_error(), InstructionError::ProgramFailedToComplete);
    ASSERT_NE(error.syscall_error(), nullptr);
    EXPECT_EQ(error.syscall_error()->kind, SyscallErrorKind::Abort);
}

TEST(ProgramError, TurnsAFaultIntoFailedToComplete) {
    const ProgramError error(vm::Fault{.kind = vm::FaultKind::AccessViolation,
                                       .access = vm::Access::Store,
                                       .region = vm::RegionName::Unallocated,
                                       .address = 0x500000000,
                                       .length = 8});
    EXPECT_EQ(error.text(), "Access violation writing 8 bytes at address 0x500000000 (in "
                            "unallocated region)");
    EXPECT_EQ(error.to_instruction_error(), InstructionError::ProgramFailedToComplete);
}

TEST(SyscallError, HasAgavesTexts) {
    const auto text = [](SyscallErrorKind kind) { return make_syscall_error(kind).text; };
    EXPECT_EQ(text(SyscallErrorKind::InvokeContextBorrowFailed), "Cannot borrow invoke context");
    EXPECT_EQ(text(SyscallErrorKind::UnalignedPointer), "Unaligned pointer");
    EXPECT_EQ(text(SyscallErrorKind::TooManySigners), "Too many signers");
    EXPECT_EQ(text(SyscallErrorKind::TooManyAccounts),
              "Too many accounts passed to inner instruction");
    EXPECT_EQ(text(SyscallErrorKind::CopyOverlapping), "Overlapping copy");
    EXPECT_EQ(text(SyscallErrorKind::TooManySlices), "Hashing too many sequences");
    EXPECT_EQ(text(SyscallErrorKind::InvalidLength), "InvalidLength");
    EXPECT_EQ(text(SyscallErrorKind::InvalidAttribute), "InvalidAttribute");
    EXPECT_EQ(text(SyscallErrorKind::InvalidPointer), "Invalid pointer");
    EXPECT_EQ(text(SyscallErrorKind::ArithmeticOverflow), "Arithmetic overflow");
}

TEST(SyscallError, IsNumberedAsInAgave) {
    EXPECT_EQ(static_cast<int>(SyscallErrorKind::InvalidString), 0);
    EXPECT_EQ(static_cast<int>(SyscallErrorKind::CopyOverlapping), 11);
    EXPECT_EQ(static_cast<int>(SyscallErrorKind::ArithmeticOverflow), 20);
}

} // namespace
} // namespace fathom::invoke
