// SPDX-License-Identifier: Apache-2.0
// The loader for V0 to V2: what it makes of a file, and what it refuses. Expectations from
// solana-sbpf 0.23.0 src/elf.rs and src/elf_parser/mod.rs.
#include "fathom/sbpf/program.hpp"
#include "tests/support/elf_file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace fathom::sbpf {
namespace {

using tests::append_le;
using tests::ElfAt;
using tests::LenientElf;
using tests::patch;
using tests::slot;
using tests::slots;

constexpr std::uint64_t kText = LenientElf::kTextOffset;
constexpr std::string_view kOutOfBounds = "Offset or value is out of bounds";
constexpr std::string_view kBadHeader = "Failed to parse ELF file: invalid file header";
constexpr std::string_view kOverlap = "Failed to parse ELF file: values overlap";
constexpr std::string_view kBadDynamic = "Failed to parse ELF file: invalid dynamic section table";
constexpr std::string_view kBadSection = "Failed to parse ELF file: invalid section header";
const Bytes kExit = slot(0x95, 0, 0, 0);

std::string verdict(const Bytes& file, const LoadConfig& config = {}) {
    const auto program = Program::load(file, config);
    return program ? "ok" : program.error().text();
}

std::string deployment_verdict(const Bytes& file) {
    return verdict(file, {.reject_broken_elfs = true});
}

Program load(const Bytes& file, const LoadConfig& config = {}) {
    auto program = Program::load(file, config);
    if (!program) throw std::runtime_error(program.error().text());
    return *std::move(program);
}

Bytes minimal() {
    return LenientElf().build();
}

std::uint32_t imm_at(const Program& program, std::uint64_t pc) {
    return static_cast<std::uint32_t>(program.instruction(pc).imm);
}

TEST(ElfLoader, PlacesTextAndDataWhereTheSectionsSay) {
    LenientElf elf;
    elf.text = slots({slot(0xb7, 0, 0, 5), kExit});
    elf.entry = kText + 8;
    const Program program = load(elf.build());
    EXPECT_EQ(program.version(), Version::V0);
    EXPECT_EQ(program.text_address(), kBytecodeStart + kText);
    EXPECT_EQ(program.slot_count(), 2u);
    EXPECT_EQ(program.entry_pc(), 1u);
    EXPECT_EQ(program.rodata_address(), kBytecodeStart);
    EXPECT_EQ(program.rodata().size(), elf.offsets[LenientElf::Rodata] + 16);
    EXPECT_EQ(program.instruction(0).imm, 5);
    EXPECT_TRUE(verify(program));
}

TEST(ElfLoader, ShowsProgramsNothingButReadOnlySections) {
    LenientElf elf;
    const Program program = load(elf.build());
    const ByteView rodata = program.rodata();
    EXPECT_EQ(rodata[0], 0) << "the file header is not mapped";
    EXPECT_EQ(rodata[kText], 0x95);
    EXPECT_EQ(rodata[elf.offsets[LenientElf::Rodata]], 0xda);
}

TEST(ElfLoader, RegistersTheEntrypoint) {
    const Program program = load(minimal());
    ASSERT_EQ(program.functions().size(), 1u);
    EXPECT_EQ(program.functions()[0].key, kEntrypointKey);
    EXPECT_EQ(program.functions()[0].name, "entrypoint");
    EXPECT_EQ(program.find_function(kEntrypointKey), 0u);
    EXPECT_EQ(program.find_function(1), std::nullopt);
}

TEST(ElfLoader, LoadsMinimalFileInDeploymentToo) {
    EXPECT_EQ(deployment_verdict(minimal()), "ok");
}

// --- version and file header ---

TEST(ElfLoader, RefusesVersionsThatDoNotExist) {
    Bytes file = minimal();
    patch<std::uint32_t>(file, ElfAt::kFlags, 5);
    EXPECT_EQ(verdict(file),
              "Detected sbpf_version required by the executable which are not enabled");
}

TEST(ElfLoader, RefusesVersionsThatAreNotEnabled) {
    const std::string refused =
        "Detected sbpf_version required by the executable which are not enabled";
    EXPECT_EQ(verdict(minimal(), {.min_version = Version::V1}), refused);
    Bytes file = minimal();
    patch<std::uint32_t>(file, ElfAt::kFlags, 2);
    EXPECT_EQ(verdict(file, {.max_version = Version::V1}), refused);
    EXPECT_EQ(verdict(file), "ok");
    EXPECT_EQ(load(file).version(), Version::V2);
}

TEST(ElfLoader, NeedsTheVersionFieldBeforeAnythingElse) {
    EXPECT_EQ(verdict(Bytes(51)), kOutOfBounds);
    EXPECT_EQ(verdict(Bytes{}), kOutOfBounds);
    EXPECT_EQ(verdict(Bytes(52, 0xff)),
              "Detected sbpf_version required by the executable which are not enabled");
    EXPECT_EQ(verdict(Bytes(63)), kOutOfBounds);
    EXPECT_EQ(verdict(Bytes(64)), kBadHeader);
}

struct HeaderDamage {
    std::string_view name;
    std::size_t at;
    std::uint8_t value;
    std::string_view expected;
};

class HeaderDamages : public testing::TestWithParam<HeaderDamage> {};

TEST_P(HeaderDamages, AreRefused) {
    Bytes file = minimal();
    file[GetParam().at] = GetParam().value;
    EXPECT_EQ(verdict(file), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, HeaderDamages,
    testing::Values(HeaderDamage{"magic", 0, 0x7e, kBadHeader},
                    HeaderDamage{"class", 4, 1, kBadHeader},
                    HeaderDamage{"endianness", 5, 2, kBadHeader},
                    HeaderDamage{"ident_version", 6, 2, kBadHeader},
                    HeaderDamage{"os_abi", ElfAt::kOsAbi, 3, "Incompatible ELF: wrong ABI"},
                    HeaderDamage{"type", ElfAt::kType, 2, "Incompatible ELF: wrong type"},
                    HeaderDamage{"machine", ElfAt::kMachine, 62, "Incompatible ELF: wrong machine"},
                    HeaderDamage{"version", ElfAt::kVersion, 0, kBadHeader},
                    HeaderDamage{"ehsize", ElfAt::kEhsize, 63, kBadHeader},
                    HeaderDamage{"phentsize", ElfAt::kPhentsize, 64, kBadHeader},
                    HeaderDamage{"shentsize", ElfAt::kShentsize, 56, kBadHeader},
                    HeaderDamage{"shstrndx", ElfAt::kShstrndx, 8, kBadHeader},
                    HeaderDamage{"shnum", ElfAt::kShnum, 0, kBadHeader},
                    HeaderDamage{"no_section_names", ElfAt::kShstrndx, 0,
                                 "Failed to parse ELF file: no section name string table found"},
                    HeaderDamage{"names_not_strings", ElfAt::kShstrndx, 1, kBadSection},
                    HeaderDamage{"phoff_in_header", ElfAt::kPhoff, 56, kOverlap},
                    HeaderDamage{"phoff_unaligned", ElfAt::kPhoff, 65,
                                 "Failed to parse ELF file: invalid alignment"},
                    HeaderDamage{"huge_shnum", ElfAt::kShnum + 1, 0xff, kOutOfBounds}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ElfLoader, IgnoresAbiVersionAndPadding) {
    Bytes file = minimal();
    file[ElfAt::kAbiVersion] = 1;
    file[ElfAt::kIdentPadding] = 1;
    EXPECT_EQ(verdict(file), "ok");
}

TEST(ElfLoader, AcceptsTheSecondMachineNumber) {
    Bytes file = minimal();
    patch<std::uint16_t>(file, ElfAt::kMachine, 263);
    EXPECT_EQ(verdict(file), "ok");
}

TEST(ElfLoader, RefusesTablesAtTheEndOfTheAddressSpace) {
    Bytes file = minimal();
    patch<std::uint64_t>(file, ElfAt::kPhoff, UINT64_MAX - 7);
    EXPECT_EQ(verdict(file), kOutOfBounds);
    file = minimal();
    patch<std::uint64_t>(file, ElfAt::kShoff, UINT64_MAX - 7);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

TEST(ElfLoader, RefusesSectionHeadersOverProgramHeaders) {
    Bytes file = minimal();
    patch<std::uint64_t>(file, ElfAt::kShoff, 120);
    EXPECT_EQ(verdict(file), kOverlap);
    patch<std::uint64_t>(file, ElfAt::kShoff, 0);
    EXPECT_EQ(verdict(file), kOverlap);
}

TEST(ElfLoader, RequiresANullSectionFirst) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint32_t>(file, elf.header_of(LenientElf::Null) + ElfAt::kShType, 1);
    EXPECT_EQ(verdict(file), kBadSection);
}

// --- segments and sections ---

TEST(ElfLoader, RequiresAscendingLoadSegments) {
    Bytes file = minimal();
    patch<std::uint32_t>(file, LenientElf::kDynamicSegment + ElfAt::kPType, 1);
    patch<std::uint64_t>(file, LenientElf::kDynamicSegment + ElfAt::kPVaddr, 1);
    EXPECT_EQ(verdict(file), "Invalid ELF program header");
}

TEST(ElfLoader, RefusesLoadSegmentsOutsideOfTheFile) {
    Bytes file = minimal();
    patch<std::uint64_t>(file, 64 + ElfAt::kPFilesz, file.size());
    EXPECT_EQ(verdict(file), kOutOfBounds);
    patch<std::uint64_t>(file, 64 + ElfAt::kPFilesz, UINT64_MAX);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

TEST(ElfLoader, RefusesSectionsOverTheTables) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Text) + ElfAt::kShOffset, 63);
    EXPECT_EQ(verdict(file), kOverlap);
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Text) + ElfAt::kShOffset, 64);
    EXPECT_EQ(verdict(file), kOverlap);
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Text) + ElfAt::kShOffset,
                         elf.section_headers);
    EXPECT_EQ(verdict(file), kOverlap);
}

