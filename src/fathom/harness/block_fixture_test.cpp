// SPDX-License-Identifier: Apache-2.0
// Blocks that Agave 2 executed: bank hash, capitalization, leader schedule.
#include "fathom/harness/block_fixture.hpp"
#include "fathom/harness/file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fathom::harness {
namespace {

struct RanFixture {
    BlockFixture fixture;
    BlockRun run;
};

RanFixture run(const std::filesystem::path& path, bool is_context = false) {
    const auto bytes = read_file(path);
    EXPECT_TRUE(bytes);
    auto fixture = parse_block_fixture(*bytes, is_context);
    EXPECT_TRUE(fixture) << fixture.error().message;
    auto result = run_block_fixture(*fixture, std::make_shared<bank::Runtime>());
    EXPECT_TRUE(result) << result.error().message;
    return {*std::move(fixture), *std::move(result)};
}

TEST(BlockFixture, BlockInTheMiddleOfRewardsHashesAsAgaveHashedIt) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/solana-conformance");
    const auto [fixture, ran] = run(folder / "bde91c5e83305ac65a65e91dbccf0eff8e5cd7ed_149313.fix");
    EXPECT_TRUE(ran.effects.has_error);
    EXPECT_TRUE(judge_block_fixture(fixture, ran).is_equal);
}

/// These two were made when votes were still written in version 3. Agave 4.3 writes version 4
/// (programs/vote/src/vote_state/handler.rs), which is the only difference.
TEST(BlockFixture, BlocksWithVotesDifferFromAgave2OnlyInTheVersionOfTheVoteState) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/solana-conformance");
    for (const std::string name : {"block-12.fix", "block-13.fix"}) {
        const auto [fixture, ran] = run(folder / name);
        const FixtureVerdict verdict = judge_block_fixture(fixture, ran);
        EXPECT_FALSE(verdict.is_equal) << name;
        EXPECT_TRUE(verdict.is_outdated) << name;
    }
}

TEST(BlockFixture, ContextsWithoutEffectsRun) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/firedancer-contexts");
    for (const std::string name : {"block-241.blockctx", "block-384.blockctx"}) {
        const auto [fixture, ran] = run(folder / name, true);
        EXPECT_EQ(ran.outcomes.size(), fixture.transactions.size()) << name;
        EXPECT_TRUE(ran.bank->is_frozen()) << name;
        EXPECT_FALSE(ran.effects.has_error) << name;
    }
}

} // namespace
} // namespace fathom::harness
