// SPDX-License-Identifier: Apache-2.0
// Fuzz target: calls of other programs in both layouts (fuzz/support/syscall_world.hpp says how
// bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_invoke_signed_c", "sol_invoke_signed_rust")
