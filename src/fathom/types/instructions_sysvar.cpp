// SPDX-License-Identifier: Apache-2.0
// Building the instructions sysvar.
#include "fathom/types/instructions_sysvar.hpp"

#include <algorithm>
#include <limits>

namespace fathom {

namespace {

using Error = InstructionsSysvarError;

constexpr std::size_t kMetaSize = 1 + sizeof(Pubkey);
constexpr std::uint8_t kIsSigner = 1;
constexpr std::uint8_t kIsWritable = 2;

void append_u16(Bytes& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value));
    out.push_back(static_cast<std::uint8_t>(value >> 8));
}

void append(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::size_t size_of(const InstructionsSysvarMessage& message) {
    std::size_t size = 2 + 2;
    for (const CompiledInstructionView& instruction : message.instructions) {
        size += 2 + 2 + kMetaSize * instruction.accounts.size() + sizeof(Pubkey) + 2 +
                instruction.data.size();
    }
    return size;
}

Result<void, Error> append_instruction(Bytes& out, const InstructionsSysvarMessage& message,
                                       const CompiledInstructionView& instruction) {
    const std::size_t key_count =
        std::min({message.keys.size(), message.signers.size(), message.writables.size()});
    append_u16(out, instruction.accounts.size());
    for (const std::uint8_t index : instruction.accounts) {
        if (index >= key_count) return std::unexpected(Error::AccountIndexOutOfBounds);
        const int signer = message.signers[index] != 0 ? kIsSigner : 0;
        const int writable = message.writables[index] != 0 ? kIsWritable : 0;
        out.push_back(static_cast<std::uint8_t>(signer | writable));
        append(out, message.keys[index].view());
    }
    if (instruction.program_id_index >= key_count) {
        return std::unexpected(Error::AccountIndexOutOfBounds);
    }
    append(out, message.keys[instruction.program_id_index].view());
    append_u16(out, instruction.data.size());
    append(out, instruction.data);
    return {};
}

} // namespace

// solana-sdk instructions-sysvar/src/lib.rs serialize_instructions: only starts are checked against
// 16 bits, so the last instruction may reach beyond.
Result<Bytes, InstructionsSysvarError>
build_instructions_sysvar(const InstructionsSysvarMessage& message) {
    Bytes out;
    out.reserve(size_of(message));
    append_u16(out, message.instructions.size());
    out.resize(out.size() + 2 * message.instructions.size());
    for (std::size_t i = 0; i < message.instructions.size(); ++i) {
        if (out.size() > std::numeric_limits<std::uint16_t>::max()) {
            return std::unexpected(Error::InstructionIndexOutOfBounds);
        }
        store_le(out.data() + 2 + 2 * i, static_cast<std::uint16_t>(out.size()));
        FATHOM_CHECK(append_instruction(out, message, message.instructions[i]));
    }
    append_u16(out, 0);
    return out;
}

bool set_current_instruction_index(MutableByteView data, std::uint16_t index) {
    if (data.size() < 2) return false;
    store_le(data.data() + data.size() - 2, index);
    return true;
}

} // namespace fathom
