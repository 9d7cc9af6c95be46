// SPDX-License-Identifier: Apache-2.0
// The layout of data shreds (agave ledger/src/shred.rs, shred/merkle.rs, shred/merkle_tree.rs).
#include "fathom/ledger/shred.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/crypto/sha256.hpp"

#include <algorithm>

namespace fathom::ledger {
namespace {

constexpr std::size_t kVariantOffset = 64;
constexpr std::size_t kSlotOffset = 65;
constexpr std::size_t kIndexOffset = 73;
constexpr std::size_t kVersionOffset = 77;
constexpr std::size_t kFecSetOffset = 79;
constexpr std::size_t kParentOffset = 83;
constexpr std::size_t kFlagsOffset = 85;
constexpr std::size_t kSizeOffset = 86;
constexpr std::size_t kHeaderSize = 88;

constexpr std::size_t kMerkleShredSize = 1203;
constexpr std::size_t kRootSize = 32;
constexpr std::size_t kProofEntrySize = 20;
constexpr std::size_t kSignatureSize = 64;

/// Before shreds had a size: what a packet of 1232 bytes leaves when a code shred holds this one.
constexpr std::size_t kUnsizedHeaderSize = 86;
constexpr std::size_t kUnsizedEnd = kUnsizedHeaderSize + 1057;

constexpr std::uint8_t kLegacyData = 0xa5;
constexpr std::uint8_t kLegacyCode = 0x5a;
constexpr std::uint8_t kMerkleData = 0x90;
constexpr std::uint8_t kMerkleDataResigned = 0xb0;
constexpr std::uint8_t kMerkleCode = 0x60;
constexpr std::uint8_t kMerkleCodeResigned = 0x70;

constexpr std::uint8_t kTickMask = 0x3f;
constexpr std::uint8_t kDataComplete = 0x40;
constexpr std::uint8_t kLastInSlot = 0xc0;

/// Where the parts behind the data begin.
struct Tail {
    std::size_t chained_root;
    std::size_t proof;
    std::size_t proof_entries;
};

/// At most fifteen proof entries, so nothing wraps.
Tail tail_of(std::uint8_t variant) {
    const std::size_t entries = variant & 0x0f;
    const std::size_t resigned = (variant & 0xf0) == kMerkleDataResigned ? kSignatureSize : 0;
    const std::size_t proof = kMerkleShredSize - resigned - entries * kProofEntrySize;
    return {proof - kRootSize, proof, entries};
}

/// Bytes of the shred without the rest of the packet.
Result<ByteView, ShredError> shred_bytes(ByteView packet, LegacyShreds legacy) {
    if (packet.size() <= kVariantOffset) return std::unexpected(ShredError::InvalidPayloadSize);
    const std::uint8_t variant = packet[kVariantOffset];
    if (variant == kLegacyData && legacy != LegacyShreds::Refuse) {
        const std::size_t least = legacy == LegacyShreds::Unsized ? kUnsizedEnd : kHeaderSize;
        if (packet.size() < least) return std::unexpected(ShredError::InvalidPayloadSize);
        return packet;
    }
    switch (variant == kLegacyCode || variant == kLegacyData ? 0 : variant & 0xf0) {
    case kMerkleData:
    case kMerkleDataResigned: break;
    case kMerkleCode:
    case kMerkleCodeResigned: return std::unexpected(ShredError::InvalidShredType);
    default: return std::unexpected(ShredError::InvalidShredVariant);
    }
    if (packet.size() < kMerkleShredSize) return std::unexpected(ShredError::InvalidPayloadSize);
    return packet.first(kMerkleShredSize);
}

Result<ByteView, ShredError> data_of(const DataShred& shred, LegacyShreds legacy) {
    if (!shred.is_merkle() && legacy == LegacyShreds::Unsized) {
        return shred.bytes.subspan(kUnsizedHeaderSize, kUnsizedEnd - kUnsizedHeaderSize);
    }
    const std::size_t size = load_le<std::uint16_t>(shred.bytes.data() + kSizeOffset);
    const std::size_t end =
        shred.is_merkle() ? tail_of(shred.variant).chained_root : shred.bytes.size();
    if (size < kHeaderSize || size > end) return std::unexpected(ShredError::InvalidDataSize);
    return shred.bytes.subspan(kHeaderSize, size - kHeaderSize);
}

Result<Slot, ShredError> parent_of(const DataShred& shred) {
    const Slot offset = load_le<std::uint16_t>(shred.bytes.data() + kParentOffset);
    if ((offset == 0 && shred.slot != 0) || offset > shred.slot) {
        return std::unexpected(ShredError::InvalidParentOffset);
    }
    return shred.slot - offset;
}

crypto::Sha256Digest join_nodes(ByteView left, ByteView right) {
    return crypto::Sha256()
        .update(as_bytes(std::string_view("\x01SOLANA_MERKLE_SHREDS_NODE", 26)))
        .update(left.first(kProofEntrySize))
        .update(right.first(kProofEntrySize))
        .finish();
}

} // namespace

std::string_view shred_error_text(ShredError error) {
    switch (error) {
    case ShredError::InvalidPayloadSize: return "Invalid payload size";
    case ShredError::InvalidShredVariant: return "Invalid shred variant";
    case ShredError::InvalidShredType: return "Invalid shred type";
    case ShredError::InvalidShredIndex: return "Invalid shred index";
    case ShredError::InvalidShredFlags: return "Invalid shred flags";
    case ShredError::InvalidDataSize: return "Invalid data size";
    case ShredError::InvalidParentOffset: return "Invalid parent_offset";
    case ShredError::InvalidErasureShardIndex: return "Invalid erasure shard index";
    case ShredError::InvalidMerkleProof: return "Invalid merkle proof";
    }
    return "";
}

bool DataShred::is_merkle() const {
    return variant != kLegacyData;
}

bool DataShred::is_resigned() const {
    return (variant & 0xf0) == kMerkleDataResigned;
}

const Signature& DataShred::leader_signature() const {
    static_assert(sizeof(Signature) == kSignatureSize && alignof(Signature) == 1);
    return *reinterpret_cast<const Signature*>(bytes.data());
}

Result<DataShred, ShredError> parse_data_shred(ByteView packet, LegacyShreds legacy) {
    DataShred shred;
    shred.bytes = FATHOM_TRY(shred_bytes(packet, legacy));
    const std::uint8_t* bytes = shred.bytes.data();
    shred.variant = bytes[kVariantOffset];
    shred.slot = load_le<Slot>(bytes + kSlotOffset);
    shred.index = load_le<std::uint32_t>(bytes + kIndexOffset);
    shred.version = load_le<std::uint16_t>(bytes + kVersionOffset);
    shred.fec_set_index = load_le<std::uint32_t>(bytes + kFecSetOffset);
    if (shred.index >= kMaxDataShredsPerSlot) return std::unexpected(ShredError::InvalidShredIndex);
    const std::uint8_t flags = bytes[kFlagsOffset];
    shred.reference_tick = flags & kTickMask;
    shred.is_data_complete = (flags & kDataComplete) != 0;
    shred.is_last_in_slot = (flags & kLastInSlot) == kLastInSlot;
    if ((flags & kLastInSlot) != 0 && !shred.is_data_complete) {
        return std::unexpected(ShredError::InvalidShredFlags);
    }
    shred.data = FATHOM_TRY(data_of(shred, legacy));
    shred.parent = FATHOM_TRY(parent_of(shred));
    if (shred.index < shred.fec_set_index) {
        return std::unexpected(ShredError::InvalidErasureShardIndex);
    }
    return shred;
}

Result<Hash, ShredError> merkle_root(const DataShred& shred) {
    if (!shred.is_merkle()) return std::unexpected(ShredError::InvalidShredVariant);
    const Tail tail = tail_of(shred.variant);
    crypto::Sha256Digest node =
        crypto::Sha256()
            .update(as_bytes(std::string_view("\0SOLANA_MERKLE_SHREDS_LEAF", 26)))
            .update(shred.bytes.subspan(kSignatureSize, tail.proof - kSignatureSize))
            .finish();
    std::uint32_t index = shred.index - shred.fec_set_index;
    for (std::size_t i = 0; i < tail.proof_entries; ++i) {
        const ByteView other =
            shred.bytes.subspan(tail.proof + i * kProofEntrySize, kProofEntrySize);
        node = index % 2 == 0 ? join_nodes(node, other) : join_nodes(other, node);
        index /= 2;
    }
    if (index != 0) return std::unexpected(ShredError::InvalidMerkleProof);
    return Hash{node};
}

Result<Hash, ShredError> chained_merkle_root(const DataShred& shred) {
    if (!shred.is_merkle()) return std::unexpected(ShredError::InvalidShredVariant);
    return Hash::from_bytes(shred.bytes.data() + tail_of(shred.variant).chained_root);
}

} // namespace fathom::ledger
