// SPDX-License-Identifier: Apache-2.0
// BN254: vectors of the Solana SDK and of go-ethereum, and encodings at the edges.
#include "fathom/crypto/bn254.hpp"
#include "fathom/crypto/bn254_pairing.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::to_hex;

constexpr auto kBig = ByteOrder::Big;
constexpr auto kLittle = ByteOrder::Little;

const std::string kZero(64, '0');
const std::string kOne = std::string(63, '0') + "1";
const std::string kTwo = std::string(63, '0') + "2";
const std::string kModulus = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";
const std::string kModulusMinusTwo =
    "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45";
const std::string kOrder = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

/// The generators, as EIP-197 gives them; of G2 x.c1, x.c0, y.c1, y.c0.
const std::string kG1 = kOne + kTwo;
const std::string kG1Negated = kOne + kModulusMinusTwo;
const std::string kG2 = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

template <std::size_t Size>
std::string text(const std::optional<std::array<std::uint8_t, Size>>& bytes) {
    return bytes ? to_hex(*bytes) : "invalid";
}

/// Every run of `size` bytes reversed: from one byte order to the other.
Bytes swapped(Bytes bytes, std::size_t size) {
    for (std::size_t i = 0; i + size <= bytes.size(); i += size) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return bytes;
}

std::string add(const std::string& input) {
    return text(bn254_g1_add(from_hex(input), kBig));
}
std::string multiply(const std::string& input) {
    return text(bn254_g1_multiply(from_hex(input), kBig));
}
std::string add_g2(const std::string& input) {
    return text(bn254_g2_add(from_hex(input), kBig));
}
std::string multiply_g2(const std::string& input) {
    return text(bn254_g2_multiply(from_hex(input), kBig));
}

std::string pairing(ByteView input, ByteOrder order) {
    const auto is_one = bn254_pairing_is_one(input, order);
    return !is_one ? "invalid" : *is_one ? "one" : "other";
}
std::string pairing(const std::string& input) {
    return pairing(from_hex(input), kBig);
}

/// A point of the twist outside the subgroup: the one with x = 1 + i·u of smallest i, as the
/// cofactor is large.
bn254::G2 twist_point() {
    using bn254::Fp;
    for (std::uint64_t i = 0;; ++i) {
        const bn254::Fp2 x{Fp::one(), Fp::from_u64(i)};
        if (const auto y = (x.square() * x + bn254::kG2B).square_root()) {
            return bn254::G2::at(x, *y);
        }
    }
}

std::string encode(const bn254::G2& point) {
    Bn254G2 bytes;
    point.x.c1.to_bytes(bytes.data(), kBig);
    point.x.c0.to_bytes(bytes.data() + 32, kBig);
    point.y.c1.to_bytes(bytes.data() + 64, kBig);
    point.y.c0.to_bytes(bytes.data() + 96, kBig);
    return to_hex(bytes);
}

/// Vectors whose input is longer than the syscall allows, as the precompile ignores the rest.
std::string bounded(const std::string& input, std::size_t bytes) {
    return input.substr(0, 2 * bytes);
}

TEST(Bn254, AddsAsTheVectorsSay) {
    for (const char* name : {"solana_sdk_addition_cases", "ethereum_bn256Add"}) {
        FATHOM_REQUIRE_SHARED(path, "data/crypto/bn254/" + std::string(name) + ".json");
        for (const auto& vector : tests::read_json(path)) {
            const auto input = vector.at("Input").get<std::string>();
            const auto expected = vector.at("Expected").get<std::string>();
            EXPECT_EQ(add(bounded(input, 128)), expected) << vector.at("Name");
            if (input.size() > 256) {
                EXPECT_EQ(add(input), "invalid");
            }
            Bytes full = from_hex(bounded(input, 128));
            full.resize(128);
            EXPECT_EQ(text(bn254_g1_add(swapped(full, 32), kLittle)),
                      to_hex(swapped(from_hex(expected), 32)));
        }
    }
}

TEST(Bn254, MultipliesAsTheVectorsSay) {
    for (const char* name : {"solana_sdk_multiplication_cases", "ethereum_bn256ScalarMul"}) {
        FATHOM_REQUIRE_SHARED(path, "data/crypto/bn254/" + std::string(name) + ".json");
        for (const auto& vector : tests::read_json(path)) {
            const Bytes input = tests::hex_field(vector, "Input");
            const auto expected = vector.at("Expected").get<std::string>();
            EXPECT_EQ(text(bn254_g1_multiply(input, kBig)), expected) << vector.at("Name");
            EXPECT_EQ(text(bn254_g1_multiply(swapped(input, 32), kLittle)),
                      to_hex(swapped(from_hex(expected), 32)));
        }
    }
}

