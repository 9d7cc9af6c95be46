// SPDX-License-Identifier: Apache-2.0
// Tick rules (agave ledger/src/blockstore_processor.rs verify_ticks, entry/src/entry.rs
// verify_tick_hash_count).
#include "fathom/ledger/tick_rules.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>

namespace fathom::ledger {
namespace {

bool has_valid_hash_counts(std::span<const Entry> entries, std::uint64_t hashes_per_tick,
                           std::uint64_t& tick_hash_count) {
    if (hashes_per_tick == 0) return true;
    for (const Entry& entry : entries) {
        tick_hash_count = saturating_add(tick_hash_count, entry.num_hashes);
        if (!entry.is_tick()) continue;
        if (entry.num_hashes == 0 || tick_hash_count != hashes_per_tick) return false;
        tick_hash_count = 0;
    }
    return tick_hash_count < hashes_per_tick;
}

} // namespace

std::uint64_t count_ticks(std::span<const Entry> entries) {
    return static_cast<std::uint64_t>(std::ranges::count_if(entries, &Entry::is_tick));
}

Result<void, BlockError> check_ticks(std::span<const Entry> entries, const TickLimits& limits,
                                     bool is_slot_full, std::uint64_t& tick_hash_count) {
    const std::uint64_t next_height = saturating_add(limits.tick_height, count_ticks(entries));
    if (next_height > limits.max_tick_height) return std::unexpected(BlockError::TooManyTicks);
    if (next_height < limits.max_tick_height && is_slot_full) {
        return std::unexpected(BlockError::TooFewTicks);
    }
    if (next_height == limits.max_tick_height) {
        if (!entries.empty() && !entries.back().is_tick()) {
            return std::unexpected(BlockError::TrailingEntry);
        }
        if (!is_slot_full) return std::unexpected(BlockError::InvalidLastTick);
    }
    const bool is_valid =
        limits.has_alpenglow_ticks
            ? std::ranges::all_of(entries, [](const Entry& e) { return e.num_hashes == 1; })
            : has_valid_hash_counts(entries, limits.hashes_per_tick.value_or(0), tick_hash_count);
    if (!is_valid) return std::unexpected(BlockError::InvalidTickHashCount);
    return {};
}

} // namespace fathom::ledger
