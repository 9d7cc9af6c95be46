// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the curve syscalls: edwards25519, ristretto255, BLS12-381
// (fuzz/support/syscall_world.hpp says how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_curve_validate_point", "sol_curve_group_op", "sol_curve_multiscalar_mul",
                      "sol_curve_decompress", "sol_curve_pairing_map")
