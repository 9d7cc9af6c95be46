// SPDX-License-Identifier: Apache-2.0
// The recorded blocks of testnet: what is known of them, and what is refused.
#include "fathom/harness/recorded_block.hpp"
#include "fathom/ledger/poh.hpp"
#include "fathom/ledger/tick_rules.hpp"
#include "fathom/svm/signature_verification.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::harness {
namespace {

constexpr const char* kFirst = "data/blocks/testnet-417955322";
constexpr const char* kSecond = "data/blocks/testnet-356797362-no-manifest";

std::vector<const TransactionView*> transactions_of(const RecordedBlock& block) {
    std::vector<const TransactionView*> list;
    for (const auto& entry : block.entries) {
        for (const auto& transaction : entry.transactions) list.push_back(&transaction);
    }
    return list;
}

bool is_vote(const TransactionView& transaction) {
    const auto instructions = transaction.instructions();
    return instructions.size() == 1 &&
           transaction.static_keys()[instructions[0].program_id_index] == ids::kVoteProgram;
}

TEST(RecordedBlock, FirstOneHasItsAccountsEntriesAndVotes) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    EXPECT_EQ(block->bytes.slot, 417955322u);
    EXPECT_EQ(block->accounts.size(), 1085u);
    EXPECT_EQ(block->entries.size(), 103u);
    const auto transactions = transactions_of(*block);
    EXPECT_EQ(transactions.size(), 417u);
    EXPECT_EQ(std::ranges::count_if(transactions, [](auto* t) { return is_vote(*t); }), 417);
}

TEST(RecordedBlock, FirstOneFollowsFromItsParentsManifest) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    ASSERT_TRUE(block->parent);
    const auto& bank = block->parent->bank;
    EXPECT_EQ(bank.hash.to_base58(), "FNXFoVCF57hQsQkGZUL8qBEAvpiyRKFAoSECpWgaaqfp");
    const Hash start = bank.blockhash_queue.last_hash.value();
    EXPECT_EQ(start.to_base58(), "67TBWCoT7EGNWCoJep2FY8pdU85tgs3CnGa29Pm8i2Bz");
    EXPECT_EQ(ledger::find_invalid_entry(start, block->entries), std::nullopt);

    const ledger::TickLimits limits{bank.tick_height, bank.max_tick_height + bank.ticks_per_slot,
                                    bank.hashes_per_tick, false};
    std::uint64_t tick_hash_count = 0;
    EXPECT_TRUE(ledger::check_ticks(block->entries, limits, true, tick_hash_count));
}

TEST(RecordedBlock, BlockhashesOfTheFirstOneAreInItsParentsQueue) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    const auto& hashes = block->parent->bank.blockhash_queue.hashes;
    for (const TransactionView* transaction : transactions_of(*block)) {
        EXPECT_NE(std::ranges::find(hashes, transaction->recent_blockhash(),
                                    &ledger::BlockhashInfo::hash),
                  hashes.end());
    }
}

TEST(RecordedBlock, SignaturesOfTheFirstOneHold) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    EXPECT_EQ(std::ranges::count(svm::verify_signatures(transactions_of(*block)), true), 417);
}

TEST(RecordedBlock, SecondOneHasItsSignaturesAndItsProofOfHistory) {
    FATHOM_REQUIRE_SHARED(folder, kSecond);
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    EXPECT_EQ(block->bytes.slot, 356797362u);
    EXPECT_EQ(block->accounts.size(), 4603u);
    EXPECT_FALSE(block->parent);
    EXPECT_EQ(block->entries.size(), 2357u);
    const auto transactions = transactions_of(*block);
    std::size_t signatures = 0;
    for (const auto* transaction : transactions) signatures += transaction->signatures().size();
    EXPECT_EQ(signatures, 2296u);
    EXPECT_EQ(std::ranges::count(svm::verify_signatures(transactions), true), 2293);
    // The parent's last hash is not recorded: the first entry is taken as given.
    const auto rest = std::span(block->entries).subspan(1);
    EXPECT_EQ(ledger::find_invalid_entry(block->entries[0].hash, rest), std::nullopt);
}

TEST(RecordedBlock, WithoutItsLastShredItIsRefused) {
    FATHOM_REQUIRE_SHARED(folder, kFirst);
    auto fixture = read_block_files(folder);
    ASSERT_TRUE(fixture) << fixture.error().message;
    ASSERT_EQ(fixture->shreds.size(), 320u);
    fixture->shreds.pop_back();
    const auto block = take_apart(*std::move(fixture));
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().message, "recorded block: no last shred; missing from shred 319");
}

TEST(RecordedBlock, ManifestOfAnotherSlotIsRefused) {
    FATHOM_REQUIRE_SHARED(first, kFirst);
    FATHOM_REQUIRE_SHARED(second, kSecond);
    auto fixture = read_block_files(second);
    auto other = read_block_files(first);
    ASSERT_TRUE(fixture && other);
    fixture->manifest = other->manifest;
    const auto block = take_apart(*std::move(fixture));
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().message, "recorded block: the manifest is of slot 417955321, but the "
                                     "block's parent is 356797361");
}

TEST(RecordedBlock, FolderWithoutShredsIsRefused) {
    const auto block = load_recorded_block("/nonexistent");
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().message, "recorded block: no shreds");
}

} // namespace
} // namespace fathom::harness
