// SPDX-License-Identifier: Apache-2.0
// Where the parts of one signature lie, as the ed25519 and secp256r1 precompiles describe it.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/programs/precompiles/precompiles.hpp"

#include <cstdint>
#include <span>

namespace fathom::programs::precompile {

/// A count, an unused byte, then this many records of seven u16.
inline constexpr std::size_t kSignatureOffsetsStart = 2;

struct SignatureOffsets {
    static constexpr std::size_t kSize = 14;

    std::uint16_t signature_offset = 0;
    std::uint16_t signature_instruction = 0;
    std::uint16_t public_key_offset = 0;
    std::uint16_t public_key_instruction = 0;
    std::uint16_t message_offset = 0;
    std::uint16_t message_size = 0;
    std::uint16_t message_instruction = 0;

    /// The record with this number; `data` must hold it.
    [[nodiscard]] static SignatureOffsets read(ByteView data, std::size_t number) {
        const std::uint8_t* at = data.data() + kSignatureOffsetsStart + number * kSize;
        return {.signature_offset = load_le<std::uint16_t>(at),
                .signature_instruction = load_le<std::uint16_t>(at + 2),
                .public_key_offset = load_le<std::uint16_t>(at + 4),
                .public_key_instruction = load_le<std::uint16_t>(at + 6),
                .message_offset = load_le<std::uint16_t>(at + 8),
                .message_size = load_le<std::uint16_t>(at + 10),
                .message_instruction = load_le<std::uint16_t>(at + 12)};
    }
};

/// Instruction datas that offsets can point into.
struct OffsetTargets {
    /// The precompile's own data, which index 0xffff means.
    ByteView own;
    std::span<const ByteView> all;

    /// InvalidDataOffsets if the instruction or the range is not there.
    [[nodiscard]] Result<ByteView, PrecompileError>
    slice(std::uint16_t instruction, std::uint16_t offset, std::size_t size) const {
        if (instruction != 0xffff && instruction >= all.size()) {
            return std::unexpected(PrecompileError::InvalidDataOffsets);
        }
        const ByteView data = instruction == 0xffff ? own : all[instruction];
        if (data.size() < offset || data.size() - offset < size) {
            return std::unexpected(PrecompileError::InvalidDataOffsets);
        }
        return data.subspan(offset, size);
    }
};

} // namespace fathom::programs::precompile
