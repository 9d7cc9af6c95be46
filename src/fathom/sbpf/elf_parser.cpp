// SPDX-License-Identifier: Apache-2.0
// Reading the tables of an ELF file, rule by rule in the order of solana-sbpf 0.23.0
// src/elf_parser/mod.rs.
#include "fathom/sbpf/elf_parser.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>
#include <utility>

namespace fathom::sbpf {
namespace {

constexpr std::uint32_t kProgramDynamic = 2;
constexpr std::uint32_t kSectionNull = 0;
constexpr std::uint32_t kSectionSymbols = 2;
constexpr std::uint32_t kSectionStrings = 3;
constexpr std::uint32_t kSectionDynamic = 6;
constexpr std::uint32_t kSectionNoBits = 8;
constexpr std::uint32_t kSectionDynamicSymbols = 11;
constexpr std::uint64_t kSectionNameLimit = 16;
constexpr std::uint64_t kSymbolNameLimit = 64;
constexpr std::size_t kDynamicTags = 35;
constexpr std::size_t kTagSymbols = 6;
constexpr std::size_t kTagRelocations = 17;
constexpr std::size_t kTagRelocationsSize = 18;
constexpr std::size_t kTagRelocationSize = 19;

std::unexpected<ElfError> unparsable(std::string detail) {
    return std::unexpected(ElfError{ElfErrorKind::FailedToParse, std::move(detail)});
}

std::unexpected<ElfError> out_of_bounds() {
    return std::unexpected(ElfError{ElfErrorKind::ValueOutOfBounds, {}});
}

std::unexpected<ElfError> bad_section_header() {
    return unparsable("invalid section header");
}

std::unexpected<ElfError> bad_dynamic_table() {
    return unparsable("invalid dynamic section table");
}

/// [begin, begin + size), or the error of an end that is no 64-bit number.
Result<ElfRange, ElfError> range_of(std::uint64_t begin, std::uint64_t size) {
    const auto end = checked_add(begin, size);
    if (!end) return out_of_bounds();
    return ElfRange{begin, *end};
}

Result<void, ElfError> check_apart(const ElfRange& a, const ElfRange& b) {
    if (a.end <= b.begin || b.end <= a.begin) return {};
    return unparsable("values overlap");
}

/// Whole entries, inside the file, at an offset that is a multiple of 8: in this order.
template <class Entry>
Result<ElfTable<Entry>, ElfError> table_at(ByteView file, const ElfRange& range) {
    if (range.size() % sizeof(Entry) != 0) return unparsable("invalid size");
    const auto bytes = elf_slice(file, range);
    if (!bytes) return out_of_bounds();
    // The reference keeps files at aligned addresses, so its address test is one on the offset.
    if (range.begin % 8 != 0) return unparsable("invalid alignment");
    return ElfTable<Entry>(*bytes);
}

template <class Entry>
Result<ElfTable<Entry>, ElfError> table_at(ByteView file, std::uint64_t begin, std::uint64_t size) {
    return table_at<Entry>(file, FATHOM_TRY(range_of(begin, size)));
}

Result<std::string_view, ElfError> string_at(ByteView file, const ElfSectionHeader& strings,
                                             std::uint32_t name, std::uint64_t limit) {
    if (strings.type != kSectionStrings) return bad_section_header();
    const auto begin = checked_add<std::uint64_t>(strings.offset, name);
    const auto section_end = checked_add(strings.offset, strings.size);
    if (!begin || !section_end) return out_of_bounds();
    const auto limit_end = checked_add(*begin, limit);
    if (!limit_end) return out_of_bounds();
    const auto bytes = elf_slice(file, {*begin, std::min(*section_end, *limit_end)});
    if (!bytes) return out_of_bounds();
    const std::string_view text = as_text(*bytes);
    const std::size_t length = text.find('\0');
    if (length == std::string_view::npos) {
        return unparsable("Section or symbol name `" + elf_text(text) + "` is longer than `" +
                          std::to_string(limit) + "` bytes");
    }
    return text.substr(0, length);
}

bool file_header_is_valid(const ElfFileHeader& header) {
    constexpr std::array<std::uint8_t, 7> kIdent = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    return std::equal(kIdent.begin(), kIdent.end(), header.ident.begin()) && header.version == 1 &&
           header.ehsize == sizeof(ElfFileHeader) && header.phentsize == sizeof(ElfProgramHeader) &&
           header.shentsize == sizeof(ElfSectionHeader) && header.shstrndx < header.shnum;
}

/// Length of the UTF-8 sequence that `lead` begins, and the bounds of its second byte.
struct Sequence {
    std::size_t length;
    std::uint8_t low;
    std::uint8_t high;
};

Sequence sequence_of(std::uint8_t lead) {
    if (lead < 0x80) return {1, 0, 0};
    if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
    if (lead == 0xe0) return {3, 0xa0, 0xbf};
    if (lead == 0xed) return {3, 0x80, 0x9f};
    if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
    if (lead == 0xf0) return {4, 0x90, 0xbf};
    if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
    if (lead == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

} // namespace

bool ElfSectionHeader::is_writable() const {
    constexpr std::uint64_t kWritableAndAllocated = 3;
    return (flags & kWritableAndAllocated) == kWritableAndAllocated;
}

ElfRange ElfSectionHeader::file_range() const {
    if (type == kSectionNoBits) return {};
    return {offset, saturating_add(offset, size)};
}

ElfRange ElfSectionHeader::address_range() const {
    return {addr, saturating_add(addr, size)};
}

std::optional<ByteView> elf_slice(ByteView file, ElfRange range) {
    if (range.begin > range.end || range.end > file.size()) return std::nullopt;
    return file.subspan(range.begin, range.end - range.begin);
}

Result<ElfFileHeader, ElfError> read_elf_file_header(ByteView file) {
    if (file.size() < sizeof(ElfFileHeader)) return out_of_bounds();
    return load_le<ElfFileHeader>(file.data());
}

Result<ElfTable<ElfProgramHeader>, ElfError> read_elf_program_headers(ByteView file,
                                                                      ElfRange range) {
    return table_at<ElfProgramHeader>(file, range);
}

ElfError invalid_elf_file_header() {
    return {ElfErrorKind::FailedToParse, "invalid file header"};
}

std::string elf_text(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
        const Sequence sequence = sequence_of(byte_at(at));
        // The longest valid beginning of a sequence is replaced as one.
        std::size_t valid = 1;
        while (valid < sequence.length && at + valid < bytes.size()) {
            const std::uint8_t low = valid == 1 ? sequence.low : 0x80;
            const std::uint8_t high = valid == 1 ? sequence.high : 0xbf;
            if (byte_at(at + valid) < low || byte_at(at + valid) > high) break;
            ++valid;
        }
        text += valid == sequence.length ? bytes.substr(at, valid) : "\xef\xbf\xbd";
        at += valid;
    }
    return text;
}

Result<ElfFile, ElfError> ElfFile::parse(ByteView file) {
    ElfFile elf(file);
    FATHOM_CHECK(elf.parse_tables());
    FATHOM_CHECK(elf.check_load_segments());
    FATHOM_CHECK(elf.check_section_order());
    FATHOM_CHECK(elf.parse_sections());
    FATHOM_CHECK(elf.parse_dynamic());
    return elf;
}

Result<void, ElfError> ElfFile::parse_tables() {
    constexpr ElfRange kFileHeader = {0, sizeof(ElfFileHeader)};
    header_ = FATHOM_TRY(read_elf_file_header(file_));
    if (!file_header_is_valid(header_)) return std::unexpected(invalid_elf_file_header());

    program_header_range_ =
        FATHOM_TRY(range_of(header_.phoff, sizeof(ElfProgramHeader) * header_.phnum));
    FATHOM_CHECK(check_apart(kFileHeader, program_header_range_));
    program_headers_ = FATHOM_TRY(table_at<ElfProgramHeader>(file_, program_header_range_));

    section_header_range_ =
        FATHOM_TRY(range_of(header_.shoff, sizeof(ElfSectionHeader) * header_.shnum));
    FATHOM_CHECK(check_apart(kFileHeader, section_header_range_));
    FATHOM_CHECK(check_apart(program_header_range_, section_header_range_));
    section_headers_ = FATHOM_TRY(table_at<ElfSectionHeader>(file_, section_header_range_));
    // shstrndx < shnum, so there is a first section.
    if (section_headers_[0].type != kSectionNull) return bad_section_header();
    return {};
}

Result<void, ElfError> ElfFile::check_load_segments() const {
    std::uint64_t lowest = 0;
    for (std::size_t i = 0; i < program_headers_.size(); ++i) {
        const ElfProgramHeader segment = program_headers_[i];
        if (segment.type != kElfProgramLoad) continue;
        if (segment.vaddr < lowest)
            return std::unexpected(ElfError{ElfErrorKind::InvalidProgramHeader, {}});
        const ElfRange range = FATHOM_TRY(range_of(segment.offset, segment.filesz));
        if (range.end > file_.size()) return out_of_bounds();
        lowest = segment.vaddr;
    }
    return {};
}

Result<void, ElfError> ElfFile::check_section_order() const {
    std::uint64_t previous_end = 0;
    for (std::size_t i = 0; i < section_headers_.size(); ++i) {
        const ElfSectionHeader section = section_headers_[i];
        if (section.type == kSectionNoBits) continue;
        const ElfRange range = FATHOM_TRY(range_of(section.offset, section.size));
        FATHOM_CHECK(check_apart(range, {0, sizeof(ElfFileHeader)}));
        FATHOM_CHECK(check_apart(range, program_header_range_));
        FATHOM_CHECK(check_apart(range, section_header_range_));
        if (range.begin < previous_end) return unparsable("sections not in ascending order");
        previous_end = range.end;
        if (previous_end > file_.size()) return out_of_bounds();
    }
    return {};
}

Result<void, ElfError> ElfFile::parse_sections() {
    if (header_.shstrndx == 0) return unparsable("no section name string table found");
    const ElfSectionHeader names = section_headers_[header_.shstrndx];
    bool has_symbols = false;
    bool has_names = false;
    sections_.reserve(section_headers_.size());
    for (std::size_t i = 0; i < section_headers_.size(); ++i) {
        const ElfSectionHeader section = section_headers_[i];
        const auto name = FATHOM_TRY(string_at(file_, names, section.name, kSectionNameLimit));
        if (name == ".symtab" && std::exchange(has_symbols, true)) return bad_section_header();
        if (name == ".strtab" && std::exchange(has_names, true)) return bad_section_header();
        if (name == ".dynstr") {
            if (dynamic_names_) return bad_section_header();
            dynamic_names_ = section;
        }
        sections_.push_back({section, name});
    }
    return {};
}

Result<std::optional<ElfTable<ElfDynamic>>, ElfError> ElfFile::find_dynamic_table() const {
    for (std::size_t i = 0; i < program_headers_.size(); ++i) {
        const ElfProgramHeader segment = program_headers_[i];
        if (segment.type != kProgramDynamic) continue;
        // Only the first counts, and an unusable one is as good as none.
        auto table = table_at<ElfDynamic>(file_, segment.offset, segment.filesz);
        if (table) return *table;
        break;
    }
    for (const ElfSection& section : sections_) {
        if (section.header.type != kSectionDynamic) continue;
        auto table = table_at<ElfDynamic>(file_, section.header.offset, section.header.size);
        if (!table) return bad_dynamic_table();
        return *table;
    }
    return std::nullopt;
}

Result<void, ElfError> ElfFile::parse_dynamic() {
    const auto table = FATHOM_TRY(find_dynamic_table());
    if (!table) return {};
    std::array<std::uint64_t, kDynamicTags> values{};
    for (std::size_t i = 0; i < table->size(); ++i) {
        const ElfDynamic entry = (*table)[i];
        if (entry.tag == 0) break;
        if (entry.tag < kDynamicTags) values[entry.tag] = entry.value;
    }
    FATHOM_CHECK(parse_relocations(values[kTagRelocations], values[kTagRelocationSize],
                                   values[kTagRelocationsSize]));
    return parse_symbols(values[kTagSymbols]);
}

Result<void, ElfError> ElfFile::parse_relocations(std::uint64_t address, std::uint64_t entry_size,
                                                  std::uint64_t table_size) {
    if (address == 0) return {};
    if (entry_size != sizeof(ElfRelocation) || table_size == 0) return bad_dynamic_table();
    auto offset = FATHOM_TRY(offset_in_segments(address));
    if (!offset) {
        // Old toolchains left the table outside of every segment; sections still know it.
        const auto section = section_at(address);
        if (!section) return bad_dynamic_table();
        offset = section->offset;
    }
    const ElfRange range = FATHOM_TRY(range_of(*offset, table_size));
    const auto table = table_at<ElfRelocation>(file_, range);
    if (!table) return bad_dynamic_table();
    relocations_ = *table;
    return {};
}

Result<void, ElfError> ElfFile::parse_symbols(std::uint64_t address) {
    if (address == 0) return {};
    const auto section = section_at(address);
    if (!section) return bad_dynamic_table();
    if (section->type != kSectionSymbols && section->type != kSectionDynamicSymbols)
        return bad_section_header();
    symbols_ = FATHOM_TRY(table_at<ElfSymbol>(file_, section->offset, section->size));
    return {};
}

Result<std::optional<std::uint64_t>, ElfError>
ElfFile::offset_in_segments(std::uint64_t address) const {
    for (std::size_t i = 0; i < program_headers_.size(); ++i) {
        const ElfProgramHeader segment = program_headers_[i];
        const ElfRange addresses = FATHOM_TRY(range_of(segment.vaddr, segment.memsz));
        if (!addresses.contains(address)) continue;
        const auto offset = checked_add(address - segment.vaddr, segment.offset);
        if (!offset) return out_of_bounds();
        return *offset;
    }
    return std::nullopt;
}

std::optional<ElfSectionHeader> ElfFile::section_at(std::uint64_t address) const {
    const auto found = std::ranges::find(
        sections_, address, [](const ElfSection& section) { return section.header.addr; });
    if (found == sections_.end()) return std::nullopt;
    return found->header;
}

const ElfSection* ElfFile::find_section(std::string_view name) const {
    const auto found = std::ranges::find(sections_, name, &ElfSection::name);
    return found == sections_.end() ? nullptr : &*found;
}

Result<std::string_view, ElfError> ElfFile::dynamic_symbol_name(std::uint32_t name) const {
    if (!dynamic_names_) return unparsable("no dynamic string table");
    return string_at(file_, *dynamic_names_, name, kSymbolNameLimit);
}

} // namespace fathom::sbpf
