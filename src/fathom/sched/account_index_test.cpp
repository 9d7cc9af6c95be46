// SPDX-License-Identifier: Apache-2.0
// Keys get numbers in order of first appearance, whatever the seed and the table's size.
#include "fathom/sched/account_index.hpp"
#include "fathom/sched/workload.hpp"

#include <gtest/gtest.h>

#include <set>

namespace fathom::sched {
namespace {

TEST(AccountIndex, NumbersKeysInOrderOfFirstAppearance) {
    AccountIndex index;
    EXPECT_EQ(index.insert(numbered_key(7)), 0U);
    EXPECT_EQ(index.insert(numbered_key(3)), 1U);
    EXPECT_EQ(index.insert(numbered_key(7)), 0U);
    EXPECT_EQ(index.size(), 2U);
    EXPECT_EQ(index.key(1), numbered_key(3));
}

TEST(AccountIndex, FindsOnlyWhatWasInserted) {
    AccountIndex index;
    index.insert(numbered_key(1));
    EXPECT_EQ(index.find(numbered_key(1)), 0U);
    EXPECT_EQ(index.find(numbered_key(2)), std::nullopt);
}

TEST(AccountIndex, KeepsNumbersWhenItGrows) {
    AccountIndex index;
    for (std::uint32_t i = 0; i < 20'000; ++i) ASSERT_EQ(index.insert(numbered_key(i)), i);
    for (std::uint32_t i = 0; i < 20'000; ++i) ASSERT_EQ(index.find(numbered_key(i)), i);
}

TEST(AccountIndex, GivesTheSameNumbersUnderAnySeed) {
    AccountIndex one(1);
    AccountIndex other(2);
    for (std::uint64_t i = 0; i < 5'000; ++i) {
        ASSERT_EQ(one.insert(numbered_key(i % 977)), other.insert(numbered_key(i % 977)));
    }
}

TEST(AccountIndex, ForgetsKeysOnReset) {
    AccountIndex index;
    index.insert(numbered_key(1));
    index.reset();
    EXPECT_EQ(index.find(numbered_key(1)), std::nullopt);
    EXPECT_EQ(index.insert(numbered_key(2)), 0U);
}

// Keys that differ in one byte only, as an attacker would choose against a hash of fewer bytes.
TEST(AccountIndex, SpreadsKeysThatDifferInOneByteWhereverItLies) {
    const AccountIndex index;
    for (std::size_t place = 0; place < 32; ++place) {
        std::set<std::uint64_t> low;
        for (unsigned value = 0; value < 256; ++value) {
            Pubkey key;
            key.bytes[place] = static_cast<std::uint8_t>(value);
            low.insert(index.hash(key) & 0xffff);
        }
        EXPECT_GT(low.size(), 245U) << "byte " << place;
    }
}

} // namespace
} // namespace fathom::sched
