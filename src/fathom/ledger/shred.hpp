// SPDX-License-Identifier: Apache-2.0
// Data shreds: the pieces that a block travels in.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <string_view>

namespace fathom::ledger {

inline constexpr std::uint32_t kMaxDataShredsPerSlot = 32768;

/// Which shreds without a Merkle proof are read. Today's validators refuse all of them; old blocks
/// consist of them.
enum class LegacyShreds : std::uint8_t {
    Refuse,
    Sized,   ///< with their size in the header, as since 2021
    Unsized, ///< the first ones: always full, the last one padded with zeros
};

/// Named as in Agave (ledger/src/shred.rs).
enum class ShredError : std::uint8_t {
    InvalidPayloadSize,
    InvalidShredVariant,
    InvalidShredType,
    InvalidShredIndex,
    InvalidShredFlags,
    InvalidDataSize,
    InvalidParentOffset,
    InvalidErasureShardIndex,
    InvalidMerkleProof,
};

[[nodiscard]] std::string_view shred_error_text(ShredError error);

/// A data shred whose header is consistent; views the packet it was parsed from.
struct DataShred {
    ByteView bytes; ///< without what follows the shred in its packet
    std::uint8_t variant = 0;
    Slot slot = 0;
    std::uint32_t index = 0;
    std::uint16_t version = 0;
    std::uint32_t fec_set_index = 0;
    Slot parent = 0;
    std::uint8_t reference_tick = 0;
    bool is_data_complete = false;
    bool is_last_in_slot = false;
    ByteView data;

    [[nodiscard]] bool is_merkle() const;
    /// The retransmitter's signature is behind the proof.
    [[nodiscard]] bool is_resigned() const;
    [[nodiscard]] const Signature& leader_signature() const;
};

[[nodiscard]] Result<DataShred, ShredError>
parse_data_shred(ByteView packet, LegacyShreds legacy = LegacyShreds::Refuse);

/// Root of the Merkle tree over the shred's FEC set, from its own proof. The leader signs it.
/// InvalidShredVariant for legacy shreds.
[[nodiscard]] Result<Hash, ShredError> merkle_root(const DataShred& shred);

/// The root of the FEC set before, as this shred has it.
[[nodiscard]] Result<Hash, ShredError> chained_merkle_root(const DataShred& shred);

} // namespace fathom::ledger
