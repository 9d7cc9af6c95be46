// SPDX-License-Identifier: Apache-2.0
// Multiples of one point of edwards25519, its four coordinates side by side; private.
#pragma once

#include "fathom/crypto/edwards25519.hpp"

namespace fathom::crypto::x86 {

/// a·P + b·B. Call only where kCpu.avx512_ifma is set. Variable time.
[[nodiscard]] EdwardsPoint
double_multiply_base_ifma(const Scalar25519& a, const EdwardsPoint& point, const Scalar25519& b);

} // namespace fathom::crypto::x86
