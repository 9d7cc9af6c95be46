// SPDX-License-Identifier: Apache-2.0
// The sigma proofs of the ZK ElGamal Proof program: short proofs of linear relations between keys,
// ciphertexts and commitments. Statement and proof are as the instruction carries them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/crypto/zk/proof_error.hpp"

namespace fathom::crypto::zk {

using ProofResult = Result<void, ProofError>;

// Each takes a statement and a proof of exactly the sizes named, and checks in the order of
// solana-zk-sdk 7.0.1 (sigma_proofs/*.rs). Variable time, as everything here is public.

/// The key is well formed; 32 and 64 bytes.
[[nodiscard]] ProofResult verify_pubkey_validity(ByteView statement, ByteView proof);
/// Key and ciphertext: it encrypts zero; 96 and 96 bytes.
[[nodiscard]] ProofResult verify_zero_ciphertext(ByteView statement, ByteView proof);
/// Two keys and two ciphertexts: they encrypt the same amount; 192 and 224 bytes.
[[nodiscard]] ProofResult verify_ciphertext_ciphertext_equality(ByteView statement, ByteView proof);
/// Key, ciphertext and commitment: they hold the same amount; 128 and 192 bytes.
[[nodiscard]] ProofResult verify_ciphertext_commitment_equality(ByteView statement, ByteView proof);
/// Commitments to a percentage, a delta and a claim, and a cap; 104 and 256 bytes.
[[nodiscard]] ProofResult verify_percentage_with_cap(ByteView statement, ByteView proof);
/// Keys and a commitment with a handle for each key; 160 and 160 bytes.
[[nodiscard]] ProofResult verify_grouped_validity_2(ByteView statement, ByteView proof);
/// 224 and 192 bytes.
[[nodiscard]] ProofResult verify_grouped_validity_3(ByteView statement, ByteView proof);
/// Keys and two such ciphertexts; 256 and 160 bytes.
[[nodiscard]] ProofResult verify_batched_grouped_validity_2(ByteView statement, ByteView proof);
/// 352 and 192 bytes.
[[nodiscard]] ProofResult verify_batched_grouped_validity_3(ByteView statement, ByteView proof);

} // namespace fathom::crypto::zk
