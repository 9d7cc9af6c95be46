// SPDX-License-Identifier: Apache-2.0
// Fuzz target: return data, siblings, stack height, remaining units, allocation
// (fuzz/support/syscall_world.hpp says how bytes become a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_get_processed_sibling_instruction", "sol_get_stack_height",
                      "sol_set_return_data", "sol_get_return_data", "sol_remaining_compute_units",
                      "sol_alloc_free_")
