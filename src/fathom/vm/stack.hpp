// SPDX-License-Identifier: Apache-2.0
// Whether a run's stack is one that engines may reach without asking the memory map.
#pragma once

#include "fathom/vm/machine.hpp"

#include <cstdint>

namespace fathom::vm {

/// Host bytes of the first frame if the stack is as Executable::stack_region makes it, else null.
/// It must stay where it is for the whole run; syscalls move only what lies behind it.
[[nodiscard]] std::uint8_t* standard_stack(Machine& machine);

} // namespace fathom::vm
