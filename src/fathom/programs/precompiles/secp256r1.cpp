// SPDX-License-Identifier: Apache-2.0
// The secp256r1 (P-256) precompile (Agave precompiles/src/secp256r1.rs).
#include "fathom/crypto/secp256r1.hpp"

#include "fathom/programs/precompiles/precompiles.hpp"
#include "fathom/programs/precompiles/signature_offsets.hpp"

namespace fathom::programs::precompile {

namespace {

using Outcome = Result<void, PrecompileError>;

constexpr std::size_t kMaxSignatures = 8;

Outcome verify_one(const OffsetTargets& targets, const SignatureOffsets& offsets) {
    const ByteView signature =
        FATHOM_TRY(targets.slice(offsets.signature_instruction, offsets.signature_offset, 64));
    const ByteView key =
        FATHOM_TRY(targets.slice(offsets.public_key_instruction, offsets.public_key_offset, 33));
    const ByteView message = FATHOM_TRY(
        targets.slice(offsets.message_instruction, offsets.message_offset, offsets.message_size));
    const auto verified = crypto::secp256r1_verify(key.data(), signature.data(), message);
    if (verified) return {};
    return std::unexpected(verified.error() == crypto::Secp256r1Error::InvalidPublicKey
                               ? PrecompileError::InvalidPublicKey
                               : PrecompileError::InvalidSignature);
}

Outcome verify_all(const OffsetTargets& targets) {
    const ByteView data = targets.own;
    if (data.size() < kSignatureOffsetsStart) {
        return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    }
    const std::size_t count = data[0];
    if (count == 0 || count > kMaxSignatures ||
        data.size() < kSignatureOffsetsStart + count * SignatureOffsets::kSize) {
        return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    }
    for (std::size_t i = 0; i < count; ++i) {
        FATHOM_CHECK(verify_one(targets, SignatureOffsets::read(data, i)));
    }
    return {};
}

} // namespace

Result<void, InstructionError>
verify_secp256r1(ByteView data, std::span<const ByteView> instruction_datas, const FeatureSet&) {
    const auto result = verify_all({.own = data, .all = instruction_datas});
    if (!result) return std::unexpected(to_instruction_error(result.error()));
    return {};
}

} // namespace fathom::programs::precompile
