// SPDX-License-Identifier: Apache-2.0
// Logs of blocks: what comes back, what is refused, and what a cut or a changed byte does.
#include "fathom/ledger/block_log.hpp"
#include "fathom/ledger/deshred.hpp"
#include "fathom/ledger/poh.hpp"
#include "tests/support/block_data.hpp"
#include "tests/support/log_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

namespace fathom::ledger {
namespace {

using tests::LogFolder;
using tests::numbered_hash;
using Kind = BlockLogError::Kind;

const LogStart kStart{numbered_hash(1), 100, numbered_hash(2), numbered_hash(3)};

BlockRecord child_of(const LogStart& start, Slot slot) {
    return {slot,
            start.slot,
            start.blockhash,
            start.bank_hash,
            numbered_hash(1000 + slot),
            numbered_hash(2000 + slot),
            numbered_hash(3000 + slot)};
}

BlockRecord child_of(const BlockRecord& parent, Slot slot) {
    return child_of(LogStart{{}, parent.slot, parent.blockhash, parent.bank_hash.value_or(Hash{})},
                    slot);
}

const BlockRecord kFirst = child_of(kStart, 101);
const BlockRecord kSecond = child_of(kFirst, 103);
const BlockRecord kThird = child_of(kSecond, 104);

const Bytes kShort{1, 2, 3};
const Bytes kLong(70, 9);
const std::vector<ByteView> kComponents{kShort, kLong};

void append(BlockLog& log, const BlockRecord& record) {
    const auto number = log.append(record, kComponents);
    ASSERT_TRUE(number) << number.error().message();
}

BlockLog create(const std::filesystem::path& path) {
    return BlockLog::create(path, kStart).value();
}

/// A file of the three blocks.
Bytes three_blocks(const LogFolder& folder) {
    auto log = create(folder.path("three"));
    for (const auto& record : {kFirst, kSecond, kThird}) append(log, record);
    return harness::read_file(folder.path("three")).value();
}

constexpr std::size_t kRecordSize = kRecordHeaderSize + 4 + 3 + 4 + 70;

LogResult<BlockLog> open_bytes(const LogFolder& folder, ByteView bytes,
                               const BlockLogOptions& options = {}) {
    const auto path = folder.path("changed");
    std::filesystem::remove(path);
    EXPECT_TRUE(harness::write_file(path, bytes));
    return BlockLog::open(path, options);
}

Kind kind_of(const auto& result) {
    EXPECT_FALSE(result);
    return result.error().kind;
}

TEST(BlockLog, EmptyOneHasItsStart) {
    const LogFolder folder;
    static_cast<void>(create(folder.path("log")));
    const auto log = BlockLog::open(folder.path("log"));
    ASSERT_TRUE(log) << log.error().message();
    EXPECT_EQ(log->start(), kStart);
    EXPECT_TRUE(log->records().empty());
    EXPECT_EQ(kind_of(log->read(0)), Kind::NotFound);
}

TEST(BlockLog, BlocksComeBackAfterOpening) {
    const LogFolder folder;
    BlockRecord bare = kSecond;
    bare.bank_hash.reset();
    bare.block_id.reset();
    {
        auto log = create(folder.path("log"));
        append(log, kFirst);
        append(log, bare);
    }
    const auto log = BlockLog::open(folder.path("log"));
    ASSERT_TRUE(log) << log.error().message();
    ASSERT_EQ(log->records().size(), 2u);
    EXPECT_EQ(log->torn_bytes(), 0u);
    EXPECT_EQ(log->records()[0].record, kFirst);
    EXPECT_EQ(log->records()[0].parent, std::nullopt);
    EXPECT_EQ(log->records()[1].record, bare);
    EXPECT_EQ(log->records()[1].parent, 0u);
    const auto block = log->read(1);
    ASSERT_TRUE(block) << block.error().message();
    const auto components = block->components();
    ASSERT_TRUE(components);
    ASSERT_EQ(components->size(), 2u);
    EXPECT_TRUE(std::ranges::equal((*components)[0], kShort));
    EXPECT_TRUE(std::ranges::equal((*components)[1], kLong));
    EXPECT_TRUE(log->verify());
}

TEST(BlockLog, BlocksAreReadBeforeItIsClosed) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    append(log, kFirst);
    EXPECT_EQ(log.read(0)->components()->size(), 2u);
}

TEST(BlockLog, ForksHavePathsAndTips) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    const BlockRecord fork = child_of(kFirst, 102);
    BlockRecord rival = kSecond; // of the same slot
    rival.blockhash = numbered_hash(7);
    for (const auto& record : {kFirst, kSecond, fork, rival, kThird}) append(log, record);
    EXPECT_EQ(log.path_to(4), (std::vector<std::size_t>{0, 1, 4}));
    EXPECT_EQ(log.path_to(2), (std::vector<std::size_t>{0, 2}));
    EXPECT_EQ(log.path_to(5), std::vector<std::size_t>{});
    EXPECT_EQ(log.tips(), (std::vector<std::size_t>{2, 3, 4}));
    EXPECT_EQ(log.index().find(103), (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(log.index().find(103, rival.blockhash), 3u);
    EXPECT_EQ(log.index().find(105), std::vector<std::size_t>{});
}

TEST(BlockLog, RefusesWhatDoesNotFollow) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    append(log, kFirst);
    EXPECT_EQ(kind_of(log.append(kThird, kComponents)), Kind::UnknownParent);
    EXPECT_EQ(kind_of(log.append(kFirst, kComponents)), Kind::DuplicateBlock);
    BlockRecord record = kSecond;
    record.parent_bank_hash = numbered_hash(8);
    EXPECT_EQ(kind_of(log.append(record, kComponents)), Kind::OtherBankHash);
    record = kSecond;
    record.slot = record.parent_slot;
    EXPECT_EQ(kind_of(log.append(record, kComponents)), Kind::InvalidBlock);
    EXPECT_EQ(kind_of(log.append(kSecond, {})), Kind::InvalidBlock);
    const Bytes large(kMaxStoredBlock);
    EXPECT_EQ(kind_of(log.append(kSecond, std::vector<ByteView>{large})), Kind::BlockTooLarge);
    EXPECT_EQ(log.records().size(), 1u);
    append(log, kSecond);
}

TEST(BlockLog, ParentThatWasNotExecutedHasAnyBankHash) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    BlockRecord first = kFirst;
    first.bank_hash.reset();
    append(log, first);
    append(log, kSecond);
}

