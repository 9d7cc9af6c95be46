// SPDX-License-Identifier: Apache-2.0
// Tests of compact-u16; the cases are those of solana-sdk short-vec.
#include "fathom/types/compact_u16.hpp"

#include <gtest/gtest.h>

namespace fathom::types {
namespace {

struct Read {
    std::optional<std::uint16_t> value;
    std::size_t offset;
    friend bool operator==(const Read&, const Read&) = default;
};

Read read(const Bytes& bytes) {
    std::size_t offset = 0;
    const auto value = read_compact_u16(bytes, offset);
    return {value, offset};
}

constexpr Read kRefused{std::nullopt, 0};

Bytes write(std::uint16_t value) {
    Bytes out;
    append_compact_u16(out, value);
    return out;
}

TEST(CompactU16, ReadsEveryLength) {
    EXPECT_EQ(read({0x00}), (Read{0, 1}));
    EXPECT_EQ(read({0x7f}), (Read{0x7f, 1}));
    EXPECT_EQ(read({0x80, 0x01}), (Read{0x80, 2}));
    EXPECT_EQ(read({0xff, 0x01}), (Read{0xff, 2}));
    EXPECT_EQ(read({0xff, 0x7f}), (Read{0x3fff, 2}));
    EXPECT_EQ(read({0x80, 0x80, 0x01}), (Read{0x4000, 3}));
    EXPECT_EQ(read({0xff, 0xff, 0x03}), (Read{0xffff, 3}));
}

TEST(CompactU16, WritesEveryLength) {
    EXPECT_EQ(write(0), (Bytes{0x00}));
    EXPECT_EQ(write(0x7f), (Bytes{0x7f}));
    EXPECT_EQ(write(0x80), (Bytes{0x80, 0x01}));
    EXPECT_EQ(write(0x100), (Bytes{0x80, 0x02}));
    EXPECT_EQ(write(0x7fff), (Bytes{0xff, 0xff, 0x01}));
    EXPECT_EQ(write(0xffff), (Bytes{0xff, 0xff, 0x03}));
}

TEST(CompactU16, EveryValueComesBack) {
    for (std::uint32_t value = 0; value <= 0xffff; ++value) {
        const auto narrow = static_cast<std::uint16_t>(value);
        const Bytes bytes = write(narrow);
        ASSERT_EQ(read(bytes), (Read{narrow, bytes.size()}));
    }
}

TEST(CompactU16, RefusesAliases) {
    EXPECT_EQ(read({0x80, 0x00}), kRefused);
    EXPECT_EQ(read({0x80, 0x80, 0x00}), kRefused);
    EXPECT_EQ(read({0xff, 0x00}), kRefused);
    EXPECT_EQ(read({0xff, 0x80, 0x00}), kRefused);
    EXPECT_EQ(read({0x80, 0x81, 0x00}), kRefused);
    EXPECT_EQ(read({0xff, 0xff, 0x00}), kRefused);
}

TEST(CompactU16, RefusesTruncation) {
    EXPECT_EQ(read({}), kRefused);
    EXPECT_EQ(read({0x80}), kRefused);
    EXPECT_EQ(read({0x80, 0x80}), kRefused);
}

TEST(CompactU16, RefusesAFourthByte) {
    EXPECT_EQ(read({0x80, 0x80, 0x80, 0x00}), kRefused);
    EXPECT_EQ(read({0xff, 0xff, 0x83, 0x01}), kRefused);
}

TEST(CompactU16, RefusesValuesAbove16Bits) {
    EXPECT_EQ(read({0x80, 0x80, 0x04}), kRefused);
    EXPECT_EQ(read({0x80, 0x80, 0x06}), kRefused);
    EXPECT_EQ(read({0xff, 0xff, 0x7f}), kRefused);
}

TEST(CompactU16, ReadsAtAnOffsetAndLeavesWhatFollows) {
    const Bytes bytes = {0xaa, 0x80, 0x01, 0xbb};
    std::size_t offset = 1;
    EXPECT_EQ(read_compact_u16(bytes, offset), 0x80);
    EXPECT_EQ(offset, 3u);
}

TEST(CompactU16, RefusesAnOffsetBeyondTheEnd) {
    const Bytes bytes = {0x01};
    std::size_t offset = 2;
    EXPECT_EQ(read_compact_u16(bytes, offset), std::nullopt);
    EXPECT_EQ(offset, 2u);
}

} // namespace
} // namespace fathom::types
