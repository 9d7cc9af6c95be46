// SPDX-License-Identifier: Apache-2.0
// The entry of all BPF loaders: runs the programs they own, and their own management instructions.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::bpf_loader {

inline constexpr ComputeUnits kLoaderV1ComputeUnits = 1140;
inline constexpr ComputeUnits kLoaderV2ComputeUnits = 570;
inline constexpr ComputeUnits kLoaderV3ComputeUnits = 2370;

/// Runs the current instruction, whose program is a loader or owned by one.
[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::bpf_loader
