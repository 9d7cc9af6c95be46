// SPDX-License-Identifier: Apache-2.0
// Tests of the disassembler: the reference's texts, and round trips through the assembler.
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/disassembler.hpp"

#include <gtest/gtest.h>

#include <array>

namespace fathom::sbpf {

namespace {

constexpr std::array<std::string_view, 2> kSyscalls = {"sol_log_", "abort"};

std::string round_trip(std::string_view source, Version version = Version::V0) {
    const auto assembly = assemble(source, {.version = version});
    if (!assembly) return assembly.error().text();
    return disassemble(to_program(*assembly), {.syscall_names = kSyscalls});
}

Program raw_program(Bytes text, Version version) {
    return Program::from_text(std::move(text), version);
}

/// Operands with a value in every field that the form has.
std::string sample_operands(Form form) {
    switch (form) {
    case Form::Invalid: return "";
    case Form::DstImm: return " r1, -7";
    case Form::DstSrc: return " r1, r9";
    case Form::Dst: return " r3";
    case Form::Endian: return "32 r4";
    case Form::WideImm: return " r5, 0x123456789abcdef0";
    case Form::Load: return " r6, [r7-0x8000]";
    case Form::StoreImm: return " [r8+0x7fff], -2147483648";
    case Form::StoreReg: return " [r8+0x0], r2";
    case Form::Jump: return " lbb_5";
    case Form::JumpImm: return " r1, 2147483647, lbb_5";
    case Form::JumpReg: return " r1, r2, lbb_5";
    case Form::CallImm: return " function_6";
    case Form::CallReg: return " r3";
    case Form::Exit: return "";
    }
    return "";
}

// The texts of the next four tests are those of sbpf tests/disassembler.rs.

TEST(Disassembler, PrintsTheReferencesText) {
    for (const std::string_view line :
         {"exit", "add64 r1, r3", "add64 r1, 5", "ldxw r1, [r2+0x5]", "ldxw r1, [r2-0x5]",
          "stw [r2+0x5], 7", "stw [r2-0x5], 7", "stxw [r2+0x5], r8", "stxw [r2-0x5], r8"}) {
        const std::string source = "entrypoint:\n    " + std::string(line) + "\n";
        EXPECT_EQ(round_trip(source), source);
    }
}

TEST(Disassembler, LabelsJumpTargets) {
    const std::string source = "entrypoint:\n    ja lbb_1\nlbb_1:\n    exit\n";
    EXPECT_EQ(round_trip(source), source);
}

TEST(Disassembler, SeparatesFunctions) {
    const std::string source = "entrypoint:\n    call function_1\n\nfunction_1:\n    exit\n";
    EXPECT_EQ(round_trip(source, Version::V0), source);
    EXPECT_EQ(round_trip(source, Version::V3), source);
}

TEST(Disassembler, PrintsUnknownSyscallsAsNumbers) {
    EXPECT_EQ(round_trip("entrypoint:\n syscall 5\n syscall sol_log_\n", Version::V3),
              "entrypoint:\n    syscall 0x5\n    syscall sol_log_\n");
}

TEST(Disassembler, KeepsTheNamesOfFunctions) {
    const std::string source = "entrypoint:\n    call helper\n    exit\n\nhelper:\n    exit\n";
    EXPECT_EQ(round_trip(source, Version::V0), source);
}

TEST(Disassembler, BringsBackEveryRowOfTheEncodingTable) {
    for (const Encoding& row : kEncodings) {
        for (const Version version :
             {Version::V0, Version::V1, Version::V2, Version::V3, Version::V4}) {
            if ((row.versions >> static_cast<unsigned>(version) & 1u) == 0) continue;
            const OpInfo& op = info(row.op);
            const std::string source =
                "    " + std::string(op.mnemonic) + sample_operands(op.form) +
                "\n    exit\n    exit\n    exit\n    exit\nlbb_5:\n    exit\n"
                "function_6:\n    exit\n";
            const auto first = assemble(source, {.version = version});
            ASSERT_TRUE(first) << first.error().text() << "\n" << source;
            EXPECT_EQ(first->text[0], row.byte) << source;
            const std::string text = disassemble(to_program(*first));
            EXPECT_NE(text.find(std::string(op.mnemonic) + sample_operands(op.form) + "\n"),
                      text.npos)
                << text;
            const auto second = assemble(text, {.version = version});
            ASSERT_TRUE(second) << second.error().text() << "\n" << text;
            EXPECT_EQ(first->text, second->text) << text;
        }
    }
}

TEST(Disassembler, PrintsUnknownOpcodesAsData) {
    EXPECT_EQ(disassemble(raw_program({0xff, 0x21, 3, 0, 4, 0, 0, 0x80}, Version::V0)),
              "entrypoint:\n    .quad 0x80000004000321ff\n");
}

TEST(Disassembler, PrintsFieldsThatNoTextExpressesAsData) {
    EXPECT_EQ(disassemble(raw_program({0x95, 0x01, 0, 0, 0, 0, 0, 0}, Version::V0)),
              "entrypoint:\n    .quad 0x195 # exit\n");
    EXPECT_EQ(disassemble(raw_program({0xdc, 0, 0, 0, 17, 0, 0, 0}, Version::V0)),
              "entrypoint:\n    .quad 0x11000000dc # be17 r0\n");
}

TEST(Disassembler, PrintsAnLddwWithoutItsSecondSlotAsData) {
    EXPECT_EQ(disassemble(raw_program({0x18, 1, 0, 0, 5, 0, 0, 0}, Version::V0)),
              "entrypoint:\n    .quad 0x500000118 # lddw r1, 0x5\n");
}

TEST(Disassembler, KeepsTheSlotAfterAnLddwWithUnusedFields) {
    EXPECT_EQ(
        disassemble(raw_program({0x18, 1, 7, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0}, Version::V0)),
        "entrypoint:\n    .quad 0x500070118 # lddw r1, 0x5\n    .quad 0x600000000\n");
}

TEST(Disassembler, PrintsTheBytesAfterTheLastWholeSlot) {
    EXPECT_EQ(disassemble(raw_program({0x95, 0, 0, 0, 0, 0, 0, 0, 1, 2}, Version::V0)),
              "entrypoint:\n    exit\n    .byte 0x1, 0x2\n");
}

TEST(Disassembler, PrintsNothingForNoText) {
    EXPECT_EQ(disassemble(raw_program({}, Version::V0)), "");
}

TEST(Disassembler, PrintsTargetsThatHaveNoLabelAsNumbers) {
    EXPECT_EQ(round_trip("ja +5\nja -7\nlddw r1, 1\nja -2"),
              "entrypoint:\n    ja +5\n    ja -7\n    lddw r1, 0x1\n    ja -2\n");
}

TEST(Disassembler, BeginsWithTheVersionWhenAsked) {
    const auto assembly = assemble("exit", {.version = Version::V3});
    ASSERT_TRUE(assembly);
    EXPECT_EQ(disassemble(to_program(*assembly), {.has_version_line = true}),
              ".version v3\n\nentrypoint:\n    exit\n");
}

TEST(Disassembler, PrintsOneInstructionWithRelativeTargets) {
    EXPECT_EQ(disassemble_instruction({0x05, 0, 0, -1, 0}, Version::V0), "ja -1");
    EXPECT_EQ(disassemble_instruction({0x15, 1, 0, 2, 5}, Version::V0), "jeq r1, 5, +2");
    EXPECT_EQ(disassemble_instruction({0x85, 0, 1, 0, 3}, Version::V3), "call +3");
    EXPECT_EQ(disassemble_instruction({0x18, 1, 0, 0, 1}, Version::V0, {0, 0, 0, 0, 2}),
              "lddw r1, 0x200000001");
    EXPECT_EQ(disassemble_instruction({0x04, 1, 0, 0, 9}, Version::V2), "add32 r1, 9");
}

} // namespace

} // namespace fathom::sbpf
