// SPDX-License-Identifier: Apache-2.0
// The quadratic extension Fp6[w]/(w² - v): the field that pairings take values in.
#pragma once

#include "fathom/crypto/tower/fp6.hpp"

#include <cstdint>

namespace fathom::crypto::tower {

/// c0 + c1·w. `Curve` is as for Fp6 and has kFrobenius[i] = ξ^(i·(p-1)/6) for i from 0 to 5.
template <class Curve> struct Fp12 {
    using Fp2 = typename Curve::Fp2;
    using Fp6 = tower::Fp6<Curve>;

    Fp6 c0;
    Fp6 c1;

    static constexpr Fp12 one() { return {Fp6::one(), Fp6::zero()}; }

    /// The p^6-th power; the inverse of an element of the cyclotomic subgroup.
    [[nodiscard]] Fp12 conjugate() const { return {c0, -c1}; }

    [[nodiscard]] Fp12 square() const {
        const Fp6 product = c0 * c1;
        const Fp6 mixed = (c0 + c1) * (c0 + c1.times_v());
        return {mixed - product - product.times_v(), product + product};
    }

    /// The inverse, and zero for zero.
    [[nodiscard]] Fp12 inverse() const {
        const Fp6 scale = (c0.square() - c1.square().times_v()).inverse();
        return {c0 * scale, -(c1 * scale)};
    }

    /// The p-th power: every coefficient of a power of w is conjugated and scaled.
    [[nodiscard]] Fp12 frobenius() const {
        const auto& power = Curve::kFrobenius;
        return {{c0.c0.conjugate(), c0.c1.conjugate() * power[2], c0.c2.conjugate() * power[4]},
                {c1.c0.conjugate() * power[1], c1.c1.conjugate() * power[3],
                 c1.c2.conjugate() * power[5]}};
    }

    /// The product with a0 + (b0 + b1·v)·w, the shape of a line on a D-type twist.
    [[nodiscard]] Fp12 times_034(const Fp2& a0, const Fp2& b0, const Fp2& b1) const {
        const Fp6 low = c0.times(a0);
        const Fp6 high = c1.times_01(b0, b1);
        return {low + high.times_v(), (c0 + c1).times_01(a0 + b0, b1) - low - high};
    }

    /// The product with a0 + a1·v + b1·v·w, the shape of a line on an M-type twist.
    [[nodiscard]] Fp12 times_014(const Fp2& a0, const Fp2& a1, const Fp2& b1) const {
        const Fp6 low = c0.times_01(a0, a1);
        const Fp6 high = c1.times_1(b1);
        return {low + high.times_v(), (c0 + c1).times_01(a0, a1 + b1) - low - high};
    }

    /// The square of an element of the cyclotomic subgroup (Granger and Scott, 2010): three
    /// squarings in Fp4 instead of two products in Fp6.
    [[nodiscard]] Fp12 cyclotomic_square() const {
        const Fp4Square a = square_fp4(c0.c0, c1.c1);
        const Fp4Square b = square_fp4(c1.c0, c0.c2);
        const Fp4Square c = square_fp4(c0.c1, c1.c2);
        return {{minus(a.low, c0.c0), minus(b.low, c0.c1), minus(c.low, c0.c2)},
                {plus(Curve::times_xi(c.high), c1.c0), plus(a.high, c1.c1), plus(b.high, c1.c2)}};
    }

    /// An element of the cyclotomic subgroup to the power `exponent` ≥ 1.
    [[nodiscard]] Fp12 cyclotomic_power(std::uint64_t exponent) const {
        Fp12 result = *this;
        for (int bit = 62 - __builtin_clzll(exponent); bit >= 0; --bit) {
            result = result.cyclotomic_square();
            if (((exponent >> bit) & 1) != 0) result = result * *this;
        }
        return result;
    }

    friend Fp12 operator*(const Fp12& a, const Fp12& b) {
        const Fp6 low = a.c0 * b.c0;
        const Fp6 high = a.c1 * b.c1;
        return {low + high.times_v(), (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
    }

    friend bool operator==(const Fp12&, const Fp12&) = default;

private:
    struct Fp4Square {
        Fp2 low;
        Fp2 high;
    };

    /// (a + b·s)² for s² = ξ.
    static Fp4Square square_fp4(const Fp2& a, const Fp2& b) {
        const Fp2 a2 = a.square();
        const Fp2 b2 = b.square();
        return {Curve::times_xi(b2) + a2, (a + b).square() - a2 - b2};
    }

    /// 3t - 2z and 3t + 2z.
    static Fp2 minus(const Fp2& t, const Fp2& z) { return (t - z).doubled() + t; }
    static Fp2 plus(const Fp2& t, const Fp2& z) { return (t + z).doubled() + t; }
};

} // namespace fathom::crypto::tower