TEST(BlockLog, TruncationAtEveryByteOfTheLastRecordRecoversThePrefix) {
    const LogFolder folder;
    const Bytes whole = three_blocks(folder);
    ASSERT_EQ(whole.size(), kLogHeaderSize + 3 * kRecordSize);
    const std::size_t two = whole.size() - kRecordSize;
    for (std::size_t size = two; size < whole.size(); ++size) {
        auto log = open_bytes(folder, ByteView(whole).first(size));
        ASSERT_TRUE(log) << size << ": " << log.error().message();
        ASSERT_EQ(log->records().size(), 2u) << size;
        EXPECT_EQ(log->torn_bytes(), size - two);
        EXPECT_EQ(std::filesystem::file_size(folder.path("changed")), two);
        append(*log, kThird);
        EXPECT_EQ(harness::read_file(folder.path("changed")).value(), whole) << size;
    }
}

TEST(BlockLog, TruncationInItsHeaderIsRefused) {
    const LogFolder folder;
    const Bytes whole = three_blocks(folder);
    for (std::size_t size = 0; size < kLogHeaderSize; ++size) {
        EXPECT_EQ(kind_of(open_bytes(folder, ByteView(whole).first(size))), Kind::NotALog);
    }
}

Kind expected_kind(std::size_t place) {
    if (place < 8) return Kind::NotALog;
    if (place < 12) return Kind::UnsupportedVersion;
    if (place < kLogHeaderSize) return Kind::DamagedFileHeader;
    const std::size_t in_record = (place - kLogHeaderSize) % kRecordSize;
    return in_record < kRecordHeaderSize ? Kind::DamagedRecordHeader : Kind::DamagedBlock;
}

