// SPDX-License-Identifier: Apache-2.0
// Reading protobuf's wire format; the examples are those of protobuf's own encoding guide.
#include "fathom/harness/wire_reader.hpp"

#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

TEST(WireReader, ReadsVarints) {
    const auto fields = read_wire_fields(Bytes{0x08, 0x96, 0x01});
    ASSERT_TRUE(fields.has_value());
    ASSERT_EQ(fields->size(), 1u);
    EXPECT_EQ((*fields)[0].tag, 1u);
    EXPECT_EQ((*fields)[0].number, 150u);
}

TEST(WireReader, ReadsTexts) {
    const Bytes message = {0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67};
    const auto fields = read_wire_fields(message);
    ASSERT_TRUE(fields.has_value());
    ASSERT_EQ(fields->size(), 1u);
    EXPECT_EQ((*fields)[0].tag, 2u);
    EXPECT_EQ(as_text((*fields)[0].bytes), "testing");
}

TEST(WireReader, ReadsFixedNumbersLittleEndian) {
    const auto fields = read_wire_fields(Bytes{0x09, 1, 2, 0, 0, 0, 0, 0, 0, 0x15, 3, 0, 0, 0});
    ASSERT_TRUE(fields.has_value());
    ASSERT_EQ(fields->size(), 2u);
    EXPECT_EQ((*fields)[0].number, 0x201u);
    EXPECT_EQ((*fields)[1].number, 3u);
}

TEST(WireReader, RefusesWhatIsCutOff) {
    EXPECT_FALSE(read_wire_fields(Bytes{0x08, 0x96}).has_value());
    EXPECT_FALSE(read_wire_fields(Bytes{0x12, 0x07, 0x74}).has_value());
    EXPECT_FALSE(read_wire_fields(Bytes{0x09, 0x01}).has_value());
}

TEST(WireReader, RefusesTagZeroAndUnknownTypes) {
    EXPECT_FALSE(read_wire_fields(Bytes{0x00, 0x01}).has_value());
    EXPECT_FALSE(read_wire_fields(Bytes{0x0b}).has_value());
}

} // namespace
} // namespace fathom::harness
