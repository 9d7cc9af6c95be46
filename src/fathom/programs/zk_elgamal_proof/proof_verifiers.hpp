// SPDX-License-Identifier: Apache-2.0
// The verifiers of the proof instructions, with the texts that the log shows on refusal.
#pragma once

#include "fathom/crypto/zk/range_proof.hpp"
#include "fathom/crypto/zk/sigma_proofs.hpp"
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"

#include <string_view>

namespace fathom::programs::zk_elgamal_proof {

/// The names of SigmaProofType and of the range proof's variant of ProofVerificationError.
enum class ProofFamily : std::uint8_t {
    ZeroCiphertext,
    Equality,
    PubkeyValidity,
    PercentageWithCap,
    ValidityProof,
    RangeProof,
};

/// The Debug text of solana-zk-sdk's ProofVerificationError (zk_elgamal_proof_program/errors.rs).
[[nodiscard]] std::string debug_text(ProofFamily family, crypto::zk::ProofError error);

template <ProofFamily Family, auto Verify>
Result<void, std::string> verify_as(ByteView statement, ByteView proof) {
    const auto verified = Verify(statement, proof);
    if (!verified) return std::unexpected(debug_text(Family, verified.error()));
    return {};
}

template <std::size_t Bits>
Result<void, crypto::zk::ProofError> verify_range(ByteView statement, ByteView proof) {
    return crypto::zk::verify_range_proof(Bits, statement, proof);
}

} // namespace fathom::programs::zk_elgamal_proof