TEST(ElfLoader, RequiresSectionsInFileOrder) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShOffset, kText);
    EXPECT_EQ(verdict(file), "Failed to parse ELF file: sections not in ascending order");
}

TEST(ElfLoader, RefusesSectionsThatOverlapEachOther) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Text) + ElfAt::kShSize, 24);
    EXPECT_EQ(verdict(file), "Failed to parse ELF file: sections not in ascending order");
}

TEST(ElfLoader, RefusesSectionsOutsideOfTheFile) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Shstrtab) + ElfAt::kShOffset, file.size());
    EXPECT_EQ(verdict(file), kOutOfBounds);
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Shstrtab) + ElfAt::kShSize, UINT64_MAX);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

TEST(ElfLoader, HoldsSectionsWithoutBytesToTheFileSize) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint32_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShType, 8);
    EXPECT_EQ(verdict(file), "ok");
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShSize, file.size());
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

TEST(ElfLoader, QuotesSectionNamesThatAreTooLong) {
    LenientElf elf;
    elf.names[LenientElf::Rodata] = ".rodata.and.more";
    EXPECT_EQ(verdict(elf.build()), "Failed to parse ELF file: Section or symbol name "
                                    "`.rodata.and.more` is longer than `16` bytes");
    elf.names[LenientElf::Rodata] = ".rodata.n.more"; // 15 with its end
    EXPECT_EQ(verdict(elf.build()), "ok");
}

