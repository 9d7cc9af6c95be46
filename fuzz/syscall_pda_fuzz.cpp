// SPDX-License-Identifier: Apache-2.0
// Fuzz target: program derived addresses (fuzz/support/syscall_world.hpp says how bytes become a
// call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_create_program_address", "sol_try_find_program_address")
