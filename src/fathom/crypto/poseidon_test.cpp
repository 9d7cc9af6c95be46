// SPDX-License-Identifier: Apache-2.0
// Poseidon: vectors of light-poseidon, and the inputs that it refuses.
#include "fathom/crypto/poseidon.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::to_hex;

constexpr auto kExact = PoseidonInputSize::Exactly32;
constexpr auto kLegacy = PoseidonInputSize::From1To32;

const char* const kModulus = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
const char* const kModulusMinusOne =
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000";

std::string hash(const std::vector<Bytes>& inputs, ByteOrder order, PoseidonInputSize size) {
    const std::vector<ByteView> views(inputs.begin(), inputs.end());
    const auto digest = poseidon(views, order, size);
    return digest ? to_hex(*digest) : "invalid";
}

Bytes reversed(Bytes bytes) {
    std::ranges::reverse(bytes);
    return bytes;
}

TEST(Poseidon, AgreesWithLightPoseidon) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/poseidon/light_poseidon_vectors.json");
    const auto file = tests::read_json(path);
    for (const auto& vector : file.at("vectors")) {
        std::vector<Bytes> inputs;
        for (const auto& input : vector.at("inputs")) {
            inputs.push_back(from_hex(input.get<std::string>()));
        }
        const auto order = vector.at("endianness") == "BE" ? ByteOrder::Big : ByteOrder::Little;
        EXPECT_EQ(hash(inputs, order, kExact), vector.at("hash").get<std::string>());
        EXPECT_EQ(hash(inputs, order, kLegacy), vector.at("hash").get<std::string>());
    }
}

// The digest of 32 bytes of 01 and 32 bytes of 02 in the documentation of solana-poseidon.
TEST(Poseidon, ByteOrdersMirrorEachOther) {
    const std::vector<Bytes> inputs{Bytes(32, 1), Bytes(32, 2)};
    const std::string big = "0d54e1938f8a8c1c7deb5e0355f26319207b84fe9ca2ce1b26e735c829821990";
    EXPECT_EQ(hash(inputs, ByteOrder::Big, kExact), big);
    EXPECT_EQ(hash(inputs, ByteOrder::Little, kExact), to_hex(reversed(from_hex(big))));
}

TEST(Poseidon, TakesOneToTwelveInputs) {
    EXPECT_EQ(hash({}, ByteOrder::Big, kExact), "invalid");
    EXPECT_NE(hash(std::vector<Bytes>(12, Bytes(32, 0)), ByteOrder::Big, kExact), "invalid");
    EXPECT_EQ(hash(std::vector<Bytes>(13, Bytes(32, 0)), ByteOrder::Big, kExact), "invalid");
}

TEST(Poseidon, InputsAreBelowTheModulus) {
    for (const auto size : {kExact, kLegacy}) {
        EXPECT_NE(hash({from_hex(kModulusMinusOne)}, ByteOrder::Big, size), "invalid");
        EXPECT_EQ(hash({from_hex(kModulus)}, ByteOrder::Big, size), "invalid");
        EXPECT_NE(hash({reversed(from_hex(kModulusMinusOne))}, ByteOrder::Little, size), "invalid");
        EXPECT_EQ(hash({reversed(from_hex(kModulus))}, ByteOrder::Little, size), "invalid");
    }
}

TEST(Poseidon, ShortInputsAreIntegersOnlyInTheLegacyForm) {
    Bytes padded(32, 0);
    padded[30] = 1;
    padded[31] = 2;
    EXPECT_EQ(hash({{1, 2}}, ByteOrder::Big, kLegacy), hash({padded}, ByteOrder::Big, kExact));
    EXPECT_EQ(hash({{2, 1}}, ByteOrder::Little, kLegacy),
              hash({reversed(padded)}, ByteOrder::Little, kExact));
    EXPECT_EQ(hash({{1, 2}}, ByteOrder::Big, kExact), "invalid");
    EXPECT_EQ(hash({Bytes(31, 0)}, ByteOrder::Big, kExact), "invalid");
}

TEST(Poseidon, InputsHaveOneToThirtyTwoBytes) {
    for (const auto size : {kExact, kLegacy}) {
        EXPECT_EQ(hash({{}}, ByteOrder::Little, size), "invalid");
        EXPECT_EQ(hash({Bytes(33, 0)}, ByteOrder::Little, size), "invalid");
        EXPECT_EQ(hash({Bytes(32, 0), {}}, ByteOrder::Little, size), "invalid");
    }
}

} // namespace
} // namespace fathom::crypto
