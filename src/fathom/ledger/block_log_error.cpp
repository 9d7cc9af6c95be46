// SPDX-License-Identifier: Apache-2.0
// Names and texts of a log's errors.
#include "fathom/ledger/block_log_error.hpp"

#include <array>
#include <system_error>

namespace fathom::ledger {
namespace {

struct Row {
    std::string_view name;
    std::string_view text;
};

constexpr std::array<Row, 17> kRows{{
    {"Io", "the system refused"},
    {"Locked", "another process writes to it"},
    {"Exists", "there is a file already"},
    {"NotALog", "not a log of blocks"},
    {"UnsupportedVersion", "of an unknown version"},
    {"DamagedFileHeader", "damaged file header"},
    {"OtherCluster", "of another genesis"},
    {"DamagedRecordHeader", "damaged record header"},
    {"DamagedBlock", "damaged block"},
    {"BrokenChain", "record that does not follow the one before"},
    {"UnknownParent", "unknown parent"},
    {"OtherBankHash", "the parent has another bank hash"},
    {"DuplicateBlock", "duplicate block"},
    {"InvalidBlock", "invalid block"},
    {"BlockTooLarge", "block too large"},
    {"NotFound", "no such record"},
    {"Failed", "an earlier write failed"},
}};

} // namespace

std::string_view block_log_error_name(BlockLogError::Kind kind) {
    return kRows[static_cast<std::size_t>(kind)].name;
}

std::string BlockLogError::message() const {
    std::string text = "block log: ";
    text += kRows[static_cast<std::size_t>(kind)].text;
    if (offset != 0) text += " at offset " + std::to_string(offset);
    if (system_error != 0) {
        text += ": " + std::error_code(system_error, std::generic_category()).message();
    }
    return text;
}

} // namespace fathom::ledger
