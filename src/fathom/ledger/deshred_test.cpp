// SPDX-License-Identifier: Apache-2.0
// Shreds and entries against recorded blocks, and their refusals.
#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "fathom/ledger/deshred.hpp"
#include "tests/support/block_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace fathom::ledger {
namespace {

using tests::read_packets;
using tests::small_transaction;
using tests::views_of;

struct Counts {
    std::size_t entries = 0;
    std::size_t ticks = 0;
    std::size_t transactions = 0;
    std::size_t signatures = 0;

    friend bool operator==(const Counts&, const Counts&) = default;
};

Counts count(const std::vector<Entry>& entries) {
    Counts counts;
    for (const Entry& entry : entries) {
        ++counts.entries;
        counts.ticks += entry.is_tick() ? 1 : 0;
        counts.transactions += entry.transactions.size();
        for (const auto& transaction : entry.transactions) {
            counts.signatures += transaction.signatures().size();
        }
    }
    return counts;
}

std::vector<Bytes> testnet_shreds() {
    const auto path = tests::shared_data("data/blocks/testnet-417955322/shreds.json.gz");
    if (!path) return {};
    auto shreds = harness::read_shreds_json(*path);
    return shreds ? *std::move(shreds) : std::vector<Bytes>{};
}

#define FATHOM_REQUIRE_SHREDS(name)                                                                \
    const std::vector<Bytes> name = testnet_shreds();                                              \
    if (name.empty()) GTEST_SKIP() << "needs shared test data: testnet-417955322"

TEST(Deshred, TestnetBlockHasItsComponentsEntriesAndTransactions) {
    FATHOM_REQUIRE_SHREDS(shreds);
    ASSERT_EQ(shreds.size(), 320u);
    const auto block = deshred(views_of(shreds));
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_EQ(block->slot, 417955322u);
    EXPECT_EQ(block->parent, 417955321u);
    EXPECT_EQ(block->ranges.size(), 9u);
    const auto entries = parse_entries(*block);
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(count(*entries), (Counts{103, 64, 417, 420}));
    EXPECT_EQ(base::to_hex(entries->back().hash.view()),
              "abbc60d8943a20e1a2f827a2a804744b4088097d4da67506365df6b604ebad30");
}

TEST(Deshred, SecondTestnetBlockHasItsEntriesAndTransactions) {
    FATHOM_REQUIRE_SHARED(path, "data/blocks/testnet-356797362-no-manifest/shreds.json.gz");
    const auto shreds = harness::read_shreds_json(path);
    ASSERT_TRUE(shreds) << shreds.error().message;
    EXPECT_EQ(shreds->size(), 992u);
    const auto block = deshred(views_of(*shreds));
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_EQ(block->slot, 356797362u);
    const auto entries = parse_entries(*block);
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(count(*entries), (Counts{2357, 64, 2293, 2296}));
}

TEST(Deshred, OrderOfTheShredsDoesNotMatter) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<ByteView> views = views_of(shreds);
    const auto straight = deshred(views);
    std::ranges::reverse(views);
    std::swap(views[3], views[200]);
    const auto mixed = deshred(views);
    ASSERT_TRUE(straight && mixed);
    EXPECT_EQ(straight->data, mixed->data);
    EXPECT_EQ(straight->block_id, mixed->block_id);
}

TEST(Deshred, EntriesWriteBackToTheBytesTheyCameFrom) {
    FATHOM_REQUIRE_SHREDS(shreds);
    const auto block = deshred(views_of(shreds));
    ASSERT_TRUE(block);
    const auto components = parse_components(*block);
    ASSERT_TRUE(components);
    for (std::size_t i = 0; i < components->size(); ++i) {
        const DataRange& range = block->ranges[i];
        const ByteView bytes = ByteView(block->data).subspan(range.offset, range.size);
        const Bytes written = serialize_entries((*components)[i].entries);
        EXPECT_TRUE(std::ranges::equal(written, bytes)) << "component " << i;
    }
}

TEST(Deshred, MissingShredIsNamed) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<ByteView> views = views_of(shreds);
    views.erase(views.begin() + 17);
    const auto block = deshred(views);
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::Missing);
    EXPECT_EQ(block.error().message(), "missing shred 17");
}

TEST(Deshred, MissingLastShredIsRefused) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<ByteView> views = views_of(shreds);
    views.pop_back();
    const auto block = deshred(views);
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::MissingLast);
    EXPECT_EQ(block.error().index, 319u);
}

TEST(Deshred, DuplicateShredIsNamed) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<ByteView> views = views_of(shreds);
    views.push_back(views[40]);
    const auto block = deshred(views);
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::Duplicate);
    EXPECT_EQ(block.error().index, 40u);
}

