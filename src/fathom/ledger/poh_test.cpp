// SPDX-License-Identifier: Apache-2.0
// Proof of History and tick rules, on recorded blocks and on small ones.
#include "fathom/ledger/deshred.hpp"
#include "fathom/ledger/poh.hpp"
#include "fathom/ledger/tick_rules.hpp"
#include "tests/support/block_data.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace fathom::ledger {
namespace {

using tests::small_transaction;
using tests::views_of;

constexpr std::uint64_t kHashesPerTick = 4;

/// Ticks of kHashesPerTick hashes, from the hash of zeros.
std::vector<Entry> ticks(std::size_t count) {
    std::vector<Entry> entries;
    Hash hash;
    for (std::size_t i = 0; i < count; ++i) {
        hash = next_hash(hash, kHashesPerTick, {});
        entries.push_back({kHashesPerTick, hash, {}});
    }
    return entries;
}

/// The transactions' bytes outlive the entries.
const Bytes kFirst = small_transaction(1);
const Bytes kSecond = small_transaction(2);

/// Two ticks with two records before the second.
std::vector<Entry> entries_with_records() {
    std::vector<Entry> entries = ticks(1);
    for (const Bytes* bytes : {&kFirst, &kSecond}) {
        Entry entry{1, {}, {*TransactionView::parse(*bytes)}};
        entry.hash = next_hash(entries.back().hash, 1, entry.transactions);
        entries.push_back(entry);
    }
    Entry tick{2, next_hash(entries.back().hash, 2, {}), {}};
    entries.push_back(tick);
    return entries;
}

/// Every call on a thread of its own.
constexpr auto kOnThreads = [](std::size_t count, const auto& body) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
};

TEST(Poh, TicksAndRecordsFollowFromOneAnother) {
    const auto entries = entries_with_records();
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), std::nullopt);
    EXPECT_EQ(find_invalid_entry(Hash{}, {}), std::nullopt);
}

TEST(Poh, WrongStartIsFoundInTheFirstEntry) {
    Hash start;
    start.bytes[5] = 1;
    EXPECT_EQ(find_invalid_entry(start, entries_with_records()), 0u);
}

TEST(Poh, ChangedNumberOfHashesIsFound) {
    auto entries = entries_with_records();
    entries[3].num_hashes = 1;
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), 3u);
}

TEST(Poh, ChangedTransactionIsFound) {
    auto entries = entries_with_records();
    std::swap(entries[1].transactions, entries[2].transactions);
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), 1u);
}

TEST(Poh, ChangedHashIsFoundInItsEntryAndTheNext) {
    auto entries = ticks(5);
    entries[2].hash.bytes[31] ^= 1;
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), 2u);
    entries.erase(entries.begin(), entries.begin() + 3);
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), 0u);
}

TEST(Poh, TickOfNoHashesRepeatsTheHash) {
    std::vector<Entry> entries{{0, Hash{}, {}}};
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), std::nullopt);
    entries[0].hash.bytes[0] = 1;
    EXPECT_EQ(find_invalid_entry(Hash{}, entries), 0u);
}

TEST(Poh, RecordOfNoHashesCountsAsOne) {
    // agave entry/src/entry.rs next_hash_with_signatures: the record itself is a hash.
    Entry entry{0, {}, {*TransactionView::parse(kFirst)}};
    entry.hash = next_hash(Hash{}, 1, entry.transactions);
    EXPECT_EQ(find_invalid_entry(Hash{}, std::span(&entry, 1)), std::nullopt);
}

TEST(Poh, EveryNumberOfGroupsFindsTheSameEntry) {
    auto entries = ticks(9);
    entries[6].hash.bytes[0] ^= 1;
    for (std::size_t width = 0; width <= 12; ++width) {
        EXPECT_EQ(find_invalid_entry(Hash{}, entries, width, kOnThreads), 6u) << width;
    }
}

struct RecordedBlock {
    BlockBytes bytes;
    std::vector<Entry> entries;
};

std::optional<RecordedBlock> recorded_block(std::string_view name) {
    const auto path = tests::shared_data("data/blocks/" + std::string(name) + "/shreds.json.gz");
    if (!path) return std::nullopt;
    const auto shreds = harness::read_shreds_json(*path);
    auto bytes = deshred(views_of(shreds.value()));
    RecordedBlock block{*std::move(bytes), {}};
    block.entries = parse_entries(block.bytes).value();
    return block;
}

TEST(Poh, TestnetBlockFollowsFromItsParentsLastHash) {
    const auto block = recorded_block("testnet-417955322");
    if (!block) GTEST_SKIP() << "needs shared test data: testnet-417955322";
    const auto start = Hash::from_base58("67TBWCoT7EGNWCoJep2FY8pdU85tgs3CnGa29Pm8i2Bz");
    EXPECT_EQ(find_invalid_entry(*start, block->entries, 2, kOnThreads), std::nullopt);
    auto changed = block->entries;
    changed[50].num_hashes += 1;
    EXPECT_EQ(find_invalid_entry(*start, changed, 2, kOnThreads), 50u);
}

TEST(Poh, SecondTestnetBlockFollowsFromItsFirstEntry) {
    const auto block = recorded_block("testnet-356797362-no-manifest");
    if (!block) GTEST_SKIP() << "needs shared test data: testnet-356797362-no-manifest";
    // Its parent's last hash is not there, so the first entry is taken as given.
    const auto rest = std::span(block->entries).subspan(1);
    EXPECT_EQ(find_invalid_entry(block->entries[0].hash, rest, 2, kOnThreads), std::nullopt);
}

