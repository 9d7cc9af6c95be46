// SPDX-License-Identifier: Apache-2.0
// The BLAKE3 compression function, one at a time and many at a time; private to the hash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto::detail {

inline constexpr std::uint32_t kChunkStart = 1;
inline constexpr std::uint32_t kChunkEnd = 2;
inline constexpr std::uint32_t kParent = 4;
inline constexpr std::uint32_t kRoot = 8;

inline constexpr std::array<std::uint32_t, 8> kBlake3Initial{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// Message word read in column i of round r, for r < 7.
inline constexpr std::array<std::array<std::uint8_t, 16>, 7> kBlake3Schedule = [] {
    constexpr std::array<std::uint8_t, 16> permutation{2, 6,  3,  10, 7, 0,  4,  13,
                                                       1, 11, 12, 5,  9, 14, 15, 8};
    std::array<std::array<std::uint8_t, 16>, 7> schedule{};
    for (std::uint8_t i = 0; i < 16; ++i) schedule[0][i] = i;
    for (std::size_t r = 1; r < 7; ++r) {
        for (std::size_t i = 0; i < 16; ++i) schedule[r][i] = schedule[r - 1][permutation[i]];
    }
    return schedule;
}();

struct Blake3Input {
    const std::uint32_t* chaining; ///< 8 words
    const std::uint8_t* block;     ///< 64 bytes, zero-padded
    std::uint64_t counter;
    std::uint32_t length;
    std::uint32_t flags;
};

/// All 16 output words.
using Blake3State = std::array<std::uint32_t, 16>;

[[nodiscard]] Blake3State blake3_compress_portable(const Blake3Input& input);

/// Sixteen inputs of the same number of whole blocks, each hashed from the initial value.
struct Blake3Lanes {
    std::array<const std::uint8_t*, 16> input;
    std::size_t blocks;
    std::uint64_t counter; ///< of lane 0
    std::uint64_t counter_step;
    std::uint32_t flags; ///< of every block
    std::uint32_t first_flags;
    std::uint32_t last_flags;
};

// Call these only where x86::kCpu.avx512 is set.

[[nodiscard]] Blake3State blake3_compress_avx512(const Blake3Input& input);

/// Writes sixteen chaining values of eight words.
void blake3_hash_lanes_avx512(const Blake3Lanes& lanes, std::uint32_t* chaining);

/// Writes the sixteen output blocks from input.counter on.
void blake3_output_lanes_avx512(const Blake3Input& input, std::uint8_t* output);

} // namespace fathom::crypto::detail
