// SPDX-License-Identifier: Apache-2.0
// Why a block is not one, in Agave's names and words (ledger/src/block_error.rs).
#pragma once

#include <cstdint>
#include <string_view>

namespace fathom::ledger {

enum class BlockError : std::uint8_t {
    Incomplete,
    InvalidEntryHash,
    InvalidLastTick,
    TooFewTicks,
    TooManyTicks,
    InvalidTickHashCount,
    TrailingEntry,
    DuplicateBlock,
};

[[nodiscard]] std::string_view block_error_name(BlockError error);
[[nodiscard]] std::string_view block_error_text(BlockError error);

} // namespace fathom::ledger
