// SPDX-License-Identifier: Apache-2.0
// The Vote program: validators' votes, and the accounts that hold them.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::vote {

inline constexpr ComputeUnits kComputeUnits = 2100;

/// Runs the current instruction as the Vote program.
[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::vote
