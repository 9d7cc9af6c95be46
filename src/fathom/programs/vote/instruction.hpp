// SPDX-License-Identifier: Apache-2.0
// Instructions of the Vote program: what they carry and how they are read.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fathom::programs::vote {

/// solana-vote-interface instruction.rs; the order is the wire tag.
enum class VoteInstructionKind : std::uint32_t {
    InitializeAccount,
    Authorize,
    Vote,
    Withdraw,
    UpdateValidatorIdentity,
    UpdateCommission,
    VoteSwitch,
    AuthorizeChecked,
    UpdateVoteState,
    UpdateVoteStateSwitch,
    AuthorizeWithSeed,
    AuthorizeCheckedWithSeed,
    CompactUpdateVoteState,
    CompactUpdateVoteStateSwitch,
    TowerSync,
    TowerSyncSwitch,
    InitializeAccountV2,
    UpdateCommissionCollector,
    UpdateCommissionBps,
    DepositDelegatorRewards,
};

/// The order is the wire tag.
enum class VoteAuthorize : std::uint32_t { Voter, Withdrawer, VoterWithBls };

/// The order is the wire tag.
enum class CommissionKind : std::uint32_t { InflationRewards, BlockRevenue };

struct BlsCredentials {
    BlsPublicKey public_key{};
    BlsProofOfPossession proof{};
};

/// Votes for slots, oldest first, on top of the tower that is there.
struct SlotVotes {
    std::vector<Slot> slots;
    Hash hash;
    std::optional<UnixTimestamp> timestamp;
};

/// A whole tower in place of the one that is there.
struct TowerUpdate {
    std::vector<Lockout> lockouts;
    std::optional<Slot> root;
    Hash hash;
    std::optional<UnixTimestamp> timestamp;
};

/// Fields that a kind does not carry are zero. Views the instruction data.
struct VoteInstruction {
    VoteInstructionKind kind = VoteInstructionKind::InitializeAccount;
    // InitializeAccount and InitializeAccountV2.
    Pubkey node_pubkey;
    Pubkey authorized_voter;
    Pubkey authorized_withdrawer;
    std::uint8_t commission = 0; // in percent; also UpdateCommission
    std::uint16_t inflation_rewards_commission_bps = 0;
    std::uint16_t block_revenue_commission_bps = 0;
    /// InitializeAccountV2, and every authorization of kind VoterWithBls.
    BlsCredentials bls;
    // Authorizations.
    VoteAuthorize authorize = VoteAuthorize::Voter;
    Pubkey new_authority;
    Pubkey seed_owner;
    std::string_view seed;
    // Votes.
    SlotVotes votes;
    TowerUpdate tower;
    /// Withdraw, DepositDelegatorRewards.
    Lamports lamports = 0;
    // UpdateCommissionCollector, UpdateCommissionBps.
    CommissionKind commission_kind = CommissionKind::InflationRewards;
    std::uint16_t commission_bps = 0;

    /// InvalidInstructionData if it is not one of them.
    [[nodiscard]] static Result<VoteInstruction, InstructionError> decode(ByteView data);
};

} // namespace fathom::programs::vote
