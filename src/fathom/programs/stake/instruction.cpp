// SPDX-License-Identifier: Apache-2.0
// Bincode of the Stake program's instructions.
#include "fathom/programs/stake/instruction.hpp"

#include "fathom/programs/bincode_reader.hpp"

namespace fathom::programs::stake {

namespace {

Role read_role(BincodeReader& reader) {
    const std::uint32_t tag = reader.u32();
    if (tag > static_cast<std::uint32_t>(Role::Withdrawer)) reader.fail();
    return static_cast<Role>(tag);
}

void read_initialize(BincodeReader& reader, StakeInstruction& instruction) {
    instruction.authorized.staker = reader.pubkey();
    instruction.authorized.withdrawer = reader.pubkey();
    instruction.lockup.unix_timestamp = reader.i64();
    instruction.lockup.epoch = reader.u64();
    instruction.lockup.custodian = reader.pubkey();
}

void read_times(BincodeReader& reader, LockupChange& change) {
    change.unix_timestamp = reader.optional_i64();
    change.epoch = reader.optional_u64();
}

void read_seed(BincodeReader& reader, StakeInstruction& instruction) {
    instruction.role = read_role(reader);
    instruction.seed = reader.string();
    instruction.seed_owner = reader.pubkey();
}

} // namespace

std::optional<StakeInstruction> StakeInstruction::decode(ByteView data) {
    BincodeReader reader(data); // the ELF reads data of any length
    const std::uint32_t tag = reader.u32();
    if (tag > static_cast<std::uint32_t>(Kind::MoveLamports)) return std::nullopt;
    StakeInstruction instruction;
    instruction.kind = static_cast<Kind>(tag);
    switch (instruction.kind) {
    case Kind::Initialize: read_initialize(reader, instruction); break;
    case Kind::Authorize:
        instruction.new_authority = reader.pubkey();
        instruction.role = read_role(reader);
        break;
    case Kind::Split:
    case Kind::Withdraw:
    case Kind::MoveStake:
    case Kind::MoveLamports: instruction.lamports = reader.u64(); break;
    case Kind::SetLockup:
        read_times(reader, instruction.lockup_change);
        instruction.lockup_change.custodian = reader.optional_pubkey();
        break;
    case Kind::SetLockupChecked: read_times(reader, instruction.lockup_change); break;
    case Kind::AuthorizeWithSeed:
        instruction.new_authority = reader.pubkey();
        read_seed(reader, instruction);
        break;
    case Kind::AuthorizeCheckedWithSeed: read_seed(reader, instruction); break;
    case Kind::AuthorizeChecked: instruction.role = read_role(reader); break;
    case Kind::DelegateStake:
    case Kind::Deactivate:
    case Kind::Merge:
    case Kind::InitializeChecked:
    case Kind::GetMinimumDelegation:
    case Kind::DeactivateDelinquent:
    case Kind::Redelegate: break;
    }
    if (reader.failed()) return std::nullopt;
    return instruction;
}

} // namespace fathom::programs::stake
