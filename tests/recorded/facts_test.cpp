// SPDX-License-Identifier: Apache-2.0
// Facts of clusters: names and addresses of gates, what a durable nonce is made of.
#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/nonce.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace fathom {
namespace {

harness::JsonDocument read_json(const std::filesystem::path& file) {
    return *harness::JsonDocument::parse(as_text(*harness::read_file(file)));
}

/// Agave keeps these three in modules, which are part of the name here.
bool is_same_name(std::string_view ours, std::string_view theirs) {
    if (ours == theirs) return true;
    return ours.starts_with("full_inflation__") &&
           theirs.starts_with(ours.ends_with("testnet") ? "devnet_and_testnet" : "full_inflation_");
}

TEST(RecordedFeatures, HaveTheirNames) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/features/firedancer/feature_map.json");
    const auto document = read_json(file);
    const auto features = *document.root().array();
    std::size_t known = 0;
    for (const auto& feature : features) {
        const auto ours = find_feature(*feature.field("pubkey")->pubkey());
        if (!ours) continue;
        ++known;
        EXPECT_TRUE(is_same_name(feature_name(*ours), *feature.field("name")->text()))
            << feature_name(*ours);
    }
    EXPECT_EQ(features.size(), 292u);
    // The others are gates of Firedancer's own, or whose names and addresses were reassigned.
    EXPECT_EQ(known, 276u);
}

TEST(RecordedNonce, IsMadeFromTheBlockhash) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/cluster_facts/vexor/cluster_facts.json");
    const auto document = read_json(file);
    const auto fact = *document.root().field("durable_nonce");
    Hash blockhash;
    std::ranges::copy(*fact.field("last_blockhash")->hex(), blockhash.bytes.begin());
    EXPECT_EQ(base::to_hex(durable_nonce_from_blockhash(blockhash).view()),
              *fact.field("durable_nonce")->text());
}

} // namespace
} // namespace fathom
