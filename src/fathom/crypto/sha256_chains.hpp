// SPDX-License-Identifier: Apache-2.0
// Chains of SHA-256: a digest hashed over and over, many such chains side by side.
#pragma once

#include "fathom/crypto/sha256.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fathom::crypto {

struct Sha256Chain {
    Sha256Digest value{}; ///< the start; afterwards the end
    std::uint64_t count = 0;
};

/// Hashes every chain's value `count` times. One chain cannot be hastened, four take little longer
/// than two, so give many at a time. Takes the sum of the counts in hashes: bound them.
void sha256_chains(std::span<Sha256Chain> chains);

/// The ways to do it, slowest first (docs/performance.md).
enum class Sha256ChainEngine : std::uint8_t { Portable, Avx2, Avx512, ShaNi };

[[nodiscard]] std::string_view sha256_chain_engine_name(Sha256ChainEngine engine);
/// Those that this processor has, slowest first.
[[nodiscard]] std::vector<Sha256ChainEngine> available_sha256_chain_engines();
/// The same with a given engine, which must be available; for tests and measurements.
void sha256_chains_with(Sha256ChainEngine engine, std::span<Sha256Chain> chains);

} // namespace fathom::crypto
