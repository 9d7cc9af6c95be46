// SPDX-License-Identifier: Apache-2.0
// Rules of merging stake accounts (solana-program/stake program/src/helpers/merge.rs, 5.1.0).
#include "fathom/programs/stake/merge_kind.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/stake/authority.hpp"

namespace fathom::programs::stake {

namespace {

using Activity = MergeKind::Activity;

Result<MergeKind, Failure> kind_of_stake(const StakeProgram& program, const StakeState& state,
                                         Lamports lamports, const Clock& clock) {
    const auto status = FATHOM_TRY(program.activation(state.stake.delegation, clock));
    MergeKind kind{.activity = Activity::FullyActive,
                   .meta = state.meta,
                   .stake = state.stake,
                   .lamports = lamports,
                   .flags = state.flags};
    if (status.effective == 0) {
        const bool is_inactive = status.activating == 0 && status.deactivating == 0;
        kind.activity = is_inactive ? Activity::Inactive : Activity::ActivationEpoch;
        return kind;
    }
    if (status.activating == 0 && status.deactivating == 0) return kind;
    program.say("stake account with transient stake cannot be merged");
    return std::unexpected(StakeError::MergeTransientStake);
}

Outcome check_delegations_can_merge(const StakeProgram& program, const StakeDelegation& stake,
                                    const StakeDelegation& source) {
    if (stake.voter != source.voter) {
        program.say("Unable to merge due to voter mismatch");
        return std::unexpected(StakeError::MergeMismatch);
    }
    constexpr Epoch kNever = StakeDelegation::kNever;
    if (stake.deactivation_epoch != kNever || source.deactivation_epoch != kNever) {
        program.say("Unable to merge due to stake deactivation");
        return std::unexpected(StakeError::MergeMismatch);
    }
    return {};
}

/// nullopt: an overflow.
std::optional<std::uint64_t> weighted_credits(const Stake& stake, Lamports absorbed,
                                              std::uint64_t credits) {
    if (stake.credits_observed == credits) return credits;
    const auto total = checked_add(stake.delegation.stake, absorbed);
    if (!total || *total == 0) return std::nullopt;
    const uint128_t own = uint128_t{stake.credits_observed} * stake.delegation.stake;
    const uint128_t theirs = uint128_t{credits} * absorbed;
    // The sum cannot exceed 128 bits: the two weights add up to a u64.
    const uint128_t rounded_up = (own + theirs + *total - 1) / *total;
    if (rounded_up > ~std::uint64_t{0}) return std::nullopt;
    return static_cast<std::uint64_t>(rounded_up);
}

Outcome add_lamports(Stake& stake, Lamports lamports) {
    const auto sum = checked_add(stake.delegation.stake, lamports);
    if (!sum) return std::unexpected(InstructionError::InsufficientFunds);
    stake.delegation.stake = *sum;
    return {};
}

} // namespace

Result<MergeKind, Failure> MergeKind::of(const StakeProgram& program, const AccountInfo& account,
                                         const Clock& clock) {
    const StakeState state = FATHOM_TRY(StakeProgram::state(account));
    switch (state.kind) {
    case StakeState::Kind::Stake: return kind_of_stake(program, state, account.lamports(), clock);
    case StakeState::Kind::Initialized:
        return MergeKind{.activity = Activity::Inactive,
                         .meta = state.meta,
                         .stake = {},
                         .lamports = account.lamports(),
                         .flags = 0};
    case StakeState::Kind::Uninitialized:
    case StakeState::Kind::RewardsPool: break;
    }
    return std::unexpected(InstructionError::InvalidAccountData);
}

Outcome check_metas_can_merge(const StakeProgram& program, const StakeMeta& stake,
                              const StakeMeta& source, const Clock& clock) {
    const bool lockups_can_merge =
        stake.lockup == source.lockup || (!is_in_force(stake.lockup, clock, std::nullopt) &&
                                          !is_in_force(source.lockup, clock, std::nullopt));
    if (stake.authorized == source.authorized && lockups_can_merge) return {};
    program.say("Unable to merge due to metadata mismatch");
    return std::unexpected(StakeError::MergeMismatch);
}

Outcome absorb(Stake& stake, Lamports lamports, std::uint64_t credits_observed) {
    const auto credits = weighted_credits(stake, lamports, credits_observed);
    if (!credits) return std::unexpected(InstructionError::ArithmeticOverflow);
    stake.credits_observed = *credits;
    return add_lamports(stake, lamports);
}

Result<std::optional<StakeState>, Failure> merged_state(const StakeProgram& program,
                                                        const MergeKind& stake,
                                                        const MergeKind& source,
                                                        const Clock& clock) {
    FATHOM_CHECK(check_metas_can_merge(program, stake.meta, source.meta, clock));
    if (stake.activity != Activity::Inactive && source.activity != Activity::Inactive) {
        FATHOM_CHECK(
            check_delegations_can_merge(program, stake.stake.delegation, source.stake.delegation));
    }
    if (stake.activity == Activity::Inactive && source.activity != Activity::FullyActive) {
        return std::nullopt;
    }
    StakeState merged;
    merged.kind = StakeState::Kind::Stake;
    merged.meta = stake.meta;
    merged.stake = stake.stake;
    if (stake.activity == Activity::ActivationEpoch && source.activity == Activity::Inactive) {
        FATHOM_CHECK(add_lamports(merged.stake, source.lamports));
        merged.flags = stake.flags | source.flags;
    } else if (stake.activity == Activity::ActivationEpoch &&
               source.activity == Activity::ActivationEpoch) {
        FATHOM_CHECK(absorb(merged.stake, source.lamports, source.stake.credits_observed));
        merged.flags = stake.flags | source.flags;
    } else if (stake.activity == Activity::FullyActive &&
               source.activity == Activity::FullyActive) {
        // Without the source's rent, which must not begin to count without an activation.
        FATHOM_CHECK(
            absorb(merged.stake, source.stake.delegation.stake, source.stake.credits_observed));
    } else {
        return std::unexpected(StakeError::MergeMismatch);
    }
    return merged;
}

} // namespace fathom::programs::stake
