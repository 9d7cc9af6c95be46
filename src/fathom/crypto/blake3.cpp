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

/// Fewer chunks than this take less time one by one.
constexpr std::size_t kWorthwhile = 3;

using LaneWords = std::array<std::uint32_t, 8 * kLanes>;

/// The chaining values of up to kLanes whole chunks; what is above them is anything.
void chunk_values(const std::uint8_t* input, std::size_t chunks, std::uint64_t first_index,
                  LaneWords& values) {
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
}

/// The values of the parents of `count` children.
void parent_values(std::size_t count, LaneWords& values) {
    alignas(64) const auto children = values;
    detail::Blake3Lanes lanes{{}, 1, 0, 0, detail::kParent, 0, 0};
    for (std::size_t i = 0; i < kLanes; ++i) {
        const std::uint32_t* pair = children.data() + 16 * (i % (count / 2));
        lanes.input[i] = reinterpret_cast<const std::uint8_t*>(pair);
    }
    detail::blake3_hash_lanes_avx512(lanes, values.data());
}

Words words_at(const LaneWords& values, std::size_t index) {
    Words words;
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(8 * index), 8, words.begin());
    return words;
}
#endif

/// One chunk is a tree of its own.
Blake3Digest digest_of_chunk(ByteView bytes) {
    Words chaining = detail::kBlake3Initial;
    std::uint32_t flags = detail::kChunkStart;
    while (bytes.size() > Blake3::kBlockSize) {
        chaining = chaining_value(chaining, bytes.data(), 0, Blake3::kBlockSize, flags);
        flags = 0;
        bytes = bytes.subspan(Blake3::kBlockSize);
    }
    alignas(64) std::array<std::uint8_t, Blake3::kBlockSize> last{};
    if (!bytes.empty()) std::memcpy(last.data(), bytes.data(), bytes.size());
    const Words root =
        chaining_value(chaining, last.data(), 0, static_cast<std::uint32_t>(bytes.size()),
                       flags | detail::kChunkEnd | detail::kRoot);
    Blake3Digest digest;
    std::memcpy(digest.data(), root.data(), digest.size());
    return digest;
}

} // namespace

Blake3& Blake3::update(ByteView bytes) {
    while (!bytes.empty()) {
        if (chunk_length_ == kChunkSize) {
            const Node node = chunk_node();
            push(chaining_value(node.chaining, node.block.data(), node.counter, node.length,
                                node.flags));
            chunk_length_ = 0;
        }
        if (chunk_length_ == 0) {
            bytes = bytes.subspan(absorb_whole_chunks(bytes));
            if (bytes.empty()) break;
            merge_complete();
        }
        const std::size_t taken = std::min(kChunkSize - chunk_length_, bytes.size());
        absorb_in_chunk(bytes.first(taken));
        bytes = bytes.subspan(taken);
    }
    return *this;
}

/// Hashes whole chunks many at a time; how many bytes those were. A tree of one chunk is left to
/// absorb_in_chunk, as its last block needs the root's flag.
std::size_t Blake3::absorb_whole_chunks([[maybe_unused]] ByteView bytes) {
    std::size_t absorbed = 0;
#if defined(__x86_64__)
    while (x86::kCpu.avx512 && bytes.size() - absorbed >= kWorthwhile * kChunkSize) {
        std::size_t count = std::min(kLanes, (bytes.size() - absorbed) / kChunkSize);
        alignas(64) LaneWords values;
        chunk_values(bytes.data() + absorbed, count, chunk_index_, values);
        absorbed += count * kChunkSize;
        // A complete subtree becomes the two halves of its root.
        std::uint64_t chunks_each = 1;
        if (count == kLanes && chunk_index_ % kLanes == 0) {
            for (; count > 2; count /= 2) {
                parent_values(count, values);
                chunks_each *= 2;
            }
        }
        for (std::size_t i = 0; i < count; ++i) push(words_at(values, i), chunks_each);
    }
#endif
    return absorbed;
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
        if (held == 0) {
            // Blocks that are surely not the last need no copy.
            for (; bytes.size() > kBlockSize; bytes = bytes.subspan(kBlockSize)) {
                chunk_chaining_ =
                    chaining_value(chunk_chaining_, bytes.data(), chunk_index_, kBlockSize,
                                   chunk_length_ == 0 ? detail::kChunkStart : 0);
                chunk_length_ += kBlockSize;
            }
        }
        const std::size_t taken = std::min(kBlockSize - held, bytes.size());
        std::memcpy(block_.data() + held, bytes.data(), taken);
        chunk_length_ += taken;
        bytes = bytes.subspan(taken);
    }
}

/// Merges every pair that is complete: as many subtrees remain as the number of chunks has one
/// bits.
void Blake3::merge_complete() {
    while (stack_size_ > static_cast<std::size_t>(std::popcount(chunk_index_))) {
        const Words right = stack_[--stack_size_];
        stack_[stack_size_ - 1] = parent_value(stack_[stack_size_ - 1], right);
    }
}

/// Adds a finished subtree. It is merged only once more input follows, as the last merge needs the
/// root's flag.
void Blake3::push(const Words& chaining, std::uint64_t chunks) {
    merge_complete();
    stack_[stack_size_++] = chaining;
    chunk_index_ += chunks;
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

Blake3::Node Blake3::parent_node(const Words& left, const Words& right) {
    Node node;
    node.chaining = detail::kBlake3Initial;
    std::memcpy(node.block.data(), left.data(), 32);
    std::memcpy(node.block.data() + 32, right.data(), 32);
    node.counter = 0;
    node.length = kBlockSize;
    node.flags = detail::kParent;
    return node;
}

Blake3::Node Blake3::root_node() const {
    std::size_t left = stack_size_;
    // Without an open chunk the last two subtrees make the first parent.
    const bool is_open = chunk_length_ != 0 || left < 2;
    Node node = is_open ? chunk_node() : parent_node(stack_[left - 2], stack_[left - 1]);
    if (!is_open) left -= 2;
    for (; left != 0; --left) {
        const Words right =
            chaining_value(node.chaining, node.block.data(), node.counter, node.length, node.flags);
        node = parent_node(stack_[left - 1], right);
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
    if (bytes.size() <= Blake3::kChunkSize) return digest_of_chunk(bytes);
    return Blake3().update(bytes).finish();
}

void blake3_xof(ByteView bytes, MutableByteView output) {
    Blake3().update(bytes).finish(output);
}

} // namespace fathom::crypto
