// SPDX-License-Identifier: Apache-2.0
// An independent disassembler over emitted code: every byte belongs to an instruction, every jump
// lands on one, and memory is reached in the forms that the compiler's soundness argument knows.
#include "fathom/harness/random_program.hpp"
#include "fathom/vm/jit/jit_program.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>

#ifdef FATHOM_HAS_ZYDIS
#include <Zydis/Zydis.h>

namespace fathom::vm::jit {
namespace {

using sbpf::Version;

/// Reads one program's code and complains about whatever it does not know.
class Auditor {
public:
    Auditor(const JitProgram& program, bool has_fixed_frames)
        : program_(program), has_fixed_frames_(has_fixed_frames) {
        ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    }

    void audit() {
        std::size_t at = 0;
        while (at < program_.code_size()) {
            ZydisDecodedInstruction instruction;
            ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
            const bool is_known = ZYAN_SUCCESS(
                ZydisDecoderDecodeFull(&decoder_, program_.code() + at, program_.code_size() - at,
                                       &instruction, operands));
            ASSERT_TRUE(is_known) << "at " << at;
            starts_.insert(at);
            // What stands before the program is the same for all programs and written by hand.
            is_program_ = at >= program_.code_offsets()[0];
            for (std::size_t i = 0; i < instruction.operand_count_visible; ++i)
                check_operand(instruction, operands[i], at);
            at += instruction.length;
        }
        for (const auto& [from, target] : jumps_)
            EXPECT_TRUE(starts_.contains(target)) << "jump at " << from << " to " << target;
        for (const std::uint32_t offset : program_.code_offsets())
            EXPECT_TRUE(starts_.contains(offset)) << "entry " << offset;
    }

private:
    void check_operand(const ZydisDecodedInstruction& instruction,
                       const ZydisDecodedOperand& operand, std::size_t at) {
        if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
            if (instruction.mnemonic == ZYDIS_MNEMONIC_LEA ||
                instruction.mnemonic == ZYDIS_MNEMONIC_NOP || !is_program_) {
                return;
            }
            EXPECT_TRUE(is_known_place(operand, instruction)) << "memory at " << at;
        } else if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand.imm.is_relative) {
            jumps_.emplace_back(
                at, static_cast<std::size_t>(static_cast<std::int64_t>(at + instruction.length) +
                                             operand.imm.value.s));
        } else if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
            check_register(instruction, operand, at);
        }
    }

    bool is_known_place(const ZydisDecodedOperand& operand,
                        const ZydisDecodedInstruction& instruction) const {
        const auto& place = operand.mem;
        const std::int64_t size = operand.size / 8;
        if (place.index != ZYDIS_REGISTER_NONE) return false;
        if (place.base == ZYDIS_REGISTER_RBP) {
            return place.disp.value >= 0 &&
                   place.disp.value + size <= static_cast<std::int64_t>(sizeof(Context));
        }
        if (place.base == ZYDIS_REGISTER_R11) return place.disp.value == 0;
        if (place.base == ZYDIS_REGISTER_R15 && has_fixed_frames_) {
            return place.disp.value >= -4096 && place.disp.value + size <= 0;
        }
        return instruction.mnemonic == ZYDIS_MNEMONIC_PUSH ||
               instruction.mnemonic == ZYDIS_MNEMONIC_POP;
    }

    /// Jumps through registers: the entry's call and the last step of callx.
    static void check_register(const ZydisDecodedInstruction& instruction,
                               const ZydisDecodedOperand& operand, std::size_t at) {
        if (instruction.mnemonic == ZYDIS_MNEMONIC_CALL) {
            EXPECT_EQ(operand.reg.value, ZYDIS_REGISTER_R11) << at;
        } else if (instruction.mnemonic == ZYDIS_MNEMONIC_JMP) {
            EXPECT_EQ(operand.reg.value, ZYDIS_REGISTER_RDI) << at;
        }
    }

    const JitProgram& program_;
    bool has_fixed_frames_;
    bool is_program_ = false;
    ZydisDecoder decoder_;
    std::set<std::size_t> starts_;
    std::vector<std::pair<std::size_t, std::size_t>> jumps_;
};

class EmittedCode : public ::testing::TestWithParam<Version> {};

TEST_P(EmittedCode, ConsistsOfKnownFormsOnly) {
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        harness::RandomProgram generator(seed, GetParam(), 8 + seed);
        const tests::MachineFixture fixture(generator.generate());
        const JitProgram* program = fixture.executable().compiled();
        if (!program) GTEST_SKIP() << "no compiler for this processor";
        SCOPED_TRACE(seed);
        Auditor(*program, !sbpf::manual_stack_frames(GetParam())).audit();
        if (HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, EmittedCode,
                         ::testing::Values(Version::V0, Version::V1, Version::V2, Version::V3),
                         [](const auto& tested) {
                             return "V" + std::to_string(static_cast<int>(tested.param));
                         });

} // namespace
} // namespace fathom::vm::jit

#endif
