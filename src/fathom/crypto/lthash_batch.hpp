// SPDX-License-Identifier: Apache-2.0
// Many elements of a lattice hash at once, hashed side by side.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/lthash.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fathom::crypto {

/// An element whose bytes lie in three places, one after the other; any may be empty.
struct LtHashElement {
    std::array<ByteView, 3> parts;
    bool is_removed = false; ///< otherwise it is added
};

/// Adds elements to the set and removes others. The order does not matter. One element cannot be
/// hastened, dozens take a fraction of the time each, so give many at a time.
void lthash_apply(LtHash& set, std::span<const LtHashElement> elements);

/// The ways to do it, slowest first (docs/ledger.md).
enum class LtHashEngine : std::uint8_t { Portable, Avx2, Avx512 };

[[nodiscard]] std::string_view lthash_engine_name(LtHashEngine engine);
/// Those that this processor has, slowest first.
[[nodiscard]] std::vector<LtHashEngine> available_lthash_engines();
/// The same with a given engine, which must be available; for tests and measurements.
void lthash_apply_with(LtHashEngine engine, LtHash& set, std::span<const LtHashElement> elements);

} // namespace fathom::crypto
