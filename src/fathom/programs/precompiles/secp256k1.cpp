// SPDX-License-Identifier: Apache-2.0
// The secp256k1 precompile: keys are recovered and compared as Ethereum addresses (Agave
// precompiles/src/secp256k1.rs).
#include "fathom/crypto/secp256k1.hpp"

#include "fathom/crypto/keccak256.hpp"
#include "fathom/programs/precompiles/precompiles.hpp"

#include <algorithm>

namespace fathom::programs::precompile {

namespace {

using Outcome = Result<void, PrecompileError>;

constexpr std::size_t kOffsetsStart = 1;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kAddressSize = 20;

/// Instruction indices are absolute and one byte wide here.
struct Secp256k1Offsets {
    static constexpr std::size_t kSize = 11;

    std::uint16_t signature_offset = 0;
    std::uint8_t signature_instruction = 0;
    std::uint16_t address_offset = 0;
    std::uint8_t address_instruction = 0;
    std::uint16_t message_offset = 0;
    std::uint16_t message_size = 0;
    std::uint8_t message_instruction = 0;

    [[nodiscard]] static Secp256k1Offsets read(ByteView data, std::size_t number) {
        const std::uint8_t* at = data.data() + kOffsetsStart + number * kSize;
        return {.signature_offset = load_le<std::uint16_t>(at),
                .signature_instruction = at[2],
                .address_offset = load_le<std::uint16_t>(at + 3),
                .address_instruction = at[5],
                .message_offset = load_le<std::uint16_t>(at + 6),
                .message_size = load_le<std::uint16_t>(at + 8),
                .message_instruction = at[10]};
    }
};

Result<ByteView, PrecompileError> slice(std::span<const ByteView> datas, std::uint8_t instruction,
                                        std::uint16_t offset, std::size_t size) {
    if (instruction >= datas.size()) return std::unexpected(PrecompileError::InvalidDataOffsets);
    const ByteView data = datas[instruction];
    if (data.size() < offset || data.size() - offset < size) {
        return std::unexpected(PrecompileError::InvalidSignature);
    }
    return data.subspan(offset, size);
}

/// The signature and the recovery id behind it.
Result<ByteView, PrecompileError> signature_slice(std::span<const ByteView> datas,
                                                  const Secp256k1Offsets& offsets) {
    if (offsets.signature_instruction >= datas.size()) {
        return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    }
    const ByteView signature = FATHOM_TRY(
        slice(datas, offsets.signature_instruction, offsets.signature_offset, kSignatureSize + 1));
    if (!crypto::secp256k1_signature_parses(signature.data())) {
        return std::unexpected(PrecompileError::InvalidSignature);
    }
    if (signature[kSignatureSize] > 3) return std::unexpected(PrecompileError::InvalidRecoveryId);
    return signature;
}

Outcome verify_one(std::span<const ByteView> datas, const Secp256k1Offsets& offsets) {
    const ByteView signature = FATHOM_TRY(signature_slice(datas, offsets));
    const ByteView address =
        FATHOM_TRY(slice(datas, offsets.address_instruction, offsets.address_offset, kAddressSize));
    const ByteView message = FATHOM_TRY(
        slice(datas, offsets.message_instruction, offsets.message_offset, offsets.message_size));
    const auto digest = crypto::keccak256(message);
    const auto key =
        crypto::secp256k1_recover(digest.data(), signature[kSignatureSize], signature.data());
    if (!key) return std::unexpected(PrecompileError::InvalidSignature);
    const auto hashed_key = crypto::keccak256(*key);
    if (!std::ranges::equal(address, ByteView(hashed_key).last(kAddressSize))) {
        return std::unexpected(PrecompileError::InvalidSignature);
    }
    return {};
}

Outcome verify_all(ByteView data, std::span<const ByteView> datas) {
    if (data.empty()) return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    const std::size_t count = data[0];
    const bool is_empty_with_data = count == 0 && data.size() > kOffsetsStart;
    if (is_empty_with_data || data.size() < kOffsetsStart + count * Secp256k1Offsets::kSize) {
        return std::unexpected(PrecompileError::InvalidInstructionDataSize);
    }
    for (std::size_t i = 0; i < count; ++i) {
        FATHOM_CHECK(verify_one(datas, Secp256k1Offsets::read(data, i)));
    }
    return {};
}

} // namespace

Result<void, InstructionError>
verify_secp256k1(ByteView data, std::span<const ByteView> instruction_datas, const FeatureSet&) {
    const auto result = verify_all(data, instruction_datas);
    if (!result) return std::unexpected(to_instruction_error(result.error()));
    return {};
}

} // namespace fathom::programs::precompile
