// SPDX-License-Identifier: Apache-2.0
// The ate pairing on BLS12-381: Miller loop with shared squarings and final exponentiation.
#include "fathom/crypto/bls12_381_pairing.hpp"

#include "fathom/crypto/tower/line.hpp"

#include <array>

namespace fathom::crypto::bls12_381 {
namespace {

/// With the untwist (x, y) → (x/w², y/w³) and a factor w³, which the final exponentiation removes,
/// the line has the constant at 1, x_P at w² and y_P at w³.
Fp12 times_line(const Fp12& f, const tower::Line<Fp2>& line, const G1& p) {
    return f.times_014(line.constant, line.at_x * p.x, line.at_y * p.y);
}

/// One pair on its way through the loop.
struct Walk {
    G1 p;
    G2 q;
    JacobianPoint<Fp2> t;
};

/// To the power -z, in the cyclotomic subgroup.
Fp12 power_of_parameter(const Fp12& a) {
    return a.cyclotomic_power(kZ).conjugate();
}

} // namespace

Fp12 miller_loop(std::span<const Pair> pairs) {
    std::array<Walk, kMaxPairs> walks;
    std::size_t count = 0;
    for (const Pair& pair : pairs) {
        if (pair.p.is_identity || pair.q.is_identity) continue;
        walks[count++] = {pair.p, pair.q, JacobianPoint<Fp2>(pair.q)};
    }
    const std::span<Walk> active(walks.data(), count);
    Fp12 f = Fp12::one();
    for (int bit = 62; bit >= 0; --bit) {
        f = f.square();
        for (Walk& walk : active) f = times_line(f, tower::double_step(walk.t), walk.p);
        if (((kZ >> bit) & 1) == 0) continue;
        for (Walk& walk : active) f = times_line(f, tower::add_step(walk.t, walk.q), walk.p);
    }
    return f.conjugate();
}

/// With x = -z the hard part is (x - 1)²·(x + p)·(x² + p² - 1) + 3 = 3·(p⁴ - p² + 1)/r (Hayashida,
/// Hayasaka and Teruya, 2020), the same multiple that blst computes.
Fp12 final_exponentiation(const Fp12& f) {
    const Fp12 half = f.conjugate() * f.inverse();
    const Fp12 g = half.frobenius().frobenius() * half;
    const Fp12 a = power_of_parameter(g) * g.conjugate();
    const Fp12 b = power_of_parameter(a) * a.conjugate();
    const Fp12 c = power_of_parameter(b) * b.frobenius();
    const Fp12 d =
        power_of_parameter(power_of_parameter(c)) * c.frobenius().frobenius() * c.conjugate();
    return d * g.cyclotomic_square() * g;
}

} // namespace fathom::crypto::bls12_381
