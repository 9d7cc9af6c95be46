// SPDX-License-Identifier: Apache-2.0
// Small ELF files made in memory, and ways to damage them.
#pragma once

#include "fathom/base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace fathom::tests {

/// Offsets of fields in the file header and in one entry of each table.
struct ElfAt {
    static constexpr std::size_t kOsAbi = 7, kAbiVersion = 8, kIdentPadding = 9;
    static constexpr std::size_t kType = 16, kMachine = 18, kVersion = 20, kEntry = 24;
    static constexpr std::size_t kPhoff = 32, kShoff = 40, kFlags = 48, kEhsize = 52;
    static constexpr std::size_t kPhentsize = 54, kPhnum = 56, kShentsize = 58, kShnum = 60;
    static constexpr std::size_t kShstrndx = 62;
    static constexpr std::size_t kPType = 0, kPFlags = 4, kPOffset = 8, kPVaddr = 16, kPPaddr = 24;
    static constexpr std::size_t kPFilesz = 32, kPMemsz = 40;
    static constexpr std::size_t kShName = 0, kShType = 4, kShFlags = 8, kShAddr = 16;
    static constexpr std::size_t kShOffset = 24, kShSize = 32;
};

template <class T> void append_le(Bytes& bytes, T value) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sizeof value);
    store_le(bytes.data() + at, value);
}

/// Overwrites a field; the file keeps its size.
template <class T> void patch(Bytes& file, std::size_t at, std::type_identity_t<T> value) {
    store_le<T>(file.data() + at, value);
}

inline Bytes slot(std::uint8_t opcode, std::uint8_t registers, std::int16_t offset,
                  std::int32_t imm) {
    Bytes bytes = {opcode, registers};
    append_le(bytes, offset);
    append_le(bytes, imm);
    return bytes;
}

