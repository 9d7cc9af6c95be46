// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the hash syscalls (fuzz/support/syscall_world.hpp says how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_sha256", "sol_keccak256", "sol_blake3", "sol_sha512")
