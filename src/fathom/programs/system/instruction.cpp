// SPDX-License-Identifier: Apache-2.0
// Wire format of the System program's instructions.
#include "fathom/programs/system/instruction.hpp"

#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/bincode_writer.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::system {

namespace {

using Kind = SystemInstructionKind;

void read_fields(BincodeReader& reader, SystemInstruction& out) {
    switch (out.kind) {
    case Kind::CreateAccount:
    case Kind::CreateAccountAllowPrefund:
        out.lamports = reader.u64();
        out.space = reader.u64();
        out.owner = reader.pubkey();
        return;
    case Kind::Assign: out.owner = reader.pubkey(); return;
    case Kind::Transfer:
    case Kind::WithdrawNonceAccount: out.lamports = reader.u64(); return;
    case Kind::CreateAccountWithSeed:
        out.base = reader.pubkey();
        out.seed = reader.string();
        out.lamports = reader.u64();
        out.space = reader.u64();
        out.owner = reader.pubkey();
        return;
    case Kind::InitializeNonceAccount:
    case Kind::AuthorizeNonceAccount: out.authority = reader.pubkey(); return;
    case Kind::Allocate: out.space = reader.u64(); return;
    case Kind::AllocateWithSeed:
        out.base = reader.pubkey();
        out.seed = reader.string();
        out.space = reader.u64();
        out.owner = reader.pubkey();
        return;
    case Kind::AssignWithSeed:
        out.base = reader.pubkey();
        out.seed = reader.string();
        out.owner = reader.pubkey();
        return;
    case Kind::TransferWithSeed:
        out.lamports = reader.u64();
        out.seed = reader.string();
        out.owner = reader.pubkey();
        return;
    case Kind::AdvanceNonceAccount:
    case Kind::UpgradeNonceAccount: return;
    }
    reader.fail();
}

} // namespace

Result<SystemInstruction, InstructionError> SystemInstruction::decode(ByteView data) {
    auto reader = BincodeReader::of_instruction(data);
    SystemInstruction instruction;
    instruction.kind = static_cast<Kind>(reader.u32());
    read_fields(reader, instruction);
    if (reader.failed()) return std::unexpected(InstructionError::InvalidInstructionData);
    return instruction;
}

Instruction create_account(const Pubkey& from, const Pubkey& to, Lamports lamports,
                           std::uint64_t space, const Pubkey& owner) {
    BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(Kind::CreateAccount));
    writer.u64(lamports).u64(space).pubkey(owner);
    return {.program_id = ids::kSystemProgram,
            .accounts = {{.pubkey = from, .is_signer = true, .is_writable = true},
                         {.pubkey = to, .is_signer = true, .is_writable = true}},
            .data = writer.take()};
}

Instruction transfer(const Pubkey& from, const Pubkey& to, Lamports lamports) {
    BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(Kind::Transfer)).u64(lamports);
    return {.program_id = ids::kSystemProgram,
            .accounts = {{.pubkey = from, .is_signer = true, .is_writable = true},
                         {.pubkey = to, .is_signer = false, .is_writable = true}},
            .data = writer.take()};
}

} // namespace fathom::programs::system