TEST(Bn254, PairsAsTheVectorsSay) {
    for (const char* name : {"solana_sdk_pairing_cases", "ethereum_bn256Pairing"}) {
        FATHOM_REQUIRE_SHARED(path, "data/crypto/bn254/" + std::string(name) + ".json");
        for (const auto& vector : tests::read_json(path)) {
            const Bytes input = tests::hex_field(vector, "Input");
            const std::string expected = vector.at("Expected") == kOne ? "one" : "other";
            EXPECT_EQ(pairing(input, kBig), expected) << vector.at("Name");
            Bytes little;
            for (std::size_t i = 0; i < input.size(); i += 192) {
                const auto pair = ByteView(input).subspan(i, 192);
                const Bytes g1 = swapped({pair.begin(), pair.begin() + 64}, 32);
                const Bytes g2 = swapped({pair.begin() + 64, pair.end()}, 64);
                little.insert(little.end(), g1.begin(), g1.end());
                little.insert(little.end(), g2.begin(), g2.end());
            }
            EXPECT_EQ(pairing(little, kLittle), expected) << vector.at("Name");
        }
    }
}

TEST(Bn254, AddsOnTheTwistAsTheVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bn254/solana_sdk_addition_g2_cases.json");
    for (const auto& vector : tests::read_json(path)) {
        const Bytes input = tests::hex_field(vector, "Input");
        const Bytes expected = tests::hex_field(vector, "Expected");
        EXPECT_EQ(text(bn254_g2_add(input, kBig)), to_hex(expected));
        EXPECT_EQ(text(bn254_g2_add(swapped(input, 64), kLittle)), to_hex(swapped(expected, 64)));
    }
}

TEST(Bn254, MultipliesOnTheTwistAsTheVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bn254/solana_sdk_multiplication_g2_cases.json");
    for (const auto& vector : tests::read_json(path)) {
        const Bytes input = tests::hex_field(vector, "Input");
        const Bytes expected = tests::hex_field(vector, "Expected");
        EXPECT_EQ(text(bn254_g2_multiply(input, kBig)), to_hex(expected));
        Bytes little = swapped({input.begin(), input.begin() + 128}, 64);
        const Bytes scalar = swapped({input.begin() + 128, input.end()}, 32);
        little.insert(little.end(), scalar.begin(), scalar.end());
        EXPECT_EQ(text(bn254_g2_multiply(little, kLittle)), to_hex(swapped(expected, 64)));
    }
}

TEST(Bn254, IdentityIsAllZeros) {
    EXPECT_EQ(add(kG1 + kG1Negated), kZero + kZero);
    EXPECT_EQ(add(kG1 + kZero + kZero), kG1);
    EXPECT_EQ(multiply(kG1 + kZero), kZero + kZero);
    EXPECT_EQ(multiply(kZero + kZero + kTwo), kZero + kZero);
    EXPECT_EQ(add_g2(kG2 + std::string(256, '0')), kG2);
    EXPECT_EQ(multiply_g2(kG2 + kZero), std::string(256, '0'));
}

TEST(Bn254, OrderTimesAnyPointIsTheIdentity) {
    EXPECT_EQ(multiply(kG1 + kOrder), kZero + kZero);
    EXPECT_EQ(multiply_g2(kG2 + kOrder), std::string(256, '0'));
}

TEST(Bn254, ScalarsAreNotReducedOnInput) {
    const std::string wide(64, 'f');
    // 2^256 - 1 = 5·r + what is left.
    bn254::Fr rest = bn254::Fr::reduced({~0ull, ~0ull, ~0ull, ~0ull});
    std::array<std::uint8_t, 32> reduced;
    rest.to_bytes(reduced.data(), kBig);
    EXPECT_EQ(multiply(kG1 + wide), multiply(kG1 + to_hex(reduced)));
    EXPECT_EQ(multiply_g2(kG2 + wide), multiply_g2(kG2 + to_hex(reduced)));
}

