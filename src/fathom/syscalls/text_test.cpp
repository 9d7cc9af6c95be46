// SPDX-License-Identifier: Apache-2.0
// Expected texts: the Display of Rust's Utf8Error and the Debug of its Vec<u8>.
#include "fathom/syscalls/text.hpp"

#include <gtest/gtest.h>

namespace fathom::syscalls {
namespace {

std::string error_of(std::initializer_list<int> bytes) {
    Bytes text;
    for (const int byte : bytes) text.push_back(static_cast<std::uint8_t>(byte));
    return utf8_error_text(text).value_or("valid");
}

TEST(SyscallText, HexHasAPrefixAndNoLeadingZeros) {
    EXPECT_EQ(hex_text(0), "0x0");
    EXPECT_EQ(hex_text(0xdeadbeef), "0xdeadbeef");
    EXPECT_EQ(hex_text(~0ull), "0xffffffffffffffff");
}

TEST(SyscallText, BytesPrintAsAList) {
    EXPECT_EQ(debug_text({}), "[]");
    EXPECT_EQ(debug_text(Bytes{1, 20, 255}), "[1, 20, 255]");
}

TEST(SyscallText, ValidUtf8HasNoError) {
    EXPECT_EQ(error_of({}), "valid");
    EXPECT_EQ(error_of({'a', 0xc3, 0xa9, 0xe2, 0x98, 0x89, 0xf0, 0x9f, 0x98, 0x80}), "valid");
}

TEST(SyscallText, ByteThatStartsNothingIsOneBadByte) {
    EXPECT_EQ(error_of({'a', 0xff}), "invalid utf-8 sequence of 1 bytes from index 1");
    EXPECT_EQ(error_of({0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
    EXPECT_EQ(error_of({0xc1, 0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
    EXPECT_EQ(error_of({0xf5, 0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
}

TEST(SyscallText, BadSecondByteCountsOnlyTheFirst) {
    EXPECT_EQ(error_of({0xe2, 'a'}), "invalid utf-8 sequence of 1 bytes from index 0");
    EXPECT_EQ(error_of({0xe0, 0x9f, 0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
    EXPECT_EQ(error_of({0xed, 0xa0, 0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
    EXPECT_EQ(error_of({0xf4, 0x90, 0x80, 0x80}), "invalid utf-8 sequence of 1 bytes from index 0");
}

TEST(SyscallText, LaterBadByteCountsTheGoodOnes) {
    EXPECT_EQ(error_of({0xe2, 0x98, 'a'}), "invalid utf-8 sequence of 2 bytes from index 0");
    EXPECT_EQ(error_of({0xf0, 0x9f, 0x98, 'a'}), "invalid utf-8 sequence of 3 bytes from index 0");
}

TEST(SyscallText, SequenceCutOffByTheEndIsIncomplete) {
    EXPECT_EQ(error_of({'a', 'b', 0xe2}), "incomplete utf-8 byte sequence from index 2");
    EXPECT_EQ(error_of({0xf0, 0x9f, 0x98}), "incomplete utf-8 byte sequence from index 0");
}

} // namespace
} // namespace fathom::syscalls
