// SPDX-License-Identifier: Apache-2.0
// Expected values: RFC 9380 (J.10.1), Wycheproof, keys registered on a cluster.
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_hash.hpp"
#include "fathom/crypto/bls_signature.hpp"
#include "fathom/crypto/field_encoding.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::hex_field;
using tests::to_hex;

std::string hex_of(const bls12_381::Fp2& value) {
    std::array<std::uint8_t, 96> bytes;
    FieldEncoding<bls12_381::Fp2>::encode(value, bytes.data(), ByteOrder::Big);
    return to_hex(bytes);
}

/// x as c1 then c0, y likewise.
std::string hash_hex(std::string_view message, std::string_view tag) {
    const auto point = bls12_381::hash_to_g2(as_bytes(message), as_bytes(tag));
    return hex_of(point.x) + hex_of(point.y);
}

constexpr std::string_view kRfcTag = "QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

TEST(HashToG2, EmptyMessageOfRfc9380) {
    EXPECT_EQ(hash_hex("", kRfcTag),
              "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff"
              "5bf5dd71b72418717047f5b0f37da03d"
              "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d"
              "4ac44c1038e9dcdd5393faf5c41fb78a"
              "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395"
              "c3c811cdd19f1e8dbf3e9ecfdcbab8d6"
              "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec0"
              "76daf2d4bc358c4b190c0c98064fdd92");
}

TEST(HashToG2, ShortMessageOfRfc9380) {
    EXPECT_EQ(hash_hex("abc", kRfcTag),
              "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4"
              "ca3a230ed250fbe3a2acf73a41177fd8"
              "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbe"
              "c7780ccc7954725f4168aff2787776e6"
              "00aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e03866e9f3d49ac1e"
              "1ce70dd94a733534f106d4cec0eddd16"
              "1787327b68159716a37440985269cf584bcb1e621d3a7202be6ea05c4cfe244a"
              "eb197642555a0645fb87bf7466b2ba48");
}

TEST(HashToG2, Wycheproof) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bls12_381/wycheproof_bls_hash_to_g2_test.json");
    const auto file = tests::read_json(path);
    for (const auto& group : file.at("testGroups")) {
        const auto tag = group.at("dst").get<std::string>();
        for (const auto& test : group.at("tests")) {
            const auto point =
                bls12_381::hash_to_g2(hex_field(test, "msg"), as_bytes(std::string_view(tag)));
            std::string hex = hex_of(point.x);
            // The compressed form sets the flags in the first digit: 8, and 2 for the larger y.
            const unsigned flags = point.y.is_larger_half() ? 0xa : 0x8;
            hex[0] = "0123456789abcdef"[flags | static_cast<unsigned>(hex[0] - '0')];
            const bool is_valid = test.at("result") == "valid";
            EXPECT_EQ(hex == test.at("expected").get<std::string>(), is_valid) << test.at("tcId");
        }
    }
}

bool verify(const Bytes& key, const Bytes& message, const Bytes& signature, std::string_view tag) {
    if (key.size() != 48 || signature.size() != 96) return false;
    return bls_verify(std::span(key).first<48>(), message, std::span(signature).first<96>(), tag);
}

class BlsSignatures : public ::testing::TestWithParam<const char*> {};

TEST_P(BlsSignatures, Wycheproof) {
    FATHOM_REQUIRE_SHARED(path, std::string("data/crypto/bls12_381/") + GetParam());
    const auto file = tests::read_json(path);
    for (const auto& group : file.at("testGroups")) {
        const auto tag = group.at("ciphersuite").get<std::string>();
        const Bytes key = hex_field(group.at("publicKey"), "pk");
        for (const auto& test : group.at("tests")) {
            EXPECT_EQ(verify(key, hex_field(test, "msg"), hex_field(test, "sig"), tag),
                      test.at("result") == "valid")
                << test.at("tcId") << ' ' << test.at("comment");
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Files, BlsSignatures,
                         ::testing::Values("wycheproof_bls_sig_g2_basic_verify_test.json",
                                           "wycheproof_bls_sig_g2_pop_verify_test.json"));

TEST(BlsPossession, HoldsForKeysRegisteredOnACluster) {
    FATHOM_REQUIRE_SHARED(path, "data/fixtures/cluster_facts/vexor/cluster_facts.json");
    const auto facts = tests::read_json(path);
    for (const auto& fact : facts.at("bls_proof_of_possession")) {
        const Bytes key = hex_field(fact, "bls_pubkey");
        Bytes message = from_hex("414c50454e474c4f57");
        std::ranges::copy(hex_field(fact, "vote_pubkey"), std::back_inserter(message));
        std::ranges::copy(key, std::back_inserter(message));
        const Bytes proof = hex_field(fact, "pop");
        EXPECT_EQ(verify(key, message, proof, kBlsPossessionTag), fact.at("valid").get<bool>());
        EXPECT_FALSE(verify(key, message, proof, kBlsMessageTag));
        message[9] ^= 1;
        EXPECT_FALSE(verify(key, message, proof, kBlsPossessionTag));
    }
}

TEST(BlsPossession, IdentityKeyIsRefusedEvenWithTheIdentityAsProof) {
    Bytes key(48, 0);
    Bytes proof(96, 0);
    key[0] = 0xc0;
    proof[0] = 0xc0;
    EXPECT_FALSE(verify(key, {}, proof, kBlsPossessionTag));
}

} // namespace
} // namespace fathom::crypto
