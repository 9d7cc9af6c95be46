// SPDX-License-Identifier: Apache-2.0
// Repeated SHA-256 of 32-byte messages in its variants; private to the chains.
#pragma once

#include "fathom/crypto/sha256_blocks.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto::detail {

inline constexpr std::array<std::uint32_t, 8> kSha256Initial{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// What follows a message of 32 bytes in its block: words 8 to 15.
inline constexpr std::array<std::uint32_t, 8> kSha256Padding{0x80000000, 0, 0, 0, 0, 0, 0, 256};

/// Word i of lane l is words[i * lanes + l], in the processor's byte order.
inline constexpr std::size_t kMaxSha256Lanes = 16;
struct alignas(64) Sha256LaneWords {
    std::array<std::uint32_t, 8 * kMaxSha256Lanes> words{};
};

/// Eight lanes `count` times; call only where x86::kCpu.avx2 is set.
void sha256_repeat_avx2(Sha256LaneWords& lanes, std::uint64_t count);
/// Sixteen lanes; call only where x86::kCpu.avx512 is set.
void sha256_repeat_avx512(Sha256LaneWords& lanes, std::uint64_t count);

using Sha256Words = std::array<std::uint32_t, 8>;

/// One to four states interleaved; call only where x86::kCpu.sha_ni is set.
void sha256_repeat_ni(Sha256Words* states, std::size_t width, std::uint64_t count);

} // namespace fathom::crypto::detail
