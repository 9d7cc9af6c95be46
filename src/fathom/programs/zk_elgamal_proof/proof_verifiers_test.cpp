// SPDX-License-Identifier: Apache-2.0
// Tests of the texts that the log shows on refusal (solana-zk-sdk
// zk_elgamal_proof_program/errors.rs).
#include "fathom/programs/zk_elgamal_proof/proof_verifiers.hpp"

#include <gtest/gtest.h>

namespace fathom::programs::zk_elgamal_proof {
namespace {

using crypto::zk::ProofError;

TEST(ZkProofTexts, NameTheFamilyOnlyIfTheProofIsToBlame) {
    EXPECT_EQ(debug_text(ProofFamily::RangeProof, ProofError::AlgebraicRelation),
              "RangeProof(AlgebraicRelation)");
    EXPECT_EQ(debug_text(ProofFamily::PubkeyValidity, ProofError::TranscriptIdentity),
              "SigmaProof(PubkeyValidity, Transcript(ValidationError))");
    EXPECT_EQ(debug_text(ProofFamily::Equality, ProofError::PubkeyDeserialization),
              "ElGamal(PubkeyDeserialization)");
    EXPECT_EQ(debug_text(ProofFamily::RangeProof, ProofError::ProofContext), "ProofContext");
}

TEST(ZkProofTexts, EveryProofInstructionHasAVerifierAndCloseHasNone) {
    for (std::uint8_t tag = 0; tag < 13; ++tag) {
        const ProofInstructionTraits* traits = find_instruction(ByteView(&tag, 1));
        ASSERT_NE(traits, nullptr);
        EXPECT_EQ(traits->verify != nullptr, tag != 0);
    }
}

} // namespace
} // namespace fathom::programs::zk_elgamal_proof
