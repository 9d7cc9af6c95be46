// SPDX-License-Identifier: Apache-2.0
// Blocks as text: what is read, what is refused and with which words.
#include "fathom/sched/block_text.hpp"
#include "fathom/types/base58.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::sched {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSystem = "11111111111111111111111111111111";
constexpr std::string_view kClock = "SysvarC1ock11111111111111111111111111111111";

AccountLock lock(std::string_view key, bool is_writable) {
    AccountLock result{.key = {}, .is_writable = is_writable};
    EXPECT_TRUE(types::decode_base58_exact(key, result.key.bytes));
    return result;
}

std::string error_of(std::string_view text) {
    const auto block = parse_block_text(text);
    return block ? "no error" : block.error().message;
}

TEST(BlockText, LineHasCostLocksAndLabel) {
    const std::string line =
        "450  w:" + std::string(kClock) + "\tr:" + std::string(kSystem) + "  # a transfer \r\n";
    const auto block = parse_block_text(line);
    ASSERT_TRUE(block);
    ASSERT_EQ(block->work.size(), 1U);
    EXPECT_EQ(block->work.cost(0), 450U);
    EXPECT_THAT(block->work.locks(0), ElementsAre(lock(kClock, true), lock(kSystem, false)));
    EXPECT_THAT(block->labels, ElementsAre("a transfer"));
}

TEST(BlockText, EmptyLinesAndRemarksAreNoTransactions) {
    const auto block = parse_block_text("# a block\n\n  \n1\n # end\n2");
    ASSERT_TRUE(block);
    EXPECT_EQ(block->work.size(), 2U);
    EXPECT_TRUE(block->work.locks(1).empty());
}

TEST(BlockText, EmptyTextIsAnEmptyBlock) {
    const auto block = parse_block_text("");
    ASSERT_TRUE(block);
    EXPECT_EQ(block->work.size(), 0U);
}

TEST(BlockText, ErrorsNameTheLine) {
    EXPECT_EQ(error_of("1\nx\n"), "line 2: 'x' is not a cost");
    EXPECT_EQ(error_of("-1"), "line 1: '-1' is not a cost");
    EXPECT_EQ(error_of("18446744073709551616"), "line 1: '18446744073709551616' is not a cost");
    EXPECT_EQ(error_of("\n\n7 " + std::string(kClock)),
              "line 3: '" + std::string(kClock) + "' is neither w:KEY nor r:KEY");
    EXPECT_EQ(error_of("7 w:1111"), "line 1: 'w:1111' has no key of 32 bytes in base58");
    EXPECT_EQ(error_of("7 r:"), "line 1: 'r:' has no key of 32 bytes in base58");
}

TEST(BlockText, LongWordsAreCutInErrors) {
    EXPECT_LT(error_of(std::string(100'000, 'x')).size(), 100U);
}

TEST(BlockText, WhatIsWrittenIsReadBack) {
    const LockSet first{lock(kClock, true), lock(kSystem, false)};
    const std::vector<TransactionWork> block{{first, 450, "swap\n2"}, {{}, 7, ""}};
    const std::string text = block_text(block);
    EXPECT_THAT(text, HasSubstr("# swap 2\n7\n"));
    const auto read = parse_block_text(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(block_text(read->transactions()), text);
}

} // namespace
} // namespace fathom::sched
