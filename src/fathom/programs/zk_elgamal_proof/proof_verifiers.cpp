// SPDX-License-Identifier: Apache-2.0
// Debug texts of refused proofs.
#include "fathom/programs/zk_elgamal_proof/proof_verifiers.hpp"

#include <array>

namespace fathom::programs::zk_elgamal_proof {

std::string debug_text(ProofFamily family, crypto::zk::ProofError error) {
    using enum crypto::zk::ProofError;
    static constexpr std::array<std::string_view, 6> families{
        "SigmaProof(ZeroCiphertext, ", "SigmaProof(Equality, ",
        "SigmaProof(PubkeyValidity, ", "SigmaProof(PercentageWithCap, ",
        "SigmaProof(ValidityProof, ",  "RangeProof("};
    const auto within = [family](std::string_view reason) {
        std::string text(families[static_cast<std::size_t>(family)]);
        text += reason;
        text += ')';
        return text;
    };
    switch (error) {
    case AlgebraicRelation: return within("AlgebraicRelation");
    case Deserialization: return within("Deserialization");
    case MultiscalarMul: return within("MultiscalarMul");
    case TranscriptIdentity: return within("Transcript(ValidationError)");
    case IdentityPoint: return within("IdentityPoint");
    case PubkeyDeserialization: return "ElGamal(PubkeyDeserialization)";
    case CiphertextDeserialization: return "ElGamal(CiphertextDeserialization)";
    case ProofContext: return "ProofContext";
    case IllegalCommitmentLength: return "IllegalCommitmentLength";
    case IllegalAmountBitLength: return "IllegalAmountBitLength";
    }
    return {};
}

} // namespace fathom::programs::zk_elgamal_proof
