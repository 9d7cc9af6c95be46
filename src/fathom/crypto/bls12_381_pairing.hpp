// SPDX-License-Identifier: Apache-2.0
// The ate pairing on BLS12-381.
#pragma once

#include "fathom/crypto/bls12_381_curve.hpp"

#include <span>

namespace fathom::crypto::bls12_381 {

/// Points to pair; both must be in their groups.
struct Pair {
    G1 p;
    G2 q;
};

inline constexpr std::size_t kMaxPairs = 8;

/// The product of the Miller functions of at most kMaxPairs pairs. A pair with an identity counts
/// as one.
[[nodiscard]] Fp12 miller_loop(std::span<const Pair> pairs);

/// To the power 3·(p¹² - 1)/r.
[[nodiscard]] Fp12 final_exponentiation(const Fp12& f);

} // namespace fathom::crypto::bls12_381
