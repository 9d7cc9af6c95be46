// SPDX-License-Identifier: Apache-2.0
// Who makes which block of an epoch.
#pragma once

#include "fathom/bank/stakes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <vector>

namespace fathom::bank {

struct SlotLeader {
    /// Identity of the node.
    Pubkey id;
    Pubkey vote_address;

    friend bool operator==(const SlotLeader&, const SlotLeader&) = default;
};

/// A leader has this many slots in a row.
inline constexpr std::uint64_t kConsecutiveLeaderSlots = 4;

/// Drawn by stake from ChaCha20 with the epoch as its seed; one entry for each
/// kConsecutiveLeaderSlots slots. Empty if nobody has stake (agave leader-schedule/src/lib.rs).
[[nodiscard]] std::vector<SlotLeader> leader_schedule(const VoteAccounts& vote_accounts,
                                                      Epoch epoch, std::uint64_t slots);

} // namespace fathom::bank
