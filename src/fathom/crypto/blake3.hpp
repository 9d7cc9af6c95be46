// SPDX-License-Identifier: Apache-2.0
// BLAKE3 in its plain hash mode: 32-byte digest or output of any length, one-shot and streaming.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto {

using Blake3Digest = std::array<std::uint8_t, 32>;

/// A hash in progress. A plain value of about 2 KiB: copying it forks the hash.
class Blake3 {
public:
    static constexpr std::size_t kBlockSize = 64;
    static constexpr std::size_t kChunkSize = 1024;

    Blake3& update(ByteView bytes);

    /// Digest of everything absorbed so far; absorbing may go on afterwards.
    [[nodiscard]] Blake3Digest finish() const;

    /// The first output.size() bytes of the extended output; its first 32 are the digest.
    void finish(MutableByteView output) const;

private:
    using Words = std::array<std::uint32_t, 8>;

    /// Input of the last compression of a node, whose result is a chaining value or output.
    struct Node {
        alignas(64) std::array<std::uint8_t, kBlockSize> block;
        Words chaining;
        std::uint64_t counter;
        std::uint32_t length;
        std::uint32_t flags;
    };

    [[nodiscard]] static Node parent_node(const Words& left, const Words& right);
    [[nodiscard]] Node chunk_node() const;
    [[nodiscard]] Node root_node() const;
    std::size_t absorb_whole_chunks(ByteView bytes);
    void absorb_in_chunk(ByteView bytes);
    void push(const Words& chaining, std::uint64_t chunks = 1);
    void merge_complete();

    /// Chaining values of finished subtrees; 2^54 chunks are 2^64 bytes, and one pair may wait to
    /// be merged. While a chunk is open, every complete pair is merged.
    std::array<Words, 55> stack_;
    std::size_t stack_size_ = 0;
    std::uint64_t chunk_index_ = 0;
    Words chunk_chaining_;
    std::array<std::uint8_t, kBlockSize> block_;
    /// Bytes of the current chunk absorbed, those waiting in block_ included. A chunk or block is
    /// closed only once a further byte arrives, because the last one is flagged.
    std::size_t chunk_length_ = 0;
};

[[nodiscard]] Blake3Digest blake3(ByteView bytes);

/// Fills `output` with the extended output.
void blake3_xof(ByteView bytes, MutableByteView output);

} // namespace fathom::crypto
