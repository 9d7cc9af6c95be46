// SPDX-License-Identifier: Apache-2.0
// Wire format of loader v3's instructions.
#include "fathom/programs/bpf_loader/instruction.hpp"

#include "fathom/programs/bincode_reader.hpp"

namespace fathom::programs::bpf_loader {

Result<LoaderInstruction, InstructionError> LoaderInstruction::decode(ByteView data) {
    using Kind = LoaderInstructionKind;
    auto reader = BincodeReader::of_instruction(data);
    LoaderInstruction instruction;
    instruction.kind = static_cast<Kind>(reader.u32());
    switch (instruction.kind) {
    case Kind::Write:
        instruction.offset = reader.u32();
        instruction.bytes = reader.byte_vector();
        break;
    case Kind::DeployWithMaxDataLen: instruction.max_data_len = reader.u64(); break;
    case Kind::ExtendProgram: instruction.additional_bytes = reader.u32(); break;
    case Kind::InitializeBuffer:
    case Kind::Upgrade:
    case Kind::SetAuthority:
    case Kind::Close:
    case Kind::SetAuthorityChecked: break;
    default: reader.fail();
    }
    if (reader.failed()) return std::unexpected(InstructionError::InvalidInstructionData);
    return instruction;
}

} // namespace fathom::programs::bpf_loader
