// SPDX-License-Identifier: Apache-2.0
// The check that a voter owns the BLS key it registers (SIMD-0387).
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/vote/instruction.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::programs::vote {

inline constexpr ComputeUnits kProofOfPossessionComputeUnits = 34'500;

/// Charges, then verifies the proof over "ALPENGLOW", the vote account's key and the BLS key.
/// InvalidArgument if it does not hold.
[[nodiscard]] Result<void, InstructionError>
verify_proof_of_possession(invoke::InvokeContext& context, const Pubkey& vote_account,
                           const BlsCredentials& credentials);

} // namespace fathom::programs::vote
