// SPDX-License-Identifier: Apache-2.0
// A lookup table's account data: 56 bytes of meta data, then addresses
// (solana-program/address-lookup-table program/src/state.rs).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace fathom::programs::address_lookup_table {

inline constexpr std::size_t kMetaSize = 56;
inline constexpr std::size_t kAddressSize = 32;
inline constexpr std::size_t kMaxAddresses = 256;
inline constexpr Slot kNotDeactivated = std::numeric_limits<Slot>::max();

struct LookupTable {
    Slot deactivation_slot = kNotDeactivated;
    Slot last_extended_slot = 0;
    std::uint8_t last_extended_start_index = 0;
    std::optional<Pubkey> authority; // none: frozen
    std::uint16_t padding = 0;       // kept as it is
    /// Of the addresses behind the meta data; not encoded.
    std::size_t address_count = 0;

    /// InvalidAccountData, or UninitializedAccount.
    [[nodiscard]] static Result<LookupTable, InstructionError> decode(ByteView data);
    /// Meta data without what fills up the 56 bytes.
    [[nodiscard]] Bytes encode_meta() const;
};

} // namespace fathom::programs::address_lookup_table
