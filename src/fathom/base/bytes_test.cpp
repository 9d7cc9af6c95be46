// SPDX-License-Identifier: Apache-2.0
// Tests of byte access and views.
#include "fathom/base/bytes.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

TEST(BytesAccess, LoadReadsLittleEndianAtAnyAddress) {
    const std::uint8_t bytes[] = {0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    EXPECT_EQ(load_le<std::uint16_t>(bytes + 1), 0x0201);
    EXPECT_EQ(load_le<std::uint32_t>(bytes + 1), 0x04030201u);
    EXPECT_EQ(load_le<std::uint64_t>(bytes + 1), 0x0807060504030201u);
}

TEST(BytesAccess, StoreWritesLittleEndianAtAnyAddress) {
    std::uint8_t bytes[6] = {};
    store_le(bytes + 1, std::uint32_t{0x01020304});
    const std::uint8_t expected[6] = {0, 4, 3, 2, 1, 0};
    EXPECT_TRUE(std::equal(bytes, bytes + 6, expected));
}

TEST(BytesAccess, TextAndBytesViewTheSameMemory) {
    const std::string_view text = "sol";
    const ByteView bytes = as_bytes(text);
    EXPECT_EQ(bytes.size(), 3u);
    EXPECT_EQ(bytes[0], 's');
    EXPECT_EQ(as_text(bytes).data(), text.data());
    EXPECT_EQ(as_text(bytes), text);
}

} // namespace
} // namespace fathom
