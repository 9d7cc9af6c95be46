// SPDX-License-Identifier: Apache-2.0
// ristretto255: decoding, encoding, equality and the map from uniform bytes.
#include "fathom/crypto/ristretto255.hpp"

#include "fathom/crypto/edwards25519_formulas.hpp"

#include <cstring>

namespace fathom::crypto {
namespace {

// The constants of RFC 9496, section 4.1.
constexpr Field25519 kSqrtAdMinusOne{
    {0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834}};
constexpr Field25519 kInvSqrtAMinusD{
    {0x0fdaa805d40ea, 0x2eb482e57d339, 0x007610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};
constexpr Field25519 kOneMinusDSquared{
    {0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x06bccca55eedf, 0x029072a8b2b3e}};
constexpr Field25519 kDMinusOneSquared{
    {0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2}};

Field25519 absolute(const Field25519& a) {
    return select(a, -a, a.is_negative());
}

/// Elligator 2 for ristretto255: MAP of RFC 9496, section 4.3.4.
EdwardsPoint elligator(const Field25519& t) {
    const Field25519 one = Field25519::one();
    const Field25519 r = kSqrtMinusOne * t.square();
    const Field25519 u = (r + one) * kOneMinusDSquared;
    const Field25519 v = (-one - r * kEdwardsD) * (r + kEdwardsD);
    const SqrtRatio ratio = sqrt_ratio(u, v);
    const Field25519 s = select(-absolute(ratio.root * t), ratio.root, ratio.is_square);
    const Field25519 c = select(r, -one, ratio.is_square);
    const Field25519 n = c * (r - one) * kDMinusOneSquared - v;
    const Field25519 ss = s.square();
    return detail::CompletedPoint{(s + s) * v, one - ss, n * kSqrtAdMinusOne, one + ss}.extended();
}

} // namespace

std::optional<RistrettoPoint> RistrettoPoint::decompress(const std::uint8_t* bytes32) {
    const Field25519 one = Field25519::one();
    const Field25519 s = Field25519::from_bytes(bytes32);
    const auto canonical = s.to_bytes();
    if (std::memcmp(canonical.data(), bytes32, canonical.size()) != 0) return std::nullopt;
    if ((bytes32[0] & 1) != 0) return std::nullopt;
    const Field25519 ss = s.square();
    const Field25519 u1 = one - ss;
    const Field25519 u2 = one + ss;
    const Field25519 u2_squared = u2.square();
    const Field25519 v = (-(kEdwardsD * u1.square()) - u2_squared).carried();
    const SqrtRatio ratio = sqrt_ratio(one, v * u2_squared);
    const Field25519 denominator_x = ratio.root * u2;
    const Field25519 denominator_y = ratio.root * denominator_x * v;
    const Field25519 x = absolute((s + s) * denominator_x);
    const Field25519 y = u1 * denominator_y;
    const Field25519 t = x * y;
    if (!ratio.is_square || t.is_negative() || y.is_zero()) return std::nullopt;
    return RistrettoPoint{{x, y, one, t}};
}

std::array<std::uint8_t, 32> RistrettoPoint::compress() const {
    const auto& [x0, y0, z0, t0] = representative;
    const Field25519 u1 = (z0 + y0) * (z0 - y0);
    const Field25519 u2 = x0 * y0;
    const Field25519 inverse_root = sqrt_ratio(Field25519::one(), u1 * u2.square()).root;
    const Field25519 denominator1 = inverse_root * u1;
    const Field25519 denominator2 = inverse_root * u2;
    const Field25519 inverse_z = denominator1 * denominator2 * t0;
    const bool rotate = (t0 * inverse_z).is_negative();
    const Field25519 x = select(x0, y0 * kSqrtMinusOne, rotate);
    const Field25519 y = select(y0, x0 * kSqrtMinusOne, rotate);
    const Field25519 denominator = select(denominator2, denominator1 * kInvSqrtAMinusD, rotate);
    const Field25519 y_signed = select(y, -y, (x * inverse_z).is_negative());
    return absolute(denominator * (z0 - y_signed)).to_bytes();
}

RistrettoPoint RistrettoPoint::from_uniform_bytes(const std::uint8_t* bytes64) {
    return {elligator(Field25519::from_bytes(bytes64)) +
            elligator(Field25519::from_bytes(bytes64 + 32))};
}

bool RistrettoPoint::is_identity() const {
    return *this == identity();
}

bool operator==(const RistrettoPoint& a, const RistrettoPoint& b) {
    const EdwardsPoint& p = a.representative;
    const EdwardsPoint& q = b.representative;
    return p.x * q.y == p.y * q.x || p.y * q.y == p.x * q.x;
}

} // namespace fathom::crypto
