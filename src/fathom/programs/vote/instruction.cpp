// SPDX-License-Identifier: Apache-2.0
// Wire format of the Vote program's instructions (solana-vote-interface instruction.rs,
// state/mod.rs for the compact towers).
#include "fathom/programs/vote/instruction.hpp"

#include "fathom/programs/bincode_reader.hpp"

#include <limits>

namespace fathom::programs::vote {

namespace {

using Kind = VoteInstructionKind;

SlotVotes read_slot_votes(BincodeReader& reader) {
    SlotVotes votes;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        votes.slots.push_back(reader.u64());
    }
    votes.hash = reader.hash();
    votes.timestamp = reader.optional_i64();
    return votes;
}

TowerUpdate read_tower(BincodeReader& reader) {
    TowerUpdate tower;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        const Slot slot = reader.u64();
        tower.lockouts.push_back({.slot = slot, .confirmation_count = reader.u32()});
    }
    tower.root = reader.optional_u64();
    tower.hash = reader.hash();
    tower.timestamp = reader.optional_i64();
    return tower;
}

/// Slots are distances, the first one from the root.
TowerUpdate read_compact_tower(BincodeReader& reader) {
    TowerUpdate tower;
    const Slot root = reader.u64();
    if (root != std::numeric_limits<Slot>::max()) tower.root = root;
    Slot slot = tower.root.value_or(0);
    const std::uint16_t count = reader.compact_u16();
    for (std::uint16_t i = 0; i < count && !reader.failed(); ++i) {
        const auto next = checked_add(slot, reader.varint_u64());
        if (!next) reader.fail();
        slot = next.value_or(0);
        tower.lockouts.push_back({.slot = slot, .confirmation_count = reader.u8()});
    }
    tower.hash = reader.hash();
    tower.timestamp = reader.optional_i64();
    return tower;
}

BlsCredentials read_bls(BincodeReader& reader) {
    BlsCredentials bls;
    bls.public_key = reader.array<48>();
    bls.proof = reader.array<96>();
    return bls;
}

void read_authorize(BincodeReader& reader, VoteInstruction& out) {
    out.authorize = static_cast<VoteAuthorize>(reader.u32());
    if (out.authorize > VoteAuthorize::VoterWithBls) reader.fail();
    if (out.authorize == VoteAuthorize::VoterWithBls) out.bls = read_bls(reader);
}

void read_authorize_with_seed(BincodeReader& reader, VoteInstruction& out) {
    read_authorize(reader, out);
    out.seed_owner = reader.pubkey();
    out.seed = reader.string();
    if (out.kind == Kind::AuthorizeWithSeed) out.new_authority = reader.pubkey();
}

void read_initialize(BincodeReader& reader, VoteInstruction& out) {
    out.node_pubkey = reader.pubkey();
    out.authorized_voter = reader.pubkey();
    if (out.kind == Kind::InitializeAccountV2) out.bls = read_bls(reader);
    out.authorized_withdrawer = reader.pubkey();
    if (out.kind == Kind::InitializeAccount) {
        out.commission = reader.u8();
    } else {
        out.inflation_rewards_commission_bps = reader.u16();
        out.block_revenue_commission_bps = reader.u16();
    }
}

void read_commission_kind(BincodeReader& reader, VoteInstruction& out) {
    out.commission_kind = static_cast<CommissionKind>(reader.u32());
    if (out.commission_kind > CommissionKind::BlockRevenue) reader.fail();
}

/// False if the kind is no vote. The hash behind a switch and the block id are read and ignored.
bool read_vote_fields(BincodeReader& reader, VoteInstruction& out) {
    switch (out.kind) {
    case Kind::Vote:
    case Kind::VoteSwitch: out.votes = read_slot_votes(reader); break;
    case Kind::UpdateVoteState:
    case Kind::UpdateVoteStateSwitch: out.tower = read_tower(reader); break;
    case Kind::CompactUpdateVoteState:
    case Kind::CompactUpdateVoteStateSwitch: out.tower = read_compact_tower(reader); break;
    case Kind::TowerSync:
    case Kind::TowerSyncSwitch:
        out.tower = read_compact_tower(reader);
        static_cast<void>(reader.hash());
        break;
    default: return false;
    }
    const bool is_switch =
        out.kind == Kind::VoteSwitch || out.kind == Kind::UpdateVoteStateSwitch ||
        out.kind == Kind::CompactUpdateVoteStateSwitch || out.kind == Kind::TowerSyncSwitch;
    if (is_switch) static_cast<void>(reader.hash());
    return true;
}

void read_fields(BincodeReader& reader, VoteInstruction& out) {
    if (read_vote_fields(reader, out)) return;
    switch (out.kind) {
    case Kind::InitializeAccount:
    case Kind::InitializeAccountV2: return read_initialize(reader, out);
    case Kind::Authorize: out.new_authority = reader.pubkey(); return read_authorize(reader, out);
    case Kind::AuthorizeChecked: return read_authorize(reader, out);
    case Kind::AuthorizeWithSeed:
    case Kind::AuthorizeCheckedWithSeed: return read_authorize_with_seed(reader, out);
    case Kind::Withdraw:
    case Kind::DepositDelegatorRewards: out.lamports = reader.u64(); return;
    case Kind::UpdateValidatorIdentity: return;
    case Kind::UpdateCommission: out.commission = reader.u8(); return;
    case Kind::UpdateCommissionCollector: return read_commission_kind(reader, out);
    case Kind::UpdateCommissionBps:
        out.commission_bps = reader.u16();
        return read_commission_kind(reader, out);
    default: reader.fail();
    }
}

} // namespace

Result<VoteInstruction, InstructionError> VoteInstruction::decode(ByteView data) {
    auto reader = BincodeReader::of_instruction(data);
    VoteInstruction instruction;
    instruction.kind = static_cast<Kind>(reader.u32());
    read_fields(reader, instruction);
    if (reader.failed()) return std::unexpected(InstructionError::InvalidInstructionData);
    return instruction;
}

} // namespace fathom::programs::vote
