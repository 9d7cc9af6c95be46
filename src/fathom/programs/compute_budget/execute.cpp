// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/compute_budget/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"

namespace fathom::programs::compute_budget {

Result<void, invoke::ProgramError> process(invoke::InvokeContext& context) {
    constexpr std::uint64_t kComputeUnits = 150;
    FATHOM_CHECK(context.consume(kComputeUnits));
    return {};
}

} // namespace fathom::programs::compute_budget