TEST(ElfLoader, ReplacesBytesOfNamesThatAreNotUtf8) {
    LenientElf elf;
    elf.names[LenientElf::Rodata] = ".bss\xf0\x9f\x92\xff\xc3\xa9";
    EXPECT_EQ(verdict(elf.build()), "Found writable section (.bss\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9) "
                                    "in ELF, read-write data not supported");
}

TEST(ElfLoader, RefusesNamesOutsideOfTheFile) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint32_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShName, 0xffffffff);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

TEST(ElfLoader, RequiresExactlyOneText) {
    const std::string refused =
        "Multiple or no text sections, consider removing llc option: -function-sections";
    LenientElf elf;
    elf.names[LenientElf::Rodata] = ".text";
    EXPECT_EQ(verdict(elf.build()), refused);
    elf.names = {};
    EXPECT_EQ(verdict(elf.build()), refused);
}

TEST(ElfLoader, RefusesASecondTableOfAKind) {
    LenientElf elf;
    elf.names[LenientElf::Rodata] = ".dynstr";
    EXPECT_EQ(verdict(elf.build()), kBadSection);
    elf.names[LenientElf::Rodata] = elf.names[LenientElf::RelDyn] = ".symtab";
    EXPECT_EQ(verdict(elf.build()), kBadSection);
}

