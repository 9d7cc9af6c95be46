// SPDX-License-Identifier: Apache-2.0
// Instructions of the ZK ElGamal Proof program: one per kind of proof, all alike but for sizes,
// price and the proof itself.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fathom::programs::zk_elgamal_proof {

/// solana-zk-elgamal-proof-interface instruction.rs; the order is the tag, and for the proofs also
/// the proof type of a context account.
enum class ProofInstruction : std::uint8_t {
    CloseContextState,
    VerifyZeroCiphertext,
    VerifyCiphertextCiphertextEquality,
    VerifyCiphertextCommitmentEquality,
    VerifyPubkeyValidity,
    VerifyPercentageWithCap,
    VerifyBatchedRangeProofU64,
    VerifyBatchedRangeProofU128,
    VerifyBatchedRangeProofU256,
    VerifyGroupedCiphertext2HandlesValidity,
    VerifyBatchedGroupedCiphertext2HandlesValidity,
    VerifyGroupedCiphertext3HandlesValidity,
    VerifyBatchedGroupedCiphertext3HandlesValidity,
};

/// Whether `proof` holds for `context`, both of the sizes of their kind. Error: the reference's
/// Debug text of the reason, as the log shows it.
using ProofVerifier = Result<void, std::string> (*)(ByteView context, ByteView proof);

struct ProofInstructionTraits {
    ProofInstruction instruction;
    /// As the log shows it.
    std::string_view name;
    ComputeUnits compute_units = 0;
    std::size_t context_size = 0;
    std::size_t proof_size = 0;
    /// Null where there is no proof.
    ProofVerifier verify = nullptr;
};

/// By the first byte; null if there is none or it is no tag.
[[nodiscard]] const ProofInstructionTraits* find_instruction(ByteView instruction_data);

/// What a context account holds in front of the proven statement.
struct ContextStateMeta {
    static constexpr std::size_t kSize = 33;
    static constexpr std::uint8_t kUninitialized = 0;

    Pubkey authority;
    std::uint8_t proof_type = kUninitialized;

    /// nullopt if the data is too short.
    [[nodiscard]] static std::optional<ContextStateMeta> decode(ByteView data);
};

} // namespace fathom::programs::zk_elgamal_proof
