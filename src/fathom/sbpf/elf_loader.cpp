// SPDX-License-Identifier: Apache-2.0
// From ELF file to Program: the tolerant loader for V0 to V2 and the strict one from V3 on.
//
// Order of the checks: solana-sbpf 0.23.0 src/elf.rs.
#include "fathom/base/integers.hpp"
#include "fathom/sbpf/elf_relocation.hpp"
#include "fathom/sbpf/function_registry.hpp"
#include "fathom/sbpf/program.hpp"

#include <algorithm>
#include <limits>

namespace fathom::sbpf {
namespace {

constexpr std::uint64_t kSlotSize = 8;
constexpr std::size_t kFlagsOffset = 48;
constexpr std::size_t kOsAbi = 7;
constexpr std::uint16_t kSharedObject = 3;
/// Slot numbers have 32 bits. Agave's accounts end at 10 MiB.
constexpr std::uint64_t kFileSizeLimit = std::numeric_limits<std::uint32_t>::max();

std::unexpected<ElfError> refuse(ElfErrorKind kind) {
    return std::unexpected(ElfError{kind, {}});
}

Result<Version, ElfError> version_of(ByteView elf) {
    if (elf.size() < kFlagsOffset + 4) return refuse(ElfErrorKind::ValueOutOfBounds);
    const auto version = version_from_flags(load_le<std::uint32_t>(elf.data() + kFlagsOffset));
    if (!version) return refuse(ElfErrorKind::UnsupportedSBPFVersion);
    return *version;
}

// --- V0 to V2 ---

Result<void, ElfError> check_sections(const ElfFile& elf, ByteView file) {
    if (std::ranges::count(elf.sections(), ".text", &ElfSection::name) != 1)
        return refuse(ElfErrorKind::NotOneTextSection);
    for (const auto& [header, name] : elf.sections()) {
        const bool is_data = name.starts_with(".data") && !name.starts_with(".data.rel");
        if (name.starts_with(".bss") || (is_data && header.is_writable())) {
            return std::unexpected(
                ElfError{ElfErrorKind::WritableSectionNotSupported, elf_text(name)});
        }
    }
    for (const auto& [header, name] : elf.sections()) {
        // Sections without bytes are held to this too.
        const auto end = checked_add(header.offset, header.size);
        if (!end || !elf_slice(file, {header.offset, *end}))
            return refuse(ElfErrorKind::ValueOutOfBounds);
    }
    return {};
}

Result<void, ElfError> validate(const ElfFile& elf, ByteView file) {
    const ElfFileHeader& header = elf.header();
    if (header.ident[kOsAbi] != 0) return refuse(ElfErrorKind::WrongAbi);
    if (header.machine != kElfMachineBpf && header.machine != kElfMachineSbpf)
        return refuse(ElfErrorKind::WrongMachine);
    if (header.type != kSharedObject) return refuse(ElfErrorKind::WrongType);
    FATHOM_CHECK(check_sections(elf, file));
    if (!elf.find_section(".text")->header.address_range().contains(header.entry))
        return refuse(ElfErrorKind::EntrypointOutOfBounds);
    return {};
}

bool is_read_only_section(std::string_view name) {
    return name == ".text" || name == ".rodata" || name == ".data.rel.ro" || name == ".eh_frame";
}

/// Guest address of a section, or nullopt if it lies where a read-only section must not. The upper
/// bound itself is allowed: so in 0.22 and 0.23, later versions refuse it for the text.
std::optional<std::uint64_t> section_address(const ElfSectionHeader& section, bool reject_moved) {
    const std::uint64_t address = saturating_add(section.addr, kBytecodeStart);
    if ((reject_moved && section.addr != section.offset) || address > kStackStart)
        return std::nullopt;
    return address;
}

struct ReadOnlyPart {
    std::uint64_t offset; // from the start of the program region
    ByteView bytes;
};

/// One buffer over [0, highest end) with every read-only section at its address; in section order,
/// so that a later one wins where two overlap.
Result<Bytes, ElfError> build_read_only_image(const ElfFile& elf, ByteView relocated,
                                              bool reject_broken) {
    std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t highest = 0;
    std::uint64_t filled = 0;
    std::vector<ReadOnlyPart> parts;
    for (const auto& [header, name] : elf.sections()) {
        if (!is_read_only_section(name)) continue;
        if (!section_address(header, reject_broken)) return refuse(ElfErrorKind::ValueOutOfBounds);
        const auto bytes = elf_slice(relocated, header.file_range());
        if (!bytes) return refuse(ElfErrorKind::ValueOutOfBounds);
        lowest = std::min(lowest, header.addr);
        highest = std::max(highest, saturating_add<std::uint64_t>(header.addr, bytes->size()));
        filled = saturating_add<std::uint64_t>(filled, bytes->size());
        parts.push_back({header.addr, *bytes});
    }
    if (reject_broken && saturating_add(lowest, filled) > highest)
        return refuse(ElfErrorKind::ValueOutOfBounds);
    if (highest > relocated.size()) return refuse(ElfErrorKind::ValueOutOfBounds);
    Bytes image(highest);
    for (const ReadOnlyPart& part : parts)
        std::ranges::copy(part.bytes, image.begin() + static_cast<std::ptrdiff_t>(part.offset));
    return image;
}

// --- from V3 on ---

struct StrictLayout {
    ElfRange rodata; // in the file
    ElfRange text;   // in the file, right after rodata
    std::uint64_t entry_pc;
};

bool strict_header_is_valid(const ElfFileHeader& header, std::uint64_t file_size) {
    constexpr std::array<std::uint8_t, 16> kIdent = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    return header.ident == kIdent && header.machine == kElfMachineBpf && header.version == 1 &&
           header.phoff == sizeof(ElfFileHeader) && header.ehsize == sizeof(ElfFileHeader) &&
           header.phentsize == sizeof(ElfProgramHeader) && header.phnum != 0 &&
           sizeof(ElfFileHeader) + sizeof(ElfProgramHeader) * header.phnum <= file_size;
}

struct ExpectedSegment {
    std::uint32_t flags;
    std::uint64_t address;
};

constexpr ExpectedSegment kRodataSegment = {4, 0};            // readable
constexpr ExpectedSegment kTextSegment = {1, kBytecodeStart}; // executable

bool segment_is_valid(const ElfProgramHeader& segment, const ExpectedSegment& expected,
                      std::uint64_t expected_offset, std::uint64_t file_size) {
    return segment.type == kElfProgramLoad && segment.flags == expected.flags &&
           segment.offset == expected_offset && segment.offset < file_size &&
           segment.offset % kSlotSize == 0 && segment.vaddr == expected.address &&
           segment.paddr == expected.address && segment.filesz == segment.memsz &&
           segment.filesz <= file_size - segment.offset && segment.filesz % kSlotSize == 0 &&
           segment.memsz < kRegionSize;
}

Result<StrictLayout, ElfError> parse_strict(ByteView elf) {
    const ElfFileHeader header = FATHOM_TRY(read_elf_file_header(elf));
    if (!strict_header_is_valid(header, elf.size()))
        return std::unexpected(invalid_elf_file_header());
    const std::uint64_t table_end = sizeof(ElfFileHeader) + sizeof(ElfProgramHeader) * header.phnum;
    const auto segments =
        FATHOM_TRY(read_elf_program_headers(elf, {sizeof(ElfFileHeader), table_end}));

    const bool has_rodata = segments[0].flags == kRodataSegment.flags;
    if (has_rodata && header.phnum < 2) return std::unexpected(invalid_elf_file_header());
    ElfRange rodata = {table_end, table_end};
    if (has_rodata) {
        if (!segment_is_valid(segments[0], kRodataSegment, table_end, elf.size()))
            return refuse(ElfErrorKind::InvalidProgramHeader);
        rodata.end += segments[0].filesz;
    }
    const ElfProgramHeader text = segments[has_rodata ? 1 : 0];
    if (!segment_is_valid(text, kTextSegment, rodata.end, elf.size()))
        return refuse(ElfErrorKind::InvalidProgramHeader);

    // memsz < 2^32 here, so the end of the text cannot wrap.
    const ElfRange addresses = {text.vaddr, text.vaddr + text.memsz};
    const std::uint64_t entry_end = saturating_add(header.entry, kSlotSize);
    if (!addresses.contains(entry_end - 1) || header.entry % kSlotSize != 0)
        return std::unexpected(invalid_elf_file_header());
    return StrictLayout{.rodata = rodata,
                        .text = {text.offset, text.offset + text.filesz},
                        .entry_pc = saturating_sub(header.entry, text.vaddr) / kSlotSize};
}

} // namespace

/// Fills in a Program. Stateless; a class because only it may touch a Program's fields.
class ElfLoader {
public:
    [[nodiscard]] static Result<Program, ElfError> load(ByteView elf, const LoadConfig& config) {
        const Version version = FATHOM_TRY(version_of(elf));
        if (version < config.min_version || version > config.max_version)
            return refuse(ElfErrorKind::UnsupportedSBPFVersion);
        if (elf.size() > kFileSizeLimit) return refuse(ElfErrorKind::ValueOutOfBounds);
        Program program =
            FATHOM_TRY(strict_elf(version) ? load_strict(elf) : load_lenient(elf, config));
        program.version_ = version;
        return program;
    }

private:
    static Result<Program, ElfError> load_lenient(ByteView file, const LoadConfig& config) {
        const ElfFile elf = FATHOM_TRY(ElfFile::parse(file));
        FATHOM_CHECK(validate(elf, file));
        const ElfSectionHeader& text = elf.find_section(".text")->header;
        const auto text_address = section_address(text, config.reject_broken_elfs);
        if (!text_address) return refuse(ElfErrorKind::ValueOutOfBounds);

        Program program;
        program.text_address_ = *text_address;
        program.rodata_address_ = kBytecodeStart;
        FunctionRegistry registry(config.syscall_keys);
        const Bytes relocated = FATHOM_TRY(relocate(file, elf, text, registry, config));
        program.entry_pc_ = FATHOM_TRY(register_entry(elf.header().entry, text, registry));
        program.image_ =
            FATHOM_TRY(build_read_only_image(elf, relocated, config.reject_broken_elfs));
        program.functions_ = registry.take();
        program.rodata_size_ = program.image_.size();
        // The text is one of the image's parts, so its bytes lie inside.
        program.text_offset_ = text.addr;
        program.text_size_ = text.file_range().size();
        return program;
    }

