// SPDX-License-Identifier: Apache-2.0
// The Poseidon hash over the scalar field of BN254, x^5, with the parameters that circom uses.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/byte_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace fathom::crypto {

using PoseidonDigest = std::array<std::uint8_t, 32>;

inline constexpr std::size_t kPoseidonMaxInputs = 12;

/// How many bytes an input may have. Shorter ones stand for the same integer completed with zeros.
enum class PoseidonInputSize : std::uint8_t { Exactly32, From1To32 };

/// Hashes one to twelve field elements, as one permutation of them behind a zero. Inputs and
/// digest are in the same byte order.
///
/// nullopt: no or too many inputs, an input of another size, or one that is not below the modulus.
/// Variable time. The parameters of a number of inputs are computed at its first use (milliseconds)
/// and kept; safe from any thread.
[[nodiscard]] std::optional<PoseidonDigest> poseidon(std::span<const ByteView> inputs,
                                                     ByteOrder order, PoseidonInputSize size);

} // namespace fathom::crypto
