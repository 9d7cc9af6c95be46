// SPDX-License-Identifier: Apache-2.0
// Tests of the ELF writer: what it writes passes the deployment loader of every version.
#include "fathom/sbpf/elf_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fathom::sbpf {

namespace {

// sol_log_ and abort, ascending.
constexpr std::array<std::uint32_t, 2> kSyscallKeys = {0x207559bd, 0xb6fc1a11};

constexpr std::string_view kProgram = R"(
    .globl entrypoint
helper:
    lddw r1, message
    mov64 r2, message_size
    call sol_log_
    exit
entrypoint:
    call helper
    lddw r3, helper
    callx r3
    lddw r4, table
    ldxdw r4, [r4+0]
    mov64 r0, 0
    exit
    .rodata
message:
    .ascii "hello"
    .equ message_size, . - message
    .align 8
table:
    .quad message
)";

Result<Program, LoadError> deploy(std::string_view source, Version version) {
    const auto assembly = assemble(source, {.version = version});
    EXPECT_TRUE(assembly) << assembly.error().text();
    const auto elf = write_elf(*assembly);
    EXPECT_TRUE(elf) << elf.error().message;
    return load_and_verify(*elf, {.reject_broken_elfs = true, .syscall_keys = kSyscallKeys});
}

std::uint64_t wide_at(const Program& program, std::uint64_t pc) {
    return static_cast<std::uint32_t>(program.instruction(pc).imm) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(program.instruction(pc + 1).imm))
               << 32;
}

std::string_view read_text(const Program& program, std::uint64_t address, std::size_t size) {
    return as_text(program.rodata().subspan(address - program.rodata_address(), size));
}

class ElfWriterVersions : public testing::TestWithParam<Version> {};

TEST_P(ElfWriterVersions, PassesTheDeploymentLoader) {
    const auto program = deploy(kProgram, GetParam());
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(program->version(), GetParam());
    EXPECT_EQ(program->entry_pc(), 5u);
    EXPECT_EQ(program->slot_count(), 14u);
}

TEST_P(ElfWriterVersions, ResolvesAddressesOfDataAndCode) {
    const auto program = deploy(kProgram, GetParam());
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(read_text(*program, wide_at(*program, 0), 5), "hello");
    EXPECT_EQ(wide_at(*program, 6), program->text_address());
    const std::uint64_t table = wide_at(*program, 9) - program->rodata_address();
    EXPECT_EQ(load_le<std::uint64_t>(program->rodata().data() + table), wide_at(*program, 0));
}

TEST_P(ElfWriterVersions, ResolvesCallsAndSyscalls) {
    const auto program = deploy(kProgram, GetParam());
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(static_cast<std::uint32_t>(program->instruction(3).imm), 0x207559bdu);
    const std::int32_t call = program->instruction(5).imm;
    if (static_syscalls(GetParam())) {
        EXPECT_EQ(call, -6);
    } else {
        EXPECT_EQ(program->find_function(static_cast<std::uint32_t>(call)), 0u);
    }
}

TEST_P(ElfWriterVersions, WritesProgramsWithoutDataOrRelocations) {
    const auto program = deploy("mov64 r0, 0\nexit", GetParam());
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(program->slot_count(), 2u);
}

TEST_P(ElfWriterVersions, LetsAFunctionBeginWithACallToItself) {
    const auto program =
        deploy("exit\nself: call self\nexit\nentrypoint: call self\nexit", GetParam());
    ASSERT_TRUE(program) << load_error_text(program.error());
    const std::int32_t call = program->instruction(1).imm;
    if (static_syscalls(GetParam())) {
        EXPECT_EQ(call, -1);
    } else {
        EXPECT_EQ(program->find_function(static_cast<std::uint32_t>(call)), 1u);
    }
}

TEST_P(ElfWriterVersions, LeavesAnEmptyProgramToTheLoader) {
    const auto program = deploy("", GetParam());
    EXPECT_FALSE(program);
}

INSTANTIATE_TEST_SUITE_P(Versions, ElfWriterVersions,
                         testing::Values(Version::V0, Version::V1, Version::V2, Version::V3));

TEST(ElfWriter, RefusesNumberedSyscallsBeforeV3) {
    const auto assembly = assemble("syscall 5\nexit");
    ASSERT_TRUE(assembly);
    const auto elf = write_elf(*assembly);
    ASSERT_FALSE(elf);
    EXPECT_EQ(elf.error().code, base::ErrorCode::Unsupported);
}

TEST(ElfWriter, LeavesUnknownSyscallsToTheLoader) {
    const auto program = deploy("syscall nothing_like_it\nexit", Version::V0);
    ASSERT_FALSE(program);
    EXPECT_EQ(load_error_name(program.error()), "UnresolvedSymbol");
}

TEST(ElfWriter, KeepsAFunctionAndASyscallOfOneNameApart) {
    // The second call needs a relocation to a function whose name would be function_1.
    const auto assembly = assemble("syscall function_1\nself: call self\nexit");
    ASSERT_TRUE(assembly);
    const auto elf = write_elf(*assembly);
    ASSERT_TRUE(elf);
    const std::array<std::uint32_t, 1> keys = {murmur3_32(as_bytes("function_1"))};
    const auto program = load_and_verify(*elf, {.reject_broken_elfs = true, .syscall_keys = keys});
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(static_cast<std::uint32_t>(program->instruction(0).imm), keys[0]);
    EXPECT_EQ(program->find_function(static_cast<std::uint32_t>(program->instruction(1).imm)), 1u);
}

std::string read_example(std::string_view name) {
    std::ifstream file(std::string(FATHOM_SOURCE_DIR "/examples/programs/").append(name));
    return {std::istreambuf_iterator<char>(file), {}};
}

class ElfWriterExamples : public testing::TestWithParam<const char*> {};

TEST_P(ElfWriterExamples, PassTheDeploymentLoader) {
    const auto assembly = assemble(read_example(GetParam()));
    ASSERT_TRUE(assembly) << assembly.error().text();
    ASSERT_FALSE(assembly->text.empty());
    const auto elf = write_elf(*assembly);
    ASSERT_TRUE(elf) << elf.error().message;
    std::vector<std::uint32_t> keys;
    for (const SyscallUse& use : assembly->syscalls) keys.push_back(use.key);
    std::ranges::sort(keys);
    const auto program = load_and_verify(*elf, {.reject_broken_elfs = true, .syscall_keys = keys});
    ASSERT_TRUE(program) << load_error_text(program.error());
    EXPECT_EQ(program->version(), assembly->version);
}

INSTANTIATE_TEST_SUITE_P(Programs, ElfWriterExamples,
                         testing::Values("counter.s", "vault.s", "escrow.s"));

} // namespace

} // namespace fathom::sbpf
