// SPDX-License-Identifier: Apache-2.0
// Blocks of testnet, replayed.
#include "fathom/harness/recorded_replay.hpp"
#include "fathom/ledger/replay.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::harness {
namespace {

constexpr const char* kFirst = "data/blocks/testnet-417955322";
constexpr const char* kSecond = "data/blocks/testnet-356797362-no-manifest";
/// What Sig's test of the same files asserts.
constexpr const char* kFirstHash = "EH3kF42fPEd3FgD86Ubyd4WdYccXMmZ7wx35rFqH1G4d";

std::shared_ptr<bank::Runtime> make_runtime(unsigned workers) {
    return std::make_shared<bank::Runtime>(ProcessorConfig{}, workers);
}

class RecordedReplay : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Workers, RecordedReplay, testing::Values(1, 2, 8));

TEST_P(RecordedReplay, FirstBlockHashesAsElsewhere) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    const auto bank = bank_of_recorded_block(*block, make_runtime(GetParam()));
    ASSERT_TRUE(bank) << bank.error().message;
    const auto replayed = ledger::replay_block(**bank, block->entries);
    ASSERT_TRUE(replayed) << replayed.error().message();
    EXPECT_EQ(replayed->transactions, 417U);
    EXPECT_EQ(replayed->signatures, 420U);
    EXPECT_EQ((*bank)->freeze().to_base58(), kFirstHash);
}

TEST_P(RecordedReplay, SecondBlockExecutes) {
    FATHOM_REQUIRE_SHARED(folder, kSecond);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    const auto bank = bank_of_recorded_block(*block, make_runtime(GetParam()));
    ASSERT_TRUE(bank) << bank.error().message;
    // Where its first entry begins is not recorded.
    const auto replayed = ledger::replay_block(**bank, block->entries, {.verify_entries = false});
    ASSERT_TRUE(replayed) << replayed.error().message();
    EXPECT_EQ(replayed->transactions, 2293U);
    EXPECT_EQ(replayed->signatures, 2296U);
}

TEST(ReplayOfRecordedBlock, OneLamportMoreGivesAnotherHash) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    const auto busy = std::ranges::find_if(
        block->entries, [](const ledger::Entry& entry) { return !entry.is_tick(); });
    const Pubkey payer = busy->transactions[0].static_keys()[0];
    for (RecordedAccount& entry : block->accounts) {
        if (entry.address == payer) ++entry.account.lamports;
    }
    const auto bank = bank_of_recorded_block(*block, make_runtime(1));
    ASSERT_TRUE(bank) << bank.error().message;
    ASSERT_TRUE(ledger::replay_block(**bank, block->entries));
    EXPECT_NE((*bank)->freeze().to_base58(), kFirstHash);
}

TEST(ReplayOfRecordedBlock, EntryWithAnotherHashIsRefused) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    block->entries[17].hash.bytes[3] ^= 1;
    const auto bank = bank_of_recorded_block(*block, make_runtime(2));
    ASSERT_TRUE(bank) << bank.error().message;
    const auto replayed = ledger::replay_block(**bank, block->entries);
    ASSERT_FALSE(replayed);
    EXPECT_EQ(replayed.error().message(), "invalid block: invalid entry hash, entry 17");
}

TEST(ReplayOfRecordedBlock, BlockWithoutItsLastTickIsRefused) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    block->entries.pop_back();
    const auto bank = bank_of_recorded_block(*block, make_runtime(1));
    ASSERT_TRUE(bank) << bank.error().message;
    const auto replayed = ledger::replay_block(**bank, block->entries);
    ASSERT_FALSE(replayed);
    EXPECT_EQ(replayed.error().block, ledger::BlockError::TooFewTicks);
}

} // namespace
} // namespace fathom::harness
