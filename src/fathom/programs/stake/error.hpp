// SPDX-License-Identifier: Apache-2.0
// How the Stake program fails: with an error of its own, or stopped by the runtime.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/instruction_error.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace fathom::programs::stake {

/// Custom codes (solana-stake-interface error.rs), those that the program gives.
enum class StakeError : std::uint32_t {
    LockupInForce = 1,
    AlreadyDeactivated = 2,
    TooSoonToRedelegate = 3,
    MergeTransientStake = 5,
    MergeMismatch = 6,
    CustodianMissing = 7,
    CustodianSignatureMissing = 8,
    InsufficientReferenceVotes = 9,
    VoteAddressMismatch = 10,
    MinimumDelinquentEpochsForDeactivationNotMet = 11,
    InsufficientDelegation = 12,
    EpochRewardsActive = 16,
};

/// What the program returns it logs; where the runtime stops it, it logs nothing.
struct Failure {
    invoke::ProgramError error;
    bool is_from_runtime = false;

    // Implicit, so that errors pass upward as they are.
    Failure(InstructionError own) : error(own) {}
    Failure(InstructionError::Kind own) : error(own) {}
    Failure(StakeError own) : error(InstructionError::custom(static_cast<std::uint32_t>(own))) {}

    [[nodiscard]] static Failure of_runtime(invoke::ProgramError error) {
        return {std::move(error), true};
    }

private:
    Failure(invoke::ProgramError cause, bool from_runtime)
        : error(std::move(cause)), is_from_runtime(from_runtime) {}
};

using Outcome = Result<void, Failure>;

/// ProgramError's Display text (solana-sdk program-error/src/lib.rs) of an error of the program.
[[nodiscard]] std::string program_error_text(const InstructionError& error);

} // namespace fathom::programs::stake
