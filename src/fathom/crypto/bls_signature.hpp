// SPDX-License-Identifier: Apache-2.0
// BLS signatures with keys in G1 (draft-irtf-cfrg-bls-signature-05), as solana-bls-signatures
// verifies them.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace fathom::crypto {

/// Compressed points in big-endian order.
using BlsPublicKeyView = std::span<const std::uint8_t, 48>;
using BlsSignatureView = std::span<const std::uint8_t, 96>;

/// The tags under which messages and proofs of possession are hashed.
inline constexpr std::string_view kBlsMessageTag = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
inline constexpr std::string_view kBlsPossessionTag = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// Whether the signature is the key's over the message under the tag. False as well for what does
/// not decompress to the groups and for the key that is the identity.
[[nodiscard]] bool bls_verify(BlsPublicKeyView key, ByteView message, BlsSignatureView signature,
                              std::string_view tag);

} // namespace fathom::crypto
