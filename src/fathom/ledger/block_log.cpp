// SPDX-License-Identifier: Apache-2.0
// Appends blocks to their log, and opens it again after whatever ended the process before.
#include "fathom/ledger/block_log.hpp"

#include <algorithm>
#include <utility>

namespace fathom::ledger {
namespace {

using Kind = BlockLogError::Kind;

std::unexpected<BlockLogError> fail(Kind kind) {
    return std::unexpected(BlockLogError{kind, 0, 0});
}

LogResult<void> check_size(std::span<const ByteView> components) {
    std::uint64_t size = 0;
    for (const ByteView component : components) {
        if (component.size() > kMaxStoredBlock) return fail(Kind::BlockTooLarge);
        size += 4 + component.size();
        if (size > kMaxStoredBlock) return fail(Kind::BlockTooLarge);
    }
    return size == 0 ? fail(Kind::InvalidBlock) : LogResult<void>();
}

} // namespace

BlockLog::BlockLog(LogFile file, LogScan scan, const BlockLogOptions& options)
    : file_(std::move(file)), index_(std::move(scan.index)), link_(scan.link), end_(scan.end),
      torn_bytes_(scan.torn_bytes), options_(options) {}

LogResult<BlockLog> BlockLog::create(const std::filesystem::path& path, const LogStart& start,
                                     const BlockLogOptions& options) {
    FATHOM_CHECK(LogFile::create(path, encode_log_start(start)));
    return open(path, options);
}

LogResult<BlockLog> BlockLog::open(const std::filesystem::path& path,
                                   const BlockLogOptions& options) {
    LogFile file = FATHOM_TRY(LogFile::open(path, !options.is_read_only));
    LogScan scan = FATHOM_TRY(scan_log(file, options.discard_damaged_tail));
    if (options.genesis_hash && *options.genesis_hash != scan.index.start().genesis_hash) {
        return fail(Kind::OtherCluster);
    }
    if (scan.torn_bytes != 0 && !options.is_read_only) {
        FATHOM_CHECK(file.truncate(scan.end));
        FATHOM_CHECK(file.sync());
    }
    return BlockLog(std::move(file), std::move(scan), options);
}

LogResult<void> BlockLog::write(ByteView bytes) {
    const auto written = file_.append(bytes);
    if (!written) {
        // Part of the record may be there: without it the log is what it was.
        has_failed_ = !file_.truncate(end_);
        return written;
    }
    if (options_.sync != BlockLogOptions::Sync::EveryBlock) return {};
    return sync();
}

LogResult<std::size_t> BlockLog::append(const BlockRecord& record,
                                        std::span<const ByteView> components) {
    if (has_failed_ || options_.is_read_only) return fail(Kind::Failed);
    FATHOM_CHECK(check_size(components));
    const auto parent = FATHOM_TRY(index_.parent_for(record));
    Bytes bytes;
    encode_record(bytes, record, components, index_.records().size(), link_);
    FATHOM_CHECK(write(bytes));
    const ByteView header = ByteView(bytes).first(kRecordHeaderSize);
    StoredRecord stored{record, end_, bytes.size() - kRecordHeaderSize, {}, parent};
    std::copy_n(header.begin() + kDigestOffset, stored.digest.size(), stored.digest.begin());
    link_ = link_to(header);
    end_ += bytes.size();
    index_.add(stored);
    return index_.records().size() - 1;
}

LogResult<void> BlockLog::sync() {
    if (has_failed_ || options_.is_read_only) return fail(Kind::Failed);
    const auto result = file_.sync();
    // Nobody knows what of it is on the disk, and the system reports it only once.
    if (!result) has_failed_ = true;
    return result;
}

LogResult<StoredBlock> BlockLog::read(std::size_t number) const {
    if (number >= records().size()) return fail(Kind::NotFound);
    return read_block(file_, records()[number]);
}

std::vector<std::size_t> BlockLog::path_to(std::size_t number) const {
    std::vector<std::size_t> path;
    if (number >= records().size()) return path;
    for (std::optional<std::size_t> at = number; at; at = records()[*at].parent) {
        path.push_back(*at);
    }
    std::ranges::reverse(path);
    return path;
}

std::vector<std::size_t> BlockLog::tips() const {
    std::vector<bool> is_parent(records().size());
    for (const StoredRecord& record : records()) {
        if (record.parent) is_parent[*record.parent] = true;
    }
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < is_parent.size(); ++i) {
        if (!is_parent[i]) list.push_back(i);
    }
    return list;
}

LogResult<void> BlockLog::verify() const {
    for (const StoredRecord& record : records()) {
        const auto block = read_block(file_, record);
        if (!block) return std::unexpected(block.error());
    }
    return {};
}

} // namespace fathom::ledger
