// SPDX-License-Identifier: Apache-2.0
// The modular exponentiation syscall of SIMD-0529: gated, not on mainnet, not computed yet.
#include "fathom/syscalls/functions.hpp"

namespace fathom::syscalls {

Value sol_big_mod_exp(SyscallContext&) {
    return fail_unsupported("big_mod_exp");
}

} // namespace fathom::syscalls
