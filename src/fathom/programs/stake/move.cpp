// SPDX-License-Identifier: Apache-2.0
// Merging stake accounts, and moving stake or lamports between them (solana-program/stake
// program/src/processor.rs, 5.1.0).
#include "fathom/base/integers.hpp"
#include "fathom/programs/stake/authority.hpp"
#include "fathom/programs/stake/lamports.hpp"
#include "fathom/programs/stake/merge_kind.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::stake {

namespace {

using Activity = MergeKind::Activity;

struct Move {
    AccountInfo source;
    AccountInfo destination;
    MergeKind source_kind;
    MergeKind destination_kind;
    Rent rent;

    [[nodiscard]] Lamports rent_of(const AccountInfo& account) const {
        return rent.minimum_balance(account.data().size());
    }
};

Outcome check_accounts(const AccountInfo& source, const AccountInfo& destination,
                       const AccountInfo& authority, Lamports lamports) {
    if (!authority.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    if (source.key() == destination.key() || !source.is_writable() || !destination.is_writable()) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    if (lamports == 0) return std::unexpected(InstructionError::InvalidArgument);
    return {};
}

/// What both kinds of moving check.
Result<Move, Failure> read_move(StakeProgram& program, Lamports lamports) {
    const AccountInfo source = FATHOM_TRY(program.next());
    const AccountInfo destination = FATHOM_TRY(program.next());
    const AccountInfo authority = FATHOM_TRY(program.next());
    const Rent rent = FATHOM_TRY(program.rent());
    FATHOM_CHECK(check_accounts(source, destination, authority, lamports));
    const Clock clock = FATHOM_TRY(program.clock());
    const MergeKind source_kind = FATHOM_TRY(MergeKind::of(program, source, clock));
    Signers signers;
    signers.insert(authority.key());
    FATHOM_CHECK(check_signed(source_kind.meta, Role::Staker, signers));
    const MergeKind destination_kind = FATHOM_TRY(MergeKind::of(program, destination, clock));
    FATHOM_CHECK(check_metas_can_merge(program, source_kind.meta, destination_kind.meta, clock));
    return Move{.source = source,
                .destination = destination,
                .source_kind = source_kind,
                .destination_kind = destination_kind,
                .rent = rent};
}

StakeState stake_of(const StakeMeta& meta, const Stake& stake) {
    StakeState state;
    state.kind = StakeState::Kind::Stake;
    state.meta = meta;
    state.stake = stake;
    return state;
}

/// The destination's stake with the lamports in it.
Result<Stake, Failure> enlarged_stake(const Move& move, Lamports lamports) {
    const Stake& source = move.source_kind.stake;
    if (move.destination_kind.activity == Activity::Inactive) {
        if (lamports < kMinimumDelegation) {
            return std::unexpected(InstructionError::InvalidArgument);
        }
        Stake stake = source;
        stake.delegation.stake = lamports;
        return stake;
    }
    if (move.destination_kind.activity != Activity::FullyActive) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    Stake stake = move.destination_kind.stake;
    if (source.delegation.voter != stake.delegation.voter) {
        return std::unexpected(StakeError::VoteAddressMismatch);
    }
    const auto sum = checked_add(stake.delegation.stake, lamports);
    if (!sum) return std::unexpected(InstructionError::ArithmeticOverflow);
    if (*sum < kMinimumDelegation) return std::unexpected(InstructionError::InvalidArgument);
    FATHOM_CHECK(absorb(stake, lamports, source.credits_observed));
    return stake;
}

/// The source without the lamports; InvalidArgument if it lacks them or would keep too little.
Result<StakeState, Failure> reduced_source(const Move& move, Lamports lamports) {
    StakeState state = stake_of(move.source_kind.meta, move.source_kind.stake);
    const auto left = checked_sub(state.stake.delegation.stake, lamports);
    if (!left || (*left != 0 && *left < kMinimumDelegation)) {
        return std::unexpected(InstructionError::InvalidArgument);
    }
    state.stake.delegation.stake = *left;
    if (*left == 0) state.kind = StakeState::Kind::Initialized;
    return state;
}

} // namespace

Outcome move_stake(StakeProgram& program, Lamports lamports) {
    const Move move = FATHOM_TRY(read_move(program, lamports));
    if (move.source.data().size() != StakeState::kSize ||
        move.destination.data().size() != StakeState::kSize ||
        move.source_kind.activity != Activity::FullyActive) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const StakeState source = FATHOM_TRY(reduced_source(move, lamports));
    const Stake destination = FATHOM_TRY(enlarged_stake(move, lamports));
    FATHOM_CHECK(
        program.set_state(move.destination, stake_of(move.destination_kind.meta, destination)));
    FATHOM_CHECK(program.set_state(move.source, source));
    FATHOM_CHECK(program.move_lamports(move.source, move.destination, lamports));
    if (move.source.lamports() - lamports < move.rent_of(move.source) ||
        move.destination.lamports() + lamports < move.rent_of(move.destination)) {
        program.say("Delegation calculations violated lamport balance assumptions");
        return std::unexpected(InstructionError::InvalidArgument);
    }
    return {};
}

Outcome move_lamports(StakeProgram& program, Lamports lamports) {
    const Move move = FATHOM_TRY(read_move(program, lamports));
    if (move.source_kind.activity == Activity::ActivationEpoch) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const bool is_active = move.source_kind.activity == Activity::FullyActive;
    const Lamports staked = is_active ? move.source_kind.stake.delegation.stake : 0;
    const Lamports free =
        saturating_sub(saturating_sub(move.source.lamports(), staked), move.rent_of(move.source));
    if (lamports > free) return std::unexpected(InstructionError::InvalidArgument);
    return program.move_lamports(move.source, move.destination, lamports);
}

Outcome merge(StakeProgram& program) {
    const AccountInfo destination = FATHOM_TRY(program.next());
    const AccountInfo source = FATHOM_TRY(program.next());
    const AccountInfo authority = FATHOM_TRY(program.next());
    if (authority.key() == ids::kClock) {
        FATHOM_CHECK(program.next()); // the stake history
    } else if (!authority.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Clock clock = FATHOM_TRY(program.clock());
    if (source.key() == destination.key()) {
        return std::unexpected(InstructionError::InvalidArgument);
    }
    program.say("Checking if destination stake is mergeable");
    const MergeKind destination_kind = FATHOM_TRY(MergeKind::of(program, destination, clock));
    FATHOM_CHECK(check_signed(destination_kind.meta, Role::Staker, program.signers()));
    program.say("Checking if source stake is mergeable");
    const MergeKind source_kind = FATHOM_TRY(MergeKind::of(program, source, clock));
    program.say("Merging stake accounts");
    const auto merged = FATHOM_TRY(merged_state(program, destination_kind, source_kind, clock));
    if (merged) FATHOM_CHECK(program.set_state(destination, *merged));
    program.truncate(source);
    return program.move_lamports(source, destination, source.lamports());
}

} // namespace fathom::programs::stake
