// SPDX-License-Identifier: Apache-2.0
// The cubic extension Fp2[v]/(v³ - ξ) of the pairing tower.
#pragma once

namespace fathom::crypto::tower {

/// c0 + c1·v + c2·v². `Curve` names the field Fp2 and multiplies by ξ (Curve::times_xi).
template <class Curve> struct Fp6 {
    using Fp2 = typename Curve::Fp2;

    Fp2 c0;
    Fp2 c1;
    Fp2 c2;

    static constexpr Fp6 zero() { return {}; }
    static constexpr Fp6 one() { return {Fp2::one(), Fp2::zero(), Fp2::zero()}; }

    [[nodiscard]] Fp6 times_v() const { return {Curve::times_xi(c2), c0, c1}; }

    [[nodiscard]] Fp6 times(const Fp2& a) const { return {c0 * a, c1 * a, c2 * a}; }

    /// The product with b0 + b1·v.
    [[nodiscard]] Fp6 times_01(const Fp2& b0, const Fp2& b1) const {
        const Fp2 t0 = c0 * b0;
        const Fp2 t1 = c1 * b1;
        return {Curve::times_xi((c1 + c2) * b1 - t1) + t0, (c0 + c1) * (b0 + b1) - t0 - t1,
                (c0 + c2) * b0 - t0 + t1};
    }

    /// The product with b1·v.
    [[nodiscard]] Fp6 times_1(const Fp2& b1) const {
        return {Curve::times_xi(c2 * b1), c0 * b1, c1 * b1};
    }

    [[nodiscard]] Fp6 square() const {
        const Fp2 s0 = c0.square();
        const Fp2 s1 = (c0 * c1).doubled();
        const Fp2 s2 = (c0 - c1 + c2).square();
        const Fp2 s3 = (c1 * c2).doubled();
        const Fp2 s4 = c2.square();
        return {s0 + Curve::times_xi(s3), s1 + Curve::times_xi(s4), s1 + s2 + s3 - s0 - s4};
    }

    /// The inverse, and zero for zero.
    [[nodiscard]] Fp6 inverse() const {
        const Fp2 t0 = c0.square() - Curve::times_xi(c1 * c2);
        const Fp2 t1 = Curve::times_xi(c2.square()) - c0 * c1;
        const Fp2 t2 = c1.square() - c0 * c2;
        const Fp2 scale = (c0 * t0 + Curve::times_xi(c2 * t1 + c1 * t2)).inverse();
        return {t0 * scale, t1 * scale, t2 * scale};
    }

    friend Fp6 operator+(const Fp6& a, const Fp6& b) {
        return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
    }
    friend Fp6 operator-(const Fp6& a, const Fp6& b) {
        return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
    }
    friend Fp6 operator-(const Fp6& a) { return {-a.c0, -a.c1, -a.c2}; }

    friend Fp6 operator*(const Fp6& a, const Fp6& b) {
        const Fp2 t0 = a.c0 * b.c0;
        const Fp2 t1 = a.c1 * b.c1;
        const Fp2 t2 = a.c2 * b.c2;
        return {Curve::times_xi((a.c1 + a.c2) * (b.c1 + b.c2) - t1 - t2) + t0,
                (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1 + Curve::times_xi(t2),
                (a.c0 + a.c2) * (b.c0 + b.c2) - t0 - t2 + t1};
    }

    friend bool operator==(const Fp6&, const Fp6&) = default;
};

} // namespace fathom::crypto::tower
