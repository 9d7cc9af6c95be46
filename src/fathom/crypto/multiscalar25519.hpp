// SPDX-License-Identifier: Apache-2.0
// Sums of many products scalar·point on edwards25519 and ristretto255.
#pragma once

#include "fathom/crypto/ristretto255.hpp"

#include <span>

namespace fathom::crypto {

/// The sum of scalars[i]·points[i]; the identity for none. Both spans have one length. Allocates
/// working memory in proportion to it, which the caller has bounded. Variable time.
[[nodiscard]] EdwardsPoint multiscalar_multiply(std::span<const Scalar25519> scalars,
                                                std::span<const EdwardsPoint> points);

[[nodiscard]] RistrettoPoint multiscalar_multiply(std::span<const Scalar25519> scalars,
                                                  std::span<const RistrettoPoint> points);

} // namespace fathom::crypto
