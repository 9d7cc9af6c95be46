// SPDX-License-Identifier: Apache-2.0
// The loader from V3 on: one layout, nothing else. Expectations from solana-sbpf 0.23.0 src/elf.rs,
// load_with_strict_parser.
#include "fathom/sbpf/program.hpp"
#include "tests/support/elf_file.hpp"

#include <gtest/gtest.h>

namespace fathom::sbpf {
namespace {

using tests::ElfAt;
using tests::patch;
using tests::slot;
using tests::slots;
using tests::StrictElf;

constexpr std::string_view kBadHeader = "Failed to parse ELF file: invalid file header";
constexpr std::string_view kBadSegment = "Invalid ELF program header";
const Bytes kExit = slot(0x95, 0, 0, 0);

std::string verdict(const Bytes& file) {
    const auto program = Program::load(file, {});
    return program ? "ok" : program.error().text();
}

TEST(StrictElf, PlacesDataAtZeroAndTextOutOfSight) {
    StrictElf elf;
    elf.text = slots({slot(0xb7, 0, 0, 5), kExit});
    elf.entry = kBytecodeStart + 8;
    const auto program = Program::load(elf.build(), {});
    ASSERT_TRUE(program);
    EXPECT_EQ(program->version(), Version::V3);
    EXPECT_EQ(program->rodata_address(), 0u);
    EXPECT_EQ(Bytes(program->rodata().begin(), program->rodata().end()), elf.rodata);
    EXPECT_EQ(program->text_address(), kBytecodeStart);
    EXPECT_EQ(Bytes(program->text().begin(), program->text().end()), elf.text);
    EXPECT_EQ(program->entry_pc(), 1u);
    EXPECT_TRUE(program->functions().empty());
}

TEST(StrictElf, MayHaveNoReadOnlyData) {
    StrictElf elf;
    elf.has_rodata = false;
    const auto program = Program::load(elf.build(), {});
    ASSERT_TRUE(program);
    EXPECT_TRUE(program->rodata().empty());
    EXPECT_EQ(program->slot_count(), 1u);
}

TEST(StrictElf, MayHaveEmptyReadOnlyData) {
    StrictElf elf;
    elf.rodata.clear();
    EXPECT_EQ(verdict(elf.build()), "ok");
}

TEST(StrictElf, LeavesCallsUnrelocated) {
    StrictElf elf;
    elf.text = slots({slot(0x85, 0x10, 0, 1000), kExit});
    const auto program = Program::load(elf.build(), {});
    ASSERT_TRUE(program);
    EXPECT_EQ(program->instruction(0).imm, 1000);
}

TEST(StrictElf, IgnoresWhatSectionsSayAndTheFileType) {
    Bytes file = StrictElf().build();
    patch<std::uint16_t>(file, ElfAt::kType, 0xffff);
    patch<std::uint64_t>(file, ElfAt::kShoff, UINT64_MAX);
    patch<std::uint16_t>(file, ElfAt::kShentsize, 0xffff);
    patch<std::uint16_t>(file, ElfAt::kShnum, 0xffff);
    patch<std::uint16_t>(file, ElfAt::kShstrndx, 0xffff);
    EXPECT_EQ(verdict(file), "ok");
}

TEST(StrictElf, IgnoresBytesAfterTheText) {
    Bytes file = StrictElf().build();
    file.resize(file.size() + 100, 0xee);
    EXPECT_EQ(verdict(file), "ok");
}

struct Damage {
    std::string_view name;
    std::size_t at;
    std::uint8_t value;
    std::string_view expected;
};

class StrictElfDamages : public testing::TestWithParam<Damage> {};

TEST_P(StrictElfDamages, AreRefused) {
    Bytes file = StrictElf().build();
    file[GetParam().at] = GetParam().value;
    EXPECT_EQ(verdict(file), GetParam().expected);
}

constexpr std::size_t kFirst = StrictElf::kFirstSegment;
constexpr std::size_t kSecond = StrictElf::kSecondSegment;

INSTANTIATE_TEST_SUITE_P(
    All, StrictElfDamages,
    testing::Values(Damage{"magic", 3, 'f', kBadHeader}, Damage{"class", 4, 1, kBadHeader},
                    Damage{"endianness", 5, 2, kBadHeader},
                    Damage{"ident_version", 6, 0, kBadHeader},
                    Damage{"os_abi", ElfAt::kOsAbi, 1, kBadHeader},
                    Damage{"abi_version", ElfAt::kAbiVersion, 1, kBadHeader},
                    Damage{"padding_first", ElfAt::kIdentPadding, 1, kBadHeader},
                    Damage{"padding_last", 15, 1, kBadHeader},
                    Damage{"second_machine", ElfAt::kMachine, 7, kBadHeader},
                    Damage{"version", ElfAt::kVersion, 2, kBadHeader},
                    Damage{"phoff", ElfAt::kPhoff, 72, kBadHeader},
                    Damage{"ehsize", ElfAt::kEhsize, 0, kBadHeader},
                    Damage{"phentsize", ElfAt::kPhentsize, 0, kBadHeader},
                    Damage{"no_segments", ElfAt::kPhnum, 0, kBadHeader},
                    Damage{"data_alone", ElfAt::kPhnum, 1, kBadHeader},
                    Damage{"too_many_segments", ElfAt::kPhnum + 1, 0xff, kBadHeader},
                    Damage{"data_type", kFirst + ElfAt::kPType, 2, kBadSegment},
                    Damage{"data_flags", kFirst + ElfAt::kPFlags, 6, kBadSegment},
                    Damage{"data_offset", kFirst + ElfAt::kPOffset, 184, kBadSegment},
                    Damage{"data_vaddr", kFirst + ElfAt::kPVaddr, 8, kBadSegment},
                    Damage{"data_paddr", kFirst + ElfAt::kPPaddr, 8, kBadSegment},
                    Damage{"data_filesz", kFirst + ElfAt::kPFilesz, 8, kBadSegment},
                    Damage{"data_memsz", kFirst + ElfAt::kPMemsz + 7, 1, kBadSegment},
                    Damage{"text_type", kSecond + ElfAt::kPType, 0, kBadSegment},
                    Damage{"text_flags", kSecond + ElfAt::kPFlags, 5, kBadSegment},
                    Damage{"text_offset", kSecond + ElfAt::kPOffset, 200, kBadSegment},
                    Damage{"text_vaddr", kSecond + ElfAt::kPVaddr + 4, 0, kBadSegment},
                    Damage{"text_paddr", kSecond + ElfAt::kPPaddr + 4, 2, kBadSegment},
                    Damage{"text_filesz", kSecond + ElfAt::kPFilesz, 0, kBadSegment},
                    Damage{"entry_unaligned", ElfAt::kEntry, 4, kBadHeader},
                    Damage{"entry_past_the_text", ElfAt::kEntry, 8, kBadHeader},
                    Damage{"entry_in_data", ElfAt::kEntry + 4, 0, kBadHeader},
                    Damage{"entry_far", ElfAt::kEntry + 7, 0xff, kBadHeader}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StrictElf, RequiresWholeSlots) {
    StrictElf elf;
    elf.rodata.push_back(0);
    EXPECT_EQ(verdict(elf.build()), kBadSegment);
    elf.rodata.clear();
    elf.text.push_back(0);
    EXPECT_EQ(verdict(elf.build()), kBadSegment);
}

TEST(StrictElf, RequiresTextInTheFile) {
    StrictElf elf;
    elf.text.clear();
    EXPECT_EQ(verdict(elf.build()), kBadSegment) << "an offset at the end of the file";
    Bytes file = elf.build();
    file.resize(file.size() + 8);
    EXPECT_EQ(verdict(file), kBadHeader) << "no slot for the entry";
}

TEST(StrictElf, RefusesSizesPastTheFile) {
    Bytes file = StrictElf().build();
    for (const std::size_t field : {ElfAt::kPFilesz, ElfAt::kPMemsz})
        patch<std::uint64_t>(file, kSecond + field, 16);
    EXPECT_EQ(verdict(file), kBadSegment);
    for (const std::size_t field : {ElfAt::kPFilesz, ElfAt::kPMemsz})
        patch<std::uint64_t>(file, kSecond + field, UINT64_MAX - 7);
    EXPECT_EQ(verdict(file), kBadSegment);
}

TEST(StrictElf, RefusesEveryTruncation) {
    const Bytes file = StrictElf().build();
    for (std::size_t size = 0; size < file.size(); ++size) {
        const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(Program::load(part, {})) << size;
    }
}

TEST(StrictElf, SurvivesAnyByteOfAFile) {
    const Bytes sound = StrictElf().build();
    for (std::size_t at = 0; at < sound.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            Bytes file = sound;
            file[at] = static_cast<std::uint8_t>(value);
            (void)load_and_verify(file, {});
        }
    }
}

TEST(ProgramFromText, MapsTextAndDataBeforeV3) {
    const Program program = Program::from_text(kExit, Version::V0, 0, {}, {1, 2, 3});
    EXPECT_EQ(program.text_address(), kBytecodeStart);
    EXPECT_EQ(program.rodata_address(), kBytecodeStart);
    EXPECT_EQ(program.rodata().size(), 11u);
    EXPECT_EQ(program.find_function(kEntrypointKey), 0u);
}

TEST(ProgramFromText, HidesTextFromV3On) {
    const Program program = Program::from_text(kExit, Version::V3, 0, {}, {1, 2, 3});
    EXPECT_EQ(program.rodata_address(), 0u);
    EXPECT_EQ(Bytes(program.rodata().begin(), program.rodata().end()), (Bytes{1, 2, 3}));
    EXPECT_TRUE(program.functions().empty());
}

TEST(ProgramFromText, SortsFunctionsAndKeepsAGivenEntrypoint) {
    const Program program = Program::from_text(slots({kExit, kExit}), Version::V0, 1,
                                               {{kEntrypointKey, 1, "entrypoint"}, {7, 0, "f"}});
    EXPECT_EQ(program.functions().size(), 2u);
    EXPECT_EQ(program.find_function(7), 0u);
    EXPECT_EQ(program.find_function(kEntrypointKey), 1u);
}

TEST(ElfErrorTexts, CarryTheirNumbers) {
    const auto text = [](ElfErrorKind kind) { return ElfError{kind, "name", 10, 255}.text(); };
    EXPECT_EQ(text(ElfErrorKind::UnresolvedSymbol),
              "Unresolved symbol (name) at instruction #10 (ELF file offset 0xff)");
    EXPECT_EQ(text(ElfErrorKind::FailedToGetSection), "Failed to get section name");
    EXPECT_EQ(text(ElfErrorKind::SectionNotFound), "Section not found: name");
    EXPECT_EQ(text(ElfErrorKind::AddressOutsideLoadableSection),
              "Relocation failed, no loadable section contains virtual address 0xa");
    EXPECT_EQ(text(ElfErrorKind::UnknownRelocation), "Relocation failed, unknown type 10");
}

TEST(ElfErrorTexts, HaveTheNumbersOfTheReference) {
    EXPECT_EQ(static_cast<int>(ElfErrorKind::FailedToParse), 0);
    EXPECT_EQ(static_cast<int>(ElfErrorKind::SymbolHashCollision), 7);
    EXPECT_EQ(static_cast<int>(ElfErrorKind::InvalidProgramHeader), 22);
    EXPECT_EQ((ElfError{ElfErrorKind::InvalidProgramHeader, {}}.name()), "InvalidProgramHeader");
}

} // namespace
} // namespace fathom::sbpf