TEST(ElfLoader, RefusesZeroedAndWritableData) {
    LenientElf elf;
    elf.names[LenientElf::Rodata] = ".bss.x";
    EXPECT_EQ(verdict(elf.build()),
              "Found writable section (.bss.x) in ELF, read-write data not supported");
    elf.names[LenientElf::Rodata] = ".data";
    Bytes file = elf.build();
    EXPECT_EQ(verdict(file), "ok") << "read-only data may have that name";
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShFlags, 3);
    EXPECT_EQ(verdict(file),
              "Found writable section (.data) in ELF, read-write data not supported");
    elf.names[LenientElf::Rodata] = ".data.rel.ro";
    file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShFlags, 3);
    EXPECT_EQ(verdict(file), "ok");
}

// --- entry and image ---

TEST(ElfLoader, RequiresTheEntryInTheText) {
    LenientElf elf;
    elf.entry = kText + 8;
    EXPECT_EQ(verdict(elf.build()), "Entrypoint out of bounds");
    elf.entry = kText - 8;
    EXPECT_EQ(verdict(elf.build()), "Entrypoint out of bounds");
}

TEST(ElfLoader, RequiresTheEntryAtASlot) {
    LenientElf elf;
    elf.entry = kText + 4;
    EXPECT_EQ(verdict(elf.build()), "Invalid entrypoint");
}

TEST(ElfLoader, KeepsTextThatIsNoWholeNumberOfSlotsForTheVerifier) {
    LenientElf elf;
    elf.text.push_back(0);
    const auto program = load_and_verify(elf.build(), {});
    ASSERT_FALSE(program);
    EXPECT_EQ(load_error_text(program.error()),
              "Verifier error: program length must be a multiple of 8 octets");
}

TEST(ElfLoader, MovesSectionsToTheirAddresses) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Text) + ElfAt::kShAddr, 8);
    patch<std::uint64_t>(file, ElfAt::kEntry, 8);
    const Program program = load(file);
    EXPECT_EQ(program.text_address(), kBytecodeStart + 8);
    EXPECT_EQ(program.rodata()[8], 0x95);
    EXPECT_EQ(program.rodata()[kText], 0);
    EXPECT_EQ(program.instruction(0).opcode, 0x95);
    EXPECT_EQ(deployment_verdict(file), kOutOfBounds);
}

TEST(ElfLoader, LetsLaterSectionsCoverEarlierOnes) {
    LenientElf elf;
    Bytes file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Rodata) + ElfAt::kShAddr, kText);
    const Program program = load(file);
    EXPECT_EQ(program.instruction(0).opcode, 0xda) << "the text shows what covers it";
    EXPECT_EQ(deployment_verdict(file), kOutOfBounds);
}