TEST(Deshred, ShredBehindTheLastOneIsRefused) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<Bytes> changed = shreds;
    changed.push_back(changed.back());
    store_le<std::uint32_t>(changed.back().data() + 73, 320);
    const auto block = deshred(views_of(changed));
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::BehindLast);
    EXPECT_EQ(block.error().index, 320u);
}

TEST(Deshred, ShredOfAnotherSlotIsRefused) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::vector<Bytes> changed = shreds;
    store_le<std::uint64_t>(changed[5].data() + 65, 417955323);
    const auto block = deshred(views_of(changed));
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::OtherSlot);
}

TEST(Deshred, NoShredsAreRefused) {
    const auto block = deshred({});
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, DeshredError::Kind::Empty);
}

TEST(Shred, EveryShredOfAFecSetHasTheSameMerkleRootAndSetsAreChained) {
    FATHOM_REQUIRE_SHREDS(shreds);
    std::map<std::uint32_t, std::pair<Hash, Hash>> sets; // root, chained root
    for (const Bytes& bytes : shreds) {
        const auto shred = parse_data_shred(bytes);
        ASSERT_TRUE(shred);
        const auto root = merkle_root(*shred);
        const auto chained = chained_merkle_root(*shred);
        ASSERT_TRUE(root && chained);
        const auto [at, is_new] = sets.try_emplace(shred->fec_set_index, *root, *chained);
        EXPECT_EQ(at->second, std::pair(*root, *chained)) << is_new;
    }
    ASSERT_EQ(sets.size(), 10u);
    for (auto at = std::next(sets.begin()); at != sets.end(); ++at) {
        EXPECT_EQ(at->second.second, std::prev(at)->second.first) << at->first;
    }
    const auto block = deshred(views_of(shreds));
    ASSERT_TRUE(block);
    EXPECT_EQ(block->block_id, sets.rbegin()->second.first);
    EXPECT_EQ(block->parent_block_id, sets.begin()->second.second);
}

TEST(Shred, ChangedDataChangesTheMerkleRoot) {
    FATHOM_REQUIRE_SHREDS(shreds);
    Bytes changed = shreds[0];
    changed[500] ^= 1;
    const auto before = parse_data_shred(shreds[0]);
    const auto after = parse_data_shred(changed);
    ASSERT_TRUE(before && after);
    EXPECT_NE(*merkle_root(*before), *merkle_root(*after));
}

TEST(Shred, RefusesWhatAgaveRefuses) {
    FATHOM_REQUIRE_SHREDS(shreds);
    const auto error_with = [&](std::size_t offset, auto value) {
        Bytes bytes = shreds[1];
        store_le(bytes.data() + offset, value);
        const auto shred = parse_data_shred(bytes);
        EXPECT_FALSE(shred);
        return shred ? ShredError{} : shred.error();
    };
    using U8 = std::uint8_t;
    using U16 = std::uint16_t;
    using U32 = std::uint32_t;
    EXPECT_EQ(error_with(64, U8{0xa5}), ShredError::InvalidShredVariant);
    EXPECT_EQ(error_with(64, U8{0x86}), ShredError::InvalidShredVariant); // not chained
    EXPECT_EQ(error_with(64, U8{0x66}), ShredError::InvalidShredType);
    EXPECT_EQ(error_with(73, U32{32768}), ShredError::InvalidShredIndex);
    EXPECT_EQ(error_with(79, U32{2}), ShredError::InvalidErasureShardIndex);
    EXPECT_EQ(error_with(83, U16{0}), ShredError::InvalidParentOffset);
    EXPECT_EQ(error_with(85, U8{0x80}), ShredError::InvalidShredFlags);
    EXPECT_EQ(error_with(86, U16{87}), ShredError::InvalidDataSize);
    // 963 bytes of data fit (agave get_data_shred_bytes_per_batch_typical: 32 of them).
    EXPECT_EQ(error_with(86, U16{88 + 964}), ShredError::InvalidDataSize);
    EXPECT_EQ(parse_data_shred(ByteView(shreds[1]).first(1202)).error(),
              ShredError::InvalidPayloadSize);
    EXPECT_EQ(parse_data_shred({}).error(), ShredError::InvalidPayloadSize);
}

TEST(Shred, BytesBehindTheShredInItsPacketAreIgnored) {
    FATHOM_REQUIRE_SHREDS(shreds);
    Bytes packet = shreds[0];
    packet.insert(packet.end(), 4, 0xee); // a repair nonce
    const auto shred = parse_data_shred(packet);
    ASSERT_TRUE(shred);
    EXPECT_EQ(shred->bytes.size(), 1203u);
}

