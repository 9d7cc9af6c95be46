// SPDX-License-Identifier: Apache-2.0
// What time it is, by the votes.
#pragma once

#include "fathom/bank/slot_params.hpp"
#include "fathom/bank/stakes.hpp"
#include "fathom/types/units.hpp"

#include <optional>

namespace fathom::bank {

struct ClockInput {
    Slot slot = 0;
    const SlotParamsTable& durations;
    std::uint64_t slots_per_epoch = 432'000;
    /// First slot of the parent's epoch, and when it began.
    Slot epoch_start_slot = 0;
    UnixTimestamp epoch_start_timestamp = 0;
};

/// Median of what the voters say, weighted by the stakes of the bank's epoch, kept within 25 %
/// below and 150 % above what the slots since the start of the epoch amount to. nullopt: nobody
/// with stake has voted lately (agave runtime/src/stake_weighted_timestamp.rs).
[[nodiscard]] std::optional<UnixTimestamp> stake_weighted_timestamp(const ClockInput& input,
                                                                    const VoteAccounts& voters,
                                                                    const VoteAccounts& stakes);

} // namespace fathom::bank