TEST(ElfLoader, RefusesImagesLongerThanTheFile) {
    LenientElf elf;
    Bytes file = elf.build();
    const std::size_t address = elf.header_of(LenientElf::Rodata) + ElfAt::kShAddr;
    patch<std::uint64_t>(file, address, file.size() - 16);
    EXPECT_EQ(verdict(file), "ok");
    patch<std::uint64_t>(file, address, file.size() - 15);
    EXPECT_EQ(verdict(file), kOutOfBounds);
    patch<std::uint64_t>(file, address, UINT64_MAX);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

// --- relocations ---

TEST(ElfLoader, GivesCallsTheKeyOfTheirTarget) {
    LenientElf elf;
    elf.text = slots({slot(0x85, 0x10, 0, 1), kExit, slot(0x85, 0x10, 0, -3), kExit});
    const Program program = load(elf.build());
    EXPECT_EQ(imm_at(program, 0), function_key(2));
    EXPECT_EQ(imm_at(program, 2), function_key(0));
    EXPECT_EQ(program.find_function(function_key(2)), 2u);
    EXPECT_EQ(program.functions().size(), 3u);
}

TEST(ElfLoader, KeepsFunctionsInTheOrderOfTheirKeys) {
    LenientElf elf;
    elf.text = slots({slot(0x85, 0, 0, 0), slot(0x85, 0, 0, 0), slot(0x85, 0, 0, 0), kExit});
    const Program program = load(elf.build());
    EXPECT_TRUE(std::ranges::is_sorted(program.functions(), {}, &Function::key));
    EXPECT_EQ(program.functions().size(), 4u);
}

TEST(ElfLoader, RefusesCallsOutOfTheText) {
    LenientElf elf;
    elf.text = slots({kExit, slot(0x85, 0, 0, 0)});
    EXPECT_EQ(verdict(elf.build()), "Relative jump out of bounds at instruction #1");
    elf.text = slots({kExit, slot(0x85, 0, 0, -3)});
    EXPECT_EQ(verdict(elf.build()), "Relative jump out of bounds at instruction #1");
    elf.text = slots({kExit, slot(0x85, 0, 0, INT32_MIN)});
    EXPECT_EQ(verdict(elf.build()), "Relative jump out of bounds at instruction #1");
}

TEST(ElfLoader, LeavesUnresolvedCallsAlone) {
    LenientElf elf;
    elf.text = slots({slot(0x85, 0x10, 0, -1), kExit});
    EXPECT_EQ(imm_at(load(elf.build()), 0), 0xffffffffu);
}

TEST(ElfLoader, RefusesFunctionsWithTheKeyOfASyscall) {
    LenientElf elf;
    elf.text = slots({slot(0x85, 0, 0, 0), kExit});
    const std::uint32_t key = function_key(1);
    const auto program = Program::load(elf.build(), {.syscall_keys = {&key, 1}});
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().kind, ElfErrorKind::SymbolHashCollision);
    EXPECT_EQ(program.error().value, key);
}

LenientElf with_call(LenientElf::Symbol symbol) {
    LenientElf elf;
    elf.text = slots({slot(0x85, 0x10, 0, -1), kExit, kExit});
    elf.symbols = {std::move(symbol)};
    elf.relocations = {{.offset = kText, .type = 10, .symbol = 1}};
    return elf;
}

TEST(ElfLoader, CallsSyscallsByTheHashOfTheirName) {
    const Program program = load(with_call({.name = "sol_log_"}).build());
    EXPECT_EQ(imm_at(program, 0), 0x207559bdu);
}

TEST(ElfLoader, RefusesUnknownSyscallsOnlyInDeployment) {
    const Bytes file = with_call({.name = "no_such_call"}).build();
    EXPECT_EQ(verdict(file), "ok");
    EXPECT_EQ(deployment_verdict(file),
              "Unresolved symbol (no_such_call) at instruction #22 (ELF file offset 0xb0)");
    const std::uint32_t key = murmur3_32(as_bytes("no_such_call"));
    EXPECT_EQ(verdict(file, {.reject_broken_elfs = true, .syscall_keys = {&key, 1}}), "ok");
}

TEST(ElfLoader, CallsFunctionSymbolsByTheirSlot) {
    const Program program =
        load(with_call({.name = "helper", .info = 0x12, .value = kText + 16}).build());
    EXPECT_EQ(imm_at(program, 0), function_key(2));
    EXPECT_EQ(program.find_function(function_key(2)), 2u);
}

