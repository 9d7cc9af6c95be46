// SPDX-License-Identifier: Apache-2.0
// Bincode of vote account state, its versions and the conversion to version 4
// (solana-vote-interface state/vote_state_deserialize.rs, Agave
// programs/vote/src/vote_state/handler.rs).
#include "fathom/programs/vote/state.hpp"

#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/bincode_writer.hpp"

#include <iterator>

namespace fathom::programs::vote {

namespace {

using Version = VersionedVoteState::Version;

constexpr std::uint16_t kWholeBlockRevenue = 10'000;
/// 32 former voters with two epochs each, an index.
constexpr std::uint64_t kPriorVotersSize = 32 * 48 + 8;

std::vector<LandedVote> read_votes(BincodeReader& reader, bool has_latency) {
    std::vector<LandedVote> votes;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        LandedVote vote;
        if (has_latency) vote.latency = reader.u8();
        vote.lockout.slot = reader.u64();
        vote.lockout.confirmation_count = reader.u32();
        votes.push_back(vote);
    }
    return votes;
}

AuthorizedVoters read_authorized_voters(BincodeReader& reader) {
    AuthorizedVoters voters;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        const Epoch epoch = reader.u64();
        voters.insert_or_assign(epoch, reader.pubkey());
    }
    return voters;
}

std::vector<EpochCredits> read_epoch_credits(BincodeReader& reader) {
    std::vector<EpochCredits> credits;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        const Epoch epoch = reader.u64();
        const std::uint64_t total = reader.u64();
        credits.push_back({.epoch = epoch, .credits = total, .previous_credits = reader.u64()});
    }
    return credits;
}

void read_version_4_fields(BincodeReader& reader, VoteState& state) {
    state.inflation_rewards_collector = reader.pubkey();
    state.block_revenue_collector = reader.pubkey();
    state.inflation_rewards_commission_bps = reader.u16();
    state.block_revenue_commission_bps = reader.u16();
    state.pending_delegator_rewards = reader.u64();
    if (reader.boolean()) state.bls_pubkey = reader.array<48>();
}

void read_older_fields(BincodeReader& reader, VoteState& state, const Pubkey& vote_account) {
    state.inflation_rewards_collector = vote_account;
    state.block_revenue_collector = state.node_pubkey;
    state.inflation_rewards_commission_bps = static_cast<std::uint16_t>(reader.u8() * 100);
    state.block_revenue_commission_bps = kWholeBlockRevenue;
}

/// Gives the byte that says whether there are none.
std::uint8_t skip_prior_voters(BincodeReader& reader) {
    static_cast<void>(reader.take(kPriorVotersSize));
    return reader.u8();
}

/// Gives false where the mark of the former voters is none.
bool read_state(BincodeReader& reader, Version version, const Pubkey& vote_account,
                VoteState& state) {
    state.node_pubkey = reader.pubkey();
    state.authorized_withdrawer = reader.pubkey();
    if (version == Version::V4) {
        read_version_4_fields(reader, state);
    } else {
        read_older_fields(reader, state, vote_account);
    }
    state.votes = read_votes(reader, version != Version::V1_14_11);
    state.root_slot = reader.optional_u64();
    state.authorized_voters = read_authorized_voters(reader);
    const std::uint8_t mark = version == Version::V4 ? 0 : skip_prior_voters(reader);
    state.epoch_credits = read_epoch_credits(reader);
    state.last_timestamp.slot = reader.u64();
    state.last_timestamp.timestamp = reader.i64();
    return mark <= 1;
}

} // namespace

std::optional<Slot> VoteState::last_voted_slot() const {
    if (votes.empty()) return std::nullopt;
    return votes.back().slot();
}

bool VoteState::contains_slot(Slot slot) const {
    // The halving of Rust's slice::binary_search_by.
    if (votes.empty()) return false;
    std::size_t base = 0;
    for (std::size_t size = votes.size(); size > 1;) {
        const std::size_t half = size / 2;
        if (votes[base + half].slot() <= slot) base += half;
        size -= half;
    }
    return votes[base].slot() == slot;
}

