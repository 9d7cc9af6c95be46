// SPDX-License-Identifier: Apache-2.0
// Taking lamports out of a stake account (solana-program/stake program/src/processor.rs
// process_withdraw, 5.1.0).
#include "fathom/base/integers.hpp"
#include "fathom/programs/stake/authority.hpp"
#include "fathom/programs/stake/lamports.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::stake {

namespace {

using Kind = StakeState::Kind;

/// What holds lamports back.
struct Restrictions {
    StakeLockup lockup;
    Lamports reserve = 0;
    bool is_staked = false;
};

struct Parties {
    AccountInfo source;
    AccountInfo destination;
    AccountInfo authority;
    std::optional<AccountInfo> custodian;
};

Result<Parties, Failure> read_parties(StakeProgram& program) {
    const AccountInfo source = FATHOM_TRY(program.next());
    const AccountInfo destination = FATHOM_TRY(program.next());
    AccountInfo authority = FATHOM_TRY(program.next());
    if (authority.key() == ids::kClock) {
        FATHOM_CHECK(program.next()); // the stake history
        authority = FATHOM_TRY(program.next());
    } else if (!authority.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return Parties{.source = source,
                   .destination = destination,
                   .authority = authority,
                   .custodian = program.next_if_any()};
}

/// Of an account that holds nothing yet: it signs for itself.
Result<Restrictions, Failure> unrestricted(const AccountInfo& source, const Signers& signers) {
    if (!signers.contains(source.key())) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return Restrictions{};
}

Result<Restrictions, Failure> restrictions_of_stake(const StakeProgram& program,
                                                    const StakeState& state, const Clock& clock,
                                                    Lamports rent) {
    // Before its end all of the delegation counts: activation may yet go on.
    Lamports staked = state.stake.delegation.stake;
    if (clock.epoch >= state.stake.delegation.deactivation_epoch) {
        staked = FATHOM_TRY(program.activation(state.stake.delegation, clock)).effective;
    }
    const auto reserve = checked_add(staked, rent);
    if (!reserve) return std::unexpected(InstructionError::InsufficientFunds);
    return Restrictions{.lockup = state.meta.lockup, .reserve = *reserve, .is_staked = staked != 0};
}

Result<Restrictions, Failure> restrictions(const StakeProgram& program, const AccountInfo& source,
                                           const Signers& signers, const Clock& clock,
                                           Lamports rent) {
    const bool is_ours = source.owner() == ids::kStakeProgram;
    if (is_ours && source.data().empty()) return unrestricted(source, signers);
    const StakeState state = FATHOM_TRY(StakeProgram::state(source));
    switch (state.kind) {
    case Kind::Stake:
        FATHOM_CHECK(check_signed(state.meta, Role::Withdrawer, signers));
        return restrictions_of_stake(program, state, clock, rent);
    case Kind::Initialized:
        FATHOM_CHECK(check_signed(state.meta, Role::Withdrawer, signers));
        return Restrictions{.lockup = state.meta.lockup, .reserve = rent, .is_staked = false};
    case Kind::Uninitialized: return unrestricted(source, signers);
    case Kind::RewardsPool: break;
    }
    return std::unexpected(InstructionError::InvalidAccountData);
}

} // namespace

Outcome withdraw(StakeProgram& program, Lamports lamports) {
    const Parties parties = FATHOM_TRY(read_parties(program));
    const AccountInfo& source = parties.source;
    const Rent rent = FATHOM_TRY(program.rent());
    const Clock clock = FATHOM_TRY(program.clock());
    if (source.key() == parties.destination.key()) {
        return std::unexpected(InstructionError::InvalidArgument);
    }
    if (!parties.authority.is_signer() || (parties.custodian && !parties.custodian->is_signer())) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    Signers signers;
    signers.insert(parties.authority.key());
    std::optional<Pubkey> custodian;
    if (parties.custodian) {
        custodian = parties.custodian->key();
        signers.insert(*custodian);
    }
    const Restrictions held = FATHOM_TRY(
        restrictions(program, source, signers, clock, rent.minimum_balance(source.data().size())));
    if (is_in_force(held.lockup, clock, custodian)) {
        return std::unexpected(StakeError::LockupInForce);
    }
    if (lamports == source.lamports()) {
        if (held.is_staked) return std::unexpected(InstructionError::InsufficientFunds);
        program.truncate(source);
    } else {
        const auto needed = checked_add(lamports, held.reserve);
        if (!needed || *needed > source.lamports()) {
            return std::unexpected(InstructionError::InsufficientFunds);
        }
    }
    return program.move_lamports(source, parties.destination, lamports);
}

} // namespace fathom::programs::stake