TEST(ElfLoader, RefusesFunctionSymbolsOutsideOfTheText) {
    EXPECT_EQ(verdict(with_call({.name = "f", .info = 2, .value = kText + 24}).build()),
              kOutOfBounds);
}

TEST(ElfLoader, TakesFunctionSymbolsWithoutValueForSyscalls) {
    const Program program = load(with_call({.name = "sol_log_", .info = 2}).build());
    EXPECT_EQ(imm_at(program, 0), 0x207559bdu);
}

TEST(ElfLoader, SendsCallsOfEntrypointToTheEntryOfTheHeader) {
    const Program program =
        load(with_call({.name = "entrypoint", .info = 2, .value = kText + 16}).build());
    EXPECT_EQ(imm_at(program, 0), kEntrypointKey);
    EXPECT_EQ(program.find_function(kEntrypointKey), 0u);
    EXPECT_EQ(program.find_function(function_key(2)), std::nullopt);
}

TEST(ElfLoader, RefusesTwoMeaningsOfEntrypoint) {
    LenientElf elf = with_call({.name = "entrypoint", .info = 2, .value = kText + 16});
    elf.symbols.push_back({.name = "entrypoint", .info = 2, .value = kText + 8});
    elf.relocations.push_back({.offset = kText, .type = 10, .symbol = 2});
    EXPECT_EQ(verdict(elf.build()), "Symbol hash collision 0x71e3cf81");
}

TEST(ElfLoader, RefusesSymbolsThatDoNotExist) {
    LenientElf elf = with_call({.name = "f"});
    elf.relocations[0].symbol = 2;
    EXPECT_EQ(verdict(elf.build()), "Unknown symbol with index 2");
    elf.relocations[0].symbol = 0xffffffff;
    EXPECT_EQ(verdict(elf.build()), "Unknown symbol with index 4294967295");
}

TEST(ElfLoader, ReportsSymbolsWithoutUsableNameByTheNamesOffset) {
    EXPECT_EQ(verdict(with_call({.name = std::string(64, 'n')}).build()),
              "Unknown symbol with index 1");
    EXPECT_EQ(verdict(with_call({.name = std::string(63, 'n')}).build()), "ok");
}

LenientElf with_lddw(std::uint32_t type, std::uint32_t low, std::uint32_t high) {
    LenientElf elf;
    elf.text = slots({slot(0x18, 1, 0, static_cast<std::int32_t>(low)),
                      slot(0, 0, 0, static_cast<std::int32_t>(high)), kExit});
    elf.symbols = {{.name = "data", .info = 1, .value = 0x100}};
    elf.relocations = {{.offset = kText, .type = type, .symbol = 1}};
    return elf;
}

TEST(ElfLoader, MovesWideLoadsIntoTheProgramRegion) {
    const Program program = load(with_lddw(8, 0x240, 0).build());
    EXPECT_EQ(imm_at(program, 0), 0x240u);
    EXPECT_EQ(imm_at(program, 1), 1u);
}

TEST(ElfLoader, LeavesWideLoadsThatAreAlreadyThere) {
    const Program program = load(with_lddw(8, 0x240, 7).build());
    EXPECT_EQ(imm_at(program, 0), 0x240u);
    EXPECT_EQ(imm_at(program, 1), 7u);
}

TEST(ElfLoader, RefusesWideLoadsOfNothing) {
    EXPECT_EQ(verdict(with_lddw(8, 0, 0).build()),
              "Relocation failed, invalid referenced virtual address 0x0");
}

TEST(ElfLoader, AddsSymbolAndAddend) {
    const Program program = load(with_lddw(1, 0x20, 0xdead).build());
    EXPECT_EQ(imm_at(program, 0), 0x120u);
    EXPECT_EQ(imm_at(program, 1), 1u) << "the upper half is written, never read";
}

