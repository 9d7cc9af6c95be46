// SPDX-License-Identifier: Apache-2.0
// The ZK ElGamal Proof program: verifies zero-knowledge proofs about encrypted amounts, and keeps
// what they prove in context accounts.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::zk_elgamal_proof {

/// Runs the current instruction as the ZK ElGamal Proof program.
[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::zk_elgamal_proof
