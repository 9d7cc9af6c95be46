// SPDX-License-Identifier: Apache-2.0
// Numbers that name curves and operations in the curve syscalls.
#pragma once

#include <cstdint>

namespace fathom::syscalls {

inline constexpr std::uint64_t kCurve25519Edwards = 0;
inline constexpr std::uint64_t kCurve25519Ristretto = 1;

/// Set in an id if numbers are big-endian.
inline constexpr std::uint64_t kBigEndian = 0x80;
inline constexpr std::uint64_t kBls12 = 4;
inline constexpr std::uint64_t kBls12G1 = 5;
inline constexpr std::uint64_t kBls12G2 = 6;

/// The id of a BLS12-381 curve without the byte order; others as they are.
[[nodiscard]] constexpr std::uint64_t without_byte_order(std::uint64_t curve) {
    return curve & ~kBigEndian;
}
[[nodiscard]] constexpr bool is_bls12_group(std::uint64_t curve) {
    return without_byte_order(curve) == kBls12G1 || without_byte_order(curve) == kBls12G2;
}

inline constexpr std::uint64_t kGroupAdd = 0;
inline constexpr std::uint64_t kGroupSubtract = 1;
inline constexpr std::uint64_t kGroupMultiply = 2;

} // namespace fathom::syscalls
