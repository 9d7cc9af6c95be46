// SPDX-License-Identifier: Apache-2.0
// The modular exponentiation syscall: a name without a function until SIMD-0529.
#include "fathom/syscalls/functions.hpp"

namespace fathom::syscalls {

Value sol_big_mod_exp(SyscallContext&) {
    return 1;
}

} // namespace fathom::syscalls
