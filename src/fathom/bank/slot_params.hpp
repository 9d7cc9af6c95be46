// SPDX-License-Identifier: Apache-2.0
// What follows from how long a slot lasts, which features shorten (SIMD-0525; agave
// runtime/src/slot_params.rs).
#pragma once

#include "fathom/base/integers.hpp"
#include "fathom/sched/block_costs.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace fathom::bank {

struct SlotParams {
    std::uint64_t nanoseconds = 400'000'000;
    double slots_per_year = 78'892'314.984;
    std::uint64_t hashes_per_tick = 62'500;
    ComputeUnits account_cost_limit = 24'000'000;
    ComputeUnits block_cost_limit = 60'000'000;
    std::uint64_t allocated_data_limit = 100'000'000;
    /// Stake accounts that are paid in one block.
    std::uint64_t stake_stores_per_block = 4'096;
    /// Validator admission ticket.
    Lamports ticket = 1'600'000'000;
};

/// The parameters of every slot of a chain, as its features say.
class SlotParamsTable {
public:
    /// `baseline` holds from slot 0 on: the genesis says it.
    SlotParamsTable() : SlotParamsTable(FeatureSet{}, EpochSchedule{}, SlotParams{}) {}
    SlotParamsTable(const FeatureSet& features, const EpochSchedule& schedule,
                    const SlotParams& baseline);

    [[nodiscard]] const SlotParams& at(Slot slot) const;
    /// With raise_block_limits_to_100m, units are 100/60 of what the slot's length allows.
    [[nodiscard]] sched::BlockLimits block_limits(Slot slot, const FeatureSet& features) const;
    [[nodiscard]] const SlotParams& baseline() const { return changes_.front().second; }
    /// How long the slots after `from` up to `to` take.
    [[nodiscard]] uint128_t nanoseconds_between(Slot from, Slot to) const;
    /// How much of a year the slots from `from` up to but without `to` take.
    [[nodiscard]] double years_between(Slot from, Slot to) const;

private:
    /// By first slot, ascending; the first is 0.
    std::vector<std::pair<Slot, SlotParams>> changes_;
};

} // namespace fathom::bank
