// SPDX-License-Identifier: Apache-2.0
// Operations on BN254 (alt_bn128) over encoded points, as the alt_bn128 syscalls need them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/byte_order.hpp"

#include <array>
#include <optional>

/// Encodings, as arkworks and EIP-197 have them. A coordinate is 32 bytes, and must be below the
/// modulus. A G1 point is x then y; a G2 point is x then y, each of two coordinates: c0 then c1 in
/// little-endian order, c1 then c0 in big-endian order. The identity is all zeros. The two top bits
/// of the last coordinate (of y, or of a compressed x) are flags: the higher says that y is the
/// larger root, and is ignored where y is given; the other says identity, whatever the
/// coordinates; both together are invalid.
///
/// nullopt means invalid input. Everything here is variable time: nothing secret belongs here.
namespace fathom::crypto {

using Bn254G1 = std::array<std::uint8_t, 64>;
using Bn254G2 = std::array<std::uint8_t, 128>;
using Bn254G1Compressed = std::array<std::uint8_t, 32>;
using Bn254G2Compressed = std::array<std::uint8_t, 64>;

/// Of two points on the curve. Little-endian: exactly 128 bytes; big-endian: up to 128, completed
/// with zeros.
[[nodiscard]] std::optional<Bn254G1> bn254_g1_add(ByteView input, ByteOrder order);

/// Of a point on the curve and a 256-bit integer. Little-endian: exactly 96 bytes; big-endian: up
/// to 96, completed with zeros.
[[nodiscard]] std::optional<Bn254G1> bn254_g1_multiply(ByteView input, ByteOrder order);

/// Of two points on the twist, in the subgroup or not. Exactly 256 bytes.
[[nodiscard]] std::optional<Bn254G2> bn254_g2_add(ByteView input, ByteOrder order);

/// Of a point in the subgroup and a 256-bit integer. Exactly 160 bytes.
[[nodiscard]] std::optional<Bn254G2> bn254_g2_multiply(ByteView input, ByteOrder order);

/// Whether the product of the pairings of any number of (G1, G2) pairs, 192 bytes each, is one. G2
/// points must be in the subgroup. No pairs: it is.
[[nodiscard]] std::optional<bool> bn254_pairing_is_one(ByteView input, ByteOrder order);

/// Of coordinates below the modulus, on the curve or not.
[[nodiscard]] std::optional<Bn254G1Compressed> bn254_g1_compress(ByteView input, ByteOrder order);
[[nodiscard]] std::optional<Bn254G2Compressed> bn254_g2_compress(ByteView input, ByteOrder order);

/// To a point on the curve; for G2 in the subgroup or not.
[[nodiscard]] std::optional<Bn254G1> bn254_g1_decompress(ByteView input, ByteOrder order);
[[nodiscard]] std::optional<Bn254G2> bn254_g2_decompress(ByteView input, ByteOrder order);

} // namespace fathom::crypto
