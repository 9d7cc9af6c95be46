// SPDX-License-Identifier: Apache-2.0
// From the data shreds of a slot to the bytes of its block and the entries in them.
#pragma once

#include "fathom/ledger/entry.hpp"
#include "fathom/ledger/shred.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fathom::ledger {

/// Data shreds that make up one component of a block.
struct DataRange {
    std::uint32_t first_shred = 0;
    std::uint32_t end_shred = 0; ///< one behind the last
    std::size_t offset = 0;      ///< in BlockBytes::data
    std::size_t size = 0;
};

/// The whole data of a slot. What views `data` stays valid when this is moved.
struct BlockBytes {
    Slot slot = 0;
    Slot parent = 0;
    std::vector<DataRange> ranges;
    Bytes data;
    /// Merkle root of the last FEC set; none with legacy shreds.
    std::optional<Hash> block_id;
    /// What the first FEC set says the parent's block id is; none with legacy shreds.
    std::optional<Hash> parent_block_id;
};

struct DeshredError {
    enum class Kind : std::uint8_t {
        Empty,         ///< no shred at all
        InvalidShred,  ///< `shred` says why
        OtherSlot,     ///< not of the first shred's slot
        OtherParent,   ///< not of the first shred's parent
        Duplicate,     ///< a second shred with this index
        Missing,       ///< no shred with this index
        MissingLast,   ///< the shred behind the last one given: none is marked as last in slot
        BehindLast,    ///< behind the shred marked as last in slot
        InvalidEntries ///< `entries` says why; index is that of the range's first shred
    };
    Kind kind;
    /// The shred's index in its slot; for InvalidShred its place in the list.
    std::uint32_t index = 0;
    std::optional<ShredError> shred;
    std::optional<EntryParseError> entries;

    [[nodiscard]] std::string message() const;
};

/// Puts the data shreds of one slot, in any order, together. Merkle proofs and signatures are not
/// checked.
[[nodiscard]] Result<BlockBytes, DeshredError> deshred(std::span<const ByteView> packets,
                                                       LegacyShreds legacy = LegacyShreds::Refuse);

/// The components of a block, in order; they view block.data.
[[nodiscard]] Result<std::vector<BlockComponent>, DeshredError>
parse_components(const BlockBytes& block);

/// All entries of a block, in order; they view block.data. Markers are passed over.
[[nodiscard]] Result<std::vector<Entry>, DeshredError> parse_entries(const BlockBytes& block);

} // namespace fathom::ledger
