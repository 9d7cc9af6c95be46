// SPDX-License-Identifier: Apache-2.0
// Function names: from the symbol table, from the loader, made readable.
#include "fathom/sbpf/elf_parser.hpp"
#include "fathom/sbpf/symbols.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace fathom::sbpf {
namespace {

template <class T> void append(Bytes& bytes, const T& value) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), at, at + sizeof value);
}

/// A file that is nothing but headers, four symbols and their names.
Bytes elf_with_symbols() {
    const char strings[] = "\0foo\0_ZN3bar3baz17h0123456789abcdefE\0data";
    ElfFileHeader header{};
    header.shoff = sizeof header;
    header.shentsize = sizeof(ElfSectionHeader);
    header.shnum = 4;
    const std::uint64_t symbols_at = sizeof header + 4 * sizeof(ElfSectionHeader);
    const std::uint64_t strings_at = symbols_at + 4 * sizeof(ElfSymbol);
    ElfSectionHeader text{};
    text.type = 1;
    text.addr = 0x120;
    ElfSectionHeader symbols{};
    symbols.type = 2;
    symbols.offset = symbols_at;
    symbols.size = 4 * sizeof(ElfSymbol);
    symbols.link = 3;
    ElfSectionHeader names{};
    names.type = 3;
    names.offset = strings_at;
    names.size = sizeof strings;
    Bytes file;
    append(file, header);
    append(file, ElfSectionHeader{});
    append(file, text);
    append(file, symbols);
    append(file, names);
    append(file, ElfSymbol{1, 0x12, 0, 1, 0x120 + 8, 8});   // foo
    append(file, ElfSymbol{5, 0x02, 0, 1, 0x120 + 16, 8});  // bar::baz
    append(file, ElfSymbol{37, 0x11, 0, 1, 0x120, 8});      // data: no function
    append(file, ElfSymbol{1, 0x12, 0, 1, 0x120 + 800, 8}); // outside
    file.insert(file.end(), strings, strings + sizeof strings);
    return file;
}

Program four_slots(std::vector<Function> functions = {}) {
    return Program::from_text(Bytes(32), Version::V0, 0, std::move(functions));
}

TEST(Symbols, AreThoseOfTheSymbolTable) {
    const FunctionNames expected = {{0, "entrypoint"}, {1, "foo"}, {2, "bar::baz"}};
    EXPECT_EQ(function_names(four_slots(), elf_with_symbols()), expected);
}

TEST(Symbols, OfTheLoaderComeSecond) {
    const Program program = four_slots({{.key = 1, .pc = 1, .name = "one"},
                                        {.key = 2, .pc = 3, .name = "three"},
                                        {.key = 3, .pc = 2, .name = ""}});
    const FunctionNames expected = {{0, "entrypoint"}, {1, "foo"}, {2, "bar::baz"}, {3, "three"}};
    EXPECT_EQ(function_names(program, elf_with_symbols()), expected);
    EXPECT_EQ(function_name(expected, 3), "three");
    EXPECT_EQ(function_name(expected, 4), "function_4");
}

TEST(Symbols, ADamagedFileHasFewerOrNone) {
    const Bytes whole = elf_with_symbols();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const FunctionNames names = function_names(four_slots(), ByteView(whole).first(size));
        EXPECT_LE(names.size(), 3u);
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        Bytes changed = whole;
        changed[at] = 0xff;
        EXPECT_LE(function_names(four_slots(), changed).size(), 4u);
    }
}

// Expected texts: the rules of rustc's legacy mangling, as rustc-demangle reads them.
TEST(Symbols, RustNamesAreReadable) {
    EXPECT_EQ(demangled("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"),
              "core::fmt::Write::write_fmt");
    EXPECT_EQ(
        demangled("_ZN46_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$X$GT$4drop17h0123456789abcdefE"),
        "<alloc::vec::Vec<T> as X>::drop");
    EXPECT_EQ(demangled("_ZN3fooE"), "foo");
}

TEST(Symbols, OtherNamesStayAsTheyAre) {
    for (const char* name : {"entrypoint", "_ZN", "_ZNE", "_ZN9foo", "_ZN3foo",
                             "_ZN99999999999999999999x", "_RNvC3foo3bar", ""}) {
        EXPECT_EQ(demangled(name), name);
    }
}

} // namespace
} // namespace fathom::sbpf
