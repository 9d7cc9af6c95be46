// SPDX-License-Identifier: Apache-2.0
// Instructions that begin and end delegations.
#pragma once

#include "fathom/programs/stake/program.hpp"

namespace fathom::programs::stake {

[[nodiscard]] Outcome delegate(StakeProgram& program);
[[nodiscard]] Outcome deactivate(StakeProgram& program);
[[nodiscard]] Outcome deactivate_delinquent(StakeProgram& program);

} // namespace fathom::programs::stake
