// SPDX-License-Identifier: Apache-2.0
// Recording runs of programs: calls between programs, files, text; and runs without a transaction.
#include "fathom/harness/file.hpp"
#include "fathom/harness/program_input.hpp"
#include "fathom/harness/program_recorder.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm.hpp"
#include "fathom/svm/instruction_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Two steps of the program, 100 units for the syscall, three more steps.
constexpr const char* kSource = "entrypoint:\n"
                                "    call log\n"
                                "    mov64 r0, 0\n"
                                "    exit\n"
                                "log:\n"
                                "    syscall sol_log_compute_units_\n"
                                "    exit\n";

Bytes elf_of(const char* source) {
    const auto assembly = sbpf::assemble(source);
    EXPECT_TRUE(assembly.has_value()) << assembly.error().text();
    auto elf = sbpf::write_elf(*assembly);
    EXPECT_TRUE(elf.has_value());
    return *std::move(elf);
}

svm::InstructionEffects run(const Bytes& elf, invoke::ProgramObserver* observer,
                            EngineChoice engine = EngineChoice::Naive, ComputeUnits limit = 1000) {
    auto svm = Svm::create();
    const ProgramInput input = blank_program_input(4);
    EXPECT_TRUE(svm->load_program(input.instruction.program_id, elf).has_value());
    svm::InstructionRequest request;
    request.instruction = input.instruction;
    request.accounts = input.accounts;
    request.budget.compute_unit_limit = limit;
    request.engine = engine;
    request.observer = observer;
    SlotEnvironment slot;
    slot.features = FeatureSet::mainnet();
    auto effects = svm::run_instruction(request, slot, svm->accounts());
    EXPECT_TRUE(effects.has_value());
    return *std::move(effects);
}

TEST(InstructionRun, ShowsUnitsLogAndAccountsOnEveryEngine) {
    const Bytes elf = elf_of("entrypoint:\n"
                             "    ldxdw r2, [r1+0x58]\n" // size of the account's data
                             "    stxb [r1+0x60], r2\n"
                             "    mov64 r0, 0\n"
                             "    exit\n");
    for (const EngineChoice engine : {EngineChoice::Naive, EngineChoice::Interpreter,
                                      EngineChoice::Jit, EngineChoice::Tiered}) {
        const auto effects = run(elf, nullptr, engine);
        EXPECT_EQ(effects.error, std::nullopt);
        EXPECT_EQ(effects.compute_units, 4u);
        EXPECT_EQ(effects.logs.size(), 3u);
        ASSERT_EQ(effects.accounts.size(), 1u);
        EXPECT_EQ(effects.accounts[0].account.data, AccountData(Bytes{4, 0, 0, 0}));
    }
}

TEST(InstructionRun, HasNoLimitOfATransaction) {
    const auto effects = run(elf_of(kSource), nullptr, EngineChoice::Interpreter, 1ULL << 62);
    EXPECT_EQ(effects.compute_units, 105u);
}

TEST(InstructionRun, AFailureKeepsItsUnitsAndLog) {
    const auto effects = run(elf_of("entrypoint:\n mov64 r0, 7\n exit\n"), nullptr);
    EXPECT_EQ(effects.error, InstructionError::custom(7));
    EXPECT_EQ(effects.compute_units, 2u);
    EXPECT_THAT(effects.logs.back(), HasSubstr("failed: custom program error: 0x7"));
}

TEST(InstructionRun, RefusesMoreAccountsThanIndices) {
    svm::InstructionRequest request;
    for (unsigned i = 0; i < 256; ++i) {
        AccountMeta meta;
        meta.pubkey.bytes[0] = static_cast<std::uint8_t>(i);
        meta.pubkey.bytes[1] = 1;
        request.instruction.accounts.push_back(meta);
    }
    const auto svm = Svm::create();
    EXPECT_FALSE(svm::run_instruction(request, {}, svm->accounts()).has_value());
}

