// SPDX-License-Identifier: Apache-2.0
#include "fathom/sbpf/symbols.hpp"

#include "fathom/sbpf/elf_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace fathom::sbpf {
namespace {

constexpr std::uint32_t kSymbolTable = 2;

/// The section headers, or none if the file does not have them all.
std::vector<ElfSectionHeader> read_sections(ByteView elf) {
    const auto header = read_elf_file_header(elf);
    if (!header || header->shentsize != sizeof(ElfSectionHeader)) return {};
    const std::uint64_t size = header->shnum * sizeof(ElfSectionHeader);
    if (header->shoff > elf.size() || size > elf.size() - header->shoff) return {};
    const ElfTable<ElfSectionHeader> table(elf.subspan(header->shoff, size));
    std::vector<ElfSectionHeader> sections;
    for (std::size_t i = 0; i < table.size(); ++i) sections.push_back(table[i]);
    return sections;
}

/// Text up to the next zero byte; empty where there is none.
std::string_view text_at(ByteView bytes, std::uint64_t offset) {
    if (offset >= bytes.size()) return {};
    const ByteView rest = bytes.subspan(offset);
    const auto end = std::ranges::find(rest, std::uint8_t{0});
    if (end == rest.end()) return {};
    return {reinterpret_cast<const char*>(rest.data()),
            static_cast<std::size_t>(end - rest.begin())};
}

void add_symbols(ByteView elf, const ElfSectionHeader& table,
                 const std::vector<ElfSectionHeader>& sections, std::uint64_t slot_count,
                 FunctionNames& names) {
    if (table.link >= sections.size()) return;
    const auto bytes = elf_slice(elf, table.file_range());
    const auto strings = elf_slice(elf, sections[table.link].file_range());
    if (!bytes || !strings) return;
    const std::size_t whole = bytes->size() / sizeof(ElfSymbol) * sizeof(ElfSymbol);
    const ElfTable<ElfSymbol> symbols(bytes->first(whole));
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const ElfSymbol symbol = symbols[i];
        if (!symbol.is_function() || symbol.shndx == 0 || symbol.shndx >= sections.size()) continue;
        const std::uint64_t offset = symbol.value - sections[symbol.shndx].addr; // may wrap
        const std::string_view name = text_at(*strings, symbol.name);
        if (offset % 8 != 0 || offset / 8 >= slot_count || name.empty()) continue;
        names.try_emplace(offset / 8, demangled(name));
    }
}

/// The escapes of Rust's mangling within one part of a path.
std::string unescaped(std::string_view part) {
    constexpr std::array<std::pair<std::string_view, char>, 8> kNamed{{{"LT", '<'},
                                                                       {"GT", '>'},
                                                                       {"RF", '&'},
                                                                       {"BP", '*'},
                                                                       {"C", ','},
                                                                       {"LP", '('},
                                                                       {"RP", ')'},
                                                                       {"SP", '@'}}};
    if (part.starts_with("_$")) part.remove_prefix(1);
    std::string text;
    while (!part.empty()) {
        if (part.starts_with("..")) {
            text += "::";
            part.remove_prefix(2);
            continue;
        }
        const std::size_t end = part[0] == '$' ? part.find('$', 1) : part.npos;
        const std::string_view escape = end == part.npos ? "" : part.substr(1, end - 1);
        const auto named =
            std::ranges::find(kNamed, escape, [](const auto& row) { return row.first; });
        unsigned code = 0;
        const bool is_code =
            escape.starts_with('u') &&
            std::from_chars(escape.data() + 1, escape.data() + escape.size(), code, 16).ec ==
                std::errc() &&
            code >= 0x20 && code < 0x7f;
        if (named == kNamed.end() && !is_code) {
            text += part[0];
            part.remove_prefix(1);
            continue;
        }
        text += named != kNamed.end() ? named->second : static_cast<char>(code);
        part.remove_prefix(end + 1);
    }
    return text;
}

bool is_hash(std::string_view part) {
    return part.size() == 17 && part[0] == 'h' &&
           part.find_first_not_of("0123456789abcdef", 1) == part.npos;
}

} // namespace

std::string demangled(std::string_view symbol) {
    std::string_view rest = symbol;
    if (!rest.starts_with("_ZN")) return std::string(symbol);
    rest.remove_prefix(3);
    std::string text;
    while (!rest.empty() && rest[0] != 'E') {
        std::size_t length = 0;
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), length);
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
        if (parsed.ec != std::errc() || length == 0 || length > rest.size()) {
            return std::string(symbol);
        }
        const std::string_view part = rest.substr(0, length);
        rest.remove_prefix(length);
        if (rest == "E" && is_hash(part)) break;
        text += (text.empty() ? "" : "::") + unescaped(part);
    }
    return text.empty() || rest.empty() ? std::string(symbol) : text;
}

FunctionNames function_names(const Program& program, ByteView elf) {
    FunctionNames names;
    const auto sections = read_sections(elf);
    for (const ElfSectionHeader& section : sections) {
        if (section.type == kSymbolTable) {
            add_symbols(elf, section, sections, program.slot_count(), names);
        }
    }
    for (const Function& function : program.functions()) {
        if (!function.name.empty()) names.try_emplace(function.pc, demangled(function.name));
    }
    names.try_emplace(program.entry_pc(), "entrypoint");
    return names;
}

std::string function_name(const FunctionNames& names, std::uint64_t slot) {
    const auto found = names.find(slot);
    return found != names.end() ? found->second : "function_" + std::to_string(slot);
}

} // namespace fathom::sbpf
