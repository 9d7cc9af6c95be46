// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/elf_index.hpp"

#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"

#include <algorithm>
#include <utility>

namespace fathom::harness {
namespace {

Result<ElfIndexEntry> parse_entry(std::string_view path, const JsonValue& value) {
    if (!stays_inside(path)) {
        return std::unexpected(value.error("expected a path inside the folder of the index"));
    }
    ElfIndexEntry entry{.path = std::string(path), .load_error = std::nullopt};
    const JsonValue verdict = FATHOM_TRY(value.field("load"));
    const std::string_view word = FATHOM_TRY(verdict.text());
    if (word != "ok" && word != "error") {
        return std::unexpected(verdict.error("expected \"ok\" or \"error\""));
    }
    const auto maybe_error = value.maybe_field("load_error");
    const bool has_error = maybe_error && !maybe_error->is_null();
    if (word == "ok") {
        if (has_error) return std::unexpected(maybe_error->error("expected null beside \"ok\""));
        return entry;
    }
    if (!has_error) return std::unexpected(value.error("expected load_error beside \"error\""));
    entry.load_error = std::string(FATHOM_TRY(maybe_error->text()));
    return entry;
}

std::string in_words(const std::optional<std::string>& refusal) {
    return refusal ? "refused: " + *refusal : std::string("ok");
}

} // namespace

bool stays_inside(const std::filesystem::path& path) {
    return !path.empty() && path.is_relative() &&
           std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

Result<std::vector<ElfIndexEntry>> parse_elf_index(std::string_view json) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(json));
    const auto files = FATHOM_TRY(FATHOM_TRY(document.root().field("files")).object());
    std::vector<ElfIndexEntry> entries;
    entries.reserve(files.size());
    for (const auto& [path, value] : files) entries.push_back(FATHOM_TRY(parse_entry(path, value)));
    return entries;
}

Result<std::vector<ElfIndexEntry>> read_elf_index(const std::filesystem::path& index_file) {
    const Bytes bytes = FATHOM_TRY(read_file(index_file));
    auto entries = parse_elf_index({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!entries) {
        return std::unexpected(base::Error(entries.error().code,
                                           index_file.string() + ": " + entries.error().message));
    }
    return entries;
}

std::optional<std::string> describe_difference(const ElfIndexEntry& entry,
                                               const std::optional<sbpf::LoadError>& refusal) {
    std::optional<std::string> ours;
    if (refusal) ours = sbpf::load_error_text(*refusal);
    if (ours == entry.load_error) return std::nullopt;
    return "expected " + in_words(entry.load_error) + ", got " + in_words(ours);
}

} // namespace fathom::harness
