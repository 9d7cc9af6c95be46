// SPDX-License-Identifier: Apache-2.0
// The table of proof instructions (Agave programs/zk-elgamal-proof/src/lib.rs for the prices).
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"

#include "fathom/programs/zk_elgamal_proof/proof_verifiers.hpp"

#include <array>

namespace fathom::programs::zk_elgamal_proof {

namespace {

using enum ProofInstruction;

using Family = ProofFamily;
namespace zk = crypto::zk;

constexpr std::array<ProofInstructionTraits, 13> kInstructions{{
    {CloseContextState, "CloseContextState", 3'300, 0, 0, nullptr},
    {VerifyZeroCiphertext, "VerifyZeroCiphertext", 6'000, 96, 96,
     verify_as<Family::ZeroCiphertext, zk::verify_zero_ciphertext>},
    {VerifyCiphertextCiphertextEquality, "VerifyCiphertextCiphertextEquality", 8'000, 192, 224,
     verify_as<Family::Equality, zk::verify_ciphertext_ciphertext_equality>},
    {VerifyCiphertextCommitmentEquality, "VerifyCiphertextCommitmentEquality", 6'400, 128, 192,
     verify_as<Family::Equality, zk::verify_ciphertext_commitment_equality>},
    {VerifyPubkeyValidity, "VerifyPubkeyValidity", 2'600, 32, 64,
     verify_as<Family::PubkeyValidity, zk::verify_pubkey_validity>},
    {VerifyPercentageWithCap, "VerifyPercentageWithCap", 6'500, 104, 256,
     verify_as<Family::PercentageWithCap, zk::verify_percentage_with_cap>},
    {VerifyBatchedRangeProofU64, "VerifyBatchedRangeProofU64", 111'000, 264, 672,
     verify_as<Family::RangeProof, verify_range<64>>},
    {VerifyBatchedRangeProofU128, "VerifyBatchedRangeProofU128", 200'000, 264, 736,
     verify_as<Family::RangeProof, verify_range<128>>},
    {VerifyBatchedRangeProofU256, "VerifyBatchedRangeProofU256", 368'000, 264, 800,
     verify_as<Family::RangeProof, verify_range<256>>},
    {VerifyGroupedCiphertext2HandlesValidity, "VerifyGroupedCiphertext2HandlesValidity", 6'400, 160,
     160, verify_as<Family::ValidityProof, zk::verify_grouped_validity_2>},
    {VerifyBatchedGroupedCiphertext2HandlesValidity,
     "VerifyBatchedGroupedCiphertext2HandlesValidity", 13'000, 256, 160,
     verify_as<Family::ValidityProof, zk::verify_batched_grouped_validity_2>},
    {VerifyGroupedCiphertext3HandlesValidity, "VerifyGroupedCiphertext3HandlesValidity", 8'100, 224,
     192, verify_as<Family::ValidityProof, zk::verify_grouped_validity_3>},
    {VerifyBatchedGroupedCiphertext3HandlesValidity,
     "VerifyBatchedGroupedCiphertext3HandlesValidity", 16'400, 352, 192,
     verify_as<Family::ValidityProof, zk::verify_batched_grouped_validity_3>},
}};

consteval bool rows_are_in_tag_order() {
    for (std::size_t i = 0; i < kInstructions.size(); ++i) {
        if (static_cast<std::size_t>(kInstructions[i].instruction) != i) return false;
    }
    return true;
}
static_assert(rows_are_in_tag_order());

} // namespace

const ProofInstructionTraits* find_instruction(ByteView instruction_data) {
    if (instruction_data.empty() || instruction_data[0] >= kInstructions.size()) return nullptr;
    return &kInstructions[instruction_data[0]];
}

std::optional<ContextStateMeta> ContextStateMeta::decode(ByteView data) {
    if (data.size() < kSize) return std::nullopt;
    return ContextStateMeta{.authority = Pubkey::from_bytes(data.data()), .proof_type = data[32]};
}

} // namespace fathom::programs::zk_elgamal_proof
