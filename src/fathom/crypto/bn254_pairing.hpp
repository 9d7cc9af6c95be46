// SPDX-License-Identifier: Apache-2.0
// The optimal ate pairing on BN254.
#pragma once

#include "fathom/crypto/bn254_curve.hpp"

#include <span>

namespace fathom::crypto::bn254 {

/// Points to pair; both must be in their groups.
struct Pair {
    G1 p;
    G2 q;
};

/// Pairs that share one Miller loop; more are taken in several.
inline constexpr std::size_t kMaxPairsPerLoop = 8;

/// The product of the Miller functions of at most kMaxPairsPerLoop pairs. A pair with an identity
/// counts as one.
[[nodiscard]] Fp12 miller_loop(std::span<const Pair> pairs);

/// To the power 2x(6x² + 3x + 1)·(p¹² - 1)/r, whose first factor is prime to r.
[[nodiscard]] Fp12 final_exponentiation(const Fp12& f);

} // namespace fathom::crypto::bn254
