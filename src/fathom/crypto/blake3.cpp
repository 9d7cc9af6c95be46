// SPDX-License-Identifier: Apache-2.0
// BLAKE3: the tree over 1024-byte chunks and the portable compression function.
#include "fathom/crypto/blake3.hpp"

#include "fathom/crypto/blake3_compress.hpp"
#include "fathom/crypto/x86/cpu.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fathom::crypto {
namespace detail {
namespace {

inline void quarter(Blake3State& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d,
                    std::uint32_t x, std::uint32_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 7);
}

inline void round(Blake3State& v, const std::uint32_t* m, const std::array<std::uint8_t, 16>& s) {
    for (std::size_t i = 0; i < 4; ++i) {
        quarter(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[2 * i + 1]]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
        quarter(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[s[8 + 2 * i]],
                m[s[9 + 2 * i]]);
    }
}

} // namespace

Blake3State blake3_compress_portable(const Blake3Input& input) {
    std::uint32_t m[16];
    std::memcpy(m, input.block, sizeof(m));
    Blake3State v;
    std::copy_n(input.chaining, 8, v.begin());
    std::copy_n(kBlake3Initial.begin(), 4, v.begin() + 8);
    v[12] = static_cast<std::uint32_t>(input.counter);
    v[13] = static_cast<std::uint32_t>(input.counter >> 32);
    v[14] = input.length;
    v[15] = input.flags;
#pragma GCC unroll 7
    for (std::size_t r = 0; r < 7; ++r) round(v, m, kBlake3Schedule[r]);
    for (std::size_t i = 0; i < 8; ++i) {
        v[i] ^= v[i + 8];
        v[i + 8] ^= input.chaining[i];
    }
    return v;
}

} // namespace detail

namespace {

using Words = std::array<std::uint32_t, 8>;

detail::Blake3State compress(const detail::Blake3Input& input) {
#if defined(__x86_64__)
    if (x86::kCpu.avx512) return detail::blake3_compress_avx512(input);
#endif
    return detail::blake3_compress_portable(input);
}

Words chaining_value(const Words& chaining, const std::uint8_t* block, std::uint64_t counter,
                     std::uint32_t length, std::uint32_t flags) {
    const auto state = compress({chaining.data(), block, counter, length, flags});
    Words result;
    std::copy_n(state.begin(), 8, result.begin());
    return result;
}

Words parent_value(const Words& left, const Words& right) {
    std::array<std::uint8_t, 64> block;
    std::memcpy(block.data(), left.data(), 32);
    std::memcpy(block.data() + 32, right.data(), 32);
    return chaining_value(detail::kBlake3Initial, block.data(), 0, 64, detail::kParent);
}

#if defined(__x86_64__)
/// Most chunks hashed at a time.
constexpr std::size_t kLanes = 16;

/// The root of the subtree over `chunks` whole chunks, a power of two from 2 to kLanes.
Words subtree_value(const std::uint8_t* input, std::size_t chunks, std::uint64_t first_index) {
    alignas(64) std::array<std::uint32_t, 8 * kLanes> values;
    detail::Blake3Lanes lanes{{},
                              Blake3::kChunkSize / Blake3::kBlockSize,
                              first_index,
                              1,
                              0,
                              detail::kChunkStart,
                              detail::kChunkEnd};
    for (std::size_t i = 0; i < kLanes; ++i) {
        lanes.input[i] = input + (i % chunks) * Blake3::kChunkSize;
    }
    detail::blake3_hash_lanes_avx512(lanes, values.data());
    for (; chunks > 2; chunks /= 2) {
        alignas(64) const auto children = values;
        lanes = {{}, 1, 0, 0, detail::kParent, 0, 0};
        for (std::size_t i = 0; i < kLanes; ++i) {
            const std::uint32_t* pair = children.data() + 16 * (i % (chunks / 2));
            lanes.input[i] = reinterpret_cast<const std::uint8_t*>(pair);
        }
        detail::blake3_hash_lanes_avx512(lanes, values.data());
    }
    return chaining_value(detail::kBlake3Initial,
                          reinterpret_cast<const std::uint8_t*>(values.data()), 0, 64,
                          detail::kParent);
}

/// The largest number of chunks that form a subtree at this index and leave some input over, as
/// the last chunk needs its flag; 1 if there is nothing to gain.
std::size_t lanes_for(std::uint64_t chunk_index, std::size_t input_size) {
    if (!x86::kCpu.avx512) return 1;
    std::size_t chunks = kLanes;
    while (chunks > 1 && (chunk_index % chunks != 0 || input_size <= chunks * Blake3::kChunkSize)) {
        chunks /= 2;
    }
    return chunks;
}
#endif

} // namespace

