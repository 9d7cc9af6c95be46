// SPDX-License-Identifier: Apache-2.0
// The fast interpreter: decoded instructions, one jump from each to the next, meter by the line.
#pragma once

#include "fathom/vm/decoded_program.hpp"

#include <array>
#include <cstdint>

namespace fathom::vm {

/// Where the code of each handler begins, relative to the first; the same for the whole process.
using HandlerOffsets = std::array<std::int32_t, kHandlerCount>;
[[nodiscard]] const HandlerOffsets& handler_offsets();

/// Same result as run_naive in every detail. Programs and stacks that are not what the verifier and
/// Executable::stack_region make them are left to run_naive.
[[nodiscard]] RunResult run_interpreter(Machine& machine, const RunState& start);

} // namespace fathom::vm
