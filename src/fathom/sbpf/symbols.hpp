// SPDX-License-Identifier: Apache-2.0
// Names of a program's functions, for people: from the ELF's symbol table where it still has one.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/sbpf/program.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace fathom::sbpf {

/// Names by text slot.
using FunctionNames = std::map<std::uint64_t, std::string>;

/// Those of the symbol table of `elf`, which may be empty or anything; then those that the loader
/// registered; then "entrypoint". Rust's mangled names are made readable.
[[nodiscard]] FunctionNames function_names(const Program& program, ByteView elf = {});

/// The name at `slot`, or function_N.
[[nodiscard]] std::string function_name(const FunctionNames& names, std::uint64_t slot);

/// "_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE" as "core::fmt::Write::write_fmt"; what is not
/// mangled that way, unchanged.
[[nodiscard]] std::string demangled(std::string_view symbol);

} // namespace fathom::sbpf