std::uint8_t VoteState::commission() const {
    return static_cast<std::uint8_t>(std::min(inflation_rewards_commission_bps / 100, 255));
}

Result<Pubkey, InstructionError> VoteState::take_authorized_voter(Epoch current_epoch) {
    const auto after = authorized_voters.upper_bound(current_epoch);
    if (after == authorized_voters.begin()) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const Pubkey voter = std::prev(after)->second;
    authorized_voters.insert_or_assign(current_epoch, voter);
    const Epoch oldest = saturating_sub<Epoch>(current_epoch, 1);
    authorized_voters.erase(authorized_voters.begin(), authorized_voters.lower_bound(oldest));
    return voter;
}

Bytes VoteState::encode() const {
    BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(Version::V4)).pubkey(node_pubkey);
    writer.pubkey(authorized_withdrawer).pubkey(inflation_rewards_collector);
    writer.pubkey(block_revenue_collector).u16(inflation_rewards_commission_bps);
    writer.u16(block_revenue_commission_bps).u64(pending_delegator_rewards);
    writer.u8(bls_pubkey ? 1 : 0);
    if (bls_pubkey) writer.raw(*bls_pubkey);
    writer.u64(votes.size());
    for (const LandedVote& vote : votes) {
        writer.u8(vote.latency).u64(vote.slot()).u32(vote.confirmation_count());
    }
    writer.optional_u64(root_slot).u64(authorized_voters.size());
    for (const auto& [epoch, voter] : authorized_voters) writer.u64(epoch).pubkey(voter);
    writer.u64(epoch_credits.size());
    for (const EpochCredits& entry : epoch_credits) {
        writer.u64(entry.epoch).u64(entry.credits).u64(entry.previous_credits);
    }
    writer.u64(last_timestamp.slot).i64(last_timestamp.timestamp);
    return writer.take();
}

bool VersionedVoteState::is_uninitialized() const {
    if (version == Version::V4) return false;
    return version == Version::Uninitialized || state.authorized_voters.empty();
}

Result<VersionedVoteState, InstructionError>
VersionedVoteState::decode(ByteView data, const Pubkey& vote_account) {
    BincodeReader reader(data);
    VersionedVoteState versioned;
    versioned.version = static_cast<Version>(reader.u32());
    switch (versioned.version) {
    case Version::Uninitialized: break;
    case Version::V1_14_11:
    case Version::V3:
    case Version::V4:
        if (!read_state(reader, versioned.version, vote_account, versioned.state)) reader.fail();
        break;
    default: reader.fail();
    }
    if (reader.failed()) return std::unexpected(InstructionError::InvalidAccountData);
    return versioned;
}

Result<VoteState, InstructionError> read_vote_state(ByteView data, const Pubkey& vote_account) {
    auto versioned = FATHOM_TRY(VersionedVoteState::decode(data, vote_account));
    // Only initialization reads tag 0 as a state (VoteStateVersions::deserialize refuses it).
    if (versioned.version == Version::Uninitialized) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (versioned.is_uninitialized()) {
        return std::unexpected(InstructionError::UninitializedAccount);
    }
    return std::move(versioned.state);
}

Result<std::vector<EpochCredits>, InstructionError>
read_epoch_credits_of(ByteView vote_account_data) {
    BincodeReader reader(vote_account_data);
    const auto version = static_cast<Version>(reader.u32());
    const bool is_known =
        version == Version::V1_14_11 || version == Version::V3 || version == Version::V4;
    if (!is_known) return std::unexpected(InstructionError::InvalidAccountData);
    VoteState state;
    static_cast<void>(read_state(reader, version, {}, state));
    if (reader.failed()) return std::unexpected(InstructionError::InvalidAccountData);
    return std::move(state.epoch_credits);
}

} // namespace fathom::programs::vote
