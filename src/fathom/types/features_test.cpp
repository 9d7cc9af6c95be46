// SPDX-License-Identifier: Apache-2.0
// Tests of the feature table and sets.
#include "fathom/types/features.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

namespace fathom {
namespace {

using namespace fathom::literals;

Feature feature_at(std::size_t index) {
    return static_cast<Feature>(index);
}

TEST(Features, IdsAndNamesAreUnique) {
    std::set<Pubkey> ids;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        ids.insert(feature_id(feature_at(i)));
        names.insert(feature_name(feature_at(i)));
    }
    EXPECT_EQ(ids.size(), kFeatureCount);
    EXPECT_EQ(names.size(), kFeatureCount);
}

TEST(Features, EveryOneIsFoundByIdAndByName) {
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        EXPECT_EQ(find_feature(feature_id(feature_at(i))), feature_at(i));
        EXPECT_EQ(find_feature(feature_name(feature_at(i))), feature_at(i));
    }
}

TEST(Features, KnownGateHasItsAddress) {
    EXPECT_EQ(feature_id(Feature::blake3_syscall_enabled),
              "HTW2pSyErTj4BV6KBM9NZ9VBUJVxt7sacNWcf76wtzb3"_pubkey);
    EXPECT_EQ(find_feature("enable_tx_v1"), Feature::enable_tx_v1);
}

TEST(Features, UnknownIsNotFound) {
    EXPECT_EQ(find_feature(Pubkey{}), std::nullopt);
    Pubkey last;
    last.bytes.fill(0xff);
    EXPECT_EQ(find_feature(last), std::nullopt);
    EXPECT_EQ(find_feature(std::string_view{}), std::nullopt);
    EXPECT_EQ(find_feature(std::string_view{"no_such_feature"}), std::nullopt);
}

TEST(FeatureSet, DefaultIsEmpty) {
    EXPECT_FALSE(FeatureSet{}.is_active(Feature::enable_tx_v1));
    EXPECT_EQ(FeatureSet{}.activated_slot(Feature::enable_tx_v1), std::nullopt);
}

TEST(FeatureSet, ActivationHasASlot) {
    FeatureSet set;
    set.activate(Feature::enable_tx_v1, 77);
    EXPECT_TRUE(set.is_active(Feature::enable_tx_v1));
    EXPECT_EQ(set.activated_slot(Feature::enable_tx_v1), 77u);
}

TEST(FeatureSet, DeactivationLeavesNoTrace) {
    FeatureSet set;
    set.activate(Feature::enable_tx_v1, 77);
    set.deactivate(Feature::enable_tx_v1);
    EXPECT_EQ(set, FeatureSet{});
}

TEST(FeatureSet, ActivatesByAddress) {
    FeatureSet set;
    EXPECT_TRUE(set.activate(feature_id(Feature::enable_tx_v1), 5));
    EXPECT_EQ(set.activated_slot(Feature::enable_tx_v1), 5u);
}

TEST(FeatureSet, IgnoresUnknownAddresses) {
    FeatureSet set;
    EXPECT_FALSE(set.activate(Pubkey{}, 5));
    EXPECT_EQ(set, FeatureSet{});
}

TEST(FeatureSet, AllHasEveryGateSinceGenesis) {
    const FeatureSet set = FeatureSet::all();
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        EXPECT_EQ(set.activated_slot(feature_at(i)), Slot{0});
    }
}

TEST(FeatureSet, MainnetLeavesOutWhatIsPending) {
    const FeatureSet set = FeatureSet::mainnet();
    EXPECT_EQ(set.activated_slot(Feature::secp256k1_program_enabled), 41040000u);
    EXPECT_FALSE(set.is_active(Feature::alpenglow_fast_leader_handover));
}

/// The quoted strings of `file` between the key's bracket and the matching end, in order.
std::vector<std::string> strings_under(const std::filesystem::path& file, std::string_view key) {
    std::ifstream stream(file);
    std::stringstream buffer;
    buffer << stream.rdbuf();
    const std::string text = buffer.str();
    std::vector<std::string> strings;
    std::size_t at = text.find("\"" + std::string(key) + "\":");
    if (at == std::string::npos) return strings;
    at = text.find_first_of("{[", at);
    const std::size_t end = text.find_first_of("}]", at);
    while ((at = text.find('"', at)) < end) {
        const std::size_t close = text.find('"', at + 1);
        strings.push_back(text.substr(at + 1, close - at - 1));
        at = close + 1;
    }
    return strings;
}

TEST(FeatureSet, MainnetAgreesWithTheRecordedCluster) {
    FATHOM_REQUIRE_SHARED(file, "vectors/features.json");
    const auto strings = strings_under(file, "mainnet");
    ASSERT_FALSE(strings.empty());
    ASSERT_EQ(strings.size() % 2, 0u);
    FeatureSet expected;
    for (std::size_t i = 0; i < strings.size(); i += 2) {
        const auto id = Pubkey::from_base58(strings[i]);
        ASSERT_TRUE(id) << strings[i];
        Slot slot = 0;
        std::from_chars(strings[i + 1].data(), strings[i + 1].data() + strings[i + 1].size(), slot);
        expected.activate(*id, slot);
    }
    EXPECT_EQ(FeatureSet::mainnet(), expected);
}

// The recorded list is that of a released 4.3; the table also knows the gates added since.
TEST(FeatureSet, AllContainsTheRecordedList) {
    FATHOM_REQUIRE_SHARED(file, "vectors/features.json");
    const auto recorded = strings_under(file, "all");
    EXPECT_EQ(recorded.size(), 287u);
    for (const std::string& text : recorded) {
        const auto id = Pubkey::from_base58(text);
        ASSERT_TRUE(id) << text;
        const auto feature = find_feature(*id);
        ASSERT_TRUE(feature) << text;
        EXPECT_TRUE(FeatureSet::all().is_active(*feature)) << text;
    }
}

} // namespace
} // namespace fathom
