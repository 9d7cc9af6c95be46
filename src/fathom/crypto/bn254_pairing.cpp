// SPDX-License-Identifier: Apache-2.0
// The optimal ate pairing on BN254: Miller loop with shared squarings and final exponentiation.
#include "fathom/crypto/bn254_pairing.hpp"

#include "fathom/crypto/tower/line.hpp"

#include <algorithm>
#include <array>

namespace fathom::crypto::bn254 {
namespace {

using Line = tower::Line<Fp2>;

/// With the untwist (x, y) → (xw², yw³) the line has y_P at 1, x_P at w and the constant at w³.
Fp12 times_line(const Fp12& f, const Line& line, const G1& p) {
    return f.times_034(line.at_y * p.y, line.at_x * p.x, line.constant);
}

/// One pair on its way through the loop.
struct Walk {
    G1 p;
    G2 q;
    JacobianPoint<Fp2> t;
};

/// Signed binary digits of 6x + 2, lowest first, no two neighbours non-zero.
constexpr std::array<std::int8_t, 66> kLoop = [] {
    std::array<std::int8_t, 66> digits{};
    uint128_t rest = uint128_t{6} * kX + 2;
    for (std::int8_t& digit : digits) {
        if ((rest & 1) != 0) {
            digit = (rest & 2) == 0 ? 1 : -1;
            rest = digit > 0 ? rest - 1 : rest + 1;
        }
        rest /= 2;
    }
    return digits;
}();
static_assert(kLoop[65] == 1);

Fp12 power_x(const Fp12& a) {
    return a.cyclotomic_power(kX);
}

} // namespace

Fp12 miller_loop(std::span<const Pair> pairs) {
    std::array<Walk, kMaxPairsPerLoop> walks;
    std::size_t count = 0;
    for (const Pair& pair : pairs) {
        if (pair.p.is_identity || pair.q.is_identity) continue;
        walks[count++] = {pair.p, pair.q, JacobianPoint<Fp2>(pair.q)};
    }
    const std::span<Walk> active(walks.data(), count);
    Fp12 f = Fp12::one();
    for (std::size_t i = kLoop.size() - 1; i-- > 0;) {
        f = f.square();
        for (Walk& walk : active) f = times_line(f, tower::double_step(walk.t), walk.p);
        if (kLoop[i] == 0) continue;
        for (Walk& walk : active) {
            f = times_line(f, tower::add_step(walk.t, kLoop[i] > 0 ? walk.q : -walk.q), walk.p);
        }
    }
    for (Walk& walk : active) {
        const G2 first = frobenius(walk.q);
        const G2 second = -frobenius(first);
        f = times_line(f, tower::add_step(walk.t, first), walk.p);
        f = times_line(f, tower::add_step(walk.t, second), walk.p);
    }
    return f;
}

/// The hard part is that of Fuentes-Castañeda, Knapp and Rodríguez-Henríquez (2011):
/// f^(λ0 + λ1·p + λ2·p² + λ3·p³) with λ0 = 1 + 6x + 12x² + 12x³, λ1 = 4x + 6x² + 12x³,
/// λ2 = 6x + 6x² + 12x³ and λ3 = -1 + 4x + 6x² + 12x³.
Fp12 final_exponentiation(const Fp12& f) {
    const Fp12 half = f.conjugate() * f.inverse();
    const Fp12 g = half.frobenius().frobenius() * half;
    const Fp12 g2x = power_x(g).cyclotomic_square();
    const Fp12 g4x = g2x.cyclotomic_square();
    const Fp12 g6x = g4x * g2x;
    const Fp12 g6xx = power_x(g6x);
    const Fp12 g12xxx = power_x(g6xx.cyclotomic_square());
    const Fp12 a = g12xxx * g6xx * g6x;
    const Fp12 b = a * g2x.conjugate();
    const Fp12 first = a * g6xx * g;
    const Fp12 last = b * g.conjugate();
    return first * b.frobenius() * a.frobenius().frobenius() *
           last.frobenius().frobenius().frobenius();
}

/// The point q is in the subgroup exactly if ψ³(2xq) = (x+1)q + ψ(xq) + ψ²(xq) (Dai, Lin, Zhao and
/// Zhou, 2022): the resultant of 2xX³ - xX² - xX - (x+1) and ψ's characteristic polynomial
/// X² - (6x²+1)X + p is a multiple of r and prime to the cofactor 2p - r.
bool is_in_g2(const G2& point) {
    if (point.is_identity) return true;
    const std::array<std::uint64_t, 1> x{kX};
    const JacobianPoint<Fp2> a = multiply(point, x);
    const JacobianPoint<Fp2> psi = frobenius(a);
    const JacobianPoint<Fp2> psi2 = frobenius(psi);
    return frobenius(psi2).doubled() == a + point + psi + psi2;
}

} // namespace fathom::crypto::bn254
