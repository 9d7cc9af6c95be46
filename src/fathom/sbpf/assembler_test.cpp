// SPDX-License-Identifier: Apache-2.0
// Tests of the assembler: encodings, names, data and errors.
#include "fathom/base/text.hpp"
#include "fathom/sbpf/assembler.hpp"

#include <gtest/gtest.h>

namespace fathom::sbpf {

namespace {

std::string to_hex(const Bytes& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result;
    for (const std::uint8_t byte : bytes) {
        result += kDigits[byte >> 4];
        result += kDigits[byte & 15];
    }
    return result;
}

std::string text_hex(std::string_view source, Version version = Version::V0) {
    const auto assembly = assemble(source, {.version = version});
    return assembly ? to_hex(assembly->text) : assembly.error().text();
}

std::string rodata_hex(std::string_view source) {
    const auto assembly = assemble(source);
    return assembly ? to_hex(assembly->rodata) : assembly.error().text();
}

std::string error_text(std::string_view source, Version version = Version::V0) {
    const auto assembly = assemble(source, {.version = version});
    return assembly ? "assembled" : assembly.error().text();
}

// The bytes below follow from the field layout (opcode, dst | src << 4, offset, immediate) and the
// opcodes of sbpf src/ebpf.rs.

TEST(Assembler, EncodesTheExampleOfTheReferenceAssembler) {
    // sbpf src/assembler.rs, documentation of assemble().
    EXPECT_EQ(
        text_hex("add64 r1, 0x605\n mov64 r2, 0x32\n mov64 r1, r0\n be16 r0\n neg64 r2\n exit"),
        "0701000005060000b702000032000000bf01000000000000"
        "dc0000001000000087020000000000009500000000000000");
}

TEST(Assembler, TakesMnemonicsWithAndWithoutTheirWidth) {
    EXPECT_EQ(text_hex("add r1, r2"), "0f21000000000000");
    EXPECT_EQ(text_hex("add32 r1, r2"), "0c21000000000000");
    EXPECT_EQ(text_hex("jeq64 r1, 5, +2"), text_hex("jeq r1, 5, +2"));
    EXPECT_EQ(text_hex("neg r3"), "8703000000000000");
    EXPECT_EQ(text_hex("lmul r1, r2", Version::V2), "9e21000000000000");
}

TEST(Assembler, EncodesMemoryOperandsOfEverySign) {
    EXPECT_EQ(text_hex("ldxdw r1, [r2+0x10]"), "7921100000000000");
    EXPECT_EQ(text_hex("ldxb r1, [r2 - 8]"), "7121f8ff00000000");
    EXPECT_EQ(text_hex("stxw [r10-4], r3"), "633afcff00000000");
    EXPECT_EQ(text_hex("stdw [r4], -1"), "7a040000ffffffff");
}

TEST(Assembler, MovesMemoryOpcodesOnV2) {
    EXPECT_EQ(text_hex("ldxb r1, [r2+1]", Version::V2), "2c21010000000000");
    EXPECT_EQ(text_hex("stxdw [r1+1], r2", Version::V2), "9f21010000000000");
    EXPECT_EQ(text_hex("stb [r1+1], 2", Version::V2), "2701010002000000");
}

TEST(Assembler, SplitsWideImmediatesOverTwoSlots) {
    EXPECT_EQ(text_hex("lddw r1, 0x1122334455667788"), "18010000887766550000000044332211");
    EXPECT_EQ(text_hex("lddw r1, -1"), "18010000ffffffff00000000ffffffff");
}

TEST(Assembler, ReplacesLddwOnV2ByMov32AndHor64) {
    EXPECT_EQ(text_hex("lddw r1, 0x1122334455667788", Version::V2),
              "b401000088776655f701000044332211");
}

TEST(Assembler, ResolvesLabelsForwardAndBackward) {
    EXPECT_EQ(text_hex("top: ja end\n ja top\n end: exit"),
              "05000100000000000500feff000000009500000000000000");
    EXPECT_EQ(text_hex("lddw r1, 1\n x: ja x"), "18010000010000000000000000000000"
                                                "0500ffff00000000");
}

TEST(Assembler, PutsTheCallxRegisterWhereTheVersionReadsIt) {
    EXPECT_EQ(text_hex("callx r3", Version::V0), "8d00000003000000");
    EXPECT_EQ(text_hex("callx r3", Version::V1), "8d00000003000000");
    EXPECT_EQ(text_hex("callx r3", Version::V2), "8d30000000000000");
    EXPECT_EQ(text_hex("callx r3", Version::V3), "8d03000000000000");
}

TEST(Assembler, CallsLabelsRelativelyAndSyscallsByKey) {
    EXPECT_EQ(text_hex("call f\n exit\n f: exit", Version::V3),
              "851000000100000095000000000000009500000000000000");
    EXPECT_EQ(text_hex("call sol_log_", Version::V3), "85000000bd597520");
    EXPECT_EQ(text_hex("syscall sol_log_", Version::V3), "85000000bd597520");
    EXPECT_EQ(text_hex("syscall abort", Version::V3), "85000000111afcb6");
    EXPECT_EQ(text_hex("syscall 5", Version::V3), "8500000005000000");
}

TEST(Assembler, PrefersALabelOverASyscallOfTheSameName) {
    EXPECT_EQ(text_hex("abort: call abort"), "85100000ffffffff");
}

TEST(Assembler, TakesUnsignedImmediatesWhereTheUpperHalfHasNoMeaning) {
    EXPECT_EQ(text_hex("mov32 r1, 0xffffffff"), "b4010000ffffffff");
    EXPECT_EQ(error_text("mov64 r1, 0xffffffff"),
              "line 1, column 11: expected a number from -2147483648 to 2147483647");
}

TEST(Assembler, SkipsEveryKindOfComment) {
    EXPECT_EQ(text_hex("# one\n// two\n; three\nexit # four\nexit // five\nexit ; six"),
              "950000000000000095000000000000009500000000000000");
}

TEST(Assembler, AcceptsWindowsLineEnds) {
    EXPECT_EQ(text_hex("exit\r\nexit\r\n"), "95000000000000009500000000000000");
}

TEST(Assembler, LetsTheSourceChooseItsVersion) {
    const auto assembly = assemble(".version v3\nexit", {.version = Version::V0});
    ASSERT_TRUE(assembly);
    EXPECT_EQ(assembly->version, Version::V3);
}

TEST(Assembler, EvaluatesConstantsAndSums) {
    EXPECT_EQ(text_hex(".equ A, 8\n.equ B, A+0x10-1\n mov64 r1, B\n ldxb r2, [r3+A+1]"),
              "b701000017000000"
              "7132090000000000");
    EXPECT_EQ(text_hex("mov64 r1, 'A'"), "b701000041000000");
}

TEST(Assembler, MeasuresDataByTheDifferenceOfLabels) {
    EXPECT_EQ(text_hex(".rodata\na: .ascii \"hello\"\n.equ len, . - a\n.text\nmov64 r2, len"),
              "b702000005000000");
}

TEST(Assembler, EmitsDataOfEveryWidth) {
    EXPECT_EQ(rodata_hex(".rodata\n.byte 1, -1\n.short 2\n.word 3\n.quad 4"),
              "01ff0200030000000400000000000000");
    EXPECT_EQ(rodata_hex(".rodata\n.byte 1\n.align 4\n.space 2, 7\n.space 1"), "01000000070700");
    EXPECT_EQ(rodata_hex(".rodata\n.asciz \"a\\n\\x41\\\"\"\n.ascii \"b\", \"c\""),
              "610a4122006263");
}

TEST(Assembler, FillsTheTextWithRawInstructions) {
    EXPECT_EQ(text_hex(".fill 2, 0x95"), "95000000000000009500000000000000");
}

TEST(Assembler, NotesAddressesOfDataAndCode) {
    const auto assembly =
        assemble("entrypoint:\n lddw r1, b+1\n lddw r2, entrypoint\n.rodata\n.byte 0\nb: .quad b");
    ASSERT_TRUE(assembly);
    ASSERT_EQ(assembly->addresses.size(), 3u);
    EXPECT_EQ(assembly->addresses[0].offset, 0u);
    EXPECT_EQ(assembly->addresses[0].target, Section::Rodata);
    EXPECT_EQ(assembly->addresses[0].target_offset, 2u);
    EXPECT_EQ(assembly->addresses[1].offset, 16u);
    EXPECT_EQ(assembly->addresses[1].target, Section::Text);
    EXPECT_EQ(assembly->addresses[2].section, Section::Rodata);
    EXPECT_EQ(assembly->addresses[2].offset, 1u);
}

TEST(Assembler, StartsAtTheEntrypointLabel) {
    const auto assembly = assemble("helper: exit\nentrypoint: exit");
    ASSERT_TRUE(assembly);
    EXPECT_EQ(assembly->entry_slot, 1u);
}

TEST(Assembler, RemembersTheLineOfEverySlot) {
    const auto assembly = assemble("\nlddw r1, 1\n\nexit");
    ASSERT_TRUE(assembly);
    EXPECT_EQ(assembly->lines, (std::vector<std::uint32_t>{2, 0, 4}));
}

TEST(Assembler, SaysWhereAndWhatWasExpected) {
    EXPECT_EQ(error_text("exit\n  7"),
              "line 2, column 3: expected a label, a directive or an instruction, found '7'");
    EXPECT_EQ(error_text("ldxb r1, [7]"), "line 1, column 11: expected a register, found '7'");
    EXPECT_EQ(error_text("mov64 r1 r2"),
              "line 1, column 10: expected ',' or the end of the line, found 'r2'");
    EXPECT_EQ(error_text("mov64 r1,"),
              "line 1, column 10: expected an operand, found the end of the source");
    EXPECT_EQ(error_text(".ascii \"x"),
              "line 1, column 10: expected the closing quote, found the end of the source");
    EXPECT_EQ(error_text("mov64 r1, 0x"),
              "line 1, column 13: expected a digit, found the end of the source");
}

TEST(Assembler, NamesUnknownThings) {
    EXPECT_EQ(error_text("frob r1"), "line 1, column 1: unknown instruction 'frob'");
    EXPECT_EQ(error_text(".frob 1"), "line 1, column 1: unknown directive '.frob'");
    EXPECT_EQ(error_text("ja nowhere"), "line 1, column 4: unknown name 'nowhere'");
    EXPECT_EQ(error_text("call nowhere"),
              "line 1, column 6: expected a label or a syscall, found 'nowhere' (a syscall of any "
              "name is called with syscall)");
}

TEST(Assembler, SaysWhichOperandsAnInstructionTakes) {
    EXPECT_EQ(error_text("mov64 r1"),
              "line 1, column 1: expected register, number or register, register after 'mov64'");
    EXPECT_EQ(error_text("exit r1"), "line 1, column 1: expected no operand after 'exit'");
}

TEST(Assembler, SaysThatAnInstructionIsOfAnotherVersion) {
    EXPECT_EQ(error_text("neg64 r1", Version::V2),
              "line 1, column 1: 'neg64' does not exist in v2");
    EXPECT_EQ(error_text("jeq32 r1, 1, +0", Version::V0),
              "line 1, column 1: 'jeq32' does not exist in v0");
}

TEST(Assembler, RefusesNumbersThatDoNotFit) {
    EXPECT_EQ(error_text("mov64 r1, 18446744073709551616"),
              "line 1, column 11: number above 2^64 - 1");
    EXPECT_EQ(error_text("ldxb r1, [r2+32768]"),
              "line 1, column 10: expected a number from -32768 to 32767");
    EXPECT_EQ(error_text(".rodata\n.byte 256"),
              "line 2, column 7: expected a number from -128 to 255");
    EXPECT_EQ(error_text("ja +40000"),
              "line 1, column 4: expected a target within 32767 instructions");
}

TEST(Assembler, RefusesSectionsAboveTenMebibytes) {
    EXPECT_EQ(error_text(".rodata\n.space 10485760\n.byte 1"),
              "line 3, column 1: section above 10 MiB");
    EXPECT_EQ(error_text(".fill 1310721, 0"),
              "line 1, column 7: expected a number from 0 to 1310720");
}

TEST(Assembler, RefusesConstantsThatGrowWithoutBound) {
    std::string source = ".equ a0, 0xffffffffffffffff\n";
    for (int i = 1; i < 100; ++i) {
        const std::string last = "a" + std::to_string(i - 1);
        source += ".equ a" + std::to_string(i) + ", " + last + "+" + last + "\n";
    }
    EXPECT_EQ(error_text(source), "line 2, column 13: value out of range");
}

TEST(Assembler, RefusesNamesDefinedTwice) {
    EXPECT_EQ(error_text("a: exit\na: exit"), "line 2, column 1: 'a' is defined twice");
    EXPECT_EQ(error_text(".equ a, 1\na: exit"), "line 2, column 1: 'a' is defined twice");
}

TEST(Assembler, RefusesInstructionsAmongData) {
    EXPECT_EQ(error_text(".rodata\nexit"),
              "line 2, column 1: expected data, found an instruction in .rodata");
    EXPECT_EQ(error_text(".byte 1\nexit"),
              "line 2, column 1: expected an instruction at a multiple of 8 bytes of .text");
}

TEST(Assembler, RefusesAddressesWhereANumberIsNeeded) {
    EXPECT_EQ(error_text("x: mov64 r1, x"),
              "line 1, column 14: expected a number, found an address");
    EXPECT_EQ(error_text("x: ja d\n.rodata\nd: .byte 1"),
              "line 1, column 7: expected a label in .text");
}

TEST(Assembler, RefusesCallsOutOfTheProgram) {
    EXPECT_EQ(error_text("call -2"),
              "line 1, column 6: expected a call to an instruction of this program");
}

TEST(Assembler, MakesProgramsWithoutAnElf) {
    const auto assembly =
        assemble("f: exit\nentrypoint: call f\n lddw r1, d\n exit\n.rodata\nd: .byte 7");
    ASSERT_TRUE(assembly);
    const Program program = to_program(*assembly);
    EXPECT_EQ(program.entry_pc(), 1u);
    EXPECT_EQ(program.find_function(function_key(0)), 0u);
    EXPECT_EQ(static_cast<std::uint32_t>(program.instruction(1).imm), function_key(0));
    const auto address = static_cast<std::uint32_t>(program.instruction(2).imm);
    EXPECT_EQ(program.instruction(3).imm, 1);
    ASSERT_LT(address, program.rodata().size());
    EXPECT_EQ(program.rodata()[address], 7);
    EXPECT_TRUE(verify(program));
}

} // namespace

} // namespace fathom::sbpf