TEST(TickRules, TestnetBlockKeepsThemComponentByComponent) {
    const auto block = recorded_block("testnet-417955322");
    if (!block) GTEST_SKIP() << "needs shared test data: testnet-417955322";
    const auto components = parse_components(block->bytes);
    ASSERT_TRUE(components);
    const Slot slot = block->bytes.slot;
    std::uint64_t tick_hash_count = 0;
    std::uint64_t tick_height = slot * 64;
    for (std::size_t i = 0; i < components->size(); ++i) {
        const auto& entries = (*components)[i].entries;
        const TickLimits limits{tick_height, (slot + 1) * 64, 62500, false};
        const auto checked =
            check_ticks(entries, limits, i + 1 == components->size(), tick_hash_count);
        ASSERT_TRUE(checked) << i << ": " << block_error_name(checked.error());
        tick_height += count_ticks(entries);
    }
    EXPECT_EQ(tick_height, (slot + 1) * 64);
    EXPECT_EQ(tick_hash_count, 0u);
}

/// The verdict on entries that begin a slot of `slot_ticks` ticks.
std::optional<BlockError> verdict(const std::vector<Entry>& entries, std::uint64_t slot_ticks,
                                  bool is_slot_full,
                                  std::optional<std::uint64_t> hashes = kHashesPerTick) {
    std::uint64_t tick_hash_count = 0;
    const auto checked =
        check_ticks(entries, {100, 100 + slot_ticks, hashes, false}, is_slot_full, tick_hash_count);
    if (checked) return std::nullopt;
    return checked.error();
}

TEST(TickRules, CountOfTicks) {
    EXPECT_EQ(verdict(ticks(3), 3, true), std::nullopt);
    EXPECT_EQ(verdict(ticks(2), 3, false), std::nullopt);
    EXPECT_EQ(verdict(ticks(4), 3, true), BlockError::TooManyTicks);
    EXPECT_EQ(verdict(ticks(2), 3, true), BlockError::TooFewTicks);
    EXPECT_EQ(verdict({}, 3, true), BlockError::TooFewTicks);
}

TEST(TickRules, LastTickEndsTheSlot) {
    EXPECT_EQ(verdict(ticks(3), 3, false), BlockError::InvalidLastTick);
    auto entries = ticks(3);
    entries.push_back(entries_with_records()[1]);
    EXPECT_EQ(verdict(entries, 3, true), BlockError::TrailingEntry);
    EXPECT_EQ(verdict(entries, 3, false), BlockError::TrailingEntry);
}

TEST(TickRules, HashesOfATick) {
    auto entries = ticks(3);
    entries[1].num_hashes += 1;
    EXPECT_EQ(verdict(entries, 3, true), BlockError::InvalidTickHashCount);
    EXPECT_EQ(verdict(entries, 3, true, 0), std::nullopt);
    EXPECT_EQ(verdict(entries, 3, true, std::nullopt), std::nullopt);
    entries[1].num_hashes = 0;
    EXPECT_EQ(verdict(entries, 3, true), BlockError::InvalidTickHashCount);
    EXPECT_EQ(verdict(entries_with_records(), 2, true), std::nullopt);
}

TEST(TickRules, TickOfNoHashesIsRefusedEvenIfTheCountIsRight) {
    auto entries = entries_with_records();
    entries[2].num_hashes = 3; // 1 + 3 hashes before the tick
    entries[3].num_hashes = 0;
    EXPECT_EQ(verdict(entries, 2, true), BlockError::InvalidTickHashCount);
}

TEST(TickRules, TrailingHashesStayBelowATick) {
    auto entries = entries_with_records();
    entries.pop_back();
    EXPECT_EQ(verdict(entries, 2, false), std::nullopt);
    entries[2].num_hashes = 3;
    EXPECT_EQ(verdict(entries, 2, false), BlockError::InvalidTickHashCount);
    entries[2].num_hashes = ~std::uint64_t{0};
    EXPECT_EQ(verdict(entries, 2, false), BlockError::InvalidTickHashCount);
}

TEST(TickRules, HashCountIsCarriedOn) {
    const auto entries = entries_with_records();
    std::uint64_t tick_hash_count = 0;
    const std::span all(entries);
    ASSERT_TRUE(check_ticks(all.first(2), {0, 2, kHashesPerTick, false}, false, tick_hash_count));
    EXPECT_EQ(tick_hash_count, 1u);
    ASSERT_TRUE(check_ticks(all.subspan(2), {1, 2, kHashesPerTick, false}, true, tick_hash_count));
    EXPECT_EQ(tick_hash_count, 0u);
}

TEST(TickRules, AlpenglowEntriesHaveOneHash) {
    std::vector<Entry> entries{{1, Hash{}, {}}};
    std::uint64_t tick_hash_count = 0;
    EXPECT_TRUE(check_ticks(entries, {0, 1, 62500, true}, true, tick_hash_count));
    entries[0].num_hashes = 2;
    const auto checked = check_ticks(entries, {0, 1, 62500, true}, true, tick_hash_count);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error(), BlockError::InvalidTickHashCount);
}

TEST(BlockError, NamesAndTextsAreAgaves) {
    EXPECT_EQ(block_error_name(BlockError::DuplicateBlock), "DuplicateBlock");
    EXPECT_EQ(block_error_text(BlockError::InvalidTickHashCount), "invalid tick hash count");
    EXPECT_EQ(block_error_text(BlockError::Incomplete), "incomplete block");
}

} // namespace
} // namespace fathom::ledger
