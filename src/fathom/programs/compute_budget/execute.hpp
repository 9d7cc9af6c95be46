// SPDX-License-Identifier: Apache-2.0
// The Compute Budget program: its instructions take effect before execution, so running one only
// costs.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::compute_budget {

inline constexpr ComputeUnits kComputeUnits = 150;

[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::compute_budget
