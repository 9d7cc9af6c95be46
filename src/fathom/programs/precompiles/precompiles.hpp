// SPDX-License-Identifier: Apache-2.0
// The precompiles: signature checks over bytes of the transaction's own instructions.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/instruction_error.hpp"

#include <cstdint>
#include <span>

namespace fathom::programs::precompile {

/// solana-precompile-error; the order is the custom code.
enum class PrecompileError : std::uint32_t {
    InvalidPublicKey,
    InvalidRecoveryId,
    InvalidSignature,
    InvalidDataOffsets,
    InvalidInstructionDataSize,
};

[[nodiscard]] constexpr InstructionError to_instruction_error(PrecompileError error) {
    return InstructionError::custom(static_cast<std::uint32_t>(error));
}

// Each takes the precompile's own instruction data and those of all top-level instructions. Errors
// are PrecompileErrors as custom codes. Signatures are checked in order; the first failure ends it.
// They have the shape of invoke::PrecompileFunction; none asks a feature gate.

[[nodiscard]] Result<void, InstructionError>
verify_ed25519(ByteView data, std::span<const ByteView> instruction_datas,
               const FeatureSet& features);
[[nodiscard]] Result<void, InstructionError>
verify_secp256k1(ByteView data, std::span<const ByteView> instruction_datas,
                 const FeatureSet& features);
[[nodiscard]] Result<void, InstructionError>
verify_secp256r1(ByteView data, std::span<const ByteView> instruction_datas,
                 const FeatureSet& features);

} // namespace fathom::programs::precompile
