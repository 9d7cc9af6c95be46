// SPDX-License-Identifier: Apache-2.0
// The generators that range proofs commit to bits with.
#pragma once

#include "fathom/crypto/ristretto255.hpp"

#include <array>
#include <cstddef>

namespace fathom::crypto::zk {

/// Two independent sequences; a proof over n bits uses the first n of each.
struct RangeGenerators {
    static constexpr std::size_t kCount = 256;

    std::array<RistrettoPoint, kCount> g;
    std::array<RistrettoPoint, kCount> h;
};

/// Computed at the first call.
[[nodiscard]] const RangeGenerators& range_generators();

} // namespace fathom::crypto::zk
