// SPDX-License-Identifier: Apache-2.0
// Tests of the integer arithmetic at its ends.
#include "fathom/base/integers.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kSignedMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSignedMin = std::numeric_limits<std::int64_t>::min();

TEST(Integers, CheckedAddReportsOverflow) {
    EXPECT_EQ(checked_add(kMax - 1, std::uint64_t{1}), kMax);
    EXPECT_EQ(checked_add(kMax, std::uint64_t{1}), std::nullopt);
    EXPECT_EQ(checked_add(kSignedMin, std::int64_t{-1}), std::nullopt);
}

TEST(Integers, CheckedSubReportsUnderflow) {
    EXPECT_EQ(checked_sub(std::uint64_t{1}, std::uint64_t{1}), 0u);
    EXPECT_EQ(checked_sub(std::uint64_t{0}, std::uint64_t{1}), std::nullopt);
    EXPECT_EQ(checked_sub(kSignedMin, std::int64_t{1}), std::nullopt);
}

TEST(Integers, CheckedMulReportsOverflow) {
    EXPECT_EQ(checked_mul(std::uint64_t{1} << 63, std::uint64_t{1}), std::uint64_t{1} << 63);
    EXPECT_EQ(checked_mul(std::uint64_t{1} << 63, std::uint64_t{2}), std::nullopt);
    EXPECT_EQ(checked_mul(kSignedMin, std::int64_t{-1}), std::nullopt);
}

TEST(Integers, CheckedArithmeticIsDoneInTheNarrowType) {
    EXPECT_EQ(checked_add<std::uint8_t>(255, 1), std::nullopt);
    EXPECT_EQ(checked_mul<std::uint16_t>(256, 256), std::nullopt);
}

TEST(Integers, SaturatingAddStopsAtBothEnds) {
    EXPECT_EQ(saturating_add(kMax, std::uint64_t{5}), kMax);
    EXPECT_EQ(saturating_add(kSignedMax, std::int64_t{1}), kSignedMax);
    EXPECT_EQ(saturating_add(kSignedMin, std::int64_t{-1}), kSignedMin);
}

TEST(Integers, SaturatingSubStopsAtBothEnds) {
    EXPECT_EQ(saturating_sub(std::uint64_t{3}, std::uint64_t{5}), 0u);
    EXPECT_EQ(saturating_sub(kSignedMin, std::int64_t{1}), kSignedMin);
    EXPECT_EQ(saturating_sub(kSignedMax, std::int64_t{-1}), kSignedMax);
}

TEST(Integers, SaturatingMulStopsAtTheTop) {
    EXPECT_EQ(saturating_mul(kMax, std::uint64_t{2}), kMax);
    EXPECT_EQ(saturating_mul(kMax, std::uint64_t{0}), 0u);
}

} // namespace
} // namespace fathom
