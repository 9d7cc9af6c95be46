// SPDX-License-Identifier: Apache-2.0
// Murmur3 with 32 bits and seed 0, and the keys that are made with it.
#include "fathom/sbpf/program.hpp"

#include <array>
#include <bit>

namespace fathom::sbpf {
namespace {

std::uint32_t scramble(std::uint32_t block) {
    return std::rotl(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

std::uint32_t finish(std::uint32_t hash) {
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
    return hash ^ (hash >> 16);
}

} // namespace

std::uint32_t murmur3_32(ByteView bytes) {
    std::uint32_t hash = 0;
    std::size_t at = 0;
    for (; bytes.size() - at >= 4; at += 4) {
        hash ^= scramble(load_le<std::uint32_t>(bytes.data() + at));
        hash = std::rotl(hash, 13) * 5 + 0xe6546b64u;
    }
    std::uint32_t tail = 0;
    for (std::size_t i = bytes.size(); i > at; --i) tail = tail << 8 | bytes[i - 1];
    hash ^= scramble(tail); // scramble(0) is 0: no tail, no change
    return finish(hash ^ static_cast<std::uint32_t>(bytes.size()));
}

std::uint32_t function_key(std::uint64_t pc) {
    std::array<std::uint8_t, sizeof pc> bytes;
    store_le(bytes.data(), pc);
    return murmur3_32(bytes);
}

} // namespace fathom::sbpf
