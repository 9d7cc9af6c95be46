// SPDX-License-Identifier: Apache-2.0
// The table of feature gates, and look-ups in it by address and by name.
#include "fathom/types/features.hpp"

#include <algorithm>
#include <limits>

namespace fathom {

namespace {

using namespace fathom::literals;

constexpr Slot kNotOnMainnet = std::numeric_limits<Slot>::max();

// One constant each: compilers limit the steps of one constant expression, not their number.
namespace ids_of {
#define FATHOM_FEATURE(name, id, slot) constexpr Pubkey name = id##_pubkey;
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
} // namespace ids_of

constexpr std::array<Pubkey, kFeatureCount> kIds = {
#define FATHOM_FEATURE(name, id, slot) ids_of::name,
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
};

constexpr std::array<std::string_view, kFeatureCount> kNames = {
#define FATHOM_FEATURE(name, id, slot) #name,
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
};

constexpr std::array<Slot, kFeatureCount> kMainnetSlots = {
#define FATHOM_FEATURE(name, id, slot) slot,
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
};

using Order = std::array<std::uint16_t, kFeatureCount>;

/// Indices of `keys` in ascending order of key.
template <class Key> constexpr Order sorted(const std::array<Key, kFeatureCount>& keys) {
    Order order{};
    for (std::size_t i = 0; i < kFeatureCount; ++i) order[i] = static_cast<std::uint16_t>(i);
    std::sort(order.begin(), order.end(),
              [&](std::uint16_t a, std::uint16_t b) { return keys[a] < keys[b]; });
    return order;
}

template <class Key>
std::optional<Feature> find(const std::array<Key, kFeatureCount>& keys, const Order& order,
                            const Key& key) {
    const auto at = std::lower_bound(
        order.begin(), order.end(), key,
        [&](std::uint16_t index, const Key& wanted) { return keys[index] < wanted; });
    if (at == order.end() || keys[*at] != key) return std::nullopt;
    return static_cast<Feature>(*at);
}

} // namespace

FeatureSet FeatureSet::mainnet() {
    FeatureSet set;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        if (kMainnetSlots[i] != kNotOnMainnet) {
            set.activate(static_cast<Feature>(i), kMainnetSlots[i]);
        }
    }
    return set;
}

FeatureSet FeatureSet::all() {
    FeatureSet set;
    set.active_.set();
    return set;
}

std::optional<Slot> FeatureSet::activated_slot(Feature feature) const {
    if (!is_active(feature)) return std::nullopt;
    return slots_[static_cast<std::size_t>(feature)];
}

void FeatureSet::activate(Feature feature, Slot slot) {
    active_.set(static_cast<std::size_t>(feature));
    slots_[static_cast<std::size_t>(feature)] = slot;
}

void FeatureSet::deactivate(Feature feature) {
    active_.reset(static_cast<std::size_t>(feature));
    slots_[static_cast<std::size_t>(feature)] = 0;
}

bool FeatureSet::activate(const Pubkey& id, Slot slot) {
    const auto feature = find_feature(id);
    if (feature) activate(*feature, slot);
    return feature.has_value();
}

const Pubkey& feature_id(Feature feature) {
    return kIds[static_cast<std::size_t>(feature)];
}

std::string_view feature_name(Feature feature) {
    return kNames[static_cast<std::size_t>(feature)];
}

std::optional<Feature> find_feature(const Pubkey& id) {
    static const Order order = sorted(kIds);
    return find(kIds, order, id);
}

std::optional<Feature> find_feature(std::string_view name) {
    static const Order order = sorted(kNames);
    return find(kNames, order, name);
}

} // namespace fathom
