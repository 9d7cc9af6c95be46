// SPDX-License-Identifier: Apache-2.0
// Solana's compact-u16 ("short vec" length): one to three bytes, seven bits each, canonical only.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>
#include <optional>

namespace fathom::types {

/// Reads at `offset` and advances it. nullopt (offset unchanged) on truncation, a non-canonical
/// alias, a third byte above 3 or with its continuation bit set.
[[nodiscard]] std::optional<std::uint16_t> read_compact_u16(ByteView bytes, std::size_t& offset);
void append_compact_u16(Bytes& out, std::uint16_t value);

} // namespace fathom::types