TEST(ElfLoader, MovesPointersInDataByTheirUpperHalf) {
    LenientElf elf;
    elf.rodata.clear();
    append_le<std::uint32_t>(elf.rodata, 0x55555555);
    append_le<std::uint32_t>(elf.rodata, 0x99);
    elf.relocations = {{.offset = 0, .type = 8}};
    (void)elf.build();
    elf.relocations[0].offset = elf.offsets[LenientElf::Rodata];
    const Program program = load(elf.build());
    EXPECT_EQ(load_le<std::uint64_t>(program.rodata().data() + elf.offsets[LenientElf::Rodata]),
              0x100000099u);
}

TEST(ElfLoader, RefusesOtherRelocations) {
    EXPECT_EQ(verdict(with_lddw(0, 1, 0).build()), "Relocation failed, unknown type 0");
    EXPECT_EQ(verdict(with_lddw(2, 1, 0).build()), "Relocation failed, unknown type 2");
}

TEST(ElfLoader, RefusesRelocationsOutsideOfTheFile) {
    for (const std::uint32_t type : {1u, 8u, 10u}) {
        LenientElf elf = with_lddw(type, 1, 0);
        elf.relocations[0].offset = UINT64_MAX;
        EXPECT_EQ(verdict(elf.build()), kOutOfBounds);
        elf.relocations[0].offset = UINT64_MAX - 4;
        EXPECT_EQ(verdict(elf.build()), kOutOfBounds);
        elf.relocations[0].offset = elf.build().size() - 7;
        EXPECT_EQ(verdict(elf.build()), kOutOfBounds);
    }
}

TEST(ElfLoader, ReadsTablesFromTheFileAsItWas) {
    LenientElf elf = with_call({.name = "sol_log_"});
    (void)elf.build();
    // The first relocation writes over the name that the second one reads.
    const std::uint64_t name = elf.offsets[LenientElf::Dynstr] + 1;
    elf.relocations.insert(elf.relocations.begin(), {.offset = name, .type = 8});
    (void)elf.build();
    elf.relocations[0].offset = elf.offsets[LenientElf::Dynstr] + 1;
    EXPECT_EQ(imm_at(load(elf.build()), 0), 0x207559bdu);
}

// --- the dynamic table ---

TEST(ElfLoader, FindsTheDynamicTableByItsSectionToo) {
    LenientElf elf = with_lddw(8, 0x240, 0);
    Bytes file = elf.build();
    patch<std::uint64_t>(file, LenientElf::kDynamicSegment + ElfAt::kPOffset, UINT64_MAX);
    EXPECT_EQ(imm_at(load(file), 1), 1u);
    patch<std::uint32_t>(file, LenientElf::kDynamicSegment + ElfAt::kPType, 0);
    EXPECT_EQ(imm_at(load(file), 1), 1u);
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Dynamic) + ElfAt::kShSize, 79);
    EXPECT_EQ(verdict(file), kBadDynamic);
}

TEST(ElfLoader, RelocatesNothingWithoutADynamicTable) {
    LenientElf elf = with_lddw(8, 0x240, 0);
    Bytes file = elf.build();
    patch<std::uint32_t>(file, LenientElf::kDynamicSegment + ElfAt::kPType, 0);
    patch<std::uint32_t>(file, elf.header_of(LenientElf::Dynamic) + ElfAt::kShType, 1);
    EXPECT_EQ(imm_at(load(file), 1), 0u);
}

TEST(ElfLoader, RefusesRelocationTablesOfOtherShape) {
    LenientElf elf = with_lddw(8, 0x240, 0);
    const Bytes sound = elf.build();
    const std::size_t dynamic = elf.offsets[LenientElf::Dynamic];
    for (const auto& [entry, value] :
         {std::pair{3u, 24u}, std::pair{2u, 0u}, std::pair{2u, 15u}, std::pair{2u, 1u << 20}}) {
        Bytes file = sound;
        patch<std::uint64_t>(file, dynamic + entry * 16 + 8, value);
        EXPECT_EQ(verdict(file), kBadDynamic);
    }
}

