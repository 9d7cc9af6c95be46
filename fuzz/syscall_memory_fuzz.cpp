// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the syscalls that copy, compare and fill memory (fuzz/support/syscall_world.hpp says
// how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_")
