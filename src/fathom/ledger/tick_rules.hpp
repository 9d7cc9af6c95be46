// SPDX-License-Identifier: Apache-2.0
// How many ticks a block has, how many hashes a tick has, and what the last entry is.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/ledger/block_error.hpp"
#include "fathom/ledger/entry.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace fathom::ledger {

/// What the bank knows.
struct TickLimits {
    std::uint64_t tick_height = 0;     ///< before these entries
    std::uint64_t max_tick_height = 0; ///< at the end of the slot
    /// None or zero: hashes are not counted.
    std::optional<std::uint64_t> hashes_per_tick;
    /// Every entry has one hash, and nothing else is counted.
    bool has_alpenglow_ticks = false;
};

[[nodiscard]] std::uint64_t count_ticks(std::span<const Entry> entries);

/// Checks the next entries of a slot; `is_slot_full` if they are the last ones. `tick_hash_count`
/// holds the hashes since the last tick and is carried from call to call, starting at zero.
/// The rules and their order are those of Agave's verify_ticks. After it num_hashes of every entry
/// is at most hashes_per_tick, if hashes are counted.
[[nodiscard]] Result<void, BlockError> check_ticks(std::span<const Entry> entries,
                                                   const TickLimits& limits, bool is_slot_full,
                                                   std::uint64_t& tick_hash_count);

} // namespace fathom::ledger
