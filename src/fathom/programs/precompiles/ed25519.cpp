// SPDX-License-Identifier: Apache-2.0
// The Ed25519 precompile (Agave precompiles/src/ed25519.rs).
#include "fathom/crypto/ed25519.hpp"

#include "fathom/programs/precompiles/precompiles.hpp"
#include "fathom/programs/precompiles/signature_offsets.hpp"

namespace fathom::programs::precompile {

namespace {

using crypto::Ed25519PrecompileCheck;
using Outcome = Result<void, PrecompileError>;

Outcome verify_one(const OffsetTargets& targets, const SignatureOffsets& offsets) {
    const ByteView signature =
        FATHOM_TRY(targets.slice(offsets.signature_instruction, offsets.signature_offset, 64));
    if (!crypto::ed25519_signature_parses(signature.data())) {
        return std::unexpected(PrecompileError::InvalidSignature);
    }
    const ByteView key =
        FATHOM_TRY(targets.slice(offsets.public_key_instruction, offsets.public_key_offset, 32));
    const auto message =
        targets.slice(offsets.message_instruction, offsets.message_offset, offsets.message_size);
    // A key that is no point is reported before a message that is not there.
    const auto check = crypto::ed25519_verify_precompile(key.data(), signature.data(),
                                                         message ? *message : ByteView{});
    if (check == Ed25519PrecompileCheck::InvalidPublicKey) {
        return std::unexpected(PrecompileError::InvalidPublicKey);
    }
    if (!message) return std::unexpected(message.error());
    if (check != Ed25519PrecompileCheck::Valid) {
        return std::unexpected(PrecompileError::InvalidSignature);
    }
    return {};
}

Outcome verify_all(const OffsetTargets& targets) {
    const ByteView data = targets.own;
    if (data.size() < kSignatureOffsetsStart) {
        return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    }
    const std::size_t count = data[0];
    const bool is_empty_with_data = count == 0 && data.size() > kSignatureOffsetsStart;
    if (is_empty_with_data ||
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
verify_ed25519(ByteView data, std::span<const ByteView> instruction_datas, const FeatureSet&) {
    const auto result = verify_all({.own = data, .all = instruction_datas});
    if (!result) return std::unexpected(to_instruction_error(result.error()));
    return {};
}

} // namespace fathom::programs::precompile
