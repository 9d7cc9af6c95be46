// SPDX-License-Identifier: Apache-2.0
// Encodes, decodes and scans the records of a log of blocks.
#include "fathom/ledger/block_record.hpp"

#include "fathom/crypto/blake3.hpp"

#include <algorithm>
#include <utility>

namespace fathom::ledger {
namespace {

using Kind = BlockLogError::Kind;

constexpr std::array<std::uint8_t, 8> kLogMagic{'F', 'T', 'H', 'M', 'B', 'L', 'O', 'G'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kRecordMagic = 0x4b4c4246; // "FBLK"
constexpr std::uint32_t kHasBankHash = 1;
constexpr std::uint32_t kHasBlockId = 2;
constexpr std::size_t kChecksumSize = 8;

std::unexpected<BlockLogError> fail(Kind kind, std::uint64_t offset = 0) {
    return std::unexpected(BlockLogError{kind, offset, 0});
}

/// Puts fields one behind the other.
class Writer {
public:
    explicit Writer(std::uint8_t* at) : at_(at) {}

    template <class T> Writer& put(const T& value) {
        store_le(at_, value);
        at_ += sizeof(T);
        return *this;
    }

private:
    std::uint8_t* at_;
};

class Reader {
public:
    explicit Reader(const std::uint8_t* at) : at_(at) {}

    template <class T> Reader& get(T& value) {
        value = load_le<T>(at_);
        at_ += sizeof(T);
        return *this;
    }

private:
    const std::uint8_t* at_;
};

void seal(MutableByteView header) {
    const std::size_t covered = header.size() - kChecksumSize;
    const auto digest = crypto::blake3(ByteView(header).first(covered));
    std::copy_n(digest.begin(), kChecksumSize,
                header.begin() + static_cast<std::ptrdiff_t>(covered));
}

bool is_sealed(ByteView header) {
    const std::size_t covered = header.size() - kChecksumSize;
    const auto digest = crypto::blake3(header.first(covered));
    return std::equal(digest.begin(), digest.begin() + kChecksumSize,
                      header.begin() + static_cast<std::ptrdiff_t>(covered));
}

struct RecordHeader {
    StoredRecord stored;
    std::uint64_t sequence = 0;
    HeaderLink before{};
};

/// None if the checksum is wrong or the header is of another format.
std::optional<RecordHeader> decode_record(ByteView bytes) {
    if (!is_sealed(bytes)) return std::nullopt;
    RecordHeader header;
    BlockRecord& record = header.stored.record;
    std::uint32_t magic = 0;
    std::uint32_t flags = 0;
    Hash bank_hash;
    Hash block_id;
    Reader(bytes.data())
        .get(magic)
        .get(flags)
        .get(header.sequence)
        .get(record.slot)
        .get(record.parent_slot)
        .get(header.stored.size)
        .get(record.parent_blockhash)
        .get(record.blockhash)
        .get(record.parent_bank_hash)
        .get(bank_hash)
        .get(block_id)
        .get(header.stored.digest)
        .get(header.before);
    if (magic != kRecordMagic || (flags & ~(kHasBankHash | kHasBlockId)) != 0) return std::nullopt;
    if (header.stored.size == 0 || header.stored.size > kMaxStoredBlock) return std::nullopt;
    if ((flags & kHasBankHash) != 0) record.bank_hash = bank_hash;
    if ((flags & kHasBlockId) != 0) record.block_id = block_id;
    return header;
}

/// Whether all bytes from `offset` on are zero: a file that grew before its bytes were written.
LogResult<bool> is_zero_from(const LogSource& source, std::uint64_t offset) {
    Bytes buffer(65536);
    while (offset != source.size()) {
        const auto part = MutableByteView(buffer).first(
            std::min<std::uint64_t>(buffer.size(), source.size() - offset));
        FATHOM_CHECK(source.read(offset, part));
        if (std::ranges::any_of(part, [](std::uint8_t byte) { return byte != 0; })) return false;
        offset += part.size();
    }
    return true;
}

/// The walk over a log's headers.
class Scan {
public:
    Scan(const LogSource& source, bool discard_damaged_tail)
        : source_(source), discard_damaged_tail_(discard_damaged_tail) {}

    LogResult<LogScan> run() {
        std::array<std::uint8_t, kLogHeaderSize> header;
        if (source_.size() < header.size()) return fail(Kind::NotALog);
        FATHOM_CHECK(source_.read(0, header));
        scan_.index = BlockIndex(FATHOM_TRY(decode_log_start(header)));
        scan_.link = link_to(header);
        scan_.end = header.size();
        while (FATHOM_TRY(take_record())) {
        }
        scan_.torn_bytes = source_.size() - scan_.end;
        return std::move(scan_);
    }

private:
    /// Takes the record at the end of those taken; false if there is no whole one.
    LogResult<bool> take_record() {
        const std::uint64_t offset = scan_.end;
        const std::uint64_t left = source_.size() - offset;
        if (left < kRecordHeaderSize) return false;
        std::array<std::uint8_t, kRecordHeaderSize> bytes;
        FATHOM_CHECK(source_.read(offset, bytes));
        auto header = decode_record(bytes);
        if (!header) {
            if (FATHOM_TRY(is_zero_from(source_, offset))) return false;
            return fail(Kind::DamagedRecordHeader, offset);
        }
        if (header->before != scan_.link || header->sequence != scan_.index.records().size()) {
            return fail(Kind::BrokenChain, offset);
        }
        StoredRecord& stored = header->stored;
        stored.offset = offset;
        auto parent = scan_.index.parent_for(stored.record);
        if (!parent) return fail(parent.error().kind, offset);
        stored.parent = *parent;
        if (left - kRecordHeaderSize < stored.size) return false;
        if (left - kRecordHeaderSize == stored.size) {
            const auto block = read_block(source_, stored);
            if (!block && block.error().kind == Kind::DamagedBlock && discard_damaged_tail_) {
                return false;
            }
            if (!block) return std::unexpected(block.error());
        }
        scan_.end = offset + kRecordHeaderSize + stored.size;
        scan_.link = link_to(bytes);
        scan_.index.add(stored);
        return true;
    }

    const LogSource& source_;
    bool discard_damaged_tail_;
    LogScan scan_;
};

} // namespace

HeaderLink link_to(ByteView header) {
    HeaderLink link;
    std::copy_n(crypto::blake3(header).begin(), link.size(), link.begin());
    return link;
}

std::array<std::uint8_t, kLogHeaderSize> encode_log_start(const LogStart& start) {
    std::array<std::uint8_t, kLogHeaderSize> bytes{};
    Writer(bytes.data())
        .put(kLogMagic)
        .put(kVersion)
        .put(static_cast<std::uint32_t>(kLogHeaderSize))
        .put(start.genesis_hash)
        .put(start.slot)
        .put(start.blockhash)
        .put(start.bank_hash);
    seal(bytes);
    return bytes;
}

LogResult<LogStart> decode_log_start(std::span<const std::uint8_t, kLogHeaderSize> bytes) {
    std::array<std::uint8_t, 8> magic;
    std::uint32_t version = 0;
    std::uint32_t size = 0;
    LogStart start;
    Reader(bytes.data())
        .get(magic)
        .get(version)
        .get(size)
        .get(start.genesis_hash)
        .get(start.slot)
        .get(start.blockhash)
        .get(start.bank_hash);
    if (magic != kLogMagic) return fail(Kind::NotALog);
    if (version != kVersion) return fail(Kind::UnsupportedVersion);
    if (size != kLogHeaderSize || !is_sealed(bytes)) return fail(Kind::DamagedFileHeader);
    return start;
}

void encode_record(Bytes& out, const BlockRecord& record, std::span<const ByteView> components,
                   std::uint64_t sequence, const HeaderLink& before) {
    const std::size_t header = out.size();
    out.resize(header + kRecordHeaderSize);
    for (const ByteView component : components) {
        const std::size_t at = out.size();
        out.resize(at + 4);
        store_le(out.data() + at, static_cast<std::uint32_t>(component.size()));
        out.insert(out.end(), component.begin(), component.end());
    }
    const ByteView bytes = ByteView(out).subspan(header + kRecordHeaderSize);
    Writer(out.data() + header)
        .put(kRecordMagic)
        .put((record.bank_hash ? kHasBankHash : 0) | (record.block_id ? kHasBlockId : 0))
        .put(sequence)
        .put(record.slot)
        .put(record.parent_slot)
        .put(static_cast<std::uint64_t>(bytes.size()))
        .put(record.parent_blockhash)
        .put(record.blockhash)
        .put(record.parent_bank_hash)
        .put(record.bank_hash.value_or(Hash{}))
        .put(record.block_id.value_or(Hash{}))
        .put(crypto::blake3(bytes))
        .put(before);
    seal(MutableByteView(out).subspan(header, kRecordHeaderSize));
}

LogResult<std::vector<ByteView>> StoredBlock::components() const {
    std::vector<ByteView> list;
    ByteView rest = bytes;
    while (!rest.empty()) {
        if (rest.size() < 4) return fail(Kind::InvalidBlock);
        const auto size = load_le<std::uint32_t>(rest.data());
        rest = rest.subspan(4);
        if (size > rest.size()) return fail(Kind::InvalidBlock);
        list.push_back(rest.first(size));
        rest = rest.subspan(size);
    }
    return list;
}

LogResult<std::vector<Entry>> StoredBlock::entries() const {
    std::vector<Entry> all;
    const auto list = FATHOM_TRY(components());
    for (const ByteView component : list) {
        auto parsed = parse_component(component);
        if (!parsed) return fail(Kind::InvalidBlock);
        std::ranges::move(parsed->entries, std::back_inserter(all));
    }
    return all;
}

std::vector<std::size_t> BlockIndex::find(Slot slot) const {
    std::vector<std::size_t> numbers;
    const auto [first, last] = by_slot_.equal_range(slot);
    for (auto at = first; at != last; ++at) numbers.push_back(at->second);
    return numbers;
}

std::optional<std::size_t> BlockIndex::find(Slot slot, const Hash& blockhash) const {
    const auto [first, last] = by_slot_.equal_range(slot);
    for (auto at = first; at != last; ++at) {
        if (records_[at->second].record.blockhash == blockhash) return at->second;
    }
    return std::nullopt;
}

LogResult<std::optional<std::size_t>> BlockIndex::parent_for(const BlockRecord& record) const {
    if (record.slot <= record.parent_slot) return fail(Kind::InvalidBlock);
    if (find(record.slot, record.blockhash)) return fail(Kind::DuplicateBlock);
    const auto parent = find(record.parent_slot, record.parent_blockhash);
    if (!parent &&
        (record.parent_slot != start_.slot || record.parent_blockhash != start_.blockhash)) {
        return fail(Kind::UnknownParent);
    }
    const auto bank_hash =
        parent ? records_[*parent].record.bank_hash : std::optional(start_.bank_hash);
    if (bank_hash && *bank_hash != record.parent_bank_hash) return fail(Kind::OtherBankHash);
    return parent;
}

void BlockIndex::add(const StoredRecord& record) {
    by_slot_.emplace(record.record.slot, records_.size());
    records_.push_back(record);
}

LogResult<LogScan> scan_log(const LogSource& source, bool discard_damaged_tail) {
    return Scan(source, discard_damaged_tail).run();
}

LogResult<StoredBlock> read_block(const LogSource& source, const StoredRecord& record) {
    StoredBlock block{record.record, Bytes(record.size)};
    FATHOM_CHECK(source.read(record.offset + kRecordHeaderSize, block.bytes));
    if (crypto::blake3(block.bytes) != record.digest) {
        return fail(Kind::DamagedBlock, record.offset);
    }
    return block;
}

} // namespace fathom::ledger
