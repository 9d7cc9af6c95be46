// SPDX-License-Identifier: Apache-2.0
// What commands that execute blocks print of them.
#pragma once

#include "fathom/bank/block_execution.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <string>

namespace fathom::app {

/// A clock that only goes forward.
[[nodiscard]] std::uint64_t nanoseconds_now();

/// A line per stage with its share as a bar, then rates and how many workers were busy on average.
void print_block_times(const bank::BlockTimes& times, std::uint64_t whole, ComputeUnits units);

/// 1234567 as "1 234 567".
[[nodiscard]] std::string with_spaces(std::uint64_t number);

} // namespace fathom::app
