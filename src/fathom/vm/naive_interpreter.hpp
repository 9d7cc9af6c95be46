// SPDX-License-Identifier: Apache-2.0
// The interpreter that defines behaviour: one instruction at a time, straight from the table, never
// optimised.
#pragma once

#include "fathom/vm/machine.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace fathom::vm {

/// What a call saves.
struct CallFrame {
    std::array<std::uint64_t, 4> saved; // r6 to r9
    std::uint64_t frame_pointer;
    std::uint64_t return_pc;
};

/// Runs the machine's program from `start` to its end. The meter is charged when it returns.
/// `frames` are the calls in progress, outermost first, fewer than 64. Faster engines end here too,
/// when an instruction turns out to fault or the budget ends within a block: what a fault looks
/// like is written down only once.
[[nodiscard]] RunResult run_naive(Machine& machine, const RunState& start,
                                  std::span<const CallFrame> frames = {});

} // namespace fathom::vm
