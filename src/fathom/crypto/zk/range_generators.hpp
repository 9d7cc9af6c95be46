// SPDX-License-Identifier: Apache-2.0
// The generators that range proofs commit to bits with.
#pragma once

#include "fathom/crypto/ristretto255.hpp"

#include <array>
#include <cstddef>

namespace fathom::crypto::zk {

/// Both Pedersen bases, then the two independent sequences in turns: G, H, g0, h0, g1, h1, ... so
/// that what a proof over n bits uses are the first 2 + 2n.
struct RangeGenerators {
    static constexpr std::size_t kMaxBits = 256;
    static constexpr std::size_t kSize = 2 + 2 * kMaxBits;

    std::array<RistrettoPoint, kSize> point;
};

/// Computed at the first call.
[[nodiscard]] const RangeGenerators& range_generators();

} // namespace fathom::crypto::zk
