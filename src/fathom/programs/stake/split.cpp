// SPDX-License-Identifier: Apache-2.0
// Splitting a stake account in two (solana-program/stake program/src/processor.rs process_split,
// 5.1.0).
#include "fathom/base/integers.hpp"
#include "fathom/programs/stake/authority.hpp"
#include "fathom/programs/stake/lamports.hpp"
#include "fathom/programs/stake/merge_kind.hpp"

namespace fathom::programs::stake {

namespace {

using Kind = StakeState::Kind;

struct Split {
    AccountInfo source;
    AccountInfo destination;
    Lamports lamports = 0;
    Lamports source_rent = 0;
    Lamports destination_rent = 0;
    StakeState state; // of the source
    bool is_active_or_activating = false;

    /// The source's state as the destination begins with it.
    [[nodiscard]] StakeState destination_state() const {
        StakeState copy = state;
        copy.meta.rent_exempt_reserve = kPseudoRentExemptReserve; // where there is one
        return copy;
    }
};

Outcome check_accounts(Split& split, const Rent& rent) {
    if (split.source.key() == split.destination.key()) {
        return std::unexpected(InstructionError::InvalidArgument);
    }
    if (FATHOM_TRY(StakeProgram::state(split.destination)).kind != Kind::Uninitialized) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (split.lamports > split.source.lamports() || split.lamports == 0) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    if (split.destination.data().size() != StakeState::kSize) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    split.source_rent = rent.minimum_balance(split.source.data().size());
    split.destination_rent = rent.minimum_balance(split.destination.data().size());
    return {};
}

Outcome read_source(const StakeProgram& program, Split& split, const Clock& clock) {
    split.state = FATHOM_TRY(StakeProgram::state(split.source));
    switch (split.state.kind) {
    case Kind::Stake: {
        FATHOM_CHECK(check_signed(split.state.meta, Role::Staker, program.signers()));
        const auto status = FATHOM_TRY(program.activation(split.state.stake.delegation, clock));
        split.is_active_or_activating = status.effective > 0 || status.activating > 0;
        return {};
    }
    case Kind::Initialized: return check_signed(split.state.meta, Role::Staker, program.signers());
    case Kind::Uninitialized:
        if (split.source.is_signer()) return {};
        return std::unexpected(InstructionError::MissingRequiredSignature);
    case Kind::RewardsPool: break;
    }
    return std::unexpected(InstructionError::InvalidAccountData);
}

/// Everything goes over; only the destination must be right afterwards.
Outcome split_all(StakeProgram& program, const Split& split) {
    const Lamports delegated =
        split.is_active_or_activating ? split.state.stake.delegation.stake : 0;
    const Lamports sum = saturating_add(split.destination.lamports(), split.lamports);
    if (saturating_sub(sum, delegated) < split.destination_rent) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    if (split.is_active_or_activating && delegated < kMinimumDelegation) {
        return std::unexpected(StakeError::InsufficientDelegation);
    }
    FATHOM_CHECK(program.set_state(split.destination, split.destination_state()));
    program.truncate(split.source);
    return program.move_lamports(split.source, split.destination, split.lamports);
}

/// Both accounts must keep their rent.
Outcome split_inactive(StakeProgram& program, const Split& split) {
    const auto sum = checked_add(split.destination.lamports(), split.lamports);
    if (!sum) return std::unexpected(InstructionError::ArithmeticOverflow);
    if (split.source.lamports() - split.lamports < split.source_rent ||
        *sum < split.destination_rent) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    FATHOM_CHECK(program.set_state(split.destination, split.destination_state()));
    return program.move_lamports(split.source, split.destination, split.lamports);
}

/// Every lamport that goes over was delegated and stays so.
Outcome split_active(StakeProgram& program, const Split& split) {
    if (split.destination.lamports() < split.destination_rent) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    StakeState source = split.state;
    const auto left = checked_sub(source.stake.delegation.stake, split.lamports);
    if (!left || *left < kMinimumDelegation) {
        return std::unexpected(StakeError::InsufficientDelegation);
    }
    if (saturating_sub(split.source.lamports() - split.lamports, *left) < split.source_rent) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    if (split.lamports < kMinimumDelegation) {
        return std::unexpected(StakeError::InsufficientDelegation);
    }
    source.stake.delegation.stake = *left;
    StakeState destination = split.destination_state();
    destination.stake.delegation.stake = split.lamports;
    FATHOM_CHECK(program.set_state(split.source, source));
    FATHOM_CHECK(program.set_state(split.destination, destination));
    return program.move_lamports(split.source, split.destination, split.lamports);
}

} // namespace

Outcome split(StakeProgram& program, Lamports lamports) {
    const AccountInfo source = FATHOM_TRY(program.next());
    const AccountInfo destination = FATHOM_TRY(program.next());
    Split split{.source = source, .destination = destination, .lamports = lamports, .state = {}};
    const Rent rent = FATHOM_TRY(program.rent());
    const Clock clock = FATHOM_TRY(program.clock());
    FATHOM_CHECK(check_accounts(split, rent));
    FATHOM_CHECK(read_source(program, split, clock));
    if (lamports == source.lamports()) return split_all(program, split);
    if (!split.is_active_or_activating) return split_inactive(program, split);
    return split_active(program, split);
}

} // namespace fathom::programs::stake
