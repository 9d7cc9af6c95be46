// SPDX-License-Identifier: Apache-2.0
// An append-only log of blocks in one file, which survives a kill at any byte.
#pragma once

#include "fathom/ledger/block_record.hpp"
#include "fathom/ledger/log_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace fathom::ledger {

struct BlockLogOptions {
    enum class Sync : std::uint8_t {
        EveryBlock, ///< append returns when the block is on the disk
        OnRequest,  ///< only sync() does; a loss of power may cost what was appended since
    };
    Sync sync = Sync::EveryBlock;
    /// Opens without the lock and changes nothing; append refuses. Sees what was there at open.
    bool is_read_only = false;
    /// See scan_log. Off, a last record with wrong bytes is an error, as any other.
    bool discard_damaged_tail = false;
    /// OtherCluster unless the log begins from it.
    std::optional<Hash> genesis_hash = std::nullopt;
};

/// Records have numbers, from zero on, in the order in which they were appended; a block comes
/// after its parent. One thread appends; others may read() records at the same time only if no
/// append runs. Formats and recovery: docs/ledger.md.
class BlockLog {
public:
    /// Makes an empty log and opens it.
    [[nodiscard]] static LogResult<BlockLog> create(const std::filesystem::path& path,
                                                    const LogStart& start,
                                                    const BlockLogOptions& options = {});
    /// Reads the headers of all records and the bytes of the last block, and cuts off what a kill
    /// left of another.
    [[nodiscard]] static LogResult<BlockLog> open(const std::filesystem::path& path,
                                                  const BlockLogOptions& options = {});

    /// The number of the new record. Its parent must be in the log or be its start. After an error
    /// of the disk the log holds what it held before, or everything but reading answers Failed.
    LogResult<std::size_t> append(const BlockRecord& record, std::span<const ByteView> components);
    [[nodiscard]] LogResult<void> sync();

    [[nodiscard]] const LogStart& start() const { return index_.start(); }
    [[nodiscard]] std::span<const StoredRecord> records() const { return index_.records(); }
    [[nodiscard]] const BlockIndex& index() const { return index_; }
    /// The block behind a record; DamagedBlock if its bytes are not those that were written.
    [[nodiscard]] LogResult<StoredBlock> read(std::size_t number) const;
    /// The records from the log's start to this one, along parents: what a replay executes. Empty
    /// if there is no such record.
    [[nodiscard]] std::vector<std::size_t> path_to(std::size_t number) const;
    /// Records that are nobody's parent: the ends of the forks.
    [[nodiscard]] std::vector<std::size_t> tips() const;
    /// Reads every block; the first error.
    [[nodiscard]] LogResult<void> verify() const;

    /// What open cut off (or, read-only, passed over).
    [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

private:
    BlockLog(LogFile file, LogScan scan, const BlockLogOptions& options);
    [[nodiscard]] LogResult<void> write(ByteView bytes);

    LogFile file_;
    BlockIndex index_;
    HeaderLink link_;
    std::uint64_t end_;
    std::uint64_t torn_bytes_;
    BlockLogOptions options_;
    bool has_failed_ = false;
};

} // namespace fathom::ledger