TEST(ProgramRecorder, TheTraceHasEveryUnitThatNoSyscallCharged) {
    ProgramRecorder recorder({.has_trace = true, .has_profile = true});
    const auto effects = run(elf_of(kSource), &recorder);
    ASSERT_EQ(recorder.traces().size(), 1u);
    EXPECT_EQ(recorder.traces()[0].registers.entries().size(), effects.compute_units - 100);
    EXPECT_EQ(recorder.instruction_count(), 5u);
    EXPECT_EQ(recorder.profile().total(), 5u);
    EXPECT_FALSE(recorder.is_truncated());
}

TEST(ProgramRecorder, TheLimitHoldsForTheTraceAlone) {
    ProgramRecorder recorder({.has_trace = true, .has_profile = true, .max_trace_entries = 2});
    static_cast<void>(run(elf_of(kSource), &recorder));
    EXPECT_EQ(recorder.traces().at(0).registers.entries().size(), 2u);
    EXPECT_TRUE(recorder.is_truncated());
    EXPECT_EQ(recorder.profile().total(), 5u);
}

TEST(ProgramRecorder, ACalledProgramStandsOnItsCaller) {
    const auto assembly = sbpf::assemble("entrypoint:\n exit\n");
    ASSERT_TRUE(assembly.has_value());
    const vm::Executable executable(sbpf::to_program(*assembly),
                                    std::make_shared<vm::SyscallTable>(std::vector<vm::Syscall>{}),
                                    {});
    Pubkey inner;
    inner.bytes[31] = 1;
    ProgramRecorder recorder({.has_trace = true, .has_profile = true});
    recorder.begin(Pubkey{}, 0, executable).on_step({}, 0, 0);
    recorder.begin(inner, 1, executable).on_step({}, 0, 0);
    recorder.end();
    recorder.end();
    const std::string outer = Pubkey{}.to_base58() + ";entrypoint";
    EXPECT_EQ(recorder.profile().folded(),
              outer + " 1\n" + outer + ";" + inner.to_base58() + ";entrypoint 1\n");
    ASSERT_EQ(recorder.traces().size(), 2u);
    EXPECT_EQ(recorder.traces()[0].index_in_trace, 1u);
    EXPECT_EQ(recorder.traces()[1].index_in_trace, 0u);
}

// The form of agave-ledger-tool's trace (sbpf static_analysis.rs, disassemble_register_trace).
TEST(ProgramRecorder, TextHasALineForEachInstruction) {
    ProgramRecorder recorder({.has_trace = true});
    static_cast<void>(run(elf_of(kSource), &recorder));
    const std::string text = trace_text(recorder.traces().at(0));
    EXPECT_THAT(text, StartsWith("TX Instruction 0 Program "));
    EXPECT_THAT(text, HasSubstr("\n    0 [0000000000000000, 0000000400000000, "));
    EXPECT_THAT(text, HasSubstr(", 0000000200001000]     0: call function_3\n    1 ["));
    EXPECT_THAT(text, HasSubstr("]     3: syscall sol_log_compute_units_\n"));
    EXPECT_THAT(text, HasSubstr("]     2: exit\n"));
}

TEST(ProgramRecorder, FilesAreThoseOfRegisterTracing) {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("fathom_recorder_test." + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    const Bytes elf = elf_of(kSource);
    ProgramRecorder recorder({.has_trace = true});
    static_cast<void>(run(elf, &recorder));
    ASSERT_TRUE(write_trace_files(recorder.traces().at(0), elf, folder).has_value());
    std::map<std::string, std::uintmax_t> sizes;
    std::string stem;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        stem = name.substr(0, 16);
        sizes[name.substr(16)] = entry.file_size();
    }
    EXPECT_EQ(sizes[".regs"], 5 * 96u);
    EXPECT_EQ(sizes[".insns"], 5 * 8u);
    EXPECT_EQ(sizes[".exec.sha256"], 64u);
    const auto id = read_file(folder / (stem + ".program_id"));
    ASSERT_TRUE(id.has_value());
    EXPECT_EQ(std::string(id->begin(), id->end()), recorder.traces()[0].program.to_base58());
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace fathom::harness
