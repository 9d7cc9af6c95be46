// SPDX-License-Identifier: Apache-2.0
// XXH64 at every length that takes another path; values from the reference implementation 0.8.
#include "fathom/crypto/xxh64.hpp"

#include <gtest/gtest.h>

namespace fathom::crypto {
namespace {

Bytes counted(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    return bytes;
}

TEST(Xxh64, MatchesTheReferenceAtEveryKindOfLength) {
    EXPECT_EQ(xxh64(counted(0)), 0xef46db3751d8e999u);
    EXPECT_EQ(xxh64(counted(1)), 0x8a4127811b21e730u);
    EXPECT_EQ(xxh64(counted(3)), 0xb6e6c910c2fd373au);
    EXPECT_EQ(xxh64(counted(14)), 0xff34ee32a5c9ecfeu);
    EXPECT_EQ(xxh64(counted(31)), 0x6ab1c40e29f50073u);
    EXPECT_EQ(xxh64(counted(32)), 0x5a0756fbe9ecd3d1u);
    EXPECT_EQ(xxh64(counted(33)), 0xdc50cdc37bb9c183u);
    EXPECT_EQ(xxh64(counted(100)), 0xd248bfc5208b0b16u);
}

TEST(Xxh64, SeedChangesTheSum) {
    EXPECT_EQ(xxh64(counted(100), 0xdeadface), 0x733f8f53139df903u);
    EXPECT_EQ(xxh64({}, 1), 0xd5afba1336a3be4bu);
}

} // namespace
} // namespace fathom::crypto
