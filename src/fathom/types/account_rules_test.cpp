// SPDX-License-Identifier: Apache-2.0
// Tests of reserved keys, rent states and nonce accounts.
#include "fathom/base/text.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/rent_state.hpp"
#include "fathom/types/reserved_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom {
namespace {

TEST(ReservedKeys, AreThirtyOneDistinctOnes) {
    const auto keys = reserved_keys();
    EXPECT_EQ(keys.size(), 31u);
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(ReservedKeys, EveryOneIsRecognized) {
    for (const Pubkey& key : reserved_keys()) EXPECT_TRUE(is_reserved(key)) << key.to_base58();
    EXPECT_TRUE(is_reserved(ids::kSystemProgram));
    EXPECT_TRUE(is_reserved(ids::kLoaderV4));
    EXPECT_TRUE(is_reserved(ids::kSysvarOwner));
    EXPECT_TRUE(is_reserved(ids::kInstructionsSysvar));
}

TEST(ReservedKeys, OthersAreNot) {
    EXPECT_FALSE(is_reserved(ids::kIncinerator));
    Pubkey last;
    last.bytes.fill(0xff);
    EXPECT_FALSE(is_reserved(last));
    Pubkey near = ids::kClock;
    near.bytes[31] ^= 1;
    EXPECT_FALSE(is_reserved(near));
}

using Kind = RentState::Kind;

TEST(RentState, FollowsTheBalance) {
    EXPECT_EQ(RentState::of(0, 5, 100), (RentState{Kind::Uninitialized}));
    EXPECT_EQ(RentState::of(99, 5, 100), (RentState{Kind::RentPaying, 99, 5}));
    EXPECT_EQ(RentState::of(100, 5, 100), (RentState{Kind::RentExempt}));
    EXPECT_EQ(RentState::of(0, 5, 0), (RentState{Kind::Uninitialized}));
}

TEST(RentState, RelaxedPreStateIsNeverRentPaying) {
    EXPECT_EQ(RentState::before(99, 5, 100, false).kind, Kind::RentPaying);
    EXPECT_EQ(RentState::before(99, 5, 100, true).kind, Kind::RentExempt);
    EXPECT_EQ(RentState::before(0, 5, 100, true).kind, Kind::Uninitialized);
}

TEST(RentState, RelaxedPostStateKeepsWhatLostNothing) {
    const RentState exempt{Kind::RentExempt};
    EXPECT_EQ(RentState::after(99, 5, 100, exempt, 99, true).kind, Kind::RentExempt);
    EXPECT_EQ(RentState::after(98, 5, 100, exempt, 99, true).kind, Kind::RentPaying);
    EXPECT_EQ(RentState::after(99, 5, 100, exempt, 99, false).kind, Kind::RentPaying);
    EXPECT_EQ(RentState::after(99, 5, 100, RentState{}, 0, true).kind, Kind::RentPaying);
    EXPECT_EQ(RentState::after(0, 5, 100, exempt, 0, true).kind, Kind::Uninitialized);
}

TEST(RentState, ExemptOrGoneIsAlwaysAllowed) {
    for (const RentState& before :
         {RentState{}, RentState{Kind::RentExempt}, RentState{Kind::RentPaying, 1, 1}}) {
        EXPECT_TRUE(is_rent_transition_allowed(before, {Kind::Uninitialized}));
        EXPECT_TRUE(is_rent_transition_allowed(before, {Kind::RentExempt}));
    }
}

TEST(RentState, RentPayingMayOnlyStayAndShrink) {
    const RentState paying{Kind::RentPaying, 50, 10};
    EXPECT_FALSE(is_rent_transition_allowed({Kind::Uninitialized}, paying));
    EXPECT_FALSE(is_rent_transition_allowed({Kind::RentExempt}, paying));
    EXPECT_TRUE(is_rent_transition_allowed(paying, paying));
    EXPECT_TRUE(is_rent_transition_allowed(paying, {Kind::RentPaying, 49, 10}));
    EXPECT_FALSE(is_rent_transition_allowed(paying, {Kind::RentPaying, 51, 10}));
    EXPECT_FALSE(is_rent_transition_allowed(paying, {Kind::RentPaying, 49, 11}));
}

Hash filled_hash(std::uint8_t byte) {
    Hash hash;
    hash.bytes.fill(byte);
    return hash;
}

NonceState initialized(NonceState::Version version) {
    NonceData data;
    data.authority.bytes.fill(0xaa);
    data.durable_nonce = filled_hash(0xbb);
    data.lamports_per_signature = 5000;
    return {version, data};
}

TEST(Nonce, HasTheBincodeLayout) {
    const Bytes expected =
        *base::from_hex("0100000001000000"
                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                        "8813000000000000");
    const NonceState state = initialized(NonceState::Version::Current);
    EXPECT_EQ(state.encode(), expected);
    EXPECT_EQ(NonceState::decode(expected), state);
    EXPECT_TRUE(is_nonce_sized(expected));
}

TEST(Nonce, UninitializedTakesEightBytes) {
    const NonceState state{NonceState::Version::Legacy, std::nullopt};
    EXPECT_EQ(state.encode(), Bytes(8, 0));
    EXPECT_EQ(NonceState::decode(Bytes(8, 0)), state);
    EXPECT_EQ(NonceState::decode(Bytes(80, 0)), state);
}

TEST(Nonce, TruncationIsRefused) {
    const Bytes encoded = initialized(NonceState::Version::Current).encode();
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        EXPECT_FALSE(NonceState::decode(ByteView(encoded).first(size))) << size;
    }
}

TEST(Nonce, UnknownVariantsAreRefused) {
    Bytes encoded = initialized(NonceState::Version::Current).encode();
    encoded[0] = 2;
    EXPECT_FALSE(NonceState::decode(encoded));
    encoded[0] = 1;
    encoded[4] = 2;
    EXPECT_FALSE(NonceState::decode(encoded));
    encoded[4] = 1;
    encoded[7] = 1;
    EXPECT_FALSE(NonceState::decode(encoded));
}

// sha256("DURABLE_NONCE" ‖ 171 × 32), computed outside this project.
TEST(Nonce, DurableNonceIsADigestOfItsOwnDomain) {
    EXPECT_EQ(base::to_hex(durable_nonce_from_blockhash(filled_hash(171)).view()),
              "8e78351b9e96209014d3ca6056eb9d6bea6c772c38e84f344a83f13d581ad391");
}

TEST(Nonce, OnlyTheCurrentInitializedStateVerifies) {
    const Hash stored = filled_hash(0xbb);
    const NonceState current = initialized(NonceState::Version::Current);
    EXPECT_EQ(current.verify_recent_blockhash(stored), &*current.data);
    EXPECT_EQ(current.verify_recent_blockhash(filled_hash(0xbc)), nullptr);
    EXPECT_EQ(initialized(NonceState::Version::Legacy).verify_recent_blockhash(stored), nullptr);
    EXPECT_EQ(NonceState{}.verify_recent_blockhash(Hash{}), nullptr);
}

TEST(Nonce, UpgradeHashesTheStoredNonce) {
    const auto upgraded = initialized(NonceState::Version::Legacy).upgraded();
    ASSERT_TRUE(upgraded);
    EXPECT_EQ(upgraded->version, NonceState::Version::Current);
    EXPECT_EQ(upgraded->data->durable_nonce, durable_nonce_from_blockhash(filled_hash(0xbb)));
    EXPECT_EQ(upgraded->data->lamports_per_signature, 5000u);
}

TEST(Nonce, OnlyLegacyInitializedUpgrades) {
    EXPECT_FALSE(initialized(NonceState::Version::Current).upgraded());
    EXPECT_FALSE((NonceState{NonceState::Version::Legacy, std::nullopt}.upgraded()));
}

} // namespace
} // namespace fathom
