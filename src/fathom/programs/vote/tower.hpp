// SPDX-License-Identifier: Apache-2.0
// Votes: how a tower changes, what is refused, what credits it earns.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/programs/vote/error.hpp"
#include "fathom/programs/vote/instruction.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom::programs::vote {

/// Applies votes one by one (Vote and VoteSwitch).
[[nodiscard]] Result<void, VoteError> apply_slot_votes(VoteState& state, const SlotVotes& votes,
                                                       const SlotHashes& slot_hashes,
                                                       const Clock& clock);

/// Replaces the tower (UpdateVoteState, TowerSync and their variants). On failure the state is
/// half-changed and must not be written.
[[nodiscard]] Result<void, VoteError> apply_tower_update(VoteState& state, TowerUpdate update,
                                                         const SlotHashes& slot_hashes,
                                                         const Clock& clock);

/// TimestampTooOld if it goes back, or differs for the slot that the last one was for.
[[nodiscard]] Result<void, VoteError> apply_timestamp(VoteState& state, Slot slot,
                                                      UnixTimestamp timestamp);

/// Credits of the vote at `index` once it is rooted: fewer the later it landed, at least one.
[[nodiscard]] std::uint64_t credits_for_vote(const VoteState& state, std::size_t index);

/// Adds to the credits of `epoch`; a new epoch starts an entry unless the last earned nothing.
void add_credits(VoteState& state, Epoch epoch, std::uint64_t credits);

} // namespace fathom::programs::vote
