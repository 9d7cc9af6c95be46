// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures by the rules of transactions and by those of the precompile.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace fathom::crypto {

using Ed25519Signature = std::array<std::uint8_t, 64>;
using Ed25519PublicKey = std::array<std::uint8_t, 32>;

/// Verifies as ed25519-dalek 2.2 `verify_strict` does: the key decompresses (y may be
/// non-canonical), s < l, neither A nor R has small order, and the encoding of s·B - k·A equals the
/// bytes of R, so that R is canonical. No cofactor. Variable time.
[[nodiscard]] bool ed25519_verify_strict(const std::uint8_t* public_key32,
                                         const std::uint8_t* signature64, ByteView message);

/// One signature to verify; the bytes are the caller's. 32, 64 and any number of them.
struct Ed25519Claim {
    const std::uint8_t* public_key;
    const std::uint8_t* signature;
    ByteView message;
};

/// Sets verdicts[i] to ed25519_verify_strict of claims[i], several at a time where the processor
/// can. Each verdict is exact: signatures are never mixed. Both spans have one length. Variable
/// time.
void ed25519_verify_strict_each(std::span<const Ed25519Claim> claims, std::span<bool> verdicts);

/// What the ed25519 precompile finds, in the order in which it looks.
enum class Ed25519PrecompileCheck : std::uint8_t {
    Valid,
    /// The signature or the verification is refused.
    InvalidSignature,
    /// The public key does not decompress.
    InvalidPublicKey,
};

/// Whether the `ed25519` crate 1.x reads these bytes as a signature at all: the top three bits of s
/// are clear. The precompile looks at this before it looks at the key.
[[nodiscard]] bool ed25519_signature_parses(const std::uint8_t* signature64);

/// Verifies as the precompile does, with ed25519-dalek 1.0.1 `verify_strict`. It differs from
/// ed25519_verify_strict in that R is compared as a point, after decompression, not as bytes.
/// The signature and the key are taken to be present already: where a slice is missing between
/// them, the caller's own order of checks decides. Variable time.
[[nodiscard]] Ed25519PrecompileCheck ed25519_verify_precompile(const std::uint8_t* public_key32,
                                                               const std::uint8_t* signature64,
                                                               ByteView message);

/// The public key of a 32-byte seed. Constant time (OpenSSL).
[[nodiscard]] Ed25519PublicKey ed25519_public_key(const std::uint8_t* seed32);

/// Signs with the key of a 32-byte seed. Constant time (OpenSSL).
[[nodiscard]] Ed25519Signature ed25519_sign(const std::uint8_t* seed32, ByteView message);

} // namespace fathom::crypto
