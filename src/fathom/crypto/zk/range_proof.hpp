// SPDX-License-Identifier: Apache-2.0
// Bulletproof range proofs: up to eight committed amounts are below 2^their bits.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/crypto/zk/proof_error.hpp"

#include <cstddef>

namespace fathom::crypto::zk {

/// `bits` is 64, 128 or 256, what the bit lengths add up to. The statement is 264 bytes, the proof
/// 672, 736 or 800. Checks in the order of solana-zk-sdk 7.0.1. Variable time.
[[nodiscard]] Result<void, ProofError> verify_range_proof(std::size_t bits, ByteView statement,
                                                          ByteView proof);

} // namespace fathom::crypto::zk
