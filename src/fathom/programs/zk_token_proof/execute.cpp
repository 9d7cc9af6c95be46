// SPDX-License-Identifier: Apache-2.0
// The ZK Token Proof program (Agave programs/zk-token-proof/src/lib.rs).
#include "fathom/programs/zk_token_proof/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"

namespace fathom::programs::zk_token_proof {

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(0));
    return {};
}

} // namespace fathom::programs::zk_token_proof
