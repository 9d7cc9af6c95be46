// SPDX-License-Identifier: Apache-2.0
// Management instructions of loader v3: what they carry and how they are read.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/instruction_error.hpp"

#include <cstdint>

namespace fathom::programs::bpf_loader {

/// solana-loader-v3-interface 7.0.0 instruction.rs; the order is the wire tag.
enum class LoaderInstructionKind : std::uint32_t {
    InitializeBuffer,
    Write,
    DeployWithMaxDataLen,
    Upgrade,
    SetAuthority,
    Close,
    ExtendProgram,
    SetAuthorityChecked,
};

/// Fields that a kind does not carry are zero. Views the instruction data.
struct LoaderInstruction {
    LoaderInstructionKind kind = LoaderInstructionKind::InitializeBuffer;
    std::uint32_t offset = 0;           // Write
    ByteView bytes;                     // Write
    std::uint64_t max_data_len = 0;     // DeployWithMaxDataLen
    std::uint32_t additional_bytes = 0; // ExtendProgram

    /// InvalidInstructionData if it is not one of them.
    [[nodiscard]] static Result<LoaderInstruction, InstructionError> decode(ByteView data);
};

} // namespace fathom::programs::bpf_loader
