// SPDX-License-Identifier: Apache-2.0
// The SlotHistory sysvar: which of the last 2^20 slots have a block.
#pragma once

#include "fathom/types/account.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom::bank {

inline constexpr std::uint64_t kSlotHistoryEntries = 1024 * 1024;
/// Option tag, length and words of the bits, number of bits, next slot.
inline constexpr std::size_t kSlotHistorySize = 1 + 8 + kSlotHistoryEntries / 8 + 8 + 8;

/// The value of a cluster that begins: slot 0 is there.
[[nodiscard]] AccountData new_slot_history();

/// Marks `slot`, clears the slots between it and the last one. Works on the account's bytes in
/// place (solana-sdk slot-history SlotHistory::add). Data of another size starts anew.
void add_to_slot_history(AccountData& data, Slot slot);

} // namespace fathom::bank
