// SPDX-License-Identifier: Apache-2.0
// Tests of base58; expected texts were computed with big integers outside this project.
#include "fathom/base/text.hpp"
#include "fathom/types/base58.hpp"
#include "fathom/types/pubkey.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace fathom::types {
namespace {

Bytes ascending(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    return bytes;
}

Bytes last_is_one(std::size_t size) {
    Bytes bytes(size, 0);
    bytes.back() = 1;
    return bytes;
}

TEST(Base58, EncodesKeys) {
    EXPECT_EQ(encode_base58(ascending(32)), "1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE");
    EXPECT_EQ(encode_base58(Bytes(32, 0xff)), "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG");
    EXPECT_EQ(encode_base58(*base::from_hex(
                  "a663a6e8a46ccc0de36b1dc649feb50d062cc17235adec49c2af2b2be5f06125")),
              "CCWp1hFnEWU3naL62H4WHLnqxwNgxK2BbjRewqwvH6gC");
}

TEST(Base58, EncodesKeysWithLeadingZeros) {
    EXPECT_EQ(encode_base58(Bytes(32, 0)), std::string(32, '1'));
    EXPECT_EQ(encode_base58(last_is_one(32)), std::string(31, '1') + "2");
    Bytes bytes(32, 0xab);
    std::fill_n(bytes.begin(), 5, std::uint8_t{0});
    EXPECT_EQ(encode_base58(bytes), "11111QCirR3SdiPoXNLPpJGmzCZzn7YAbiojtRXjdC");
}

TEST(Base58, EncodesSignatures) {
    EXPECT_EQ(
        encode_base58(ascending(64)),
        "1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMinfCXNnR1adh8Vo8NTheK4evneedH4qmvjeqcBBNAefgS");
    EXPECT_EQ(
        encode_base58(Bytes(64, 0xff)),
        "67rpwLCuS5DGA8KGZXKsVQ7dnPb9goRLoKfgGbLfQg9WoLUgNY77E2jT11fem3coV9nAkguBACzrU1iyZM4B8roQ");
    EXPECT_EQ(encode_base58(Bytes(64, 0)), std::string(64, '1'));
    EXPECT_EQ(encode_base58(last_is_one(64)), std::string(63, '1') + "2");
}

TEST(Base58, EncodesOtherLengths) {
    EXPECT_EQ(encode_base58({}), "");
    EXPECT_EQ(encode_base58(Bytes{0, 0}), "11");
    EXPECT_EQ(encode_base58(as_bytes("hello world")), "StV1DL6CwTryKyV");
    EXPECT_EQ(encode_base58(ascending(33)), "14wBqpZM9xaSheZzJSMawUKKwhdpChKbZ5eu5ky4Vigw");
}

TEST(Base58, EveryLengthComesBack) {
    for (std::size_t size = 0; size <= 130; ++size) {
        for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
            const auto fill = static_cast<std::uint8_t>(value);
            Bytes bytes = ascending(size);
            if (size > 3) bytes[size / 2] = fill;
            EXPECT_EQ(decode_base58(encode_base58(bytes)), bytes) << size;
            EXPECT_EQ(decode_base58(encode_base58(Bytes(size, fill))), Bytes(size, fill)) << size;
        }
    }
}

TEST(Base58, FixedEncodingAgreesWithTheGeneralOne) {
    // A zero byte in front forces the general path and adds exactly one '1'.
    std::uint64_t seed = 0x9e3779b97f4a7c15;
    for (int round = 0; round < 500; ++round) {
        for (const std::size_t size : {32u, 64u}) {
            Bytes longer(size + 1, 0);
            for (std::size_t i = 1; i <= size; ++i) {
                seed = seed * 6364136223846793005 + 1442695040888963407;
                longer[i] = static_cast<std::uint8_t>(seed >> 56);
            }
            EXPECT_EQ("1" + encode_base58(ByteView(longer).subspan(1)), encode_base58(longer));
        }
    }
}

TEST(Base58, DecodeRefusesForeignCharacters) {
    for (const char* text : {"0", "O", "I", "l", " ", "1l", "StV1DL6CwTryKy!", "\xff", "é"}) {
        EXPECT_EQ(decode_base58(text), std::nullopt) << text;
    }
}

TEST(Base58, DecodeStopsAtThePacketSize) {
    const std::string longest = encode_base58(Bytes(1232, 0xff));
    EXPECT_EQ(longest.size(), 1683u);
    EXPECT_EQ(decode_base58(longest), Bytes(1232, 0xff));
    Bytes too_long(1233, 0);
    EXPECT_EQ(decode_base58(encode_base58(too_long)), std::nullopt);
    too_long[0] = 1;
    EXPECT_EQ(encode_base58(too_long).size(), 1683u);
    EXPECT_EQ(decode_base58(encode_base58(too_long)), std::nullopt);
    EXPECT_EQ(decode_base58(std::string(1'000'000, 'z')), std::nullopt);
}

TEST(Base58, ExactDecodeTakesTheCanonicalText) {
    std::array<std::uint8_t, 32> key{};
    EXPECT_TRUE(decode_base58_exact("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG", key));
    EXPECT_TRUE(std::all_of(key.begin(), key.end(), [](auto byte) { return byte == 0xff; }));
}

// JEKN…FG is 2^256 − 1; the next text overflows 32 bytes.
TEST(Base58, ExactDecodeRefusesWhatDoesNotFit) {
    std::array<std::uint8_t, 32> key{};
    EXPECT_FALSE(decode_base58_exact("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH", key));
    EXPECT_FALSE(decode_base58_exact("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", key));
}

TEST(Base58, ExactDecodeRefusesWrongLengths) {
    std::array<std::uint8_t, 32> key{};
    EXPECT_FALSE(decode_base58_exact("", key));
    EXPECT_FALSE(decode_base58_exact("2", key));
    EXPECT_FALSE(decode_base58_exact(std::string(31, '1'), key));
    EXPECT_FALSE(decode_base58_exact(std::string(33, '1'), key));
    EXPECT_FALSE(decode_base58_exact("1JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG", key));
}

TEST(Pubkey, TextComesBack) {
    const auto key = Pubkey::from_base58("BPFLoaderUpgradeab1e11111111111111111111111");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->to_base58(), "BPFLoaderUpgradeab1e11111111111111111111111");
}

TEST(Pubkey, HostileTextIsRefused) {
    EXPECT_FALSE(Pubkey::from_base58("BPFLoaderUpgradeab1e1111111111111111111111"));
    EXPECT_FALSE(Pubkey::from_base58("BPFLoaderUpgradeab1e1111111111111111111111l"));
    EXPECT_FALSE(Pubkey::from_base58(std::string(1'000'000, '1')));
}

} // namespace
} // namespace fathom::types
