// SPDX-License-Identifier: Apache-2.0
// Operations on BLS12-381 over encoded points, as the curve syscalls need them (SIMD-0388).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/byte_order.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

/// Encodings, as blst and Zcash have them. A coordinate is 48 bytes, and must be below the modulus.
/// A G1 point is x then y; a G2 point is x then y, each of two coordinates: c0 then c1 in
/// little-endian order, c1 then c0 in big-endian order. The three top bits of x are flags, highest
/// first: compressed (x alone), identity (everything else zero), and, if compressed, that y is the
/// larger root. A point of G1's curve with x = 0 is invalid everywhere, as in blst.
///
/// nullopt means invalid input. Everything here is variable time: nothing secret belongs here.
namespace fathom::crypto {

using Bls12G1 = std::array<std::uint8_t, 96>;
using Bls12G2 = std::array<std::uint8_t, 192>;
/// An element of the target group: twelve coordinates in the order of the tower, the lowest first
/// and little-endian; or all of it reversed.
using Bls12Gt = std::array<std::uint8_t, 576>;

using Bls12G1View = std::span<const std::uint8_t, 96>;
using Bls12G2View = std::span<const std::uint8_t, 192>;
using Bls12ScalarView = std::span<const std::uint8_t, 32>;
using Bls12G1CompressedView = std::span<const std::uint8_t, 48>;
using Bls12G2CompressedView = std::span<const std::uint8_t, 96>;

/// Pairs that one pairing takes at most.
inline constexpr std::size_t kBls12MaxPairs = 8;

/// Whether the bytes are a point of the prime-order group.
[[nodiscard]] bool bls12_381_g1_is_valid(Bls12G1View point, ByteOrder order);
[[nodiscard]] bool bls12_381_g2_is_valid(Bls12G2View point, ByteOrder order);

/// Of points on the curve, in the group or not.
[[nodiscard]] std::optional<Bls12G1> bls12_381_g1_add(Bls12G1View left, Bls12G1View right,
                                                      ByteOrder order);
[[nodiscard]] std::optional<Bls12G1> bls12_381_g1_subtract(Bls12G1View left, Bls12G1View right,
                                                           ByteOrder order);
[[nodiscard]] std::optional<Bls12G2> bls12_381_g2_add(Bls12G2View left, Bls12G2View right,
                                                      ByteOrder order);
[[nodiscard]] std::optional<Bls12G2> bls12_381_g2_subtract(Bls12G2View left, Bls12G2View right,
                                                           ByteOrder order);

/// Of a scalar below the group's order and a point in the group.
[[nodiscard]] std::optional<Bls12G1> bls12_381_g1_multiply(Bls12ScalarView scalar,
                                                           Bls12G1View point, ByteOrder order);
[[nodiscard]] std::optional<Bls12G2> bls12_381_g2_multiply(Bls12ScalarView scalar,
                                                           Bls12G2View point, ByteOrder order);

/// To a point in the group.
[[nodiscard]] std::optional<Bls12G1> bls12_381_g1_decompress(Bls12G1CompressedView point,
                                                             ByteOrder order);
[[nodiscard]] std::optional<Bls12G2> bls12_381_g2_decompress(Bls12G2CompressedView point,
                                                             ByteOrder order);

/// The product of the pairings of as many G1 as G2 points, at most kBls12MaxPairs, all in their
/// groups; one if there are none. It is the cube of the reduced ate pairing, as blst has it.
[[nodiscard]] std::optional<Bls12Gt> bls12_381_pairing(ByteView g1_points, ByteView g2_points,
                                                       ByteOrder order);

} // namespace fathom::crypto
