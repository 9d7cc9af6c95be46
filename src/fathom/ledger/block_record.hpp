// SPDX-License-Identifier: Apache-2.0
// The format of a log of blocks (docs/ledger.md): its header, its records, and how they are read
// back from a file that may end anywhere.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/ledger/block_log_error.hpp"
#include "fathom/ledger/entry.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace fathom::ledger {

template <class T> using LogResult = Result<T, BlockLogError>;

/// From what a log begins: the cluster, and the bank before its first blocks.
struct LogStart {
    Hash genesis_hash;
    Slot slot = 0;
    Hash blockhash; ///< the last of that bank, from which Proof of History goes on
    Hash bank_hash;

    friend bool operator==(const LogStart&, const LogStart&) = default;
};

/// What a record says of its block, beside the block's bytes. A block is known by its slot and
/// blockhash; blocks with one parent are forks.
struct BlockRecord {
    Slot slot = 0;
    Slot parent_slot = 0;
    Hash parent_blockhash; ///< from which its Proof of History begins
    Hash parent_bank_hash;
    Hash blockhash;                ///< of its last entry
    std::optional<Hash> bank_hash; ///< none if it was not executed
    std::optional<Hash> block_id;  ///< none with legacy shreds

    friend bool operator==(const BlockRecord&, const BlockRecord&) = default;
};

/// As it lies in the file.
struct StoredRecord {
    BlockRecord record;
    std::uint64_t offset = 0; ///< of its header
    std::uint64_t size = 0;   ///< of the block's bytes behind the header
    std::array<std::uint8_t, 32> digest{};
    std::optional<std::size_t> parent; ///< number of the parent's record; none: the log's start
};

/// The bytes of a block: its components, one after the other, each behind its size.
struct StoredBlock {
    BlockRecord record;
    Bytes bytes;

    /// InvalidBlock if the sizes do not fill the bytes.
    [[nodiscard]] LogResult<std::vector<ByteView>> components() const;
    /// All entries, which view `bytes`; InvalidBlock if a component does not parse.
    [[nodiscard]] LogResult<std::vector<Entry>> entries() const;
};

inline constexpr std::size_t kLogHeaderSize = 128;
inline constexpr std::size_t kRecordHeaderSize = 256;
/// In a record's header, of the digest of its block's bytes.
inline constexpr std::ptrdiff_t kDigestOffset = 200;
/// Above what the shreds of a slot can hold.
inline constexpr std::uint64_t kMaxStoredBlock = std::uint64_t{64} << 20;

/// First bytes of the hash of the header before.
using HeaderLink = std::array<std::uint8_t, 16>;
[[nodiscard]] HeaderLink link_to(ByteView header);

[[nodiscard]] std::array<std::uint8_t, kLogHeaderSize> encode_log_start(const LogStart& start);
[[nodiscard]] LogResult<LogStart>
decode_log_start(std::span<const std::uint8_t, kLogHeaderSize> bytes);

/// Appends a record, which is number `sequence` in its log, to `out`. The components' sizes must
/// be checked.
void encode_record(Bytes& out, const BlockRecord& record, std::span<const ByteView> components,
                   std::uint64_t sequence, const HeaderLink& before);

/// All records of a log, with their parents.
class BlockIndex {
public:
    BlockIndex() = default;
    explicit BlockIndex(const LogStart& start) : start_(start) {}

    [[nodiscard]] const LogStart& start() const { return start_; }
    [[nodiscard]] std::span<const StoredRecord> records() const { return records_; }
    /// The numbers of the slot's records, in order of the log.
    [[nodiscard]] std::vector<std::size_t> find(Slot slot) const;
    [[nodiscard]] std::optional<std::size_t> find(Slot slot, const Hash& blockhash) const;
    /// The number of the parent's record, or none for the log's start. UnknownParent,
    /// OtherBankHash, DuplicateBlock or InvalidBlock if it cannot be the next record.
    [[nodiscard]] LogResult<std::optional<std::size_t>> parent_for(const BlockRecord& record) const;
    void add(const StoredRecord& record);

private:
    LogStart start_;
    std::vector<StoredRecord> records_;
    std::multimap<Slot, std::size_t> by_slot_;
};

/// A file or memory in which a log lies.
class LogSource {
public:
    virtual ~LogSource() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Fills `out`; the caller stays within size().
    [[nodiscard]] virtual LogResult<void> read(std::uint64_t offset, MutableByteView out) const = 0;
};

struct LogScan {
    BlockIndex index;
    std::uint64_t end = 0;        ///< behind the last whole record
    std::uint64_t torn_bytes = 0; ///< behind `end`: a record whose write was cut off
    HeaderLink link{};            ///< to the last header
};

/// Reads the headers of a log, and the bytes of its last block. What follows the last whole record
/// is torn if it is cut off or nothing but zeros. With `discard_damaged_tail`, so is a last record
/// whose bytes are wrong: a loss of power can leave one that was never synced.
[[nodiscard]] LogResult<LogScan> scan_log(const LogSource& source, bool discard_damaged_tail);

/// DamagedBlock if its bytes are not those that were written.
[[nodiscard]] LogResult<StoredBlock> read_block(const LogSource& source,
                                                const StoredRecord& record);

} // namespace fathom::ledger
