// SPDX-License-Identifier: Apache-2.0
// The rounds of Keccak-f[1600], compiled into each instruction-set variant; private.
#pragma once

#include "fathom/crypto/keccak.hpp"

#include <bit>

namespace fathom::crypto::detail {

inline constexpr std::array<std::uint64_t, 24> kKeccakRound{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Where lane x + 5·y goes in rho and pi: its rotation, and its index afterwards, y + 5·(2x + 3y).
inline constexpr std::array<int, 25> kKeccakRotation{
    0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};

inline __attribute__((always_inline)) void keccak_round(KeccakState& a, std::uint64_t constant) {
    std::uint64_t column[5];
    for (std::size_t x = 0; x < 5; ++x) {
        column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    std::uint64_t moved[25];
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
        const std::uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
#pragma GCC unroll 5
        for (std::size_t y = 0; y < 5; ++y) {
            const std::size_t target = y + 5 * ((2 * x + 3 * y) % 5);
            moved[target] = std::rotl(a[x + 5 * y] ^ mix, kKeccakRotation[x + 5 * y]);
        }
    }
#pragma GCC unroll 5
    for (std::size_t y = 0; y < 25; y += 5) {
#pragma GCC unroll 5
        for (std::size_t x = 0; x < 5; ++x) {
            a[x + y] = moved[x + y] ^ (~moved[(x + 1) % 5 + y] & moved[(x + 2) % 5 + y]);
        }
    }
    a[0] ^= constant;
}

inline __attribute__((always_inline)) void keccak_rounds(KeccakState& state) {
    KeccakState a = state;
    for (const std::uint64_t constant : kKeccakRound) keccak_round(a, constant);
    state = a;
}

/// Same, for x86::kCpu.avx512: three-operand logic and vector rotations.
void keccak_f1600_avx512(KeccakState& state);

} // namespace fathom::crypto::detail
