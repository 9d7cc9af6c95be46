// SPDX-License-Identifier: Apache-2.0
// Entries: the steps of Proof of History that a block consists of, as they lie on the wire.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::ledger {

/// One step of the chain: `num_hashes` hashes after the entry before, the last of which takes in
/// the transactions. Without transactions it is a tick. The transactions view the block's bytes.
struct Entry {
    std::uint64_t num_hashes = 0;
    Hash hash;
    std::vector<TransactionView> transactions;

    [[nodiscard]] bool is_tick() const { return transactions.empty(); }
};

/// A message between entries (block header, footer and such), which only Alpenglow has: its
/// payload, not decoded.
struct BlockMarker {
    std::uint16_t version = 0;
    std::uint8_t variant = 0;
    ByteView payload;
};

/// What one complete range of data shreds holds: at least one entry, or a marker.
struct BlockComponent {
    std::vector<Entry> entries;
    std::optional<BlockMarker> marker;
};

/// First violated rule of the format.
struct EntryParseError {
    enum class Kind : std::uint8_t {
        Truncated,
        TooManyEntries,
        TooManyTransactions,
        InvalidTransaction,
        /// A count of zero with nothing behind: the leader gave the block up.
        BlockAborted,
        InvalidMarker,
    };
    Kind kind;
    std::size_t offset; ///< in the component
    std::optional<TransactionParseError> transaction;

    [[nodiscard]] std::string message() const;
};

/// A count and as many entries. Bytes behind the last entry are passed over, as in Agave. Counts
/// above what the bytes can hold are refused before anything is allocated for them.
[[nodiscard]] Result<BlockComponent, EntryParseError> parse_component(ByteView bytes);

/// The wire form of a count and these entries.
[[nodiscard]] Bytes serialize_entries(std::span<const Entry> entries);

/// Root of the Merkle tree over all signatures of the transactions; all zero if there are none.
[[nodiscard]] Hash signatures_root(std::span<const TransactionView> transactions);

/// Hash of the entry that follows `start` by `num_hashes` and takes in these transactions. Takes
/// num_hashes steps: check the count of a stranger's entry first.
[[nodiscard]] Hash next_hash(const Hash& start, std::uint64_t num_hashes,
                             std::span<const TransactionView> transactions);

} // namespace fathom::ledger
