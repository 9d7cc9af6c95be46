// SPDX-License-Identifier: Apache-2.0
// One rule of the verifier per test; expectations from solana-sbpf 0.23.0 src/verifier.rs and
// tests/verifier.rs.
#include "fathom/sbpf/program.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace fathom::sbpf {
namespace {

using Kind = VerifierErrorKind;

struct Insn {
    std::uint8_t opcode;
    std::uint8_t dst = 0;
    std::uint8_t src = 0;
    std::int16_t offset = 0;
    std::int32_t imm = 0;
};

constexpr Insn kExit = {.opcode = 0x95};

Bytes assemble(std::initializer_list<Insn> program) {
    Bytes text;
    for (const Insn& insn : program) {
        std::array<std::uint8_t, 8> slot{insn.opcode,
                                         static_cast<std::uint8_t>(insn.src << 4 | insn.dst)};
        store_le(slot.data() + 2, insn.offset);
        store_le(slot.data() + 4, insn.imm);
        text.insert(text.end(), slot.begin(), slot.end());
    }
    return text;
}

std::string verdict(Bytes text, Version version = Version::V0) {
    const auto result = verify(Program::from_text(std::move(text), version));
    return result ? "ok" : result.error().text();
}

std::string verdict(std::initializer_list<Insn> program, Version version = Version::V0) {
    return verdict(assemble(program), version);
}

TEST(Verifier, RefusesTextThatIsNoWholeNumberOfSlots) {
    EXPECT_EQ(verdict(Bytes(9, 0x95)), "program length must be a multiple of 8 octets");
}

TEST(Verifier, RefusesNoText) {
    EXPECT_EQ(verdict(Bytes{}), "no program set, call prog_set() to load one");
}

TEST(Verifier, AcceptsASingleExit) {
    EXPECT_EQ(verdict({kExit}), "ok");
}

TEST(Verifier, RequiresNeitherExitNorReachability) {
    EXPECT_EQ(verdict({{.opcode = 0xb7, .imm = 1}}), "ok");
    EXPECT_EQ(verdict({{.opcode = 0x05, .offset = -1}}), "ok"); // an endless loop
}

TEST(Verifier, RefusesDivisionByImmediateZero) {
    EXPECT_EQ(verdict({{.opcode = 0xb4}, {.opcode = 0xb4}, {.opcode = 0x34}, kExit}),
              "division by 0 (insn #2)");
    EXPECT_EQ(verdict({{.opcode = 0x97}}), "division by 0 (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0xe6}}, Version::V2), "division by 0 (insn #0)");
}

TEST(Verifier, LeavesDivisionByRegisterToRunTime) {
    EXPECT_EQ(verdict({{.opcode = 0x3c}, {.opcode = 0x9f}, kExit}), "ok");
}

TEST(Verifier, RefusesOtherEndianSizes) {
    EXPECT_EQ(verdict({kExit, {.opcode = 0xd4, .imm = 3}}),
              "unsupported argument for LE/BE (insn #1)");
    EXPECT_EQ(verdict({{.opcode = 0xdc, .imm = 0}}), "unsupported argument for LE/BE (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0xdc, .imm = 64}, kExit}), "ok");
}

TEST(Verifier, RefusesLddwInTheLastSlot) {
    EXPECT_EQ(verdict({{.opcode = 0x18}}), "LD_DW instruction cannot be last in program");
}

TEST(Verifier, RefusesLddwWithoutItsSecondSlot) {
    EXPECT_EQ(verdict({{.opcode = 0x18}, kExit}), "incomplete LD_DW instruction (insn #0)");
}

TEST(Verifier, IgnoresTheFieldsOfTheSecondSlot) {
    EXPECT_EQ(verdict({{.opcode = 0x18}, {.opcode = 0, .dst = 15, .src = 15, .imm = -1}, kExit}),
              "ok");
}

TEST(Verifier, ReportsRegistersOfLddwAtItsSecondSlot) {
    EXPECT_EQ(verdict({{.opcode = 0x18, .dst = 10}, {.opcode = 0}, kExit}),
              "cannot write into register r10 (insn #1)");
    EXPECT_EQ(verdict({{.opcode = 0x18, .src = 11}, {.opcode = 0}, kExit}),
              "invalid source register (insn #1)");
    EXPECT_EQ(verdict({{.opcode = 0x18, .dst = 11}, {.opcode = 0}, kExit}),
              "invalid destination register (insn #1)");
}

TEST(Verifier, RefusesAnOpcodeThatIsASecondSlotAlone) {
    EXPECT_EQ(verdict({{.opcode = 0}, kExit}), "unknown eBPF opcode 0x0 (insn #0)");
}

TEST(Verifier, RefusesShiftsByTheWidthOrMore) {
    // The text has the amount where the width belongs, as in the reference.
    EXPECT_EQ(verdict({{.opcode = 0x64, .imm = 32}}),
              "Shift with overflow of 32-bit value by 32 (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0x77, .imm = 65}}),
              "Shift with overflow of 65-bit value by 64 (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0xc7, .imm = 63}, {.opcode = 0xc4, .imm = 31}}), "ok");
}

TEST(Verifier, RefusesNegativeShifts) {
    EXPECT_EQ(verdict({{.opcode = 0xc4, .imm = -1}}),
              "Shift with overflow of 18446744073709551615-bit value by 32 (insn #0)");
}

TEST(Verifier, CarriesTheNumbersOfAShift) {
    const auto result =
        verify(Program::from_text(assemble({kExit, {.opcode = 0x67, .imm = 64}}), Version::V0));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Kind::ShiftWithOverflow);
    EXPECT_EQ(result.error().name(), "ShiftWithOverflow");
    EXPECT_EQ(result.error().pc, 1u);
    EXPECT_EQ(result.error().value, 64u);
    EXPECT_EQ(result.error().value2, 64u);
}

TEST(Verifier, RefusesJumpsPastTheEnd) {
    EXPECT_EQ(verdict({{.opcode = 0xb7}, {.opcode = 0x05, .offset = 2}, kExit, kExit}),
              "jump out of code to #4 (insn #1)");
}

TEST(Verifier, RefusesJumpsBeforeTheStart) {
    EXPECT_EQ(verdict({{.opcode = 0xb7}, {.opcode = 0x1d, .offset = -3}, kExit}),
              "jump out of code to #18446744073709551615 (insn #1)");
}

TEST(Verifier, RefusesJumpsIntoLddw) {
    EXPECT_EQ(verdict({{.opcode = 0x05, .offset = 1}, {.opcode = 0x18}, {.opcode = 0}, kExit}),
              "jump to middle of LD_DW at #2 (insn #0)");
}

TEST(Verifier, DoesNotFollowCalls) {
    EXPECT_EQ(verdict({{.opcode = 0x85, .src = 1, .imm = 1000}, kExit}, Version::V3), "ok");
    EXPECT_EQ(verdict({{.opcode = 0x85, .src = 9, .imm = 1}, kExit}, Version::V3), "ok");
}

TEST(Verifier, ReadsTheCallxRegisterWhereTheVersionHasIt) {
    const std::string refused = "Invalid register specified at instruction 0";
    EXPECT_EQ(verdict({{.opcode = 0x8d, .imm = 10}}, Version::V0), refused);
    EXPECT_EQ(verdict({{.opcode = 0x8d, .imm = -1}}, Version::V1), refused);
    EXPECT_EQ(verdict({{.opcode = 0x8d, .src = 10}}, Version::V2), refused);
    EXPECT_EQ(verdict({{.opcode = 0x8d, .dst = 10}}, Version::V3), refused);
    EXPECT_EQ(verdict({{.opcode = 0x8d, .src = 10, .imm = 9}}, Version::V0), "ok");
    EXPECT_EQ(verdict({{.opcode = 0x8d, .src = 9, .imm = 10}}, Version::V2), "ok");
    EXPECT_EQ(verdict({{.opcode = 0x8d, .dst = 9, .imm = 10}}, Version::V3), "ok");
}

TEST(Verifier, LetsOnlyFrameVersionsMoveR10) {
    const Insn move = {.opcode = 0x07, .dst = 10, .imm = -64};
    const std::string refused = "cannot write into register r10 (insn #0)";
    EXPECT_EQ(verdict({move}, Version::V0), refused);
    EXPECT_EQ(verdict({move}, Version::V1), "ok");
    EXPECT_EQ(verdict({move}, Version::V2), "ok");
    EXPECT_EQ(verdict({move}, Version::V3), refused);
}

TEST(Verifier, HoldsMovesOfR10ToTheFrameAlignment) {
    EXPECT_EQ(verdict({{.opcode = 0x07, .dst = 10, .imm = 63}}, Version::V1),
              "Unaligned immediate (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0x07, .dst = 10, .imm = -65}}, Version::V2),
              "Unaligned immediate (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0x07, .dst = 9, .imm = 63}}, Version::V2), "ok");
}

TEST(Verifier, RefusesR10AsDestinationEvenWhereItIsOnlyCarried) {
    const std::string refused = "cannot write into register r10 (insn #0)";
    EXPECT_EQ(verdict({{.opcode = 0xbf, .dst = 10}}), refused);
    EXPECT_EQ(verdict({{.opcode = 0x95, .dst = 10}}), refused);
    EXPECT_EQ(verdict({{.opcode = 0x85, .dst = 10}}), refused);
    EXPECT_EQ(verdict({{.opcode = 0x05, .dst = 10, .offset = -1}}), refused);
}

TEST(Verifier, AllowsR10AsTheAddressOfAStore) {
    EXPECT_EQ(verdict({{.opcode = 0x7b, .dst = 10, .src = 10}, {.opcode = 0x72, .dst = 10}}), "ok");
    EXPECT_EQ(verdict({{.opcode = 0x9f, .dst = 10}, {.opcode = 0x27, .dst = 10}}, Version::V2),
              "ok");
}

TEST(Verifier, RefusesRegistersThatDoNotExist) {
    EXPECT_EQ(verdict({{.opcode = 0xbf, .dst = 11}}), "invalid destination register (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0x7b, .dst = 11}}), "invalid destination register (insn #0)");
    EXPECT_EQ(verdict({{.opcode = 0xb7, .dst = 15, .src = 11}}),
              "invalid source register (insn #0)");
}

TEST(Verifier, ChecksTheInstructionBeforeItsRegisters) {
    EXPECT_EQ(verdict({{.opcode = 0x37, .dst = 15, .src = 15}}), "division by 0 (insn #0)");
}

TEST(Verifier, StopsAtTheFirstBrokenInstruction) {
    EXPECT_EQ(verdict({kExit, {.opcode = 0xff}, {.opcode = 0x37}}),
              "unknown eBPF opcode 0xff (insn #1)");
}

// Opcodes of the versions, from the ranges in solana-sbpf src/ebpf.rs.
const std::set<int> kMemory = {0x71, 0x69, 0x61, 0x79, 0x72, 0x6a,
                               0x62, 0x7a, 0x73, 0x6b, 0x63, 0x7b};
const std::set<int> kProductsAndQuotients = {0x36, 0x3e, 0xb6, 0xbe, 0x86, 0x8e, 0x96, 0x9e, 0x46,
                                             0x4e, 0x56, 0x5e, 0x66, 0x6e, 0x76, 0x7e, 0xc6, 0xce,
                                             0xd6, 0xde, 0xe6, 0xee, 0xf6, 0xfe, 0xf7};
const std::set<int> kJumps32 = {0x16, 0x1e, 0x26, 0x2e, 0x36, 0x3e, 0x46, 0x4e, 0x56, 0x5e, 0x66,
                                0x6e, 0x76, 0x7e, 0xa6, 0xae, 0xb6, 0xbe, 0xc6, 0xce, 0xd6, 0xde};
// Without those whose bytes V2 reuses.
const std::set<int> kOnlyOutsideV2 = {0x18, 0x24, 0x34, 0x94, 0xd4, 0x84};

bool is_known(int opcode, Version version) {
    const Insn insn = {.opcode = static_cast<std::uint8_t>(opcode), .offset = -1, .imm = 16};
    const auto result = verify(Program::from_text(assemble({insn}), version));
    return result || result.error().kind != Kind::UnknownOpCode;
}

void expect_all(const std::set<int>& opcodes, Version version, bool known) {
    for (const int opcode : opcodes)
        EXPECT_EQ(is_known(opcode, version), known) << std::hex << opcode;
}

TEST(VerifierOpcodes, V2TradesMemoryAndWideLoadsForProducts) {
    expect_all(kMemory, Version::V2, false);
    expect_all(kOnlyOutsideV2, Version::V2, false);
    expect_all(kProductsAndQuotients, Version::V2, true);
}

TEST(VerifierOpcodes, V0AndV1HaveNeitherProductsNorShortJumps) {
    for (const Version version : {Version::V0, Version::V1}) {
        expect_all(kMemory, version, true);
        expect_all(kOnlyOutsideV2, version, true);
        expect_all(kProductsAndQuotients, version, false);
        expect_all(kJumps32, version, false);
    }
}

TEST(VerifierOpcodes, V3HasShortJumps) {
    expect_all(kMemory, Version::V3, true);
    expect_all(kOnlyOutsideV2, Version::V3, true);
    expect_all(kJumps32, Version::V3, true);
    expect_all({0x8e, 0x86, 0x96, 0x9e, 0xe6, 0xee, 0xf6, 0xfe, 0xf7}, Version::V3, false);
}

TEST(VerifierOpcodes, CountsPerVersion) {
    const auto count = [](Version version) {
        int known = 0;
        for (int opcode = 0; opcode < 256; ++opcode) known += is_known(opcode, version);
        return known;
    };
    // Counted from the reference's match arms.
    EXPECT_EQ(count(Version::V0), 91);
    EXPECT_EQ(count(Version::V1), 91);
    EXPECT_EQ(count(Version::V2), 100);
    EXPECT_EQ(count(Version::V3), 113);
}

TEST(VerifierError, TextReachesLogsWithItsPrefix) {
    const LoadError error = VerifierError{Kind::NoProgram};
    EXPECT_EQ(load_error_text(error),
              "Verifier error: no program set, call prog_set() to load one");
    EXPECT_EQ(load_error_name(error), "NoProgram");
}

} // namespace
} // namespace fathom::sbpf
