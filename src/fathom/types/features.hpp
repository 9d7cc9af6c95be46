// SPDX-License-Identifier: Apache-2.0
// Feature gates by name, and the set of them that is active.
#pragma once

#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fathom {

enum class Feature : std::uint16_t {
#define FATHOM_FEATURE(name, id, slot) name,
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
};

inline constexpr std::size_t kFeatureCount = 0
#define FATHOM_FEATURE(name, id, slot) +1
#include "fathom/types/feature_table.inc"
#undef FATHOM_FEATURE
    ;

/// Which gates are active, and since when. A value: copy it freely. Ids that Agave 4.3 does not
/// know are kept out: they gate nothing.
class FeatureSet {
public:
    /// No gate active.
    FeatureSet() = default;
    /// The gates that mainnet-beta had activated when the table was made, at their slots.
    [[nodiscard]] static FeatureSet mainnet();
    /// Every known gate, active since slot 0.
    [[nodiscard]] static FeatureSet all();

    [[nodiscard]] bool is_active(Feature feature) const {
        return active_[static_cast<std::size_t>(feature)];
    }
    [[nodiscard]] std::optional<Slot> activated_slot(Feature feature) const;
    void activate(Feature feature, Slot slot = 0);
    void deactivate(Feature feature);
    /// False if no known gate has this address.
    bool activate(const Pubkey& id, Slot slot = 0);

    friend bool operator==(const FeatureSet&, const FeatureSet&) = default;

private:
    std::bitset<kFeatureCount> active_;
    std::array<Slot, kFeatureCount> slots_{};
};

[[nodiscard]] const Pubkey& feature_id(Feature feature);
[[nodiscard]] std::string_view feature_name(Feature feature);
[[nodiscard]] std::optional<Feature> find_feature(const Pubkey& id);
[[nodiscard]] std::optional<Feature> find_feature(std::string_view name);

} // namespace fathom
