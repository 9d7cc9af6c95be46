// SPDX-License-Identifier: Apache-2.0
// BLS proof of possession (Agave programs/vote/src/vote_state/mod.rs).
#include "fathom/programs/vote/bls.hpp"

namespace fathom::programs::vote {

Result<void, InstructionError> verify_proof_of_possession(invoke::InvokeContext& context,
                                                          const Pubkey&, const BlsCredentials&) {
    FATHOM_CHECK(context.consume(kProofOfPossessionComputeUnits));
    context.log("BLS proof of possession verification is not supported");
    return std::unexpected(InstructionError::InvalidArgument);
}

} // namespace fathom::programs::vote
