// SPDX-License-Identifier: Apache-2.0
// A folder of ELF files with the reference's verdict on each: reading it, and comparing with ours.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/sbpf/elf_error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

/// One listed file.
struct ElfIndexEntry {
    /// Relative to the folder of the index.
    std::string path;
    /// The reference's error text; nullopt: it loads and verifies.
    std::optional<std::string> load_error;
};

/// {"files": {PATH: {"load": "ok" | "error", "load_error": TEXT or null, …}, …}, …}, in the order
/// of the file. An entry that contradicts itself, a missing field and a path that leaves the folder
/// are errors that name the place; other fields are not looked at.
[[nodiscard]] Result<std::vector<ElfIndexEntry>> parse_elf_index(std::string_view json);

/// parse_elf_index of a file, plain or compressed.
[[nodiscard]] Result<std::vector<ElfIndexEntry>>
read_elf_index(const std::filesystem::path& index_file);

/// True for a relative path that does not lead out of the folder it starts from.
[[nodiscard]] bool stays_inside(const std::filesystem::path& path);

/// Both verdicts in words if they differ. `refusal`: our error; nullopt: it was accepted.
[[nodiscard]] std::optional<std::string>
describe_difference(const ElfIndexEntry& entry, const std::optional<sbpf::LoadError>& refusal);

} // namespace fathom::harness
