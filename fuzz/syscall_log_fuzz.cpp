// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the syscalls that log or abort (fuzz/support/syscall_world.hpp says how bytes become
// a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("abort", "sol_panic_", "sol_log_", "sol_log_64_", "sol_log_pubkey",
                      "sol_log_compute_units_", "sol_log_data")
