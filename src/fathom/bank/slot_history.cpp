// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/slot_history.hpp"

#include "fathom/base/bytes.hpp"

#include <algorithm>

namespace fathom::bank {

namespace {

constexpr std::size_t kBits = 1 + 8;
constexpr std::size_t kBitsSize = kSlotHistoryEntries / 8;
constexpr std::size_t kNextSlot = kBits + kBitsSize + 8;

void set_bit(MutableByteView data, Slot slot, bool value) {
    const std::uint64_t bit = slot % kSlotHistoryEntries;
    std::uint8_t& byte = data[kBits + bit / 8];
    const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
}

} // namespace

AccountData new_slot_history() {
    AccountData data;
    data.resize(kSlotHistorySize);
    const MutableByteView bytes = data.mutable_view();
    bytes[0] = 1;
    store_le<std::uint64_t>(bytes.data() + 1, kSlotHistoryEntries / 64);
    set_bit(bytes, 0, true);
    store_le<std::uint64_t>(bytes.data() + kBits + kBitsSize, kSlotHistoryEntries);
    store_le<std::uint64_t>(bytes.data() + kNextSlot, 1);
    return data;
}

void add_to_slot_history(AccountData& data, Slot slot) {
    if (data.size() != kSlotHistorySize) data = new_slot_history();
    const MutableByteView bytes = data.mutable_view();
    const auto next_slot = load_le<std::uint64_t>(bytes.data() + kNextSlot);
    if (slot > next_slot && slot - next_slot >= kSlotHistoryEntries) {
        std::ranges::fill(bytes.subspan(kBits, kBitsSize), std::uint8_t{0});
    } else {
        for (Slot skipped = next_slot; skipped < slot; ++skipped) set_bit(bytes, skipped, false);
    }
    set_bit(bytes, slot, true);
    store_le<std::uint64_t>(bytes.data() + kNextSlot, slot + 1);
}

} // namespace fathom::bank
