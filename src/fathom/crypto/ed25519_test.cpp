// SPDX-License-Identifier: Apache-2.0
// Ed25519: RFC 8032 answers, the strict rules one by one, and the public edge-case collections.
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/edwards25519.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::hex_field;
using tests::read_json;
using tests::to_hex;

/// RFC 8032, section 7.1, test 1: an empty message.
const Bytes kSeed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const Bytes kKey = from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
const Bytes kSignature =
    from_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
             "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
/// No x belongs to y = 2.
const Bytes kNoPoint = from_hex("0200000000000000000000000000000000000000000000000000000000000000");

bool strict(const Bytes& key, const Bytes& signature, ByteView message) {
    return ed25519_verify_strict(key.data(), signature.data(), message);
}

Ed25519PrecompileCheck precompile(const Bytes& key, const Bytes& signature, ByteView message) {
    return ed25519_verify_precompile(key.data(), signature.data(), message);
}

bool precompile_accepts(const Bytes& key, const Bytes& signature, ByteView message) {
    return precompile(key, signature, message) == Ed25519PrecompileCheck::Valid;
}

/// The same signature with l added to s.
Bytes with_unreduced_s(Bytes signature) {
    const Bytes order =
        from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += unsigned{signature[32 + i]} + order[i];
        signature[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return signature;
}

TEST(Ed25519, SignsAsRfc8032) {
    EXPECT_EQ(to_hex(ed25519_public_key(kSeed.data())), to_hex(kKey));
    EXPECT_EQ(to_hex(ed25519_sign(kSeed.data(), {})), to_hex(kSignature));
    EXPECT_TRUE(strict(kKey, kSignature, {}));
    EXPECT_TRUE(precompile_accepts(kKey, kSignature, {}));
}

TEST(Ed25519, SignsAndVerifiesMessagesOfAnyLength) {
    for (const std::size_t size : {1u, 63u, 64u, 65u, 127u, 1232u}) {
        const Bytes message(size, 0x5a);
        const auto made = ed25519_sign(kSeed.data(), message);
        const Bytes signature(made.begin(), made.end());
        EXPECT_TRUE(strict(kKey, signature, message));
        EXPECT_FALSE(strict(kKey, signature, ByteView(message).first(size - 1)));
    }
}

TEST(Ed25519, RefusesEveryFlippedBitOfTheSignature) {
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Bytes signature = kSignature;
        signature[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
        EXPECT_FALSE(strict(kKey, signature, {})) << bit;
    }
}

TEST(Ed25519, RefusesUnreducedS) {
    EXPECT_FALSE(strict(kKey, with_unreduced_s(kSignature), {}));
    EXPECT_EQ(precompile(kKey, with_unreduced_s(kSignature), {}),
              Ed25519PrecompileCheck::InvalidSignature);
}

TEST(Ed25519, RefusesSmallOrderKeyAndR) {
    // With A and R both the identity and s = 0 the equation holds for every message.
    Bytes identity(32);
    identity[0] = 1;
    Bytes signature = identity;
    signature.resize(64);
    EXPECT_FALSE(strict(identity, signature, as_bytes("any")));
    EXPECT_EQ(precompile(identity, signature, as_bytes("any")),
              Ed25519PrecompileCheck::InvalidSignature);
}

// y = p + 1 is the identity for curve25519-dalek, which reduces it; so the key is found, and small.
TEST(Ed25519, NonCanonicalKeyOfSmallOrderIsReadAndRefused) {
    Bytes identity(32, 0xff);
    identity[0] = 0xee;
    identity[31] = 0x7f;
    ASSERT_TRUE(EdwardsPoint::decompress(identity.data()).has_value());
    Bytes signature = identity;
    signature.resize(64);
    EXPECT_FALSE(strict(identity, signature, as_bytes("any")));
    EXPECT_EQ(precompile(identity, signature, as_bytes("any")),
              Ed25519PrecompileCheck::InvalidSignature);
}

TEST(Ed25519, PrecompileReadsTheTopBitsOfSBeforeTheKeyAndTheRestAfterIt) {
    ASSERT_FALSE(EdwardsPoint::decompress(kNoPoint.data()).has_value());
    Bytes top_bit = kSignature;
    top_bit[63] |= 0x20;
    EXPECT_FALSE(ed25519_signature_parses(top_bit.data()));
    EXPECT_EQ(precompile(kNoPoint, top_bit, {}), Ed25519PrecompileCheck::InvalidSignature);
    const Bytes unreduced = with_unreduced_s(kSignature);
    EXPECT_TRUE(ed25519_signature_parses(unreduced.data()));
    EXPECT_EQ(precompile(kNoPoint, unreduced, {}), Ed25519PrecompileCheck::InvalidPublicKey);
}

TEST(Ed25519, Wycheproof) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/ed25519/wycheproof_ed25519_test.json");
    std::size_t count = 0;
    const auto file = read_json(path);
    for (const auto& group : file.at("testGroups")) {
        const Bytes key = hex_field(group.at("publicKey"), "pk");
        for (const auto& item : group.at("tests")) {
            const Bytes signature = hex_field(item, "sig");
            if (signature.size() != 64) continue;
            const Bytes message = hex_field(item, "msg");
            const bool valid = item.at("result") == "valid";
            EXPECT_EQ(strict(key, signature, message), valid) << item.at("tcId");
            EXPECT_EQ(precompile_accepts(key, signature, message), valid) << item.at("tcId");
            ++count;
        }
    }
    EXPECT_GT(count, 90u);
}

