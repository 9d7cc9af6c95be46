// SPDX-License-Identifier: Apache-2.0
// The interpreter that defines behaviour: one instruction at a time, straight from the table, never
// optimised.
#pragma once

#include "fathom/vm/machine.hpp"

namespace fathom::vm {

/// Runs the machine's program from its entry point. The meter is charged when it returns.
[[nodiscard]] RunResult run_naive(Machine& machine, std::uint64_t r1, std::uint64_t r2);

} // namespace fathom::vm
