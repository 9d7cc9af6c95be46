// SPDX-License-Identifier: Apache-2.0
// The fee rate that blockhash queue entries carry, as it follows from how full blocks are.
#pragma once

#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom::bank {

/// Only nonce accounts and RecentBlockhashes ever show the rate; fees do not depend on it.
/// solana-sdk fee-calculator FeeRateGovernor.
struct FeeRateGovernor {
    /// Not part of a snapshot's governor: what the last derivation gave.
    Lamports lamports_per_signature = 0;
    Lamports target_lamports_per_signature = 10'000;
    std::uint64_t target_signatures_per_slot = 20'000;
    Lamports min_lamports_per_signature = 0;
    Lamports max_lamports_per_signature = 0;
    std::uint8_t burn_percent = 50;

    /// The governor of a block whose parent had `signatures`.
    [[nodiscard]] FeeRateGovernor derive(std::uint64_t signatures) const;
};

} // namespace fathom::bank
