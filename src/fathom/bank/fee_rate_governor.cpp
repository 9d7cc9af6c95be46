// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/fee_rate_governor.hpp"

#include <algorithm>
#include <limits>

namespace fathom::bank {

FeeRateGovernor FeeRateGovernor::derive(std::uint64_t signatures) const {
    FeeRateGovernor next = *this;
    if (target_signatures_per_slot == 0) {
        next.lamports_per_signature = target_lamports_per_signature;
        next.min_lamports_per_signature = target_lamports_per_signature;
        next.max_lamports_per_signature = target_lamports_per_signature;
        return next;
    }
    next.min_lamports_per_signature = std::max<Lamports>(1, target_lamports_per_signature / 2);
    next.max_lamports_per_signature = target_lamports_per_signature * 10;
    const std::uint64_t counted =
        std::min<std::uint64_t>(signatures, std::numeric_limits<std::uint32_t>::max());
    const Lamports desired =
        std::clamp(target_lamports_per_signature * counted / target_signatures_per_slot,
                   next.min_lamports_per_signature, next.max_lamports_per_signature);
    const auto gap = static_cast<std::int64_t>(desired - lamports_per_signature);
    if (gap == 0) {
        next.lamports_per_signature = desired;
        return next;
    }
    // One step of a twentieth of the target towards the desired rate.
    const auto step =
        static_cast<std::int64_t>(std::max<Lamports>(1, target_lamports_per_signature / 20));
    const std::int64_t moved =
        static_cast<std::int64_t>(lamports_per_signature) + (gap > 0 ? step : -step);
    next.lamports_per_signature =
        std::clamp(static_cast<Lamports>(moved), next.min_lamports_per_signature,
                   next.max_lamports_per_signature);
    return next;
}

} // namespace fathom::bank