TEST(Deshred, FecSetOfAMainnetSlotHoldsOneBatch) {
    FATHOM_REQUIRE_SHARED(path, "data/blocks/fec-set-slot-410010000/shreds.bin");
    std::vector<DataShred> shreds;
    const auto packets = read_packets(path);
    for (const Bytes& packet : packets) {
        if (const auto shred = parse_data_shred(packet)) shreds.push_back(*shred);
    }
    ASSERT_EQ(shreds.size(), 32u);
    std::ranges::sort(shreds, {}, &DataShred::index);
    Bytes data;
    for (const DataShred& shred : shreds) {
        data.insert(data.end(), shred.data.begin(), shred.data.end());
    }
    EXPECT_TRUE(shreds.back().is_data_complete);
    EXPECT_EQ(data.size(), 29430u);
    const auto component = parse_component(data);
    ASSERT_TRUE(component) << component.error().message();
    const Counts counts = count(component->entries);
    EXPECT_EQ(counts.entries, 65u);
    EXPECT_EQ(counts.transactions, 74u);
    EXPECT_EQ(component->entries[0].transactions.size(), 4u);
    EXPECT_EQ(component->entries[0].transactions[0].signatures()[0].to_base58(),
              "2AeCToMdEhzHnaHrYxc9KzQeN9ZVqp2n1vRCRVdQ4rYEJKLLAmRynCpSPjyC3jhBT7693DVAK11ieZoDKquq"
              "bMLW");
}

/// The shreds of a mainnet slot in the archive of legacy ones.
Result<BlockBytes, DeshredError> mainnet_block(const Bytes& archive, const std::string& folder,
                                               LegacyShreds legacy) {
    std::vector<ByteView> packets;
    const auto files = harness::read_tar(archive);
    for (const auto& file : files.value()) {
        if (file.name.starts_with(folder + "d")) packets.push_back(file.bytes);
    }
    return deshred(packets, legacy);
}

Bytes legacy_archive() {
    const auto path = tests::shared_data("data/blocks/mainnet-legacy-shreds.tar.zst");
    if (!path) return {};
    auto bytes = harness::read_file(*path);
    return bytes ? *std::move(bytes) : Bytes{};
}

TEST(Deshred, FirstMainnetBlockIsSixtyFourTicks) {
    const Bytes archive = legacy_archive();
    if (archive.empty()) GTEST_SKIP() << "needs shared test data: mainnet-legacy-shreds";
    const auto block = mainnet_block(archive, "mainnet/0/", LegacyShreds::Unsized);
    ASSERT_TRUE(block) << block.error().message();
    const auto entries = parse_entries(*block);
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(count(*entries), (Counts{64, 64, 0, 0}));
}

TEST(Deshred, SecondMainnetBlockParses) {
    const Bytes archive = legacy_archive();
    if (archive.empty()) GTEST_SKIP() << "needs shared test data: mainnet-legacy-shreds";
    const auto block = mainnet_block(archive, "mainnet/1/", LegacyShreds::Unsized);
    ASSERT_TRUE(block) << block.error().message();
    const auto entries = parse_entries(*block);
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(count(*entries).ticks, 64u);
}

TEST(Deshred, MainnetBlockOfSizedLegacyShredsParses) {
    const Bytes archive = legacy_archive();
    if (archive.empty()) GTEST_SKIP() << "needs shared test data: mainnet-legacy-shreds";
    const auto block = mainnet_block(archive, "mainnet/102815960/", LegacyShreds::Sized);
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_FALSE(block->block_id);
    const auto entries = parse_entries(*block);
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(count(*entries).ticks, 64u);
}

TEST(Deshred, LegacyShredsAreRefusedUnlessAskedFor) {
    const Bytes archive = legacy_archive();
    if (archive.empty()) GTEST_SKIP() << "needs shared test data: mainnet-legacy-shreds";
    const auto block = mainnet_block(archive, "mainnet/0/", LegacyShreds::Refuse);
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().shred, ShredError::InvalidShredVariant);
}

Bytes tick_component(std::uint64_t count_field) {
    Bytes bytes(8 + 48);
    store_le(bytes.data(), count_field);
    store_le<std::uint64_t>(bytes.data() + 8, 5);
    return bytes;
}

TEST(Entry, ParsesATick) {
    const Bytes bytes = tick_component(1);
    const auto component = parse_component(bytes);
    ASSERT_TRUE(component);
    ASSERT_EQ(component->entries.size(), 1u);
    EXPECT_TRUE(component->entries[0].is_tick());
    EXPECT_EQ(component->entries[0].num_hashes, 5u);
}

