// SPDX-License-Identifier: Apache-2.0
// Account data of the instructions sysvar: a transaction's instructions as its programs read them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"

#include <cstdint>
#include <span>

namespace fathom {

/// A message with its final flags. The three account spans have one element per message key, the
/// static ones first, then the loaded ones; a flag is set if it is not 0.
struct InstructionsSysvarMessage {
    std::span<const Pubkey> keys;
    ByteView signers;
    ByteView writables;
    std::span<const CompiledInstructionView> instructions;
};

enum class InstructionsSysvarError : std::uint8_t {
    /// An instruction would start beyond what its 16-bit offset can say.
    InstructionIndexOutOfBounds,
    /// An instruction names a key that the message does not have.
    AccountIndexOutOfBounds,
};

/// The data, with a current index of 0 at its end.
[[nodiscard]] Result<Bytes, InstructionsSysvarError>
build_instructions_sysvar(const InstructionsSysvarMessage& message);

/// Writes the index of the running top-level instruction into the last two bytes. False if there
/// are no two bytes.
[[nodiscard]] bool set_current_instruction_index(MutableByteView data, std::uint16_t index);

} // namespace fathom
