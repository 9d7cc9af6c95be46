// SPDX-License-Identifier: Apache-2.0
// Instructions of one native program, begun from real ones and changed by bytes.
//
// The real ones are the top-level instructions of ../shared/vectors (or $FATHOM_SHARED/vectors)
// that name the program: every variant, with accounts and proofs that it accepts. Without the
// vectors there is nothing to begin from, and every input passes.
//
// Input: u16 which instruction; then changes until nothing is left, each a kind and what it needs:
// a byte of the instruction data, its length, an account in another's place, signer and writable, a
// byte of an account's data, its length, lamports, owner.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/transaction_context.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace fathom::fuzzing {

class NativeFuzzer {
public:
    /// Reads the vectors, and runs every instruction once as it is.
    explicit NativeFuzzer(const Pubkey& program);
    ~NativeFuzzer();

    /// Runs it twice. Nothing may crash; both runs do the same; success keeps the sum of lamports
    /// and everything that is not writable; units stay within the limit.
    void run(ByteView input) const;

private:
    struct Seed;

    std::vector<std::unique_ptr<Seed>> seeds_;
};

} // namespace fathom::fuzzing
