// SPDX-License-Identifier: Apache-2.0
// Multiples of points of edwards25519, the four coordinates side by side; private.
#pragma once

#include "fathom/crypto/edwards25519.hpp"

#include <span>

namespace fathom::crypto::x86 {

/// a·P + b·B. Call only where kCpu.avx512_ifma is set. Variable time.
[[nodiscard]] EdwardsPoint
double_multiply_base_ifma(const Scalar25519& a, const EdwardsPoint& point, const Scalar25519& b);

/// The sum of scalars[i]·points[i], for a few of them: one chain of doublings. As above; allocates
/// 1.5 KiB for each.
[[nodiscard]] EdwardsPoint multiscalar_multiply_ifma(std::span<const Scalar25519> scalars,
                                                     std::span<const EdwardsPoint* const> points);

} // namespace fathom::crypto::x86
