// SPDX-License-Identifier: Apache-2.0
// Addresses that no transaction may write, whatever its message says.
#pragma once

#include "fathom/types/pubkey.hpp"

#include <span>

namespace fathom {

/// True for the programs and sysvars that are always demoted to read-only. None of Agave 4.3's
/// reserved keys waits for a feature gate.
[[nodiscard]] bool is_reserved(const Pubkey& key);

/// All of them, in ascending order.
[[nodiscard]] std::span<const Pubkey> reserved_keys();

} // namespace fathom
