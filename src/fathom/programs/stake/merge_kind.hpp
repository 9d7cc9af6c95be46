// SPDX-License-Identifier: Apache-2.0
// Which stake accounts can be merged, and what comes of it.
#pragma once

#include "fathom/programs/stake/program.hpp"

#include <optional>

namespace fathom::programs::stake {

/// 1 SOL (program/src/lib.rs).
inline constexpr Lamports kMinimumDelegation = 1'000'000'000;

/// A stake account that is not halfway in or out (program/src/helpers/merge.rs).
struct MergeKind {
    enum class Activity { Inactive, ActivationEpoch, FullyActive };

    Activity activity = Activity::Inactive;
    StakeMeta meta;
    Stake stake;            // not of Inactive
    Lamports lamports = 0;  // of the account
    std::uint8_t flags = 0; // not of FullyActive

    /// MergeTransientStake for the others, InvalidAccountData for what holds no stake; owner and
    /// contents as StakeProgram::state has it.
    [[nodiscard]] static Result<MergeKind, Failure>
    of(const StakeProgram& program, const AccountInfo& account, const Clock& clock);
};

/// MergeMismatch.
[[nodiscard]] Outcome check_metas_can_merge(const StakeProgram& program, const StakeMeta& stake,
                                            const StakeMeta& source, const Clock& clock);

/// The state after all of `source` went into `stake`; nullopt: it stays as it is.
[[nodiscard]] Result<std::optional<StakeState>, Failure> merged_state(const StakeProgram& program,
                                                                      const MergeKind& stake,
                                                                      const MergeKind& source,
                                                                      const Clock& clock);

/// Adds lamports of a stake with other credits: those observed become the weighted mean, rounded
/// up. ArithmeticOverflow, then InsufficientFunds.
[[nodiscard]] Outcome absorb(Stake& stake, Lamports lamports, std::uint64_t credits_observed);

} // namespace fathom::programs::stake
