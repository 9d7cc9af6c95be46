// SPDX-License-Identifier: Apache-2.0
// Tests of the macros that pass errors upward.
#include "fathom/base/assert.hpp"
#include "fathom/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace fathom {
namespace {

enum class Oops : std::uint8_t { First, Second };

Result<std::unique_ptr<int>, Oops> make(bool succeed) {
    if (!succeed) return std::unexpected(Oops::Second);
    return std::make_unique<int>(7);
}

Result<int, Oops> use_try(bool succeed) {
    const auto value = FATHOM_TRY(make(succeed));
    return *value + 1;
}

Result<void, Oops> check(bool succeed) {
    if (!succeed) return std::unexpected(Oops::First);
    return {};
}

Result<int, Oops> use_check(bool succeed) {
    FATHOM_CHECK(check(succeed));
    return 1;
}

TEST(ResultMacros, TryMovesTheValueOut) {
    EXPECT_EQ(use_try(true).value(), 8);
}

TEST(ResultMacros, TryReturnsTheError) {
    EXPECT_EQ(use_try(false).error(), Oops::Second);
}

TEST(ResultMacros, CheckContinuesOnSuccess) {
    EXPECT_EQ(use_check(true).value(), 1);
}

TEST(ResultMacros, CheckReturnsTheError) {
    EXPECT_EQ(use_check(false).error(), Oops::First);
}

TEST(ResultMacros, ErrorKnowsWhereItWasMade) {
    const base::Error error(base::ErrorCode::Io, "disk: gone");
    EXPECT_EQ(error.message, "disk: gone");
    EXPECT_TRUE(std::string_view(error.location.file_name()).ends_with("result_test.cpp"));
}

TEST(AssertDeathTest, FailedClaimAborts) {
    EXPECT_DEATH(FATHOM_ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3");
}

} // namespace
} // namespace fathom
