// SPDX-License-Identifier: Apache-2.0
// Instructions that move lamports out of stake accounts.
#pragma once

#include "fathom/programs/stake/program.hpp"

namespace fathom::programs::stake {

[[nodiscard]] Outcome split(StakeProgram& program, Lamports lamports);
[[nodiscard]] Outcome withdraw(StakeProgram& program, Lamports lamports);
[[nodiscard]] Outcome merge(StakeProgram& program);
[[nodiscard]] Outcome move_stake(StakeProgram& program, Lamports lamports);
[[nodiscard]] Outcome move_lamports(StakeProgram& program, Lamports lamports);

} // namespace fathom::programs::stake
