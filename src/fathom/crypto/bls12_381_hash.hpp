// SPDX-License-Identifier: Apache-2.0
// Hashing to the group G2 of BLS12-381 (RFC 9380, suite BLS12381G2_XMD:SHA-256_SSWU_RO_).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/bls12_381_curve.hpp"

#include <array>
#include <cstddef>

namespace fathom::crypto::bls12_381 {

/// expand_message_xmd with SHA-256, for the length that two elements of Fp2 take. The tag has at
/// most 255 bytes.
inline constexpr std::size_t kExpandedSize = 256;
[[nodiscard]] std::array<std::uint8_t, kExpandedSize> expand_message(ByteView message,
                                                                     ByteView tag);

[[nodiscard]] G2 hash_to_g2(ByteView message, ByteView tag);

} // namespace fathom::crypto::bls12_381
