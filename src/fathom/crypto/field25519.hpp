// SPDX-License-Identifier: Apache-2.0
// The field of integers modulo p = 2^255 - 19, in five limbs of 51 bits.
#pragma once

#include "fathom/base/integers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto {

/// A field element: the sum of limb[i]·2^(51·i), not necessarily less than p.
///
/// Bounds: "tight" limbs are below 2^51 + 2^13, "loose" limbs below 2^54. Multiplication takes
/// loose and gives tight. A sum of two tight elements, or a difference of what is written at
/// operator-, is loose; nothing carries in between. Everything here is constant time but for the
/// functions whose comment says otherwise.
struct Field25519 {
    static constexpr std::uint64_t kMask = (std::uint64_t{1} << 51) - 1;

    std::array<std::uint64_t, 5> limb;

    static constexpr Field25519 zero() { return {{0, 0, 0, 0, 0}}; }
    static constexpr Field25519 one() { return {{1, 0, 0, 0, 0}}; }

    /// From 32 little-endian bytes; the top bit is ignored and values from p to 2^255 - 1 wrap.
    [[nodiscard]] static Field25519 from_bytes(const std::uint8_t* bytes);

    /// The canonical encoding.
    [[nodiscard]] std::array<std::uint8_t, 32> to_bytes() const;

    [[nodiscard]] bool is_zero() const;

    /// Lowest bit of the canonical encoding.
    [[nodiscard]] bool is_negative() const;

    [[nodiscard]] Field25519 square() const;
    /// 2·a², tight.
    [[nodiscard]] Field25519 square_doubled() const;
    /// a^(2^count), count ≥ 1.
    [[nodiscard]] Field25519 square_times(unsigned count) const;
    /// a^(p-2): the inverse, and zero for zero.
    [[nodiscard]] Field25519 invert() const;
    /// a^((p-5)/8).
    [[nodiscard]] Field25519 pow_p58() const;
    /// 1 for a non-zero square, -1 for a non-square, 0 for zero. Variable time, a quarter of that
    /// of a power.
    [[nodiscard]] int legendre() const;

    /// The same value with tight limbs.
    [[nodiscard]] Field25519 carried() const {
        const auto& a = limb;
        const std::uint64_t top = a[4] >> 51;
        return {{(a[0] & kMask) + top * 19, (a[1] & kMask) + (a[0] >> 51),
                 (a[2] & kMask) + (a[1] >> 51), (a[3] & kMask) + (a[2] >> 51),
                 (a[4] & kMask) + (a[3] >> 51)}};
    }
};

/// The limbs are added as they are.
[[nodiscard]] inline Field25519 operator+(const Field25519& a, const Field25519& b) {
    Field25519 sum;
    for (std::size_t i = 0; i < 5; ++i) sum.limb[i] = a.limb[i] + b.limb[i];
    return sum;
}

/// a + 4p - b: loose if a is a sum of at most two, and b of at most three, tight elements.
[[nodiscard]] inline Field25519 operator-(const Field25519& a, const Field25519& b) {
    constexpr std::uint64_t low = 4 * (Field25519::kMask - 18);
    constexpr std::uint64_t high = 4 * Field25519::kMask;
    return {{a.limb[0] + low - b.limb[0], a.limb[1] + high - b.limb[1],
             a.limb[2] + high - b.limb[2], a.limb[3] + high - b.limb[3],
             a.limb[4] + high - b.limb[4]}};
}

[[nodiscard]] inline Field25519 operator-(const Field25519& a) {
    return (Field25519::zero() - a).carried();
}

namespace detail {

/// Carries column sums below 2^115 (the fifth below 2^111) into tight limbs.
[[nodiscard]] inline Field25519 carry_columns(uint128_t c0, uint128_t c1, uint128_t c2,
                                              uint128_t c3, uint128_t c4) {
    constexpr std::uint64_t mask = Field25519::kMask;
    c1 += static_cast<std::uint64_t>(c0 >> 51);
    c2 += static_cast<std::uint64_t>(c1 >> 51);
    c3 += static_cast<std::uint64_t>(c2 >> 51);
    c4 += static_cast<std::uint64_t>(c3 >> 51);
    const std::uint64_t wrapped =
        (static_cast<std::uint64_t>(c0) & mask) + static_cast<std::uint64_t>(c4 >> 51) * 19;
    return {{wrapped & mask, (static_cast<std::uint64_t>(c1) & mask) + (wrapped >> 51),
             static_cast<std::uint64_t>(c2) & mask, static_cast<std::uint64_t>(c3) & mask,
             static_cast<std::uint64_t>(c4) & mask}};
}

} // namespace detail

