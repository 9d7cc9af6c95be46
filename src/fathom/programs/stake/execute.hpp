// SPDX-License-Identifier: Apache-2.0
// The Stake program, native.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::stake {

/// Agave 2.1 charged this where the program was native (programs/stake/src/stake_instruction.rs).
inline constexpr ComputeUnits kComputeUnits = 750;

[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::stake
