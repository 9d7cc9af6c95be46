// SPDX-License-Identifier: Apache-2.0
// The Address Lookup Table program, native.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/units.hpp"

namespace fathom::invoke {
class InvokeContext;
} // namespace fathom::invoke

namespace fathom::programs::address_lookup_table {

/// Agave 2.1 charged this where the program was native; nothing else gives a number.
inline constexpr ComputeUnits kComputeUnits = 750;

[[nodiscard]] Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context);

} // namespace fathom::programs::address_lookup_table
