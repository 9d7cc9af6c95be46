// SPDX-License-Identifier: Apache-2.0
// Tests of vote state: layout, versions, conversion, authorized voters.
#include "fathom/programs/vote/state.hpp"
#include "tests/support/vote_fixture.hpp"

namespace fathom::programs::vote {
namespace {

using namespace fathom::tests;
using Version = VersionedVoteState::Version;

const Pubkey kVote = test_key(1);
const Pubkey kNode = test_key(2);
const Pubkey kVoter = test_key(3);
const Pubkey kWithdrawer = test_key(4);

Bytes prior_voters() {
    return Wire().zeros(32 * 48).u64(31).u8(1);
}

/// Two votes, root 7, one voter, one epoch of credits; what differs between versions left out.
Bytes version_3(bool has_latency = true) {
    Wire wire;
    wire.u32(has_latency ? 2 : 1).key(kNode).key(kWithdrawer).u8(10).u64(2);
    if (has_latency) wire.u8(1);
    wire.u64(8).u32(2);
    if (has_latency) wire.u8(3);
    wire.u64(9).u32(1);
    wire.u8(1).u64(7).u64(1).u64(5).key(kVoter).raw(prior_voters());
    wire.u64(1).u64(5).u64(90).u64(80).u64(9).u64(1234);
    return wire;
}

VoteState converted(bool has_latency) {
    VoteState state;
    state.node_pubkey = kNode;
    state.authorized_withdrawer = kWithdrawer;
    state.inflation_rewards_collector = kVote;
    state.block_revenue_collector = kNode;
    state.inflation_rewards_commission_bps = 1000;
    state.block_revenue_commission_bps = 10'000;
    const auto latency = [&](int value) {
        return has_latency ? static_cast<std::uint8_t>(value) : std::uint8_t{0};
    };
    state.votes = {{.latency = latency(1), .lockout = {.slot = 8, .confirmation_count = 2}},
                   {.latency = latency(3), .lockout = {.slot = 9, .confirmation_count = 1}}};
    state.root_slot = 7;
    state.authorized_voters = {{5, kVoter}};
    state.epoch_credits = {{.epoch = 5, .credits = 90, .previous_credits = 80}};
    state.last_timestamp = {.slot = 9, .timestamp = 1234};
    return state;
}

TEST(VoteStateBytes, FollowSimd185) {
    VoteState state = converted(true);
    state.pending_delegator_rewards = 11;
    state.bls_pubkey = BlsPublicKey{};
    state.bls_pubkey->fill(0xb5);
    const Bytes expected = Wire()
                               .u32(3)
                               .key(kNode)
                               .key(kWithdrawer)
                               .key(kVote)
                               .key(kNode)
                               .u16(1000)
                               .u16(10'000)
                               .u64(11)
                               .u8(1)
                               .raw(Bytes(48, 0xb5))
                               .u64(2)
                               .u8(1)
                               .u64(8)
                               .u32(2)
                               .u8(3)
                               .u64(9)
                               .u32(1)
                               .u8(1)
                               .u64(7)
                               .u64(1)
                               .u64(5)
                               .key(kVoter)
                               .u64(1)
                               .u64(5)
                               .u64(90)
                               .u64(80)
                               .u64(9)
                               .u64(1234);
    EXPECT_EQ(state.encode(), expected);
    EXPECT_EQ(read_vote_state(expected, kVote), state);
}

TEST(VoteStateBytes, OlderVersionsGetCollectorsAndBasisPoints) {
    EXPECT_EQ(read_vote_state(version_3(), kVote), converted(true));
    EXPECT_EQ(read_vote_state(version_3(false), kVote), converted(false));
}

TEST(VoteStateBytes, EveryPrefixIsRefused) {
    const Bytes whole = version_3();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto state = read_vote_state(ByteView(whole).first(size), kVote);
        ASSERT_FALSE(state);
        EXPECT_EQ(state.error(), InstructionError::InvalidAccountData);
    }
}

TEST(VoteStateBytes, UnknownTagsAreRefused) {
    for (const std::uint32_t tag : {0u, 4u, ~0u}) {
        const Bytes data = Wire().u32(tag).zeros(3758);
        EXPECT_EQ(read_vote_state(data, kVote).error(), InstructionError::InvalidAccountData);
    }
}

TEST(VoteStateBytes, HugeCountsAreRefusedWithoutMemory) {
    const Bytes data = Wire().u32(3).zeros(4 * 32 + 12).u8(0).u64(~0ull).zeros(64);
    EXPECT_EQ(read_vote_state(data, kVote).error(), InstructionError::InvalidAccountData);
}

TEST(VoteStateBytes, OnlyInitializationReadsTagZero) {
    const auto versioned = VersionedVoteState::decode(Bytes(3762), kVote);
    ASSERT_TRUE(versioned);
    EXPECT_EQ(versioned->version, Version::Uninitialized);
    EXPECT_TRUE(versioned->is_uninitialized());
}

TEST(VoteStateBytes, OldVersionsWithoutVotersAreUninitialized) {
    const Bytes data =
        Wire().u32(2).zeros(65).u64(0).u8(0).u64(0).raw(prior_voters()).u64(0).u64(0).u64(0);
    EXPECT_EQ(read_vote_state(data, kVote).error(), InstructionError::UninitializedAccount);
    const Bytes version_4 = Wire().u32(3).zeros(4 * 32 + 12 + 1 + 8 + 1 + 8 + 8 + 16);
    EXPECT_TRUE(read_vote_state(version_4, kVote));
}

TEST(AuthorizedVoter, CarriesForwardAndForgetsOldEpochs) {
    VoteState state;
    state.authorized_voters = {{2, kNode}, {5, kVoter}, {9, kWithdrawer}};
    EXPECT_EQ(state.take_authorized_voter(7), kVoter);
    // Entries from epoch 6 on stay.
    EXPECT_EQ(state.authorized_voters, (AuthorizedVoters{{7, kVoter}, {9, kWithdrawer}}));
}

TEST(AuthorizedVoter, KeepsThePreviousEpoch) {
    VoteState state;
    state.authorized_voters = {{4, kNode}, {5, kVoter}};
    EXPECT_EQ(state.take_authorized_voter(5), kVoter);
    EXPECT_EQ(state.authorized_voters, (AuthorizedVoters{{4, kNode}, {5, kVoter}}));
}

TEST(AuthorizedVoter, IsMissingBeforeTheFirstEpoch) {
    VoteState state;
    state.authorized_voters = {{5, kVoter}};
    EXPECT_EQ(state.take_authorized_voter(4).error(), InstructionError::InvalidAccountData);
}

TEST(Lockout, DoublesUpToThirtyOneConfirmations) {
    EXPECT_EQ((Lockout{.slot = 10, .confirmation_count = 0}).last_locked_out_slot(), 11u);
    EXPECT_EQ((Lockout{.slot = 10, .confirmation_count = 3}).last_locked_out_slot(), 18u);
    EXPECT_EQ((Lockout{.slot = 0, .confirmation_count = 99}).last_locked_out_slot(), 1ull << 31);
    EXPECT_EQ((Lockout{.slot = ~0ull, .confirmation_count = 1}).last_locked_out_slot(), ~0ull);
}

} // namespace
} // namespace fathom::programs::vote
