// SPDX-License-Identifier: Apache-2.0
// Bincode layouts of the sysvars, and the rent and epoch arithmetic that belongs to them.
#include "fathom/types/sysvars.hpp"

#include <bit>
#include <limits>

namespace fathom {

namespace {

/// Reads fixed-width fields in order; once one is missing or malformed, `ok()` stays false.
class FieldReader {
public:
    explicit FieldReader(ByteView data) : rest_(data) {}

    template <class T> void read(T& field) {
        if (rest_.size() < sizeof(T)) {
            ok_ = false;
            return;
        }
        field = load_le<T>(rest_.data());
        rest_ = rest_.subspan(sizeof(T));
    }
    /// Bincode knows no booleans but 0 and 1.
    void read(bool& field) {
        std::uint8_t byte = 0;
        read(byte);
        if (byte > 1) ok_ = false;
        field = byte == 1;
    }
    /// Element count of a sequence whose elements take `element_size` bytes: 0 and a failure if so
    /// many cannot follow.
    std::size_t read_count(std::size_t element_size) {
        std::uint64_t count = 0;
        read(count);
        if (count <= rest_.size() / element_size) return static_cast<std::size_t>(count);
        ok_ = false;
        return 0;
    }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    ByteView rest_;
    bool ok_ = true;
};

class FieldWriter {
public:
    explicit FieldWriter(std::size_t size) { bytes_.reserve(size); }

