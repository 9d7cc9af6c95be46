// SPDX-License-Identifier: Apache-2.0
// Who may do what with a stake account, and the instructions that settle it.
#pragma once

#include "fathom/programs/stake/instruction.hpp"
#include "fathom/programs/stake/program.hpp"

#include <optional>

namespace fathom::programs::stake {

/// Every new account says this, whatever the rent is; nothing reads it (program/src/lib.rs).
inline constexpr Lamports kPseudoRentExemptReserve = 2'282'880;

/// False if the custodian is the lockup's.
[[nodiscard]] bool is_in_force(const StakeLockup& lockup, const Clock& clock,
                               const std::optional<Pubkey>& custodian);
/// MissingRequiredSignature.
[[nodiscard]] Outcome check_signed(const StakeMeta& meta, Role role, const Signers& signers);

[[nodiscard]] Outcome initialize(StakeProgram& program, const StakeInstruction& instruction);
[[nodiscard]] Outcome initialize_checked(StakeProgram& program);
[[nodiscard]] Outcome authorize(StakeProgram& program, const StakeInstruction& instruction);
[[nodiscard]] Outcome authorize_with_seed(StakeProgram& program,
                                          const StakeInstruction& instruction);
[[nodiscard]] Outcome authorize_checked(StakeProgram& program, const StakeInstruction& instruction);
[[nodiscard]] Outcome authorize_checked_with_seed(StakeProgram& program,
                                                  const StakeInstruction& instruction);
[[nodiscard]] Outcome set_lockup(StakeProgram& program, const StakeInstruction& instruction);
[[nodiscard]] Outcome set_lockup_checked(StakeProgram& program,
                                         const StakeInstruction& instruction);

} // namespace fathom::programs::stake
