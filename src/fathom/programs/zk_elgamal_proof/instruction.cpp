// SPDX-License-Identifier: Apache-2.0
// The table of proof instructions (Agave programs/zk-elgamal-proof/src/lib.rs for the prices).
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"

#include <array>

namespace fathom::programs::zk_elgamal_proof {

namespace {

using enum ProofInstruction;

constexpr std::array<ProofInstructionTraits, 13> kInstructions{{
    {CloseContextState, "CloseContextState", 3'300, 0, 0, nullptr},
    {VerifyZeroCiphertext, "VerifyZeroCiphertext", 6'000, 96, 96, nullptr},
    {VerifyCiphertextCiphertextEquality, "VerifyCiphertextCiphertextEquality", 8'000, 192, 224,
     nullptr},
    {VerifyCiphertextCommitmentEquality, "VerifyCiphertextCommitmentEquality", 6'400, 128, 192,
     nullptr},
    {VerifyPubkeyValidity, "VerifyPubkeyValidity", 2'600, 32, 64, nullptr},
    {VerifyPercentageWithCap, "VerifyPercentageWithCap", 6'500, 104, 256, nullptr},
    {VerifyBatchedRangeProofU64, "VerifyBatchedRangeProofU64", 111'000, 264, 672, nullptr},
    {VerifyBatchedRangeProofU128, "VerifyBatchedRangeProofU128", 200'000, 264, 736, nullptr},
    {VerifyBatchedRangeProofU256, "VerifyBatchedRangeProofU256", 368'000, 264, 800, nullptr},
    {VerifyGroupedCiphertext2HandlesValidity, "VerifyGroupedCiphertext2HandlesValidity", 6'400, 160,
     160, nullptr},
    {VerifyBatchedGroupedCiphertext2HandlesValidity,
     "VerifyBatchedGroupedCiphertext2HandlesValidity", 13'000, 256, 160, nullptr},
    {VerifyGroupedCiphertext3HandlesValidity, "VerifyGroupedCiphertext3HandlesValidity", 8'100, 224,
     192, nullptr},
    {VerifyBatchedGroupedCiphertext3HandlesValidity,
     "VerifyBatchedGroupedCiphertext3HandlesValidity", 16'400, 352, 192, nullptr},
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
