// SPDX-License-Identifier: Apache-2.0
// The Compute Budget program: read before execution, nothing to do during it.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_cache.hpp"

namespace fathom::programs::compute_budget {

[[nodiscard]] Result<void, invoke::ProgramError> process(invoke::InvokeContext& context);

} // namespace fathom::programs::compute_budget
