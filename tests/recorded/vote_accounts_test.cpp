// SPDX-License-Identifier: Apache-2.0
// Vote accounts of a testnet, in every version: what they say, and that version 4 comes back.
#include "fathom/harness/file.hpp"
#include "fathom/programs/vote/state.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace fathom::programs::vote {
namespace {

using Version = VersionedVoteState::Version;

constexpr std::size_t kSizeOfV4 = 3762;

Pubkey key_at(ByteView bytes, std::size_t offset) {
    Pubkey key;
    std::ranges::copy(bytes.subspan(offset, key.bytes.size()), key.bytes.begin());
    return key;
}

/// Writing the state over the account leaves every byte as it was.
void expect_comes_back(ByteView account) {
    const auto versioned = VersionedVoteState::decode(account, Pubkey{});
    ASSERT_TRUE(versioned.has_value());
    ASSERT_EQ(versioned->version, Version::V4);
    const Bytes encoded = versioned->state.encode();
    ASSERT_LE(encoded.size(), account.size());
    EXPECT_TRUE(std::ranges::equal(encoded, account.first(encoded.size())));
}

/// An older account as version 4: what the layout has at fixed places, what SIMD-0185 fills in, and
/// that the rest survives being written and read.
void expect_converts(ByteView account, const Pubkey& key, Version version) {
    const auto versioned = VersionedVoteState::decode(account, key);
    ASSERT_TRUE(versioned.has_value());
    ASSERT_EQ(versioned->version, version);
    const VoteState& state = versioned->state;
    EXPECT_EQ(state.node_pubkey, key_at(account, 4));
    EXPECT_EQ(state.authorized_withdrawer, key_at(account, 36));
    EXPECT_EQ(state.inflation_rewards_commission_bps, account[68] * 100);
    EXPECT_EQ(state.block_revenue_commission_bps, 10'000);
    EXPECT_EQ(state.inflation_rewards_collector, key);
    EXPECT_EQ(state.block_revenue_collector, state.node_pubkey);
    EXPECT_EQ(state.pending_delegator_rewards, 0u);
    EXPECT_EQ(state.bls_pubkey, std::nullopt);
    EXPECT_EQ(state.votes.size(), load_le<std::uint64_t>(&account[69]));
    const Bytes encoded = state.encode();
    EXPECT_LE(encoded.size(), kSizeOfV4);
    const auto again = VersionedVoteState::decode(encoded, key);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->state, state);
}

TEST(RecordedVoteAccounts, Version4ComesBack) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/vote_state/vexor/v4_testnet_414098450.bin.zst");
    const Bytes bytes = *harness::read_file(file);
    ASSERT_EQ(bytes.size(), 398 * kSizeOfV4);
    for (std::size_t at = 0; at < bytes.size(); at += kSizeOfV4) {
        SCOPED_TRACE(at / kSizeOfV4);
        expect_comes_back(ByteView(bytes).subspan(at, kSizeOfV4));
    }
}

/// Records of address, lamports, size and data.
std::size_t expect_all_convert(const std::filesystem::path& file, Version version) {
    const Bytes bytes = *harness::read_file(file);
    constexpr std::size_t kHead = 44;
    std::size_t count = 0;
    for (std::size_t at = 0; at + kHead <= bytes.size(); ++count) {
        SCOPED_TRACE(count);
        const std::size_t size = load_le<std::uint32_t>(&bytes[at + 40]);
        if (bytes.size() - at - kHead < size) break;
        expect_converts(ByteView(bytes).subspan(at + kHead, size), key_at(bytes, at), version);
        at += kHead + size;
    }
    return count;
}

TEST(RecordedVoteAccounts, Version1Converts) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/vote_state/vexor/tag1_samples.bin.zst");
    EXPECT_EQ(expect_all_convert(file, Version::V1_14_11), 79u);
}

TEST(RecordedVoteAccounts, Version3Converts) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/vote_state/vexor/tag2_samples.bin.zst");
    EXPECT_EQ(expect_all_convert(file, Version::V3), 82u);
}

TEST(RecordedVoteAccounts, OneOfEachVersion) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/vote_state/firedancer");
    const Pubkey key = Pubkey{};
    expect_converts(*harness::read_file(folder / "vote_acc_v2.bin"), key, Version::V1_14_11);
    expect_converts(*harness::read_file(folder / "vote_acc_v3.bin"), key, Version::V3);
    expect_comes_back(*harness::read_file(folder / "vote_acc_v4.bin"));
}

} // namespace
} // namespace fathom::programs::vote