Blake3& Blake3::update(ByteView bytes) {
    while (!bytes.empty()) {
        if (chunk_length_ == kChunkSize) {
            const Node node = chunk_node();
            push(chaining_value(node.chaining, node.block.data(), node.counter, node.length,
                                node.flags),
                 1, chunk_index_ + 1);
            ++chunk_index_;
            chunk_length_ = 0;
        }
#if defined(__x86_64__)
        const std::size_t chunks = chunk_length_ == 0 ? lanes_for(chunk_index_, bytes.size()) : 1;
        if (chunks > 1) {
            push(subtree_value(bytes.data(), chunks, chunk_index_), chunks, chunk_index_ + chunks);
            chunk_index_ += chunks;
            bytes = bytes.subspan(chunks * kChunkSize);
            continue;
        }
#endif
        const std::size_t taken = std::min(kChunkSize - chunk_length_, bytes.size());
        absorb_in_chunk(bytes.first(taken));
        bytes = bytes.subspan(taken);
    }
    return *this;
}

void Blake3::absorb_in_chunk(ByteView bytes) {
    if (chunk_length_ == 0) chunk_chaining_ = detail::kBlake3Initial;
    while (!bytes.empty()) {
        const std::size_t held = chunk_length_ % kBlockSize;
        if (held == 0 && chunk_length_ != 0) {
            const std::uint32_t flags = chunk_length_ == kBlockSize ? detail::kChunkStart : 0;
            chunk_chaining_ =
                chaining_value(chunk_chaining_, block_.data(), chunk_index_, kBlockSize, flags);
        }
        const std::size_t taken = std::min(kBlockSize - held, bytes.size());
        std::memcpy(block_.data() + held, bytes.data(), taken);
        chunk_length_ += taken;
        bytes = bytes.subspan(taken);
    }
}

/// Adds a finished subtree of `chunks` chunks and merges every pair that is complete, which the
/// trailing zero bits of the number of such subtrees count.
void Blake3::push(Words chaining, std::uint64_t chunks, std::uint64_t total_chunks) {
    for (std::uint64_t subtrees = total_chunks / chunks; subtrees % 2 == 0; subtrees /= 2) {
        chaining = parent_value(stack_[--stack_size_], chaining);
    }
    stack_[stack_size_++] = chaining;
}

Blake3::Node Blake3::chunk_node() const {
    Node node;
    const std::size_t held =
        chunk_length_ == 0 ? 0 : chunk_length_ - (chunk_length_ - 1) / kBlockSize * kBlockSize;
    node.chaining = chunk_length_ == 0 ? detail::kBlake3Initial : chunk_chaining_;
    node.block = {};
    std::memcpy(node.block.data(), block_.data(), held);
    node.counter = chunk_index_;
    node.length = static_cast<std::uint32_t>(held);
    node.flags = detail::kChunkEnd | (chunk_length_ <= kBlockSize ? detail::kChunkStart : 0);
    return node;
}

Blake3::Node Blake3::root_node() const {
    Node node = chunk_node();
    for (std::size_t i = stack_size_; i != 0; --i) {
        const Words right =
            chaining_value(node.chaining, node.block.data(), node.counter, node.length, node.flags);
        node.chaining = detail::kBlake3Initial;
        std::memcpy(node.block.data(), stack_[i - 1].data(), 32);
        std::memcpy(node.block.data() + 32, right.data(), 32);
        node.counter = 0;
        node.length = kBlockSize;
        node.flags = detail::kParent;
    }
    node.flags |= detail::kRoot;
    node.counter = 0;
    return node;
}

Blake3Digest Blake3::finish() const {
    Blake3Digest digest;
    finish(digest);
    return digest;
}

void Blake3::finish(MutableByteView output) const {
    Node node = root_node();
    while (!output.empty()) {
        const detail::Blake3Input input{node.chaining.data(), node.block.data(), node.counter,
                                        node.length, node.flags};
        std::size_t given = std::min(kBlockSize, output.size());
#if defined(__x86_64__)
        if (x86::kCpu.avx512 && output.size() > 2 * kBlockSize) {
            std::array<std::uint8_t, kLanes * kBlockSize> blocks;
            given = std::min(blocks.size(), output.size());
            detail::blake3_output_lanes_avx512(input, blocks.data());
            std::memcpy(output.data(), blocks.data(), given);
            node.counter += kLanes;
            output = output.subspan(given);
            continue;
        }
#endif
        const auto state = compress(input);
        std::memcpy(output.data(), state.data(), given);
        output = output.subspan(given);
        ++node.counter;
    }
}

Blake3Digest blake3(ByteView bytes) {
    return Blake3().update(bytes).finish();
}

void blake3_xof(ByteView bytes, MutableByteView output) {
    Blake3().update(bytes).finish(output);
}

} // namespace fathom::crypto
