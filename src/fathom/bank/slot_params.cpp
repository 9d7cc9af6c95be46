// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/slot_params.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace fathom::bank {

namespace {

struct Gate {
    Feature feature;
    SlotParams params;
};

/// Longest slots first.
constexpr std::array<Gate, 4> kGates{{
    {Feature::reduce_slot_time_to_350ms,
     {350'000'000, 90'162'645.696, 54'687, 21'000'000, 52'500'000, 87'500'000, 3'584,
      1'400'000'000}},
    {Feature::reduce_slot_time_to_300ms,
     {300'000'000, 105'189'753.312, 46'875, 18'000'000, 45'000'000, 75'000'000, 3'072,
      1'200'000'000}},
    {Feature::reduce_slot_time_to_250ms,
     {250'000'000, 126'227'703.974, 39'062, 15'000'000, 37'500'000, 62'500'000, 2'560,
      1'000'000'000}},
    {Feature::reduce_slot_time_to_200ms,
     {200'000'000, 157'784'629.968, 31'250, 12'000'000, 30'000'000, 50'000'000, 2'048,
      800'000'000}},
}};

} // namespace

SlotParamsTable::SlotParamsTable(const FeatureSet& features, const EpochSchedule& schedule,
                                 const SlotParams& baseline) {
    Slot earliest = std::numeric_limits<Slot>::max();
    for (auto gate = kGates.rbegin(); gate != kGates.rend(); ++gate) {
        if (gate->params.nanoseconds > baseline.nanoseconds) continue;
        const auto activated = features.activated_slot(gate->feature);
        if (!activated) continue;
        // A whole epoch after the activation, so that everybody can prepare.
        const Slot effective = schedule.first_slot(schedule.epoch(*activated) + 1);
        if (effective >= earliest) continue; // shorter ones hold by then
        changes_.emplace_back(effective, gate->params);
        earliest = effective;
    }
    if (changes_.empty() || changes_.back().first != 0) changes_.emplace_back(0, baseline);
    std::ranges::reverse(changes_);
}

const SlotParams& SlotParamsTable::at(Slot slot) const {
    const auto after =
        std::ranges::upper_bound(changes_, slot, {}, &std::pair<Slot, SlotParams>::first);
    return std::prev(after)->second;
}

sched::BlockLimits SlotParamsTable::block_limits(Slot slot, const FeatureSet& features) const {
    const SlotParams& params = at(slot);
    sched::BlockLimits limits{.block = params.block_cost_limit,
                              .account = params.account_cost_limit,
                              .allocated_bytes = params.allocated_data_limit};
    if (features.is_active(Feature::raise_block_limits_to_100m)) {
        limits.block = limits.block * 100 / 60;
        limits.account = limits.account * 100 / 60;
    }
    return limits;
}

uint128_t SlotParamsTable::nanoseconds_between(Slot from, Slot to) const {
    uint128_t sum = 0;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        const Slot begin = std::max(saturating_add<Slot>(from, 1), changes_[i].first);
        const Slot end = i + 1 < changes_.size()
                             ? std::min(saturating_add<Slot>(to, 1), changes_[i + 1].first)
                             : saturating_add<Slot>(to, 1);
        if (begin < end) sum += uint128_t{end - begin} * changes_[i].second.nanoseconds;
    }
    return sum;
}

double SlotParamsTable::years_between(Slot from, Slot to) const {
    if (from >= to) return 0.0;
    Slot cursor = from;
    const SlotParams* params = &baseline();
    double years = 0.0;
    for (const auto& [effective, next] : changes_) {
        if (effective > from) {
            if (effective >= to) break;
            years += static_cast<double>(effective - cursor) / params->slots_per_year;
            cursor = effective;
        }
        params = &next;
    }
    return years + static_cast<double>(to - cursor) / params->slots_per_year;
}

} // namespace fathom::bank
