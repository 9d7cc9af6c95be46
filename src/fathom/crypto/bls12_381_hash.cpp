// SPDX-License-Identifier: Apache-2.0
#include "fathom/crypto/bls12_381_hash.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/crypto/sha256.hpp"

#include <algorithm>
#include <cstdint>

// The suite maps to the curve E' : y² = x³ + 240u·x + 1012(1 + u) and from there by an isogeny of
// degree three to the twist. RFC 9380 tabulates the isogeny's coefficients (E.3); Vélu's formulas
// give the same ones from its kernel, the points of E' with x₀ = 6u - 6, followed by the scaling
// (x, y) -> (x/9, -y/27):
//
//   x -> (x + t/(x - x₀) + u/(x - x₀)²)/9        t = 6x₀² + 2A
//   y -> -y·(1 - t/(x - x₀)² - 2u/(x - x₀)³)/27  u = 4(x₀³ + A·x₀ + B)
//
// With z = x - x₀ these are Jacobian coordinates that need no inversion, and a point of the kernel
// gets z = 0, the identity, as the RFC wants.

namespace fathom::crypto::bls12_381 {

namespace {

constexpr Fp small(int value) {
    return value < 0 ? -Fp::from_u64(static_cast<std::uint64_t>(-value))
                     : Fp::from_u64(static_cast<std::uint64_t>(value));
}
constexpr Fp2 element(int c0, int c1) {
    return {small(c0), small(c1)};
}

constexpr Fp2 kA = element(0, 240);
constexpr Fp2 kB = element(1012, 1012);
/// The non-square of the map.
constexpr Fp2 kNonSquare = element(-2, -1);

constexpr Fp2 kKernelX = element(-6, 6);
constexpr Fp2 kVeluT = kKernelX.square() * small(6) + kA.doubled();
constexpr Fp2 kVeluU = ((kKernelX.square() + kA) * kKernelX + kB) * small(4);
constexpr Fp kNinth = small(9).inverse();
constexpr Fp kMinus27th = small(-27).inverse();

constexpr Fp2 kMinusBOverA = -(kB * kA.inverse());
/// B/(ZA), for the arguments at which the map's formula has no value.
constexpr Fp2 kExceptionalX = kB * (kNonSquare * kA).inverse();

/// 2^384.
constexpr Fp kTwo384 = Fp::from_u64(1ULL << 48).square().square().square();

/// 64 big-endian bytes modulo p.
Fp reduce_wide(const std::uint8_t* bytes) {
    std::array<std::uint8_t, Fp::kBytes> high{};
    std::copy_n(bytes, 16, high.end() - 16);
    return Fp::reduced(load_limbs<6>(high.data(), ByteOrder::Big)) * kTwo384 +
           Fp::reduced(load_limbs<6>(bytes + 16, ByteOrder::Big));
}

/// RFC 9380, 4.1, for extensions of degree two.
bool sign(const Fp2& a) {
    const auto is_odd = [](const Fp& value) { return (value.to_integer()[0] & 1) != 0; };
    return a.c0.is_zero() ? is_odd(a.c1) : is_odd(a.c0);
}

Fp2 curve_equation(const Fp2& x) {
    return (x.square() + kA) * x + kB;
}

/// RFC 9380, 6.6.2: a point of E'.
AffinePoint<Fp2> map_to_isogenous(const Fp2& u) {
    const Fp2 scaled = kNonSquare * u.square();
    const Fp2 denominator = scaled.square() + scaled;
    Fp2 x =
        denominator.is_zero() ? kExceptionalX : kMinusBOverA * (Fp2::one() + denominator.inverse());
    auto y = curve_equation(x).square_root();
    if (!y) {
        x = scaled * x;
        y = curve_equation(x).square_root();
    }
    // One of the two values is a square: their quotient is a non-square times a square.
    FATHOM_ASSERT(y.has_value());
    return AffinePoint<Fp2>::at(x, sign(*y) == sign(u) ? *y : -*y);
}

JacobianPoint<Fp2> isogeny(const AffinePoint<Fp2>& point) {
    const Fp2 z = point.x - kKernelX;
    const Fp2 zz = z.square();
    const Fp2 tz = kVeluT * z;
    const Fp2 x = (point.x * zz + tz + kVeluU) * kNinth;
    const Fp2 y = point.y * (zz * z - tz - kVeluU.doubled()) * kMinus27th;
    return {x, y, z};
}

} // namespace

std::array<std::uint8_t, kExpandedSize> expand_message(ByteView message, ByteView tag) {
    constexpr std::size_t kDigest = 32;
    constexpr std::array<std::uint8_t, Sha256::kBlockSize> kPadding{};
    constexpr std::array<std::uint8_t, 3> kLength{kExpandedSize >> 8, kExpandedSize & 255, 0};
    FATHOM_ASSERT(tag.size() <= 255);
    const std::array<std::uint8_t, 1> tag_size{static_cast<std::uint8_t>(tag.size())};
    const Sha256Digest first = Sha256()
                                   .update(kPadding)
                                   .update(message)
                                   .update(kLength)
                                   .update(tag)
                                   .update(tag_size)
                                   .finish();
    std::array<std::uint8_t, kExpandedSize> expanded;
    Sha256Digest block{};
    for (std::size_t i = 0; i < kExpandedSize / kDigest; ++i) {
        for (std::size_t n = 0; n < kDigest; ++n) block[n] ^= first[n];
        const std::array<std::uint8_t, 1> index{static_cast<std::uint8_t>(i + 1)};
        block = Sha256().update(block).update(index).update(tag).update(tag_size).finish();
        std::ranges::copy(block, expanded.begin() + static_cast<std::ptrdiff_t>(i * kDigest));
    }
    return expanded;
}

G2 hash_to_g2(ByteView message, ByteView tag) {
    const auto bytes = expand_message(message, tag);
    JacobianPoint<Fp2> sum;
    for (const std::size_t start : {std::size_t{0}, kExpandedSize / 2}) {
        const std::uint8_t* at = bytes.data() + start;
        sum = sum + isogeny(map_to_isogenous({reduce_wide(at), reduce_wide(at + 64)}));
    }
    return clear_cofactor(sum).to_affine();
}

} // namespace fathom::crypto::bls12_381
