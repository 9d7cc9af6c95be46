// SPDX-License-Identifier: Apache-2.0
// Fuzz target: sol_big_mod_exp (fuzz/support/syscall_world.hpp says how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_big_mod_exp")
