// SPDX-License-Identifier: Apache-2.0
// edwards25519: encoding, group operations, multiplication by one and by two scalars.
#include "fathom/crypto/edwards25519.hpp"

#include "fathom/crypto/edwards25519_formulas.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#include "fathom/crypto/x86/edwards25519_ifma.hpp"

#include <algorithm>
#include <utility>

namespace fathom::crypto {
namespace {

using detail::CompletedPoint;
using detail::OddMultiples;
using detail::PreparedAffine;
using detail::PreparedPoint;
using detail::ProjectivePoint;

/// y² - 1 and d·y² + 1, whose ratio is x². The denominator is never zero, as -1/d is no square.
std::pair<Field25519, Field25519> x_squared(const Field25519& y) {
    const Field25519 yy = y.square();
    return {(yy - Field25519::one()).carried(), (yy * kEdwardsD + Field25519::one()).carried()};
}

PreparedAffine affine(const EdwardsPoint& point) {
    const Field25519 inverse = point.z.invert();
    const Field25519 x = point.x * inverse;
    const Field25519 y = point.y * inverse;
    return {(y + x).carried(), (y - x).carried(), x * y * kEdwards2D};
}

/// B, 3B, 5B, ..., 127B, for a width-8 non-adjacent form.
using BaseMultiples = std::array<PreparedAffine, 64>;

const BaseMultiples& base_multiples() {
    static const BaseMultiples table = [] {
        BaseMultiples multiples;
        EdwardsPoint current = EdwardsPoint::base();
        const EdwardsPoint twofold = current.doubled();
        for (PreparedAffine& multiple : multiples) {
            multiple = affine(current);
            current = current + twofold;
        }
        return multiples;
    }();
    return table;
}

CompletedPoint add_base(const EdwardsPoint& p, const BaseMultiples& table, int digit) {
    if (digit > 0) return detail::add(p, table[static_cast<std::size_t>(digit) / 2]);
    return detail::subtract(p, table[static_cast<std::size_t>(-digit) / 2]);
}

ProjectivePoint without_t(const EdwardsPoint& p) {
    return {p.x, p.y, p.z};
}

} // namespace

EdwardsPoint EdwardsPoint::base() {
    constexpr Field25519 x{
        {0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}};
    constexpr Field25519 y{
        {0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}};
    constexpr Field25519 t{
        {0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7}};
    return {x, y, Field25519::one(), t};
}

std::optional<EdwardsPoint> EdwardsPoint::decompress(const std::uint8_t* bytes32) {
    const Field25519 y = Field25519::from_bytes(bytes32);
    const auto [u, v] = x_squared(y);
    const SqrtRatio root = sqrt_ratio(u, v);
    if (!root.is_square) return std::nullopt;
    const Field25519 x = (bytes32[31] & 0x80) != 0 ? -root.root : root.root;
    return EdwardsPoint{x, y, Field25519::one(), x * y};
}

std::array<std::uint8_t, 32> EdwardsPoint::compress() const {
    const Field25519 inverse = z.invert();
    auto bytes = (y * inverse).to_bytes();
    const bool sign = (x * inverse).is_negative();
    bytes[31] = static_cast<std::uint8_t>(bytes[31] | (sign ? 0x80 : 0));
    return bytes;
}

bool EdwardsPoint::is_identity() const {
    return x.is_zero() && y == z;
}

bool EdwardsPoint::is_small_order() const {
    return times_cofactor().is_identity();
}

EdwardsPoint EdwardsPoint::doubled() const {
    return detail::twice(without_t(*this)).extended();
}

bool operator==(const EdwardsPoint& a, const EdwardsPoint& b) {
    return a.x * b.z == b.x * a.z && a.y * b.z == b.y * a.z;
}

EdwardsPoint operator+(const EdwardsPoint& a, const EdwardsPoint& b) {
    return detail::add(a, PreparedPoint::from(b)).extended();
}

EdwardsPoint operator-(const EdwardsPoint& a, const EdwardsPoint& b) {
    return detail::subtract(a, PreparedPoint::from(b)).extended();
}

EdwardsPoint operator-(const EdwardsPoint& a) {
    return {-a.x, a.y, a.z, -a.t};
}

EdwardsPoint operator*(const Scalar25519& scalar, const EdwardsPoint& point) {
#if defined(__x86_64__)
    if (x86::kCpu.avx512_ifma) return x86::double_multiply_base_ifma(scalar, point, {});
#endif
    const NonAdjacentForm digits = non_adjacent_form(scalar, 5);
    const auto top =
        std::find_if(digits.rbegin(), digits.rend(), [](int digit) { return digit != 0; });
    const OddMultiples multiples(point);
    EdwardsPoint result = EdwardsPoint::identity();
    ProjectivePoint current = without_t(result);
    for (auto digit = top; digit != digits.rend(); ++digit) {
        CompletedPoint completed = detail::twice(current);
        if (*digit != 0) completed = multiples.add_to(completed.extended(), *digit);
        // Only the last turn needs T of the sum.
        if (std::next(digit) == digits.rend()) result = completed.extended();
        current = completed.projective();
    }
    return result;
}

EdwardsPoint double_multiply_base(const Scalar25519& a, const EdwardsPoint& point,
                                  const Scalar25519& b) {
#if defined(__x86_64__)
    if (x86::kCpu.avx512_ifma) return x86::double_multiply_base_ifma(a, point, b);
#endif
    const NonAdjacentForm a_digits = non_adjacent_form(a, 5);
    const NonAdjacentForm b_digits = non_adjacent_form(b, 8);
    const OddMultiples multiples(point);
    const BaseMultiples& base = base_multiples();
    std::size_t top = a_digits.size();
    while (top != 0 && a_digits[top - 1] == 0 && b_digits[top - 1] == 0) --top;
    EdwardsPoint result = EdwardsPoint::identity();
    ProjectivePoint current = without_t(result);
    for (std::size_t i = top; i-- != 0;) {
        CompletedPoint completed = detail::twice(current);
        if (a_digits[i] != 0) completed = multiples.add_to(completed.extended(), a_digits[i]);
        if (b_digits[i] != 0) completed = add_base(completed.extended(), base, b_digits[i]);
        if (i == 0) result = completed.extended();
        current = completed.projective();
    }
    return result;
}

bool is_on_curve(const std::uint8_t* bytes32) {
    const auto [u, v] = x_squared(Field25519::from_bytes(bytes32));
    return is_square_ratio(u, v);
}

} // namespace fathom::crypto
