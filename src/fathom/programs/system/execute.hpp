// SPDX-License-Identifier: Apache-2.0
// The System program: accounts come into being, move lamports, change owner.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::system {

inline constexpr ComputeUnits kComputeUnits = 150;

/// Runs the current instruction as the System program.
[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::system
