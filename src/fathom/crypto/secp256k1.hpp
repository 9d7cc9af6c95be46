// SPDX-License-Identifier: Apache-2.0
// Recovery of a secp256k1 public key from a signature, as the syscall and the precompile need it.
#pragma once

#include "fathom/base/result.hpp"

#include <array>
#include <cstdint>

namespace fathom::crypto {

/// Which step refused, in the order of the steps.
enum class Secp256k1Error : std::uint8_t {
    /// The recovery id is above 3.
    InvalidRecoveryId,
    /// r or s is not below the group order. The precompile meets this before the recovery id.
    MalformedSignature,
    /// r or s is zero, no point has this x, or the result is the point at infinity.
    RecoveryFailed,
};

/// x ‖ y, big-endian.
using Secp256k1PublicKey = std::array<std::uint8_t, 64>;

/// Whether r and s are below the group order; zero passes, as does a high s.
[[nodiscard]] bool secp256k1_signature_parses(const std::uint8_t* signature64);

/// The key that signed this hash with `signature64` = r ‖ s, both big-endian. The hash is reduced
/// modulo the order and s may be high, as in the Rust crate libsecp256k1 0.7.2. Variable time.
[[nodiscard]] Result<Secp256k1PublicKey, Secp256k1Error>
secp256k1_recover(const std::uint8_t* hash32, std::uint64_t recovery_id,
                  const std::uint8_t* signature64);

} // namespace fathom::crypto