TEST(BlockLog, EveryChangedByteIsRefusedByName) {
    const LogFolder folder;
    const Bytes whole = three_blocks(folder);
    for (std::size_t place = 0; place < whole.size(); ++place) {
        Bytes changed = whole;
        changed[place] ^= 0x10;
        const auto log = open_bytes(folder, changed);
        const Kind kind = log ? kind_of(log->verify()) : log.error().kind;
        EXPECT_EQ(kind, expected_kind(place)) << place;
        // Opening reads the bytes of the last block alone.
        const bool is_earlier_block =
            kind == Kind::DamagedBlock && place < whole.size() - kRecordSize;
        EXPECT_EQ(log.has_value(), is_earlier_block) << place;
    }
}

TEST(BlockLog, ErrorsSayWhere) {
    const LogFolder folder;
    Bytes bytes = three_blocks(folder);
    bytes[kLogHeaderSize + kRecordSize + 20] ^= 1;
    const auto log = open_bytes(folder, bytes);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().message(), "block log: damaged record header at offset 465");
    EXPECT_EQ(block_log_error_name(log.error().kind), "DamagedRecordHeader");
}

TEST(BlockLog, ZerosBehindTheLastRecordAreTorn) {
    const LogFolder folder;
    Bytes bytes = three_blocks(folder);
    bytes.resize(bytes.size() + 5000);
    const auto log = open_bytes(folder, bytes);
    ASSERT_TRUE(log) << log.error().message();
    EXPECT_EQ(log->records().size(), 3u);
    EXPECT_EQ(log->torn_bytes(), 5000u);
}

TEST(BlockLog, RecordsThatDoNotFollowEachOtherAreRefused) {
    const LogFolder folder;
    const Bytes whole = three_blocks(folder);
    Bytes without_second = whole;
    const auto second = without_second.begin() + kLogHeaderSize + kRecordSize;
    without_second.erase(second, second + kRecordSize);
    EXPECT_EQ(kind_of(open_bytes(folder, without_second)), Kind::BrokenChain);
    Bytes twice = whole;
    twice.insert(twice.end(), whole.end() - kRecordSize, whole.end());
    EXPECT_EQ(kind_of(open_bytes(folder, twice)), Kind::BrokenChain);
}

TEST(BlockLog, DamagedTailGoesIfAskedFor) {
    const LogFolder folder;
    Bytes bytes = three_blocks(folder);
    std::ranges::fill(bytes.end() - 40, bytes.end(), std::uint8_t{0});
    EXPECT_EQ(kind_of(open_bytes(folder, bytes)), Kind::DamagedBlock);
    auto log = open_bytes(folder, bytes, {.discard_damaged_tail = true});
    ASSERT_TRUE(log) << log.error().message();
    EXPECT_EQ(log->records().size(), 2u);
    EXPECT_EQ(log->torn_bytes(), kRecordSize);
    append(*log, kThird);
    // Not the tail.
    bytes = three_blocks(LogFolder());
    bytes[bytes.size() - kRecordSize - 1] ^= 1;
    const auto other = open_bytes(folder, bytes, {.discard_damaged_tail = true});
    ASSERT_TRUE(other);
    EXPECT_EQ(kind_of(other->read(1)), Kind::DamagedBlock);
}

TEST(BlockLog, OneWriterAtATime) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    EXPECT_EQ(kind_of(BlockLog::open(folder.path("log"))), Kind::Locked);
    {
        const BlockLog taken = std::move(log);
        EXPECT_EQ(kind_of(BlockLog::open(folder.path("log"))), Kind::Locked);
    }
    EXPECT_TRUE(BlockLog::open(folder.path("log")));
}

TEST(BlockLog, ReadersChangeNothing) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    append(log, kFirst);
    auto reader = BlockLog::open(folder.path("log"), {.is_read_only = true});
    ASSERT_TRUE(reader) << reader.error().message();
    append(log, kSecond);
    EXPECT_EQ(reader->records().size(), 1u);
    EXPECT_TRUE(reader->read(0));
    EXPECT_EQ(kind_of(reader->append(kSecond, kComponents)), Kind::Failed);

    Bytes torn = three_blocks(folder);
    torn.pop_back();
    auto other = open_bytes(folder, torn, {.is_read_only = true});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->torn_bytes(), kRecordSize - 1);
    EXPECT_EQ(std::filesystem::file_size(folder.path("changed")), torn.size());
}

