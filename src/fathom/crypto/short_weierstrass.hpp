// SPDX-License-Identifier: Apache-2.0
// Points of curves y² = x³ + b over any field, and multiples of them in variable time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace fathom::crypto {

/// (x, y), or the identity, whose coordinates are zero.
template <class Field> struct AffinePoint {
    Field x;
    Field y;
    bool is_identity = true;

    /// Says nothing about being on a curve.
    static AffinePoint at(const Field& x, const Field& y) { return {x, y, false}; }

    [[nodiscard]] bool is_on_curve(const Field& b) const {
        return is_identity || y.square() == x.square() * x + b;
    }

    friend AffinePoint operator-(const AffinePoint& a) { return {a.x, -a.y, a.is_identity}; }
    friend bool operator==(const AffinePoint&, const AffinePoint&) = default;
};

/// (x/z², y/z³), the identity if z is zero. The formulas use neither b nor the group's order, so
/// they hold for every point on every such curve.
template <class Field> struct JacobianPoint {
    Field x = Field::one();
    Field y = Field::one();
    Field z;

    JacobianPoint() = default;
    JacobianPoint(const Field& x_value, const Field& y_value, const Field& z_value)
        : x(x_value), y(y_value), z(z_value) {}
    explicit JacobianPoint(const AffinePoint<Field>& point) {
        if (!point.is_identity) *this = {point.x, point.y, Field::one()};
    }

    [[nodiscard]] bool is_identity() const { return z.is_zero(); }

    [[nodiscard]] AffinePoint<Field> to_affine() const {
        if (is_identity()) return {};
        const Field scale = z.inverse();
        const Field square = scale.square();
        return AffinePoint<Field>::at(x * square, y * square * scale);
    }

    /// dbl-2009-l. A point with y = 0 gives z = 0, as it must.
    [[nodiscard]] JacobianPoint doubled() const {
        const Field a = x.square();
        const Field b = y.square();
        const Field c = b.square();
        const Field d = ((x + b).square() - a - c).doubled();
        const Field e = a.doubled() + a;
        const Field x3 = e.square() - d.doubled();
        return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
    }

    /// add-2007-bl, and doubling if both are the same.
    friend JacobianPoint operator+(const JacobianPoint& p, const JacobianPoint& q) {
        if (p.is_identity()) return q;
        if (q.is_identity()) return p;
        const Field z1z1 = p.z.square();
        const Field z2z2 = q.z.square();
        const Field u1 = p.x * z2z2;
        const Field h = q.x * z1z1 - u1;
        const Field s1 = p.y * q.z * z2z2;
        const Field s = q.y * p.z * z1z1 - s1;
        if (h.is_zero()) return s.is_zero() ? p.doubled() : JacobianPoint();
        return p.chord(u1, s1, h, s, ((p.z + q.z).square() - z1z1 - z2z2) * h);
    }

    friend JacobianPoint operator+(const JacobianPoint& p, const AffinePoint<Field>& q) {
        if (p.is_identity()) return JacobianPoint(q);
        if (q.is_identity) return p;
        const Field z1z1 = p.z.square();
        const Field h = q.x * z1z1 - p.x;
        const Field s = q.y * p.z * z1z1 - p.y;
        if (h.is_zero()) return s.is_zero() ? p.doubled() : JacobianPoint();
        return p.chord(p.x, p.y, h, s, (p.z * h).doubled());
    }

    friend JacobianPoint operator-(const JacobianPoint& p) { return {p.x, -p.y, p.z}; }

    /// Same point, whatever the representation.
    friend bool operator==(const JacobianPoint& p, const JacobianPoint& q) {
        if (p.is_identity() || q.is_identity()) return p.is_identity() == q.is_identity();
        const Field z1z1 = p.z.square();
        const Field z2z2 = q.z.square();
        return p.x * z2z2 == q.x * z1z1 && p.y * q.z * z2z2 == q.y * p.z * z1z1;
    }

private:
    /// The sum of distinct points, from the differences h of x and s of y brought to one z.
    static JacobianPoint chord(const Field& u1, const Field& s1, const Field& h, const Field& s,
                               const Field& z3) {
        const Field i = h.doubled().square();
        const Field j = h * i;
        const Field r = s.doubled();
        const Field v = u1 * i;
        const Field x3 = r.square() - j - v.doubled();
        return {x3, r * (v - x3) - (s1 * j).doubled(), z3};
    }
};

/// Signed digits of an integer below 2^256, lowest first: non-zero ones are odd, at most 15 in
/// magnitude and at least five places apart.
using SignedDigits = std::array<std::int8_t, 257>;

[[nodiscard]] inline SignedDigits signed_digits(std::span<const std::uint64_t> integer) {
    SignedDigits digits{};
    const auto bits_at = [&](std::size_t position) {
        const std::size_t word = position / 64;
        const std::size_t shift = position % 64;
        std::uint64_t bits = word < integer.size() ? integer[word] >> shift : 0;
        if (shift != 0 && word + 1 < integer.size()) bits |= integer[word + 1] << (64 - shift);
        return bits & 31;
    };
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < digits.size();) {
        const std::uint64_t window = bits_at(i) + carry;
        if ((window & 1) == 0) {
            ++i;
            continue;
        }
        carry = window > 16 ? 1 : 0;
        digits[i] = static_cast<std::int8_t>(static_cast<int>(window) - (carry != 0 ? 32 : 0));
        i += 5;
    }
    return digits;
}

/// The multiples 1, 3, …, 15 of a point.
template <class Field> using OddMultiples = std::array<JacobianPoint<Field>, 8>;

template <class Field>
[[nodiscard]] OddMultiples<Field> odd_multiples(const JacobianPoint<Field>& point) {
    OddMultiples<Field> multiples;
    multiples[0] = point;
    const JacobianPoint<Field> twice = point.doubled();
    for (std::size_t i = 1; i < multiples.size(); ++i) multiples[i] = multiples[i - 1] + twice;
    return multiples;
}

/// The sum of digits[i] times the point of table i, doublings shared.
template <class Field, std::size_t N>
[[nodiscard]] JacobianPoint<Field> multiply_sum(const std::array<OddMultiples<Field>, N>& tables,
                                                const std::array<SignedDigits, N>& digits) {
    JacobianPoint<Field> sum;
    for (std::size_t i = SignedDigits().size(); i-- > 0;) {
        if (!sum.is_identity()) sum = sum.doubled();
        for (std::size_t n = 0; n < N; ++n) {
            const int digit = digits[n][i];
            if (digit > 0) sum = sum + tables[n][static_cast<std::size_t>(digit / 2)];
            if (digit < 0) sum = sum + -tables[n][static_cast<std::size_t>(-digit / 2)];
        }
    }
    return sum;
}

/// `integer` times the point, for an integer below 2^256, whatever the point's order.
template <class Field>
[[nodiscard]] JacobianPoint<Field> multiply(const AffinePoint<Field>& point,
                                            std::span<const std::uint64_t> integer) {
    const std::array<OddMultiples<Field>, 1> tables{odd_multiples(JacobianPoint<Field>(point))};
    const std::array<SignedDigits, 1> digits{signed_digits(integer)};
    return multiply_sum(tables, digits);
}

} // namespace fathom::crypto