TEST(Ed25519, CctvEdgeCasesAsDalekStrict) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/ed25519/cctv_ed25519vectors.json");
    // ed25519-dalek 2.2 tests/validation_criteria.rs: strict verification allows these alone.
    const std::set<std::string> allowed{"low_order_component_A", "low_order_component_R"};
    std::size_t accepted = 0;
    for (const auto& item : read_json(path)) {
        bool expected = true;
        for (const auto& flag : item.at("flags")) {
            expected = expected && allowed.contains(flag.get<std::string>());
        }
        const auto message = item.at("msg").get<std::string>();
        const Bytes key = hex_field(item, "key");
        const Bytes signature = hex_field(item, "sig");
        EXPECT_EQ(strict(key, signature, as_bytes(message)), expected) << item;
        EXPECT_EQ(precompile_accepts(key, signature, as_bytes(message)), expected) << item;
        accepted += expected ? 1 : 0;
    }
    EXPECT_GT(accepted, 1u);
}

TEST(Ed25519, SpeccheckAcceptsOnlyTheFullOrderCase) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/ed25519/speccheck_cases.json");
    const auto cases = read_json(path);
    ASSERT_EQ(cases.size(), 12u);
    // Case 3 has A and R of mixed order and satisfies the equation without cofactor. In the others
    // A or R has small order, only the equation with cofactor holds, or s is not reduced.
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Bytes key = hex_field(cases[i], "pub_key");
        const Bytes signature = hex_field(cases[i], "signature");
        const Bytes message = hex_field(cases[i], "message");
        EXPECT_EQ(strict(key, signature, message), i == 3) << i;
        EXPECT_EQ(precompile_accepts(key, signature, message), i == 3) << i;
    }
}

/// Verdicts of the function for many, as text so that a difference shows where it is.
std::string each(const std::vector<Ed25519Claim>& claims) {
    const std::unique_ptr<bool[]> verdicts(new bool[claims.size()]);
    ed25519_verify_strict_each(claims, {verdicts.get(), claims.size()});
    std::string text;
    for (std::size_t i = 0; i < claims.size(); ++i) text += verdicts[i] ? '1' : '0';
    return text;
}

TEST(Ed25519, ManyAtATimeGiveEachItsOwnVerdictForAnyCount) {
    for (std::size_t count = 0; count <= 17; ++count) {
        std::vector<Bytes> signatures;
        std::vector<Ed25519Claim> claims;
        std::string expected;
        for (std::size_t i = 0; i < count; ++i) {
            Bytes signature = kSignature;
            const bool spoiled = (i * 7 + count) % 3 == 0;
            if (spoiled) signature[(i * 29) % 64] ^= 4;
            signatures.push_back(signature);
            expected += spoiled ? '0' : '1';
        }
        for (const Bytes& signature : signatures) {
            claims.push_back({kKey.data(), signature.data(), {}});
        }
        EXPECT_EQ(each(claims), expected) << count;
    }
}

TEST(Ed25519, ManyAtATimeAgreeWithOneOnTheCctvEdgeCases) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/ed25519/cctv_ed25519vectors.json");
    const auto file = read_json(path);
    std::vector<std::array<Bytes, 3>> owned;
    std::vector<Ed25519Claim> claims;
    std::string expected;
    for (const auto& item : file) {
        const auto message = item.at("msg").get<std::string>();
        owned.push_back({hex_field(item, "key"), hex_field(item, "sig"),
                         Bytes(message.begin(), message.end())});
    }
    for (const auto& [key, signature, message] : owned) {
        claims.push_back({key.data(), signature.data(), message});
        expected += strict(key, signature, message) ? '1' : '0';
    }
    EXPECT_EQ(each(claims), expected);
}

/// Records of 96 bytes: signature, then key; the message is "Zcash".
void expect_malleability(const std::filesystem::path& path, bool expected) {
    const Bytes file = tests::read_bytes(path);
    ASSERT_FALSE(file.empty());
    for (std::size_t at = 0; at + 96 <= file.size(); at += 96) {
        const Bytes signature(file.begin() + static_cast<std::ptrdiff_t>(at),
                              file.begin() + static_cast<std::ptrdiff_t>(at + 64));
        const Bytes key(file.begin() + static_cast<std::ptrdiff_t>(at + 64),
                        file.begin() + static_cast<std::ptrdiff_t>(at + 96));
        EXPECT_EQ(strict(key, signature, as_bytes("Zcash")), expected) << at;
    }
}

TEST(Ed25519, MalleabilityLists) {
    FATHOM_REQUIRE_SHARED(fail, "data/crypto/ed25519/firedancer_malleability_should_fail.bin");
    FATHOM_REQUIRE_SHARED(pass, "data/crypto/ed25519/firedancer_malleability_should_pass.bin");
    expect_malleability(fail, false);
    expect_malleability(pass, true);
}

} // namespace
} // namespace fathom::crypto
