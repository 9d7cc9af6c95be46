// SPDX-License-Identifier: Apache-2.0
// ECDSA over P-256 with SHA-256, by the rules of the secp256r1 precompile.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"

#include <cstdint>

namespace fathom::crypto {

/// Which check refused, in the order of the checks but for the last.
enum class Secp256r1Error : std::uint8_t {
    /// Not 0 < r < n and 0 < s ≤ n/2.
    SignatureOutOfRange,
    /// Not the compressed encoding of a point of the curve.
    InvalidPublicKey,
    /// The equation does not hold.
    VerificationFailed,
};

/// Verifies `signature64` = r ‖ s, big-endian, over a digest. Variable time.
[[nodiscard]] Result<void, Secp256r1Error> secp256r1_verify_digest(const std::uint8_t* public_key33,
                                                                   const std::uint8_t* signature64,
                                                                   const std::uint8_t* digest32);

/// Verifies `signature64` = r ‖ s, big-endian, over SHA-256 of the message. Variable time.
[[nodiscard]] Result<void, Secp256r1Error> secp256r1_verify(const std::uint8_t* public_key33,
                                                            const std::uint8_t* signature64,
                                                            ByteView message);

} // namespace fathom::crypto
