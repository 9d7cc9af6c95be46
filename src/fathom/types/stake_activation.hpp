// SPDX-License-Identifier: Apache-2.0
// How much of a delegation counts in an epoch: warmup and cooldown.
#pragma once

#include "fathom/types/stake_state.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <optional>

namespace fathom {

/// How shares of a cluster's stake are rounded.
enum class StakeMath : bool {
    /// solana-stake-interface 4 state.rs stake_activating_and_deactivating: what a bank does
    /// without upgrade_bpf_stake_program_to_v5_1 (agave runtime/src/stake_delegation.rs).
    Double,
    /// ..._v2: the Stake program 5.1, and a bank with that feature.
    Integer,
};

/// The stake of `delegation` in `epoch`. `history` must be sorted, newest first. From
/// `new_rate_epoch` on, a share of 9 % of the cluster's stake may change in an epoch, before it
/// 25 %; nullopt: never 9 %.
[[nodiscard]] StakeHistoryEntry stake_activation(const StakeDelegation& delegation, Epoch epoch,
                                                 const StakeHistory& history,
                                                 std::optional<Epoch> new_rate_epoch,
                                                 StakeMath math = StakeMath::Integer);

} // namespace fathom
