// SPDX-License-Identifier: Apache-2.0
// Delegation to vote accounts and its end (solana-program/stake program/src/processor.rs, 5.1.0).
#include "fathom/programs/stake/delegation.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/stake/authority.hpp"
#include "fathom/programs/stake/merge_kind.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/program_ids.hpp"

#include <span>
#include <vector>

namespace fathom::programs::stake {

namespace {

constexpr std::size_t kDelinquentEpochs = 5;

using EpochCredits = std::vector<vote::EpochCredits>;

Result<EpochCredits, Failure> epoch_credits(const AccountInfo& vote_account) {
    if (vote_account.owner() != ids::kVoteProgram) {
        return std::unexpected(InstructionError::IncorrectProgramId);
    }
    auto credits = vote::read_epoch_credits_of(vote_account.data());
    if (!credits) return std::unexpected(InstructionError::InvalidAccountData);
    return *std::move(credits);
}

/// What may be staked of the account: all but its rent.
Result<Lamports, Failure> amount_to_delegate(const AccountInfo& account, const Rent& rent) {
    const Lamports amount =
        saturating_sub(account.lamports(), rent.minimum_balance(account.data().size()));
    if (amount < kMinimumDelegation) return std::unexpected(StakeError::InsufficientDelegation);
    return amount;
}

Stake new_stake(Lamports amount, const AccountInfo& vote_account, const EpochCredits& credits,
                Epoch epoch) {
    return {.delegation = {.voter = vote_account.key(), .stake = amount, .activation_epoch = epoch},
            .credits_observed = credits.empty() ? 0 : credits.back().credits};
}

/// A delegation that does not count any more or not yet is replaced; one that is to end in this
/// epoch goes on, if the vote account is the same.
Outcome redelegate(const StakeProgram& program, Stake& stake, const Stake& fresh,
                   const Clock& clock) {
    StakeDelegation& delegation = stake.delegation;
    const auto status = FATHOM_TRY(program.activation(delegation, clock));
    if (status.effective == 0) {
        stake = fresh;
        return {};
    }
    if (clock.epoch != delegation.deactivation_epoch ||
        delegation.voter != fresh.delegation.voter) {
        return std::unexpected(StakeError::TooSoonToRedelegate);
    }
    if (fresh.delegation.stake < delegation.stake) {
        return std::unexpected(StakeError::InsufficientDelegation);
    }
    delegation.deactivation_epoch = StakeDelegation::kNever;
    return {};
}

Outcome end(StakeProgram& program, const AccountInfo& account, StakeState& state, Epoch epoch) {
    StakeDelegation& delegation = state.stake.delegation;
    if (delegation.deactivation_epoch != StakeDelegation::kNever) {
        return std::unexpected(StakeError::AlreadyDeactivated);
    }
    delegation.deactivation_epoch = epoch;
    return program.set_state(account, state);
}

/// True if there were votes in each of the last epochs.
bool voted_lately(std::span<const vote::EpochCredits> credits, Epoch current) {
    if (credits.size() < kDelinquentEpochs) return false;
    Epoch epoch = current;
    for (std::size_t i = 0; i < kDelinquentEpochs; ++i) {
        if (credits[credits.size() - 1 - i].epoch != epoch) return false;
        epoch = saturating_sub<Epoch>(epoch, 1);
    }
    return true;
}

bool is_delinquent(std::span<const vote::EpochCredits> credits, Epoch current) {
    if (credits.empty()) return true;
    return current >= kDelinquentEpochs && credits.back().epoch <= current - kDelinquentEpochs;
}

} // namespace

Outcome delegate(StakeProgram& program) {
    const Signers signers = program.signers();
    const AccountInfo account = FATHOM_TRY(program.next());
    const AccountInfo vote_account = FATHOM_TRY(program.next());
    const AccountInfo authority = FATHOM_TRY(program.next());
    if (authority.key() == ids::kClock) {
        FATHOM_CHECK(program.next()); // the stake history
        FATHOM_CHECK(program.next()); // the stake config
    } else if (!authority.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Rent rent = FATHOM_TRY(program.rent());
    const Clock clock = FATHOM_TRY(program.clock());
    const EpochCredits credits = FATHOM_TRY(epoch_credits(vote_account));
    StakeState state = FATHOM_TRY(StakeProgram::state(account));
    const bool is_delegated = state.kind == StakeState::Kind::Stake;
    if (!is_delegated && state.kind != StakeState::Kind::Initialized) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    FATHOM_CHECK(check_signed(state.meta, Role::Staker, signers));
    const Lamports amount = FATHOM_TRY(amount_to_delegate(account, rent));
    const Stake fresh = new_stake(amount, vote_account, credits, clock.epoch);
    if (is_delegated) {
        FATHOM_CHECK(redelegate(program, state.stake, fresh, clock));
    } else {
        state.kind = StakeState::Kind::Stake;
        state.stake = fresh;
    }
    return program.set_state(account, state);
}

Outcome deactivate(StakeProgram& program) {
    const Signers signers = program.signers();
    const AccountInfo account = FATHOM_TRY(program.next());
    const AccountInfo authority = FATHOM_TRY(program.next());
    if (authority.key() != ids::kClock && !authority.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Clock clock = FATHOM_TRY(program.clock());
    StakeState state = FATHOM_TRY(StakeProgram::state(account));
    if (state.kind != StakeState::Kind::Stake) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    FATHOM_CHECK(check_signed(state.meta, Role::Staker, signers));
    return end(program, account, state, clock.epoch);
}

Outcome deactivate_delinquent(StakeProgram& program) {
    const AccountInfo account = FATHOM_TRY(program.next());
    const AccountInfo delinquent = FATHOM_TRY(program.next());
    const AccountInfo reference = FATHOM_TRY(program.next());
    const Clock clock = FATHOM_TRY(program.clock());
    const EpochCredits delinquent_credits = FATHOM_TRY(epoch_credits(delinquent));
    const EpochCredits reference_credits = FATHOM_TRY(epoch_credits(reference));
    if (!voted_lately(reference_credits, clock.epoch)) {
        return std::unexpected(StakeError::InsufficientReferenceVotes);
    }
    StakeState state = FATHOM_TRY(StakeProgram::state(account));
    if (state.kind != StakeState::Kind::Stake) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (state.stake.delegation.voter != delinquent.key()) {
        return std::unexpected(StakeError::VoteAddressMismatch);
    }
    if (!is_delinquent(delinquent_credits, clock.epoch)) {
        return std::unexpected(StakeError::MinimumDelinquentEpochsForDeactivationNotMet);
    }
    return end(program, account, state, clock.epoch);
}

} // namespace fathom::programs::stake