[[nodiscard]] inline Field25519 operator*(const Field25519& left, const Field25519& right) {
    const auto& a = left.limb;
    const auto& b = right.limb;
    const std::uint64_t b1 = b[1] * 19;
    const std::uint64_t b2 = b[2] * 19;
    const std::uint64_t b3 = b[3] * 19;
    const std::uint64_t b4 = b[4] * 19;
    const auto mul = [](std::uint64_t x, std::uint64_t y) { return uint128_t{x} * y; };
    return detail::carry_columns(
        mul(a[0], b[0]) + mul(a[4], b1) + mul(a[3], b2) + mul(a[2], b3) + mul(a[1], b4),
        mul(a[1], b[0]) + mul(a[0], b[1]) + mul(a[4], b2) + mul(a[3], b3) + mul(a[2], b4),
        mul(a[2], b[0]) + mul(a[1], b[1]) + mul(a[0], b[2]) + mul(a[4], b3) + mul(a[3], b4),
        mul(a[3], b[0]) + mul(a[2], b[1]) + mul(a[1], b[2]) + mul(a[0], b[3]) + mul(a[4], b4),
        mul(a[4], b[0]) + mul(a[3], b[1]) + mul(a[2], b[2]) + mul(a[1], b[3]) + mul(a[0], b[4]));
}

[[nodiscard]] inline Field25519 Field25519::square() const {
    const auto& a = limb;
    const std::uint64_t a3 = a[3] * 19;
    const std::uint64_t a4 = a[4] * 19;
    const auto mul = [](std::uint64_t x, std::uint64_t y) { return uint128_t{x} * y; };
    return detail::carry_columns(mul(a[0], a[0]) + 2 * (mul(a[1], a4) + mul(a[2], a3)),
                                 mul(a[3], a3) + 2 * (mul(a[0], a[1]) + mul(a[2], a4)),
                                 mul(a[1], a[1]) + 2 * (mul(a[0], a[2]) + mul(a[4], a3)),
                                 mul(a[4], a4) + 2 * (mul(a[0], a[3]) + mul(a[1], a[2])),
                                 mul(a[2], a[2]) + 2 * (mul(a[0], a[4]) + mul(a[1], a[3])));
}

[[nodiscard]] inline Field25519 Field25519::square_doubled() const {
    const Field25519 squared = square();
    return (squared + squared).carried();
}

/// Equal as field elements; both at most the sum of two tight ones.
[[nodiscard]] bool operator==(const Field25519& a, const Field25519& b);

/// `b` if `second`, else `a`, without a branch.
[[nodiscard]] inline Field25519 select(const Field25519& a, const Field25519& b, bool second) {
    const std::uint64_t mask = std::uint64_t{0} - std::uint64_t{second};
    Field25519 chosen;
    for (std::size_t i = 0; i < 5; ++i) {
        chosen.limb[i] = a.limb[i] ^ (mask & (a.limb[i] ^ b.limb[i]));
    }
    return chosen;
}

/// A square root of a ratio, as RFC 9496 section 4.2 defines SQRT_RATIO_M1.
struct SqrtRatio {
    /// The non-negative root of u/v, or of sqrt(-1)·u/v if u/v is not a square; zero for zero.
    Field25519 root;
    /// u/v is a square: also for u = 0, but not for v = 0 with u ≠ 0.
    bool is_square;
};

/// Both tight.
[[nodiscard]] SqrtRatio sqrt_ratio(const Field25519& u, const Field25519& v);

/// Whether u/v is a square in the sense of SqrtRatio; both tight. Variable time.
[[nodiscard]] bool is_square_ratio(const Field25519& u, const Field25519& v);

/// The constant d of the curve: -121665/121666.
inline constexpr Field25519 kEdwardsD{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
inline constexpr Field25519 kEdwards2D{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
/// The non-negative square root of -1.
inline constexpr Field25519 kSqrtMinusOne{
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

} // namespace fathom::crypto
