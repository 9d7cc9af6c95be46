// SPDX-License-Identifier: Apache-2.0
// The tables of a 64-bit ELF file, read with every offset checked; knows the format, not programs.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/elf_error.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sbpf {

struct ElfFileHeader {
    std::array<std::uint8_t, 16> ident;
    std::uint16_t type;
    std::uint16_t machine;
    std::uint32_t version;
    std::uint64_t entry;
    std::uint64_t phoff;
    std::uint64_t shoff;
    std::uint32_t flags;
    std::uint16_t ehsize;
    std::uint16_t phentsize;
    std::uint16_t phnum;
    std::uint16_t shentsize;
    std::uint16_t shnum;
    std::uint16_t shstrndx;
};
static_assert(sizeof(ElfFileHeader) == 64);

/// Half-open interval of file offsets or addresses.
struct ElfRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    [[nodiscard]] bool contains(std::uint64_t at) const { return begin <= at && at < end; }
    [[nodiscard]] std::uint64_t size() const { return end > begin ? end - begin : 0; }
};

struct ElfProgramHeader {
    std::uint32_t type;
    std::uint32_t flags;
    std::uint64_t offset;
    std::uint64_t vaddr;
    std::uint64_t paddr;
    std::uint64_t filesz;
    std::uint64_t memsz;
    std::uint64_t align;
};
static_assert(sizeof(ElfProgramHeader) == 56);

struct ElfSectionHeader {
    std::uint32_t name;
    std::uint32_t type;
    std::uint64_t flags;
    std::uint64_t addr;
    std::uint64_t offset;
    std::uint64_t size;
    std::uint32_t link;
    std::uint32_t info;
    std::uint64_t addralign;
    std::uint64_t entsize;

    [[nodiscard]] bool is_writable() const;
    /// Where the bytes lie in the file; empty for sections without bytes. Saturates.
    [[nodiscard]] ElfRange file_range() const;
    /// Saturates.
    [[nodiscard]] ElfRange address_range() const;
};
static_assert(sizeof(ElfSectionHeader) == 64);

struct ElfSymbol {
    std::uint32_t name;
    std::uint8_t info;
    std::uint8_t other;
    std::uint16_t shndx;
    std::uint64_t value;
    std::uint64_t size;

    [[nodiscard]] bool is_function() const { return (info & 0xf) == 2; }
};
static_assert(sizeof(ElfSymbol) == 24);

struct ElfDynamic {
    std::uint64_t tag;
    std::uint64_t value;
};
static_assert(sizeof(ElfDynamic) == 16);

struct ElfRelocation {
    std::uint64_t offset;
    std::uint64_t info;

    [[nodiscard]] std::uint32_t type() const { return static_cast<std::uint32_t>(info); }
    [[nodiscard]] std::uint32_t symbol() const { return static_cast<std::uint32_t>(info >> 32); }
};
static_assert(sizeof(ElfRelocation) == 16);

/// A table in the file. Entries are copied out one by one, so alignment is no concern of memory.
template <class Entry> class ElfTable {
public:
    ElfTable() = default;
    /// `bytes` holds whole entries.
    explicit ElfTable(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t size() const { return bytes_.size() / sizeof(Entry); }
    [[nodiscard]] Entry operator[](std::size_t index) const {
        return load_le<Entry>(bytes_.data() + index * sizeof(Entry));
    }
    [[nodiscard]] std::optional<Entry> get(std::size_t index) const {
        if (index >= size()) return std::nullopt;
        return (*this)[index];
    }

private:
    ByteView bytes_;
};

struct ElfSection {
    ElfSectionHeader header;
    std::string_view name; // points into the file
};

inline constexpr std::uint32_t kElfProgramLoad = 1;
inline constexpr std::uint16_t kElfMachineBpf = 247;
inline constexpr std::uint16_t kElfMachineSbpf = 263;

/// The bytes [begin, end), or nullopt where the file does not have them all.
[[nodiscard]] std::optional<ByteView> elf_slice(ByteView file, ElfRange range);
/// The file header, unchecked; ValueOutOfBounds for a file that is too short for one.
[[nodiscard]] Result<ElfFileHeader, ElfError> read_elf_file_header(ByteView file);
/// The program header table at `range`, checked for size, bounds and alignment.
[[nodiscard]] Result<ElfTable<ElfProgramHeader>, ElfError> read_elf_program_headers(ByteView file,
                                                                                    ElfRange range);
[[nodiscard]] ElfError invalid_elf_file_header();
/// Bytes as text for a message; what is not UTF-8 becomes U+FFFD, as Rust's from_utf8_lossy.
[[nodiscard]] std::string elf_text(std::string_view bytes);

/// A file whose tables are sound, by the rules for versions before V3. Views point into the file.
class ElfFile {
public:
    /// Reads everything that loading needs; the first violated rule, in solana-sbpf's order.
    [[nodiscard]] static Result<ElfFile, ElfError> parse(ByteView file);

    [[nodiscard]] const ElfFileHeader& header() const { return header_; }
    [[nodiscard]] const std::vector<ElfSection>& sections() const { return sections_; }
    [[nodiscard]] const ElfSection* find_section(std::string_view name) const;
    /// Empty if there are none.
    [[nodiscard]] const ElfTable<ElfRelocation>& relocations() const { return relocations_; }
    [[nodiscard]] const ElfTable<ElfSymbol>& dynamic_symbols() const { return symbols_; }
    /// Any error means that the symbol has no usable name.
    [[nodiscard]] Result<std::string_view, ElfError> dynamic_symbol_name(std::uint32_t name) const;

private:
    explicit ElfFile(ByteView file) : file_(file) {}

    [[nodiscard]] Result<void, ElfError> parse_tables();
    [[nodiscard]] Result<void, ElfError> check_load_segments() const;
    [[nodiscard]] Result<void, ElfError> check_section_order() const;
    [[nodiscard]] Result<void, ElfError> parse_sections();
    [[nodiscard]] Result<void, ElfError> parse_dynamic();
    [[nodiscard]] Result<std::optional<ElfTable<ElfDynamic>>, ElfError> find_dynamic_table() const;
    [[nodiscard]] Result<void, ElfError>
    parse_relocations(std::uint64_t address, std::uint64_t entry_size, std::uint64_t table_size);
    [[nodiscard]] Result<void, ElfError> parse_symbols(std::uint64_t address);
    [[nodiscard]] Result<std::optional<std::uint64_t>, ElfError>
    offset_in_segments(std::uint64_t address) const;
    [[nodiscard]] std::optional<ElfSectionHeader> section_at(std::uint64_t address) const;

    ByteView file_;
    ElfFileHeader header_{};
    ElfRange program_header_range_;
    ElfRange section_header_range_;
    ElfTable<ElfProgramHeader> program_headers_;
    ElfTable<ElfSectionHeader> section_headers_;
    std::vector<ElfSection> sections_;
    std::optional<ElfSectionHeader> dynamic_names_;
    ElfTable<ElfRelocation> relocations_;
    ElfTable<ElfSymbol> symbols_;
};

} // namespace fathom::sbpf
