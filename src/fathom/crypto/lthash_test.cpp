// SPDX-License-Identifier: Apache-2.0
// Lattice hash: outside vectors and the laws of a hash of sets.
#include "fathom/crypto/lthash.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

namespace fathom::crypto {
namespace {

LtHash of(std::string_view element) {
    return LtHash::of(as_bytes(element));
}

TEST(LtHash, OutsideVectors) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/lthash/vectors.json");
    const auto file = tests::read_json(path);
    ASSERT_GE(file.at("vectors").size(), 2u);
    for (const auto& vector : file.at("vectors")) {
        const auto input = vector.at("input").get<std::string>();
        EXPECT_EQ(tests::to_hex(of(input).to_bytes()), vector.at("lthash_le_hex")) << input;
    }
}

TEST(LtHash, OrderOfElementsDoesNotMatter) {
    LtHash one = of("a");
    one += of("b");
    LtHash other = of("b");
    other += of("a");
    EXPECT_EQ(one, other);
    EXPECT_NE(one, of("ab"));
}

TEST(LtHash, RemovingUndoesAdding) {
    LtHash hash = of("a");
    hash += of("b");
    hash -= of("a");
    EXPECT_EQ(hash, of("b"));
    hash -= of("b");
    EXPECT_EQ(hash, LtHash());
}

TEST(LtHash, LanesWrapWithoutCarryingIntoTheirNeighbours) {
    std::array<std::uint8_t, LtHash::kSize> bytes{};
    bytes[0] = bytes[1] = 0xff;
    LtHash hash = LtHash::from_bytes(bytes);
    bytes = {};
    bytes[0] = 2;
    hash += LtHash::from_bytes(bytes);
    EXPECT_EQ(hash.to_bytes()[0], 1u);
    EXPECT_EQ(hash.to_bytes()[2], 0u);
    hash -= LtHash::from_bytes(bytes);
    EXPECT_EQ(hash.to_bytes()[1], 0xffu);
    EXPECT_EQ(hash.to_bytes()[2], 0u);
}

TEST(LtHash, ChecksumIsBlake3OfTheLanes) {
    EXPECT_EQ(of("a").checksum(), blake3(of("a").to_bytes()));
    EXPECT_EQ(LtHash().checksum(), blake3(Bytes(LtHash::kSize)));
}

} // namespace
} // namespace fathom::crypto
