// SPDX-License-Identifier: Apache-2.0
// The Feature Gate program, native.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::feature_gate {

/// Never native in Agave, so there is no number; about what the ELF takes before its call.
inline constexpr ComputeUnits kComputeUnits = 750;

[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::feature_gate