TEST(Entry, CountsAboveTheBytesAreRefusedBeforeAllocating) {
    for (const std::uint64_t count :
         {std::uint64_t{2}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        const auto component = parse_component(tick_component(count));
        ASSERT_FALSE(component);
        EXPECT_EQ(component.error().kind, EntryParseError::Kind::TooManyEntries);
    }
    Bytes bytes = tick_component(1);
    store_le<std::uint64_t>(bytes.data() + 48, ~std::uint64_t{0});
    const auto component = parse_component(bytes);
    ASSERT_FALSE(component);
    EXPECT_EQ(component.error().kind, EntryParseError::Kind::TooManyTransactions);
    EXPECT_EQ(component.error().offset, 56u);
}

TEST(Entry, EveryTruncationIsRefused) {
    Bytes bytes = tick_component(1);
    store_le<std::uint64_t>(bytes.data() + 48, 1);
    const Bytes transaction = small_transaction(1);
    bytes.insert(bytes.end(), transaction.begin(), transaction.end());
    ASSERT_TRUE(parse_component(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(parse_component(ByteView(bytes).first(size))) << size;
    }
}

TEST(Entry, BytesBehindTheLastEntryArePassedOver) {
    Bytes bytes = tick_component(1);
    bytes.insert(bytes.end(), 100, 0xff);
    EXPECT_TRUE(parse_component(bytes));
}

TEST(Entry, MalformedTransactionIsNamedWithItsPlace) {
    Bytes bytes = tick_component(1);
    store_le<std::uint64_t>(bytes.data() + 48, 1);
    bytes.insert(bytes.end(), 60, 0x81); // a version that is not known
    const auto component = parse_component(bytes);
    ASSERT_FALSE(component);
    EXPECT_EQ(component.error().kind, EntryParseError::Kind::InvalidTransaction);
    EXPECT_EQ(component.error().offset, 56u);
}

TEST(Entry, EmptyBatchSaysThatTheBlockWasAborted) {
    const auto component = parse_component(Bytes(8));
    ASSERT_FALSE(component);
    EXPECT_EQ(component.error().kind, EntryParseError::Kind::BlockAborted);
}

TEST(Entry, MarkerOfVersionOneHasItsPayload) {
    Bytes bytes(8);
    bytes.insert(bytes.end(), {1, 0, 2, 3, 0, 7, 8, 9});
    const auto component = parse_component(bytes);
    ASSERT_TRUE(component);
    ASSERT_TRUE(component->marker);
    EXPECT_EQ(component->marker->variant, 2);
    EXPECT_EQ(component->marker->payload.size(), 3u);
    bytes[8] = 2;
    EXPECT_EQ(parse_component(bytes).error().kind, EntryParseError::Kind::InvalidMarker);
}

TEST(Entry, HashOfNoHashesAndNoTransactionsIsTheStart) {
    const Hash zero;
    EXPECT_EQ(next_hash(zero, 0, {}), zero);
    // agave entry/src/entry.rs test_entry_verify: one hash is the hash.
    EXPECT_EQ(next_hash(zero, 1, {}), Hash{crypto::sha256(zero.view())});
    EXPECT_EQ(next_hash(zero, 2, {}), Hash{crypto::sha256(crypto::sha256(zero.view()))});
}

TEST(Entry, OddSignatureIsPairedWithItself) {
    std::vector<Bytes> bytes;
    std::vector<TransactionView> transactions;
    for (std::uint8_t i = 1; i <= 3; ++i) bytes.push_back(small_transaction(i));
    for (const Bytes& each : bytes) transactions.push_back(*TransactionView::parse(each));
    const auto leaf = [&](std::size_t i) {
        Bytes input{0};
        input.insert(input.end(), bytes[i].begin() + 1, bytes[i].begin() + 65);
        return crypto::sha256(input);
    };
    const auto pair = [](const auto& left, const auto& right) {
        Bytes input{1};
        input.insert(input.end(), left.begin(), left.end());
        input.insert(input.end(), right.begin(), right.end());
        return crypto::sha256(input);
    };
    const auto expected = pair(pair(leaf(0), leaf(1)), pair(leaf(2), leaf(2)));
    EXPECT_EQ(signatures_root(transactions), Hash{expected});
    EXPECT_EQ(signatures_root(std::span(transactions).first(1)), Hash{leaf(0)});
    EXPECT_EQ(signatures_root({}), Hash{});
}

} // namespace
} // namespace fathom::ledger
