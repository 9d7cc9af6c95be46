// SPDX-License-Identifier: Apache-2.0
// Names and texts of block errors.
#include "fathom/ledger/block_error.hpp"

#include <array>

namespace fathom::ledger {
namespace {

struct Row {
    std::string_view name;
    std::string_view text;
};

constexpr std::array<Row, 8> kRows{{
    {"Incomplete", "incomplete block"},
    {"InvalidEntryHash", "invalid entry hash"},
    {"InvalidLastTick", "invalid last tick"},
    {"TooFewTicks", "too few ticks"},
    {"TooManyTicks", "too many ticks"},
    {"InvalidTickHashCount", "invalid tick hash count"},
    {"TrailingEntry", "trailing entry"},
    {"DuplicateBlock", "duplicate block"},
}};

} // namespace

std::string_view block_error_name(BlockError error) {
    return kRows[static_cast<std::size_t>(error)].name;
}

std::string_view block_error_text(BlockError error) {
    return kRows[static_cast<std::size_t>(error)].text;
}

} // namespace fathom::ledger