    template <class T> FieldWriter& write(const T& field) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        store_le(bytes_.data() + at, field);
        return *this;
    }
    FieldWriter& write(bool field) { return write(static_cast<std::uint8_t>(field ? 1 : 0)); }
    [[nodiscard]] Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Rust's `as u64`: not-a-number is 0, everything outside the range is its nearest end.
std::uint64_t saturating_cast(double value) {
    constexpr double kTwoTo64 = 18446744073709551616.0;
    if (!(value > 0)) return 0;
    if (value >= kTwoTo64) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(value);
}

} // namespace

std::optional<Clock> Clock::decode(ByteView data) {
    Clock value;
    FieldReader reader(data);
    reader.read(value.slot);
    reader.read(value.epoch_start_timestamp);
    reader.read(value.epoch);
    reader.read(value.leader_schedule_epoch);
    reader.read(value.unix_timestamp);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes Clock::encode() const {
    return FieldWriter(kSize)
        .write(slot)
        .write(epoch_start_timestamp)
        .write(epoch)
        .write(leader_schedule_epoch)
        .write(unix_timestamp)
        .take();
}

std::optional<Rent> Rent::decode(ByteView data) {
    Rent value;
    FieldReader reader(data);
    reader.read(value.lamports_per_byte);
    reader.read(value.exemption_threshold);
    reader.read(value.burn_percent);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes Rent::encode() const {
    return FieldWriter(kSize)
        .write(lamports_per_byte)
        .write(exemption_threshold)
        .write(burn_percent)
        .take();
}

// solana-sdk rent/src/lib.rs compares the threshold by its bits and panics where this saturates: a
// data length above 10 MiB, or a price that overflows.
Lamports Rent::minimum_balance(std::uint64_t data_len) const {
    constexpr std::uint64_t kAccountStorageOverhead = 128;
    const Lamports base =
        saturating_mul(saturating_add(kAccountStorageOverhead, data_len), lamports_per_byte);
    const auto threshold = std::bit_cast<std::uint64_t>(exemption_threshold);
    if (threshold == std::bit_cast<std::uint64_t>(1.0)) return base;
    if (threshold == std::bit_cast<std::uint64_t>(2.0)) {
        return saturating_mul(base, std::uint64_t{2});
    }
    return saturating_cast(static_cast<double>(base) * exemption_threshold);
}

std::optional<EpochSchedule> EpochSchedule::decode(ByteView data) {
    EpochSchedule value;
    FieldReader reader(data);
    reader.read(value.slots_per_epoch);
    reader.read(value.leader_schedule_slot_offset);
    reader.read(value.warmup);
    reader.read(value.first_normal_epoch);
    reader.read(value.first_normal_slot);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes EpochSchedule::encode() const {
    return FieldWriter(kSize)
        .write(slots_per_epoch)
        .write(leader_schedule_slot_offset)
        .write(warmup)
        .write(first_normal_epoch)
        .write(first_normal_slot)
        .take();
}

// solana-sdk epoch-schedule/src/lib.rs get_epoch_and_slot_index, hostile values included: a slot
// near 2^64 rounds up to 0 there, whose trailing zeros are 64.
namespace {
/// The first epoch of a warmup.
constexpr std::uint64_t kMinimumSlotsPerEpoch = 32;
constexpr std::uint64_t kMinimumSlotsLog2 = 5;
} // namespace

Epoch EpochSchedule::epoch(Slot slot) const {
    if (slot < first_normal_slot) {
        const std::uint64_t position =
            saturating_add(saturating_add(slot, kMinimumSlotsPerEpoch), std::uint64_t{1});
        const std::uint64_t log2 =
            position > std::uint64_t{1} << 63
                ? 64
                : static_cast<std::uint64_t>(std::countr_zero(std::bit_ceil(position)));
        return log2 - kMinimumSlotsLog2 - 1; // position ≥ 33, so log2 ≥ 6
    }
    const std::uint64_t index = slot - first_normal_slot;
    const std::uint64_t normal_epochs = slots_per_epoch == 0 ? 0 : index / slots_per_epoch;
    return saturating_add(first_normal_epoch, normal_epochs);
}

std::uint64_t EpochSchedule::slots_in_epoch(Epoch epoch) const {
    if (epoch >= first_normal_epoch) return slots_per_epoch;
    return epoch + kMinimumSlotsLog2 < 64 ? std::uint64_t{1} << (epoch + kMinimumSlotsLog2)
                                          : std::numeric_limits<std::uint64_t>::max();
}

Slot EpochSchedule::first_slot(Epoch epoch) const {
    if (epoch <= first_normal_epoch) {
        const std::uint64_t doubled =
            epoch < 64 ? std::uint64_t{1} << epoch : std::numeric_limits<std::uint64_t>::max();
        return saturating_mul(doubled - 1, kMinimumSlotsPerEpoch);
    }
    return saturating_add(saturating_mul(epoch - first_normal_epoch, slots_per_epoch),
                          first_normal_slot);
}

Epoch EpochSchedule::leader_schedule_epoch(Slot slot) const {
    if (slot < first_normal_slot || slots_per_epoch == 0) return epoch(slot) + 1;
    return first_normal_epoch +
           saturating_add(slot - first_normal_slot, leader_schedule_slot_offset) / slots_per_epoch;
}

std::optional<EpochRewards> EpochRewards::decode(ByteView data) {
    EpochRewards value;
    FieldReader reader(data);
    reader.read(value.distribution_starting_block_height);
    reader.read(value.num_partitions);
    reader.read(value.parent_blockhash);
    reader.read(value.total_points);
    reader.read(value.total_rewards);
    reader.read(value.distributed_rewards);
    reader.read(value.active);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes EpochRewards::encode() const {
    return FieldWriter(kSize)
        .write(distribution_starting_block_height)
        .write(num_partitions)
        .write(parent_blockhash)
        .write(total_points)
        .write(total_rewards)
        .write(distributed_rewards)
        .write(active)
        .take();
}

std::optional<Fees> Fees::decode(ByteView data) {
    Fees value;
    FieldReader reader(data);
    reader.read(value.lamports_per_signature);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes Fees::encode() const {
    return FieldWriter(kSize).write(lamports_per_signature).take();
}

std::optional<LastRestartSlot> LastRestartSlot::decode(ByteView data) {
    LastRestartSlot value;
    FieldReader reader(data);
    reader.read(value.last_restart_slot);
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes LastRestartSlot::encode() const {
    return FieldWriter(kSize).write(last_restart_slot).take();
}

std::optional<SlotHashes> SlotHashes::decode(ByteView data) {
    SlotHashes value;
    FieldReader reader(data);
    value.entries.resize(reader.read_count(40));
    for (auto& [slot, hash] : value.entries) {
        reader.read(slot);
        reader.read(hash);
    }
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes SlotHashes::encode() const {
    FieldWriter writer(8 + 40 * entries.size());
    writer.write(static_cast<std::uint64_t>(entries.size()));
    for (const auto& [slot, hash] : entries) writer.write(slot).write(hash);
    return writer.take();
}

// The steps of Rust's slice::binary_search_by, so that entries out of order (only a test harness
// can make them) are found or missed as in the reference.
const Hash* SlotHashes::find(Slot slot) const {
    if (entries.empty()) return nullptr;
    std::size_t base = 0;
    std::size_t size = entries.size();
    while (size > 1) {
        const std::size_t half = size / 2;
        if (entries[base + half].first >= slot) base += half;
        size -= half;
    }
    return entries[base].first == slot ? &entries[base].second : nullptr;
}

std::optional<StakeHistory> StakeHistory::decode(ByteView data) {
    StakeHistory value;
    FieldReader reader(data);
    value.entries.resize(reader.read_count(32));
    for (auto& [epoch, entry] : value.entries) {
        reader.read(epoch);
        reader.read(entry.effective);
        reader.read(entry.activating);
        reader.read(entry.deactivating);
    }
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes StakeHistory::encode() const {
    FieldWriter writer(8 + 32 * entries.size());
    writer.write(static_cast<std::uint64_t>(entries.size()));
    for (const auto& [epoch, entry] : entries) {
        writer.write(epoch)
            .write(entry.effective)
            .write(entry.activating)
            .write(entry.deactivating);
    }
    return writer.take();
}

std::optional<RecentBlockhashes> RecentBlockhashes::decode(ByteView data) {
    RecentBlockhashes value;
    FieldReader reader(data);
    value.entries.resize(reader.read_count(40));
    for (Entry& entry : value.entries) {
        reader.read(entry.blockhash);
        reader.read(entry.lamports_per_signature);
    }
    if (!reader.ok()) return std::nullopt;
    return value;
}

Bytes RecentBlockhashes::encode() const {
    FieldWriter writer(8 + 40 * entries.size());
    writer.write(static_cast<std::uint64_t>(entries.size()));
    for (const Entry& entry : entries) {
        writer.write(entry.blockhash).write(entry.lamports_per_signature);
    }
    return writer.take();
}

} // namespace fathom
