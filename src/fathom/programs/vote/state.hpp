// SPDX-License-Identifier: Apache-2.0
// What a vote account holds: authorities, commissions, the tower of votes and the credits earned.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace fathom::programs::vote {

inline constexpr std::size_t kMaxLockoutHistory = 31;
inline constexpr std::size_t kMaxEpochCreditsHistory = 64;

using BlsPublicKey = std::array<std::uint8_t, 48>;
using BlsProofOfPossession = std::array<std::uint8_t, 96>;

/// A vote for a slot, and for how long it forbids votes on other forks.
struct Lockout {
    Slot slot = 0;
    std::uint32_t confirmation_count = 0;

    [[nodiscard]] Slot last_locked_out_slot() const {
        const std::uint32_t exponent =
            std::min<std::uint32_t>(confirmation_count, kMaxLockoutHistory);
        return saturating_add<Slot>(slot, Slot{1} << exponent);
    }
    [[nodiscard]] bool is_locked_out_at_slot(Slot at) const { return last_locked_out_slot() >= at; }

    friend bool operator==(const Lockout&, const Lockout&) = default;
};

struct LandedVote {
    /// Slots between the voted slot and the one in which the vote landed; 0 if not recorded.
    std::uint8_t latency = 0;
    Lockout lockout;

    [[nodiscard]] Slot slot() const { return lockout.slot; }
    [[nodiscard]] std::uint32_t confirmation_count() const { return lockout.confirmation_count; }

    friend bool operator==(const LandedVote&, const LandedVote&) = default;
};

struct BlockTimestamp {
    Slot slot = 0;
    UnixTimestamp timestamp = 0;

    friend bool operator==(const BlockTimestamp&, const BlockTimestamp&) = default;
};

struct EpochCredits {
    Epoch epoch = 0;
    std::uint64_t credits = 0;
    std::uint64_t previous_credits = 0;

    friend bool operator==(const EpochCredits&, const EpochCredits&) = default;
};

/// Who votes from which epoch on.
using AuthorizedVoters = std::map<Epoch, Pubkey>;

/// Version 4 of the state (SIMD-0185), which every write gives. Votes are oldest first.
struct VoteState {
    /// Of the account; the value is at most this long as long as it was written by the program.
    static constexpr std::uint64_t kSize = 3762;

    Pubkey node_pubkey;
    Pubkey authorized_withdrawer;
    Pubkey inflation_rewards_collector;
    Pubkey block_revenue_collector;
    std::uint16_t inflation_rewards_commission_bps = 0;
    std::uint16_t block_revenue_commission_bps = 0;
    Lamports pending_delegator_rewards = 0;
    std::optional<BlsPublicKey> bls_pubkey;
    std::vector<LandedVote> votes;
    std::optional<Slot> root_slot;
    AuthorizedVoters authorized_voters;
    std::vector<EpochCredits> epoch_credits;
    BlockTimestamp last_timestamp;

    [[nodiscard]] std::optional<Slot> last_voted_slot() const;
    /// By binary search, which for votes out of order finds what the reference finds.
    [[nodiscard]] bool contains_slot(Slot slot) const;
    /// In percent.
    [[nodiscard]] std::uint8_t commission() const;
    /// The voter of the epoch, whom it also records for exactly this epoch; voters of epochs before
    /// the previous one are forgotten. InvalidAccountData if there is none.
    [[nodiscard]] Result<Pubkey, InstructionError> take_authorized_voter(Epoch current_epoch);

    [[nodiscard]] Bytes encode() const;

    friend bool operator==(const VoteState&, const VoteState&) = default;
};

/// State as found in an account.
struct VersionedVoteState {
    /// The order is the wire tag.
    enum class Version : std::uint32_t { Uninitialized, V1_14_11, V3, V4 };

    Version version = Version::Uninitialized;
    /// In terms of version 4: collectors and commissions that older versions lack are set as
    /// SIMD-0185 has it.
    VoteState state;

    /// Version 4 is always initialized.
    [[nodiscard]] bool is_uninitialized() const;
    /// InvalidAccountData if it is none of the versions. Ignores what follows.
    [[nodiscard]] static Result<VersionedVoteState, InstructionError>
    decode(ByteView data, const Pubkey& vote_account);
};

/// The state of an account that must be initialized: InvalidAccountData, or UninitializedAccount
/// for an old version without voters.
[[nodiscard]] Result<VoteState, InstructionError> read_vote_state(ByteView data,
                                                                  const Pubkey& vote_account);

/// The credits alone, as the Stake program reads them: of any version but Uninitialized, with or
/// without voters, whatever byte says whether the former voters are none
/// (solana-vote-interface VoteStateV4::deserialize_into_uninit). InvalidAccountData.
[[nodiscard]] Result<std::vector<EpochCredits>, InstructionError>
read_epoch_credits_of(ByteView vote_account_data);

} // namespace fathom::programs::vote
