// SPDX-License-Identifier: Apache-2.0
// Writing protobuf's wire format; the examples are those of protobuf's own encoding guide.
#include "fathom/harness/wire_reader.hpp"
#include "fathom/harness/wire_writer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace fathom::harness {
namespace {

TEST(WireWriter, WritesVarints) {
    EXPECT_EQ(WireWriter().number(1, 150).take(), (Bytes{0x08, 0x96, 0x01}));
}

TEST(WireWriter, WritesTexts) {
    EXPECT_EQ(WireWriter().bytes(2, as_bytes("testing")).take(),
              (Bytes{0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67}));
}

TEST(WireWriter, WritesMessagesInside) {
    EXPECT_EQ(WireWriter().element(3, WireWriter().number(1, 150)).take(),
              (Bytes{0x1a, 0x03, 0x08, 0x96, 0x01}));
}

TEST(WireWriter, PacksRepeatedNumbers) {
    EXPECT_EQ(WireWriter().packed(6, std::array<std::uint64_t, 3>{3, 270, 86942}).take(),
              (Bytes{0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05}));
}

TEST(WireWriter, LeavesOutWhatIsZeroOrEmpty) {
    EXPECT_TRUE(
        WireWriter().number(1, 0).fixed64(2, 0).bytes(3, {}).boolean(4, false).take().empty());
    EXPECT_TRUE(WireWriter().packed(5, {}).packed_fixed64(6, {}).take().empty());
    EXPECT_EQ(WireWriter().element(1, ByteView{}).take(), (Bytes{0x0a, 0x00}));
}

TEST(WireWriter, WritesNegativeNumbersInTenBytes) {
    const Bytes written = WireWriter().number(1, ~0ull).take();
    EXPECT_EQ(written.size(), 11u);
    EXPECT_EQ(read_wire_fields(written).value()[0].number, ~0ull);
}

TEST(WireWriter, WhatIsWrittenReadsBack) {
    const Bytes written = WireWriter()
                              .number(107, 1ull << 63)
                              .fixed64(2, 0x0102030405060708)
                              .packed_fixed64(3, std::array<std::uint64_t, 2>{1, ~0ull})
                              .take();
    const auto fields = read_wire_fields(written).value();
    ASSERT_EQ(fields.size(), 3u);
    EXPECT_EQ(fields[0].tag, 107u);
    EXPECT_EQ(fields[0].number, 1ull << 63);
    EXPECT_EQ(fields[1].type, WireType::Fixed64);
    EXPECT_EQ(fields[1].number, 0x0102030405060708u);
    EXPECT_EQ(fields[2].bytes.size(), 16u);
}

} // namespace
} // namespace fathom::harness