TEST(ElfLoader, FindsRelocationsOutsideOfSegmentsByTheirSection) {
    LenientElf elf = with_lddw(8, 0x240, 0);
    Bytes file = elf.build();
    const std::uint64_t address = 0x500000000;
    patch<std::uint64_t>(file, elf.offsets[LenientElf::Dynamic] + 16 + 8, address);
    EXPECT_EQ(verdict(file), kBadDynamic);
    patch<std::uint64_t>(file, elf.header_of(LenientElf::RelDyn) + ElfAt::kShAddr, address);
    EXPECT_EQ(imm_at(load(file), 1), 1u);
}

TEST(ElfLoader, RefusesSymbolTablesThatAreNone) {
    LenientElf elf;
    Bytes file = elf.build();
    const std::size_t symbols = elf.offsets[LenientElf::Dynamic] + 8;
    patch<std::uint64_t>(file, symbols, 0x500000000);
    EXPECT_EQ(verdict(file), kBadDynamic);
    patch<std::uint64_t>(file, symbols, kText);
    EXPECT_EQ(verdict(file), kBadSection);
    file = elf.build();
    patch<std::uint64_t>(file, elf.header_of(LenientElf::Dynsym) + ElfAt::kShSize, 23);
    EXPECT_EQ(verdict(file), "Failed to parse ELF file: invalid size");
}

TEST(ElfLoader, RefusesSegmentsThatEndPastTheAddressSpace) {
    LenientElf elf = with_lddw(8, 0x240, 0);
    Bytes file = elf.build();
    patch<std::uint64_t>(file, 64 + ElfAt::kPMemsz, UINT64_MAX);
    EXPECT_EQ(verdict(file), kOutOfBounds);
}

// --- hostile files ---

TEST(ElfLoader, RefusesEveryTruncation) {
    const Bytes file = with_call({.name = "sol_log_"}).build();
    for (std::size_t size = 0; size < file.size(); ++size) {
        // A copy of its own, so that reads past the end are seen.
        const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(Program::load(part, {})) << size;
    }
}

TEST(ElfLoader, SurvivesAnyByteOfAFile) {
    const Bytes sound = with_call({.name = "helper", .info = 2, .value = kText + 16}).build();
    for (std::size_t at = 0; at < sound.size(); ++at) {
        for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            Bytes file = sound;
            file[at] = static_cast<std::uint8_t>(value);
            for (const bool reject : {false, true})
                (void)load_and_verify(file, {.reject_broken_elfs = reject});
        }
    }
}

TEST(ElfLoader, SurvivesAnyFieldAtItsMaximum) {
    const Bytes sound = with_lddw(1, 0x20, 0).build();
    for (std::size_t at = 0; at + 8 <= sound.size(); at += 4) {
        Bytes file = sound;
        patch<std::uint64_t>(file, at, UINT64_MAX);
        (void)load_and_verify(file, {});
        patch<std::uint64_t>(file, at, UINT64_MAX - 7);
        (void)load_and_verify(file, {});
    }
}

TEST(ElfLoader, DoesNotNeedAlignedMemory) {
    Bytes shifted = {0};
    const Bytes file = with_lddw(1, 0x20, 0).build();
    shifted.insert(shifted.end(), file.begin(), file.end());
    EXPECT_TRUE(Program::load(ByteView(shifted).subspan(1), {}));
}

// --- real programs ---

void expect_all_load(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".so") continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        const Bytes file((std::istreambuf_iterator<char>(stream)), {});
        const auto program = load_and_verify(file, {});
        EXPECT_TRUE(program) << entry.path() << ": "
                             << (program ? "" : load_error_text(program.error()));
        ++count;
    }
    EXPECT_GT(count, 0u);
}

TEST(ElfLoader, LoadsTheProgramsOfTheVectors) {
    FATHOM_REQUIRE_SHARED(folder, "vectors/elf");
    expect_all_load(folder);
}

TEST(ElfLoader, LoadsTheCorePrograms) {
    FATHOM_REQUIRE_SHARED(folder, "data/elf/core");
    expect_all_load(folder);
}

} // namespace
} // namespace fathom::sbpf
