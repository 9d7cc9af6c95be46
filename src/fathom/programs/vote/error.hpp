// SPDX-License-Identifier: Apache-2.0
// What the Vote program reports as custom errors.
#pragma once

#include "fathom/types/instruction_error.hpp"

#include <cstdint>

namespace fathom::programs::vote {

/// solana-vote-interface error.rs; the order is the custom code.
enum class VoteError : std::uint32_t {
    VoteTooOld,
    SlotsMismatch,
    SlotHashMismatch,
    EmptySlots,
    TimestampTooOld,
    TooSoonToReauthorize,
    LockoutConflict,
    NewVoteStateLockoutMismatch,
    SlotsNotOrdered,
    ConfirmationsNotOrdered,
    ZeroConfirmations,
    ConfirmationTooLarge,
    RootRollBack,
    ConfirmationRollBack,
    SlotSmallerThanRoot,
    TooManyVotes,
    VotesTooOldAllFiltered,
    RootOnDifferentFork,
    ActiveVoteAccountClose,
    CommissionUpdateTooLate,
    AssertionFailed,
};

[[nodiscard]] constexpr InstructionError to_instruction_error(VoteError error) {
    return InstructionError::custom(static_cast<std::uint32_t>(error));
}

} // namespace fathom::programs::vote
