// SPDX-License-Identifier: Apache-2.0
// The curve part of eight Ed25519 verifications at once; private to ed25519.cpp.
#pragma once

#include "fathom/crypto/scalar25519.hpp"

#include <array>
#include <cstdint>

namespace fathom::crypto::x86 {

/// Eight equations; every pointer is valid, unused lanes repeat a used one.
struct Ed25519Lanes {
    std::array<const std::uint8_t*, 8> public_key;
    std::array<const std::uint8_t*, 8> r;
    std::array<Scalar25519, 8> s;
    std::array<Scalar25519, 8> k;
};

/// Bit i says: key i decompresses and has not small order, the encoding of s·B - k·A equals the
/// bytes of R, and that point has not small order. Call only where kCpu.avx512_ifma is set.
/// Variable time.
[[nodiscard]] std::uint8_t ed25519_verify_lanes(const Ed25519Lanes& lanes);

} // namespace fathom::crypto::x86
