// SPDX-License-Identifier: Apache-2.0
// The ZK Token Proof program, of which only the address is left.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::zk_token_proof {

/// Succeeds without charging anything, which the runtime then refuses
/// (BuiltinProgramsMustConsumeComputeUnits).
[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::zk_token_proof
