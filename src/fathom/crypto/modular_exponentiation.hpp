// SPDX-License-Identifier: Apache-2.0
// Powers of big integers modulo an odd big integer (SIMD-0529), without allocation.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstddef>

namespace fathom::crypto {

/// The longest base, exponent and modulus.
inline constexpr std::size_t kMaxModularExponentiationBytes = 512;

/// Writes base^exponent mod modulus to `result`, all little-endian, zeros above the value allowed;
/// 0^0 is 1. `result` is as long as the modulus and may overlap none of the others.
///
/// False, with nothing written, if a number is longer than the limit, the modulus is even or below
/// 2, or the result has another length than the modulus. Running time depends on the values.
[[nodiscard]] bool modular_exponentiation(MutableByteView result, ByteView base, ByteView exponent,
                                          ByteView modulus);

} // namespace fathom::crypto