inline Bytes slots(std::initializer_list<Bytes> parts) {
    Bytes bytes;
    for (const Bytes& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

/// A shared object as linkers write it for V0 to V2. Every section lies at the address that equals
/// its offset; the section header table ends the file.
class LenientElf {
public:
    enum Section : std::size_t { Null, Text, Rodata, Dynamic, Dynsym, RelDyn, Dynstr, Shstrtab };
    static constexpr std::size_t kSectionCount = 8;
    static constexpr std::size_t kTextOffset = 64 + 2 * 56;
    static constexpr std::size_t kDynamicSegment = 64 + 56;

    struct Symbol {
        std::string name;
        std::uint8_t info = 0;
        std::uint64_t value = 0;
    };
    struct Relocation {
        std::uint64_t offset = 0;
        std::uint32_t type = 0;
        std::uint32_t symbol = 0;
    };

    Bytes text = slot(0x95, 0, 0, 0);
    Bytes rodata = Bytes(16, 0xda);
    std::uint64_t entry = kTextOffset;
    std::uint32_t flags = 0;
    /// Symbol 0 is the null symbol; the first of these has index 1.
    std::vector<Symbol> symbols;
    std::vector<Relocation> relocations;
    /// Names in section order; changed to rename a section.
    std::array<std::string, kSectionCount> names = {"",        ".text",    ".rodata", ".dynamic",
                                                    ".dynsym", ".rel.dyn", ".dynstr", ".shstrtab"};

    /// Where the section headers begin in the built file.
    std::size_t section_headers = 0;
    std::array<std::size_t, kSectionCount> offsets{};

    [[nodiscard]] std::size_t header_of(Section section) const {
        return section_headers + section * 64;
    }

    [[nodiscard]] Bytes build() {
        Bytes file(kTextOffset);
        std::array<Bytes, kSectionCount> contents;
        contents[Text] = text;
        contents[Rodata] = rodata;
        contents[Dynamic] = Bytes(relocations.empty() ? 32 : 80);
        fill_symbols(contents[Dynsym], contents[Dynstr]);
        for (const Relocation& relocation : relocations) {
            append_le(contents[RelDyn], relocation.offset);
            append_le(contents[RelDyn], std::uint64_t{relocation.symbol} << 32 | relocation.type);
        }
        std::array<std::uint32_t, kSectionCount> name_offsets{};
        for (std::size_t i = 0; i < kSectionCount; ++i) {
            name_offsets[i] = static_cast<std::uint32_t>(contents[Shstrtab].size());
            append_name(contents[Shstrtab], names[i]);
        }
        for (std::size_t i = Text; i < kSectionCount; ++i) {
            file.resize((file.size() + 7) / 8 * 8);
            offsets[i] = file.size();
            file.insert(file.end(), contents[i].begin(), contents[i].end());
        }
        write_dynamic(file, contents[RelDyn].size());
        write_section_headers(file, contents, name_offsets);
        write_file_header(file, contents);
        return file;
    }

private:
    static void append_name(Bytes& table, std::string_view name) {
        table.insert(table.end(), name.begin(), name.end());
        table.push_back(0);
    }

    void fill_symbols(Bytes& table, Bytes& strings) const {
        table.resize(24);
        strings.push_back(0);
        for (const Symbol& symbol : symbols) {
            append_le(table, static_cast<std::uint32_t>(strings.size()));
            append_le(table, symbol.info);
            append_le(table, std::uint8_t{0});
            append_le(table, std::uint16_t{1});
            append_le(table, symbol.value);
            append_le(table, std::uint64_t{0});
            append_name(strings, symbol.name);
        }
    }

    void write_dynamic(Bytes& file, std::size_t relocations_size) const {
        std::size_t at = offsets[Dynamic];
        const auto entry_of = [&](std::uint64_t tag, std::uint64_t value) {
            store_le(file.data() + at, tag);
            store_le(file.data() + at + 8, value);
            at += 16;
        };
        entry_of(6, offsets[Dynsym]);
        if (relocations.empty()) return;
        entry_of(17, offsets[RelDyn]);
        entry_of(18, relocations_size);
        entry_of(19, 16);
    }

    void write_section_headers(Bytes& file, const std::array<Bytes, kSectionCount>& contents,
                               const std::array<std::uint32_t, kSectionCount>& name_offsets) {
        constexpr std::array<std::uint32_t, kSectionCount> kTypes = {0, 1, 1, 6, 11, 9, 3, 3};
        file.resize((file.size() + 7) / 8 * 8);
        section_headers = file.size();
        file.resize(file.size() + kSectionCount * 64);
        for (std::size_t i = 0; i < kSectionCount; ++i) {
            const std::size_t header = section_headers + i * 64;
            patch<std::uint32_t>(file, header + ElfAt::kShName, name_offsets[i]);
            patch<std::uint32_t>(file, header + ElfAt::kShType, kTypes[i]);
            patch<std::uint64_t>(file, header + ElfAt::kShAddr, offsets[i]);
            patch<std::uint64_t>(file, header + ElfAt::kShOffset, offsets[i]);
            patch<std::uint64_t>(file, header + ElfAt::kShSize, contents[i].size());
        }
    }

    void write_file_header(Bytes& file, const std::array<Bytes, kSectionCount>& contents) const {
        constexpr std::array<std::uint8_t, 7> kIdent = {0x7f, 'E', 'L', 'F', 2, 1, 1};
        std::copy(kIdent.begin(), kIdent.end(), file.begin());
        patch<std::uint16_t>(file, ElfAt::kType, 3);
        patch<std::uint16_t>(file, ElfAt::kMachine, 247);
        patch<std::uint32_t>(file, ElfAt::kVersion, 1);
        patch<std::uint64_t>(file, ElfAt::kEntry, entry);
        patch<std::uint64_t>(file, ElfAt::kPhoff, 64);
        patch<std::uint64_t>(file, ElfAt::kShoff, section_headers);
        patch<std::uint32_t>(file, ElfAt::kFlags, flags);
        patch<std::uint16_t>(file, ElfAt::kEhsize, 64);
        patch<std::uint16_t>(file, ElfAt::kPhentsize, 56);
        patch<std::uint16_t>(file, ElfAt::kPhnum, 2);
        patch<std::uint16_t>(file, ElfAt::kShentsize, 64);
        patch<std::uint16_t>(file, ElfAt::kShnum, kSectionCount);
        patch<std::uint16_t>(file, ElfAt::kShstrndx, Shstrtab);
        const std::size_t loaded = offsets[Shstrtab] - kTextOffset;
        write_segment(file, 64, 1, kTextOffset, loaded);
        write_segment(file, kDynamicSegment, 2, offsets[Dynamic], contents[Dynamic].size());
    }

    static void write_segment(Bytes& file, std::size_t at, std::uint32_t type, std::size_t offset,
                              std::size_t size) {
        patch<std::uint32_t>(file, at + ElfAt::kPType, type);
        patch<std::uint64_t>(file, at + ElfAt::kPOffset, offset);
        patch<std::uint64_t>(file, at + ElfAt::kPVaddr, offset);
        patch<std::uint64_t>(file, at + ElfAt::kPPaddr, offset);
        patch<std::uint64_t>(file, at + ElfAt::kPFilesz, size);
        patch<std::uint64_t>(file, at + ElfAt::kPMemsz, size);
    }
};

/// A file as V3 requires it: header, program headers, read-only data, text, and nothing else.
struct StrictElf {
    static constexpr std::size_t kFirstSegment = 64;
    static constexpr std::size_t kSecondSegment = 64 + 56;

    Bytes text = slot(0x95, 0, 0, 0);
    Bytes rodata = Bytes(16, 0xda);
    bool has_rodata = true;
    std::uint64_t entry = std::uint64_t{1} << 32;
    std::uint32_t flags = 3;

    [[nodiscard]] Bytes build() const {
        const std::size_t count = has_rodata ? 2 : 1;
        const std::size_t data = 64 + 56 * count;
        Bytes file(data);
        constexpr std::array<std::uint8_t, 7> kIdent = {0x7f, 'E', 'L', 'F', 2, 1, 1};
        std::copy(kIdent.begin(), kIdent.end(), file.begin());
        patch<std::uint16_t>(file, ElfAt::kType, 3);
        patch<std::uint16_t>(file, ElfAt::kMachine, 247);
        patch<std::uint32_t>(file, ElfAt::kVersion, 1);
        patch<std::uint64_t>(file, ElfAt::kEntry, entry);
        patch<std::uint64_t>(file, ElfAt::kPhoff, 64);
        patch<std::uint32_t>(file, ElfAt::kFlags, flags);
        patch<std::uint16_t>(file, ElfAt::kEhsize, 64);
        patch<std::uint16_t>(file, ElfAt::kPhentsize, 56);
        patch<std::uint16_t>(file, ElfAt::kPhnum, static_cast<std::uint16_t>(count));
        std::size_t text_segment = kFirstSegment;
        if (has_rodata) {
            write_segment(file, kFirstSegment, 4, 0, rodata);
            text_segment = kSecondSegment;
        }
        write_segment(file, text_segment, 1, std::uint64_t{1} << 32, text);
        return file;
    }

private:
    static void write_segment(Bytes& file, std::size_t at, std::uint32_t segment_flags,
                              std::uint64_t address, const Bytes& content) {
        patch<std::uint32_t>(file, at + ElfAt::kPType, 1);
        patch<std::uint32_t>(file, at + ElfAt::kPFlags, segment_flags);
        patch<std::uint64_t>(file, at + ElfAt::kPOffset, file.size());
        patch<std::uint64_t>(file, at + ElfAt::kPVaddr, address);
        patch<std::uint64_t>(file, at + ElfAt::kPPaddr, address);
        patch<std::uint64_t>(file, at + ElfAt::kPFilesz, content.size());
        patch<std::uint64_t>(file, at + ElfAt::kPMemsz, content.size());
        file.insert(file.end(), content.begin(), content.end());
    }
};

} // namespace fathom::tests
