// SPDX-License-Identifier: Apache-2.0
// Sysvar values and their bincode account data.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fathom {

// Each decode() accepts data at least as long as the value (bincode ignores what follows) and gives
// nullopt otherwise. encode() writes exactly the value.

struct Clock {
    static constexpr std::size_t kSize = 40;
    Slot slot = 0;
    UnixTimestamp epoch_start_timestamp = 0;
    Epoch epoch = 0;
    Epoch leader_schedule_epoch = 0;
    UnixTimestamp unix_timestamp = 0;

    [[nodiscard]] static std::optional<Clock> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
    friend bool operator==(const Clock&, const Clock&) = default;
};

struct Rent {
    static constexpr std::size_t kSize = 17;
    Lamports lamports_per_byte = 3480;
    double exemption_threshold = 2.0;
    std::uint8_t burn_percent = 50;

    [[nodiscard]] static std::optional<Rent> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
    /// (128 + data_len) bytes at the exempt price; integer arithmetic for thresholds 1 and 2
    /// (solana-sdk rent).
    [[nodiscard]] Lamports minimum_balance(std::uint64_t data_len) const;
    [[nodiscard]] bool is_exempt(Lamports balance, std::uint64_t data_len) const {
        return balance >= minimum_balance(data_len);
    }
};

struct EpochSchedule {
    static constexpr std::size_t kSize = 33;
    std::uint64_t slots_per_epoch = 432000;
    std::uint64_t leader_schedule_slot_offset = 432000;
    bool warmup = false;
    Epoch first_normal_epoch = 0;
    Slot first_normal_slot = 0;

    [[nodiscard]] static std::optional<EpochSchedule> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
    [[nodiscard]] Epoch epoch(Slot slot) const;
    [[nodiscard]] std::uint64_t slots_in_epoch(Epoch epoch) const;
    [[nodiscard]] Slot first_slot(Epoch epoch) const;
    /// The epoch whose leader schedule is fixed by the stakes at `slot`.
    [[nodiscard]] Epoch leader_schedule_epoch(Slot slot) const;
    friend bool operator==(const EpochSchedule&, const EpochSchedule&) = default;
};

struct EpochRewards {
    static constexpr std::size_t kSize = 81;
    std::uint64_t distribution_starting_block_height = 0;
    std::uint64_t num_partitions = 0;
    Hash parent_blockhash;
    uint128_t total_points = 0;
    std::uint64_t total_rewards = 0;
    std::uint64_t distributed_rewards = 0;
    bool active = false;

    [[nodiscard]] static std::optional<EpochRewards> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
};

struct Fees {
    static constexpr std::size_t kSize = 8;
    Lamports lamports_per_signature = 0;
    [[nodiscard]] static std::optional<Fees> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
};

struct LastRestartSlot {
    static constexpr std::size_t kSize = 8;
    Slot last_restart_slot = 0;
    [[nodiscard]] static std::optional<LastRestartSlot> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
};

/// Newest first.
struct SlotHashes {
    static constexpr std::size_t kMaxEntries = 512;
    std::vector<std::pair<Slot, Hash>> entries;
    [[nodiscard]] static std::optional<SlotHashes> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
    /// Hash of `slot`, or null.
    [[nodiscard]] const Hash* find(Slot slot) const;
};

struct StakeHistoryEntry {
    Lamports effective = 0;
    Lamports activating = 0;
    Lamports deactivating = 0;
};

/// Newest first.
struct StakeHistory {
    static constexpr std::size_t kMaxEntries = 512;
    std::vector<std::pair<Epoch, StakeHistoryEntry>> entries;
    [[nodiscard]] static std::optional<StakeHistory> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
};

struct RecentBlockhashes {
    static constexpr std::size_t kMaxEntries = 150;
    struct Entry {
        Hash blockhash;
        Lamports lamports_per_signature = 0;
    };
    std::vector<Entry> entries;
    [[nodiscard]] static std::optional<RecentBlockhashes> decode(ByteView data);
    [[nodiscard]] Bytes encode() const;
};

} // namespace fathom
