// SPDX-License-Identifier: Apache-2.0
// Tests of hexadecimal, base64 and the UTF-8 check.
#include "fathom/base/text.hpp"

#include <gtest/gtest.h>

namespace fathom::base {
namespace {

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

bool is_utf8_text(std::string_view text) {
    return is_utf8(as_bytes(text));
}

TEST(Hex, EncodesInLowerCase) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0x9f, 0xff}), "009fff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, DecodesBothCases) {
    EXPECT_EQ(from_hex("00aFfA"), (Bytes{0x00, 0xaf, 0xfa}));
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Hex, RefusesOddLength) {
    EXPECT_EQ(from_hex("123"), std::nullopt);
}

TEST(Hex, RefusesForeignCharacters) {
    EXPECT_EQ(from_hex("0g"), std::nullopt);
    EXPECT_EQ(from_hex("G0"), std::nullopt);
    EXPECT_EQ(from_hex("0x"), std::nullopt);
    EXPECT_EQ(from_hex(" 1"), std::nullopt);
    EXPECT_EQ(from_hex("\xff\xff"), std::nullopt);
}

// RFC 4648 §10.
TEST(Base64, EncodesTheStandardVectors) {
    EXPECT_EQ(to_base64(as_bytes("")), "");
    EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
    EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
    EXPECT_EQ(to_base64(as_bytes("foob")), "Zm9vYg==");
    EXPECT_EQ(to_base64(as_bytes("fooba")), "Zm9vYmE=");
    EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(to_base64(Bytes{0xfb, 0xef, 0xff}), "++//");
}

TEST(Base64, DecodesTheStandardVectors) {
    EXPECT_EQ(from_base64(""), Bytes{});
    EXPECT_EQ(from_base64("Zg=="), bytes_of("f"));
    EXPECT_EQ(from_base64("Zm8="), bytes_of("fo"));
    EXPECT_EQ(from_base64("Zm9v"), bytes_of("foo"));
    EXPECT_EQ(from_base64("Zm9vYmFy"), bytes_of("foobar"));
    EXPECT_EQ(from_base64("++//"), (Bytes{0xfb, 0xef, 0xff}));
}

TEST(Base64, RefusesMissingPadding) {
    EXPECT_EQ(from_base64("Zg"), std::nullopt);
    EXPECT_EQ(from_base64("Zg="), std::nullopt);
    EXPECT_EQ(from_base64("Zm8"), std::nullopt);
}

TEST(Base64, RefusesMisplacedPadding) {
    EXPECT_EQ(from_base64("Z==="), std::nullopt);
    EXPECT_EQ(from_base64("===="), std::nullopt);
    EXPECT_EQ(from_base64("Zg==Zg=="), std::nullopt);
    EXPECT_EQ(from_base64("Z=g="), std::nullopt);
}

TEST(Base64, RefusesUnusedBitsThatAreSet) {
    EXPECT_EQ(from_base64("Zh=="), std::nullopt);
    EXPECT_EQ(from_base64("Zm9="), std::nullopt);
}

TEST(Base64, RefusesWhiteSpaceAndTheUrlAlphabet) {
    EXPECT_EQ(from_base64("Zm9v\n"), std::nullopt);
    EXPECT_EQ(from_base64("Zm 9"), std::nullopt);
    EXPECT_EQ(from_base64("--__"), std::nullopt);
}

TEST(Utf8, AcceptsEverySequenceLength) {
    EXPECT_TRUE(is_utf8_text(""));
    EXPECT_TRUE(is_utf8_text("plain text that is longer than eight bytes"));
    EXPECT_TRUE(is_utf8_text("\xc2\x80 \xdf\xbf"));
    EXPECT_TRUE(is_utf8_text("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"));
    EXPECT_TRUE(is_utf8_text("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
    EXPECT_TRUE(is_utf8_text(std::string_view("\0\0", 2)));
}

TEST(Utf8, RefusesOverlongForms) {
    EXPECT_FALSE(is_utf8_text("\xc0\x80"));
    EXPECT_FALSE(is_utf8_text("\xc1\xbf"));
    EXPECT_FALSE(is_utf8_text("\xe0\x9f\xbf"));
    EXPECT_FALSE(is_utf8_text("\xf0\x8f\xbf\xbf"));
}

TEST(Utf8, RefusesSurrogates) {
    EXPECT_FALSE(is_utf8_text("\xed\xa0\x80"));
    EXPECT_FALSE(is_utf8_text("\xed\xbf\xbf"));
}

TEST(Utf8, RefusesCodePointsAboveTheLast) {
    EXPECT_FALSE(is_utf8_text("\xf4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8_text("\xf5\x80\x80\x80"));
    EXPECT_FALSE(is_utf8_text("\xff"));
}

TEST(Utf8, RefusesLoneContinuationBytes) {
    EXPECT_FALSE(is_utf8_text("\x80"));
    EXPECT_FALSE(is_utf8_text("12345678\xbf"));
}

TEST(Utf8, RefusesSequencesCutAtTheEnd) {
    EXPECT_FALSE(is_utf8_text("\xc2"));
    EXPECT_FALSE(is_utf8_text("\xe2\x82"));
    EXPECT_FALSE(is_utf8_text("1234567\xf0\x9f\x98"));
}

TEST(Utf8, RefusesSequencesBrokenInside) {
    EXPECT_FALSE(is_utf8_text("\xc2\x41"));
    EXPECT_FALSE(is_utf8_text("\xe2\x82\x41"));
    EXPECT_FALSE(is_utf8_text("\xf0\x9f\x98\xc2\x80"));
}

} // namespace
} // namespace fathom::base