TEST(BlockLog, IsNotCreatedOverAFile) {
    const LogFolder folder;
    static_cast<void>(create(folder.path("log")));
    EXPECT_EQ(kind_of(BlockLog::create(folder.path("log"), kStart)), Kind::Exists);
    // Nor does the attempt leave anything.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 1);
}

TEST(BlockLog, OfAnotherClusterIsRefused) {
    const LogFolder folder;
    static_cast<void>(create(folder.path("log")));
    EXPECT_TRUE(BlockLog::open(folder.path("log"), {.genesis_hash = numbered_hash(1)}));
    EXPECT_EQ(kind_of(BlockLog::open(folder.path("log"), {.genesis_hash = numbered_hash(9)})),
              Kind::OtherCluster);
}

TEST(BlockLog, AbsentFileIsAnErrorOfTheSystem) {
    const LogFolder folder;
    const auto log = BlockLog::open(folder.path("absent"));
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().message(), "block log: the system refused: No such file or directory");
    EXPECT_EQ(kind_of(BlockLog::create(folder.path("no/folder"), kStart)), Kind::Io);
}

TEST(BlockLog, FullDiskLeavesItAsItWas) {
    const LogFolder folder;
    auto log = create(folder.path("log"));
    append(log, kFirst);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = kLogHeaderSize + kRecordSize + 100;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto refused = log.append(kSecond, kComponents);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(kind_of(refused), Kind::Io);
    EXPECT_EQ(refused.error().system_error, EFBIG);
    EXPECT_EQ(std::filesystem::file_size(folder.path("log")), kLogHeaderSize + kRecordSize);
    append(log, kSecond);
    EXPECT_TRUE(log.verify());
}

TEST(StoredBlock, SizesThatDoNotFillTheBytesAreRefused) {
    StoredBlock block{{}, {2, 0, 0, 0, 7, 7}};
    EXPECT_EQ(block.components()->size(), 1u);
    EXPECT_EQ(kind_of(block.entries()), Kind::InvalidBlock);
    block.bytes.pop_back();
    EXPECT_EQ(kind_of(block.components()), Kind::InvalidBlock);
    block.bytes = {0, 0, 0};
    EXPECT_EQ(kind_of(block.components()), Kind::InvalidBlock);
}

TEST(BlockLog, RecordedBlockComesBackWithItsProofOfHistory) {
    FATHOM_REQUIRE_SHARED(shreds_path, "data/blocks/testnet-417955322/shreds.json.gz");
    const auto shreds = harness::read_shreds_json(shreds_path);
    ASSERT_TRUE(shreds);
    const auto bytes = deshred(tests::views_of(*shreds));
    ASSERT_TRUE(bytes);
    std::vector<ByteView> components;
    for (const DataRange& range : bytes->ranges) {
        components.push_back(ByteView(bytes->data).subspan(range.offset, range.size));
    }
    const LogStart start{{},
                         417955321,
                         *Hash::from_base58("67TBWCoT7EGNWCoJep2FY8pdU85tgs3CnGa29Pm8i2Bz"),
                         *Hash::from_base58("FNXFoVCF57hQsQkGZUL8qBEAvpiyRKFAoSECpWgaaqfp")};
    BlockRecord record = child_of(start, bytes->slot);
    record.blockhash = parse_entries(*bytes)->back().hash;
    const LogFolder folder;
    {
        auto log = BlockLog::create(folder.path("log"), start);
        ASSERT_TRUE(log) << log.error().message();
        ASSERT_TRUE(log->append(record, components));
    }
    const auto log = BlockLog::open(folder.path("log"), {.is_read_only = true});
    ASSERT_TRUE(log) << log.error().message();
    const auto block = log->read(0);
    ASSERT_TRUE(block) << block.error().message();
    const auto entries = block->entries();
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(entries->size(), 103u);
    EXPECT_EQ(entries->back().hash, block->record.blockhash);
    EXPECT_EQ(find_invalid_entry(block->record.parent_blockhash, *entries), std::nullopt);
}

} // namespace
} // namespace fathom::ledger