    static Result<Bytes, ElfError> relocate(ByteView file, const ElfFile& elf,
                                            const ElfSectionHeader& text,
                                            FunctionRegistry& registry, const LoadConfig& config) {
        Bytes copy(file.begin(), file.end());
        const ElfRange range = text.file_range(); // inside the file since validate()
        FATHOM_CHECK(
            relocate_calls(MutableByteView(copy).subspan(range.begin, range.size()), registry));
        FATHOM_CHECK(apply_relocations({elf, text, config.reject_broken_elfs}, copy, registry));
        return copy;
    }

    static Result<std::uint64_t, ElfError>
    register_entry(std::uint64_t entry, const ElfSectionHeader& text, FunctionRegistry& registry) {
        const std::uint64_t offset = entry - text.addr; // inside the text since validate()
        if (offset % kSlotSize != 0) return refuse(ElfErrorKind::InvalidEntrypoint);
        const std::uint64_t pc = offset / kSlotSize;
        FATHOM_CHECK(registry.set_entrypoint(static_cast<std::uint32_t>(pc)));
        return pc;
    }

    static Result<Program, ElfError> load_strict(ByteView elf) {
        const StrictLayout layout = FATHOM_TRY(parse_strict(elf));
        const ByteView image =
            elf.subspan(layout.rodata.begin, layout.text.end - layout.rodata.begin);
        Program program;
        program.image_.assign(image.begin(), image.end());
        program.rodata_size_ = layout.rodata.size();
        program.rodata_address_ = 0;
        program.text_offset_ = layout.rodata.size();
        program.text_size_ = layout.text.size();
        program.text_address_ = kBytecodeStart;
        program.entry_pc_ = layout.entry_pc;
        return program;
    }
};

Result<Program, ElfError> Program::load(ByteView elf, const LoadConfig& config) {
    return ElfLoader::load(elf, config);
}

} // namespace fathom::sbpf
