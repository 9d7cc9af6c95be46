// SPDX-License-Identifier: Apache-2.0
// Why a proof about encrypted amounts is refused.
#pragma once

#include <cstdint>

namespace fathom::crypto::zk {

/// The distinctions that solana-zk-sdk 7.0.1 makes (zk_elgamal_proof_program/errors.rs).
enum class ProofError : std::uint8_t {
    // Of the proof itself.
    AlgebraicRelation,
    Deserialization,
    MultiscalarMul,
    TranscriptIdentity,
    IdentityPoint,
    // Of the statement.
    PubkeyDeserialization,
    CiphertextDeserialization,
    ProofContext,
    IllegalCommitmentLength,
    IllegalAmountBitLength,
};

} // namespace fathom::crypto::zk
