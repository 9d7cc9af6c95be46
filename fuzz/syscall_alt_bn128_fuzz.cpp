// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the BN254 syscalls (fuzz/support/syscall_world.hpp says how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_alt_bn128_group_op", "sol_alt_bn128_compression")
