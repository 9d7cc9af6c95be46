// SPDX-License-Identifier: Apache-2.0
// The Compute Budget program at run time (Agave programs/compute-budget/src/lib.rs).
#include "fathom/programs/compute_budget/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"

namespace fathom::programs::compute_budget {

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    return {};
}

} // namespace fathom::programs::compute_budget
