// SPDX-License-Identifier: Apache-2.0
// BLAKE3 nodes of different inputs side by side, and sums of extended outputs; private to the
// lattice hash.
#pragma once

#include "fathom/crypto/blake3_compress.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto::detail {

inline constexpr std::size_t kMaxBlake3Lanes = 16;

/// One node a lane, each hashed from the initial value over its own number of blocks. Inputs are
/// padded with zeros to whole blocks; bytes behind them, up to `most_blocks`, are read too.
struct Blake3Jobs {
    std::array<const std::uint8_t*, kMaxBlake3Lanes> input{};
    alignas(64) std::array<std::uint32_t, kMaxBlake3Lanes> blocks{};
    alignas(64) std::array<std::uint32_t, kMaxBlake3Lanes> last_length{};
    alignas(64) std::array<std::uint32_t, kMaxBlake3Lanes> last_flags{};
    alignas(64) std::array<std::uint32_t, kMaxBlake3Lanes> counter{};
    std::uint32_t flags = 0; ///< of every block
    std::uint32_t first_flags = 0;
    std::uint32_t most_blocks = 0;
};

/// Word i of lane l is words[i * lanes + l].
struct alignas(64) Blake3JobValues {
    std::array<std::uint32_t, 8 * kMaxBlake3Lanes> words;
};

/// 2 KiB of sums of 16 bits, two to a word. Word w of output block g * lanes + l is
/// words[(g * 16 + w) * lanes + l], so that nothing is transposed until the end.
struct alignas(64) Blake3OutputSums {
    std::array<std::uint32_t, 512> words{};
};

/// How an engine hashes `lanes` jobs, and adds or subtracts the first 2 KiB of a root's output.
struct Blake3JobEngine {
    std::size_t lanes;
    void (*hash)(const Blake3Jobs& jobs, Blake3JobValues& values);
    void (*add_output)(const Blake3Input& root, Blake3OutputSums& sums);
    void (*subtract_output)(const Blake3Input& root, Blake3OutputSums& sums);
};

// Call these only where x86::kCpu.avx2 is set.
void blake3_hash_jobs_avx2(const Blake3Jobs& jobs, Blake3JobValues& values);
void blake3_add_output_avx2(const Blake3Input& root, Blake3OutputSums& sums);
void blake3_subtract_output_avx2(const Blake3Input& root, Blake3OutputSums& sums);

// Call these only where x86::kCpu.avx512 is set.
void blake3_hash_jobs_avx512(const Blake3Jobs& jobs, Blake3JobValues& values);
void blake3_add_output_avx512(const Blake3Input& root, Blake3OutputSums& sums);
void blake3_subtract_output_avx512(const Blake3Input& root, Blake3OutputSums& sums);

} // namespace fathom::crypto::detail
