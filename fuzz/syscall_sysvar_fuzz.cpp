// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the syscalls that read sysvars (fuzz/support/syscall_world.hpp says how bytes become
// a call).
#include "fuzz/support/syscall_world.hpp"

FATHOM_SYSCALL_FUZZER("sol_get_clock_sysvar", "sol_get_epoch_schedule_sysvar",
                      "sol_get_fees_sysvar", "sol_get_rent_sysvar", "sol_get_last_restart_slot",
                      "sol_get_epoch_rewards_sysvar", "sol_get_sysvar", "sol_get_epoch_stake")