TEST(Bn254, OnlyBigEndianG1InputMayBeShort) {
    EXPECT_EQ(add(kG1), kG1);
    EXPECT_EQ(add(""), kZero + kZero);
    EXPECT_EQ(multiply(kG1), kZero + kZero);
    EXPECT_EQ(text(bn254_g1_add(Bytes(127), kLittle)), "invalid");
    EXPECT_EQ(text(bn254_g1_add(Bytes(128), kLittle)), kZero + kZero);
    EXPECT_EQ(text(bn254_g1_multiply(Bytes(95), kLittle)), "invalid");
    EXPECT_EQ(text(bn254_g1_multiply(Bytes(97), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g2_add(Bytes(255), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g2_multiply(Bytes(159), kBig)), "invalid");
}

TEST(Bn254, CoordinatesAreBelowTheModulus) {
    EXPECT_EQ(add(kModulus + kZero), "invalid");
    EXPECT_EQ(add(kZero + kModulus), "invalid");
    EXPECT_EQ(add_g2(kModulus + kG2.substr(64) + std::string(256, '0')), "invalid");
    EXPECT_EQ(pairing(kZero + kModulus + kG2), "invalid");
    EXPECT_EQ(text(bn254_g1_compress(from_hex(kModulus + kOne), kBig)), "invalid");
}

TEST(Bn254, PointsAreOnTheCurve) {
    EXPECT_EQ(add(kOne + kOne), "invalid");
    EXPECT_EQ(multiply(kOne + kOne + kOne), "invalid");
    EXPECT_EQ(add_g2(kG2.substr(0, 192) + kOne + std::string(256, '0')), "invalid");
    EXPECT_EQ(pairing(kOne + kOne + kG2), "invalid");
}

// ark-ec reads two flags from the top of y: 0x40 makes the identity of any coordinates, 0x80 is
// dropped, and both are an error (short_weierstrass/serialization_flags.rs).
TEST(Bn254, TopBitsOfYAreFlags) {
    std::string sign = kG1;
    sign[64] = '8';
    EXPECT_EQ(add(sign), kG1);
    std::string identity = kOne + kOne;
    identity[64] = '4';
    EXPECT_EQ(add(identity + kG1), kG1);
    std::string both = kG1;
    both[64] = 'c';
    EXPECT_EQ(add(both), "invalid");
    std::string in_x = kG1;
    in_x[0] = '8';
    EXPECT_EQ(add(in_x), "invalid");
    std::string twist = kG2;
    twist[128] = '8';
    EXPECT_EQ(add_g2(twist + std::string(256, '0')), kG2);
}

// Only zeros throughout are the identity; with a sign they are a point, which is not on the curve.
TEST(Bn254, ZerosWithASignAreNoPoint) {
    const std::string sign = kZero + "8" + kZero.substr(1);
    EXPECT_EQ(add(sign + kG1), "invalid");
    EXPECT_EQ(add_g2(kZero + kZero + "8" + kZero.substr(1) + kZero + kG2), "invalid");
    EXPECT_EQ(text(bn254_g1_compress(from_hex(sign), kBig)), kZero);
}

TEST(Bn254, OnlyTwistAdditionTakesPointsOutsideTheSubgroup) {
    const std::string outside = encode(twist_point());
    EXPECT_EQ(add_g2(outside + std::string(256, '0')), outside);
    EXPECT_EQ(multiply_g2(outside + kOne), "invalid");
    EXPECT_EQ(pairing(kG1 + outside), "invalid");
    EXPECT_EQ(pairing(kZero + kZero + outside), "invalid");
}

TEST(Bn254, SubgroupTestAgreesWithTheOrder) {
    const bn254::G2 outside = twist_point();
    EXPECT_FALSE(multiply(outside, bn254::FrParameters::kModulus).is_identity());
    EXPECT_FALSE(bn254::is_in_g2(outside));
    // The cofactor 2p - r clears everything else.
    const auto cofactor = detail::subtract_limbs(
        detail::add_limbs(bn254::FpParameters::kModulus, bn254::FpParameters::kModulus),
        bn254::FrParameters::kModulus);
    const bn254::G2 inside = multiply(outside, cofactor.value).to_affine();
    EXPECT_FALSE(inside.is_identity);
    EXPECT_TRUE(multiply(inside, bn254::FrParameters::kModulus).is_identity());
    EXPECT_TRUE(bn254::is_in_g2(inside));
    EXPECT_TRUE(bn254::is_in_g2({}));
}

TEST(Bn254, PairingIsBilinear) {
    const std::string a = std::string(62, '0') + "6d";
    const std::string b = std::string(60, '0') + "1fff";
    const std::string ab = std::string(58, '0') + "0d9f93"; // 0x6d · 0x1fff
    const std::string left = multiply(kG1 + a) + multiply_g2(kG2 + b);
    EXPECT_EQ(pairing(left + multiply(kG1Negated + ab) + kG2), "one");
    EXPECT_EQ(pairing(left + multiply(kG1Negated + a) + kG2), "other");
}

TEST(Bn254, PairingIsNotDegenerate) {
    EXPECT_EQ(pairing(kG1 + kG2), "other");
    EXPECT_EQ(pairing(kG1 + kG2 + kG1Negated + kG2), "one");
    EXPECT_EQ(pairing(kZero + kZero + kG2), "one");
    EXPECT_EQ(pairing(kG1 + std::string(256, '0')), "one");
    EXPECT_EQ(pairing(""), "one");
    EXPECT_EQ(pairing(Bytes(193), kBig), "invalid");
}

TEST(Bn254, ManyPairsSpanSeveralLoops) {
    std::string pairs;
    for (int i = 0; i < 9; ++i) pairs += kG1 + kG2;
    EXPECT_EQ(pairing(pairs), "other");
    for (int i = 0; i < 9; ++i) pairs += kG1Negated + kG2;
    EXPECT_EQ(pairing(pairs), "one");
}

// The points of the tests in the SDK's bn254/src/compression.rs.
const std::string kSdkG1 = "2dceffa69837808a4fd991a4194a78eaead94495a22c8578b8cd0c2caf62a8ac"
                           "1418d80fd1af6a4b93ec5a657bdbf597d1cada68940820fef3bfda7a2a51c154";
const std::string kSdkG2 = "2839e9cdb42e236fd705175d0c4776e1072ef7932f826abdb85092678d34f219"
                           "00cb7cb06e2297d442b4ee97ecbd85d11189cdb7a8c45c9f4bae51a81256b038"
                           "101ad21412517a8e683efba9628d15fd3282b60f216de41f4fb75893ae6c0416"
                           "0e81a80650f6fe64da835e31f7d303f516c8b15b3c9093ae5a1113bd3e939812";

TEST(Bn254, CompressionKeepsXAndTheSignOfY) {
    // y < p/2: no flag. Of G2 the sign is that of y.c1.
    EXPECT_EQ(text(bn254_g1_compress(from_hex(kSdkG1), kBig)), kSdkG1.substr(0, 64));
    EXPECT_EQ(text(bn254_g2_compress(from_hex(kSdkG2), kBig)), kSdkG2.substr(0, 128));
    EXPECT_EQ(text(bn254_g1_compress(from_hex(kG1Negated), kBig)), "8" + kOne.substr(1));
    EXPECT_EQ(text(bn254_g1_decompress(from_hex("8" + kOne.substr(1)), kBig)), kG1Negated);
}

TEST(Bn254, DecompressionUndoesCompression) {
    for (const auto order : {kBig, kLittle}) {
        const bool is_big = order == kBig;
        const Bytes g1 = is_big ? from_hex(kSdkG1) : swapped(from_hex(kSdkG1), 32);
        const auto small_g1 = bn254_g1_compress(g1, order);
        ASSERT_TRUE(small_g1.has_value());
        EXPECT_EQ(text(bn254_g1_decompress(*small_g1, order)), to_hex(g1));
        const Bytes g2 = is_big ? from_hex(kSdkG2) : swapped(from_hex(kSdkG2), 64);
        const auto small_g2 = bn254_g2_compress(g2, order);
        ASSERT_TRUE(small_g2.has_value());
        EXPECT_EQ(text(bn254_g2_decompress(*small_g2, order)), to_hex(g2));
    }
}

TEST(Bn254, CompressionChecksNoCurve) {
    EXPECT_EQ(text(bn254_g1_compress(from_hex(kOne + kOne), kBig)), kOne);
    EXPECT_EQ(text(bn254_g1_decompress(from_hex(kOne), kBig)), kG1);
    EXPECT_EQ(text(bn254_g1_compress(Bytes(63), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g2_compress(Bytes(64), kBig)), "invalid");
}

TEST(Bn254, DecompressedPointsAreOnTheCurve) {
    // x = 4: 67 is not a square.
    EXPECT_EQ(text(bn254_g1_decompress(from_hex(std::string(63, '0') + "4"), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g1_decompress(from_hex(kModulus), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g1_decompress(Bytes(33), kBig)), "invalid");
}

TEST(Bn254, ZerosAndTheIdentityFlagDecompressToTheIdentity) {
    EXPECT_EQ(text(bn254_g1_decompress(Bytes(32), kBig)), kZero + kZero);
    EXPECT_EQ(text(bn254_g2_decompress(Bytes(64), kLittle)), std::string(256, '0'));
    EXPECT_EQ(text(bn254_g1_decompress(from_hex("4" + kOne.substr(1)), kBig)), kZero + kZero);
    EXPECT_EQ(text(bn254_g1_decompress(from_hex("c" + kOne.substr(1)), kBig)), "invalid");
    EXPECT_EQ(text(bn254_g1_compress(Bytes(64), kBig)), kZero);
    std::string flagged = kG1;
    flagged[64] = '4';
    EXPECT_EQ(text(bn254_g1_compress(from_hex(flagged), kBig)), "4" + kZero.substr(1));
}

TEST(Bn254, TwistPointsDecompressOutsideTheSubgroupToo) {
    const std::string outside = encode(twist_point());
    const auto small = bn254_g2_compress(from_hex(outside), kBig);
    ASSERT_TRUE(small.has_value());
    EXPECT_EQ(text(bn254_g2_decompress(*small, kBig)), outside);
}

} // namespace
} // namespace fathom::crypto
