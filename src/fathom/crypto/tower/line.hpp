// SPDX-License-Identifier: Apache-2.0
// Steps of a Miller loop: lines through points of a sextic twist.
#pragma once

#include "fathom/crypto/short_weierstrass.hpp"

namespace fathom::crypto::tower {

/// The line through two points of the twist with slope s and a point (x, y) on it: a function of a
/// point P of the curve, with the coefficients 1 for y_P, -s for x_P and s·x - y as constant, all
/// times a factor in Fp2 that the final exponentiation removes. Which powers of w they go with
/// depends on the twist's type.
template <class Fp2> struct Line {
    Fp2 at_y;
    Fp2 at_x;
    Fp2 constant;
};

/// Doubles `t`, which is not the identity, and gives the tangent, scaled by 2yz³.
template <class Fp2> [[nodiscard]] Line<Fp2> double_step(JacobianPoint<Fp2>& t) {
    const Fp2 xx = t.x.square();
    const Fp2 zz = t.z.square();
    const Fp2 slope = xx.doubled() + xx;
    const Fp2 constant = slope * t.x - t.y.square().doubled();
    t = t.doubled();
    return {t.z * zz, -(slope * zz), constant};
}

/// Adds `q` to `t` and gives the chord, scaled by z of the sum. They are neither equal nor
/// opposite, nor the identity.
template <class Fp2>
[[nodiscard]] Line<Fp2> add_step(JacobianPoint<Fp2>& t, const AffinePoint<Fp2>& q) {
    const Fp2 zz = t.z.square();
    const Fp2 h = q.x * zz - t.x;
    const Fp2 slope = q.y * t.z * zz - t.y;
    const Fp2 hh = h.square();
    const Fp2 hhh = hh * h;
    const Fp2 v = t.x * hh;
    const Fp2 x = slope.square() - hhh - v.doubled();
    t = {x, slope * (v - x) - t.y * hhh, t.z * h};
    return {t.z, -slope, slope * q.x - q.y * t.z};
}

} // namespace fathom::crypto::tower
