// SPDX-License-Identifier: Apache-2.0
// Syscalls that read sysvars: each as the struct that programs declare, and all by their account
// bytes.
#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace fathom::syscalls {

namespace {

// The structs as programs compile them (repr(C), little-endian). Padding is written as zero.

struct ClockLayout {
    std::uint64_t slot;
    std::int64_t epoch_start_timestamp;
    std::uint64_t epoch;
    std::uint64_t leader_schedule_epoch;
    std::int64_t unix_timestamp;
};
static_assert(sizeof(ClockLayout) == 40);

struct EpochScheduleLayout {
    std::uint64_t slots_per_epoch;
    std::uint64_t leader_schedule_slot_offset;
    std::uint64_t warmup; // one byte and padding
    std::uint64_t first_normal_epoch;
    std::uint64_t first_normal_slot;
};
static_assert(sizeof(EpochScheduleLayout) == 40);

struct RentLayout {
    std::uint64_t lamports_per_byte;
    double exemption_threshold;
    std::uint64_t burn_percent; // one byte and padding
};
static_assert(sizeof(RentLayout) == 24);

struct alignas(16) EpochRewardsLayout {
    std::uint64_t distribution_starting_block_height;
    std::uint64_t num_partitions;
    std::array<std::uint8_t, 32> parent_blockhash;
    std::array<std::uint64_t, 2> total_points; // low half first
    std::uint64_t total_rewards;
    std::uint64_t distributed_rewards;
    std::uint64_t active; // one byte and padding
    std::uint64_t padding;
};
static_assert(sizeof(EpochRewardsLayout) == 96);

ClockLayout layout_of(const Clock& clock) {
    return {clock.slot, clock.epoch_start_timestamp, clock.epoch, clock.leader_schedule_epoch,
            clock.unix_timestamp};
}

EpochScheduleLayout layout_of(const EpochSchedule& schedule) {
    return {schedule.slots_per_epoch, schedule.leader_schedule_slot_offset, schedule.warmup,
            schedule.first_normal_epoch, schedule.first_normal_slot};
}

RentLayout layout_of(const Rent& rent) {
    return {rent.lamports_per_byte, rent.exemption_threshold, rent.burn_percent};
}

EpochRewardsLayout layout_of(const EpochRewards& rewards) {
    return {.distribution_starting_block_height = rewards.distribution_starting_block_height,
            .num_partitions = rewards.num_partitions,
            .parent_blockhash = rewards.parent_blockhash.bytes,
            .total_points = {static_cast<std::uint64_t>(rewards.total_points),
                             static_cast<std::uint64_t>(rewards.total_points >> 64)},
            .total_rewards = rewards.total_rewards,
            .distributed_rewards = rewards.distributed_rewards,
            .active = rewards.active,
            .padding = 0};
}

std::uint64_t layout_of(const Fees& fees) {
    return fees.lamports_per_signature;
}

std::uint64_t layout_of(const LastRestartSlot& restart) {
    return restart.last_restart_slot;
}

/// Where sysvars may be written: never by programs of loader v1, and under the restrictions not
/// into the input region.
Outcome<void> check_target(SyscallContext& context, u64 address) {
    if (!context.check_aligned()) return fail(SyscallErrorKind::UnalignedPointer);
    if (address >= kInputStart &&
        context.feature(Feature::syscall_parameter_address_restrictions)) {
        return fail(SyscallErrorKind::InvalidPointer);
    }
    return {};
}

template <class T>
Value get_sysvar(SyscallContext& context, const std::optional<T>& sysvar, u64 address) {
    using Layout = decltype(layout_of(*sysvar));
    FATHOM_CHECK(context.charge(cost::kSysvarBase + sizeof(Layout)));
    FATHOM_CHECK(check_target(context, address));
    const auto output = FATHOM_TRY(map_output(context, output_value<Layout>(address)));
    if (!sysvar) return fail(InstructionError::UnsupportedSysvar);
    store_le(output.data(), layout_of(*sysvar));
    return 0;
}

const invoke::SysvarCache& cache_of(SyscallContext& context) {
    return context.invocation().environment().sysvars;
}

} // namespace

Value sol_get_clock_sysvar(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).clock(), result);
}

Value sol_get_epoch_schedule_sysvar(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).epoch_schedule(), result);
}

Value sol_get_epoch_rewards_sysvar(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).epoch_rewards(), result);
}

Value sol_get_fees_sysvar(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).fees(), result);
}

Value sol_get_rent_sysvar(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).rent(), result);
}

Value sol_get_last_restart_slot(SyscallContext& context, u64 result) {
    return get_sysvar(context, cache_of(context).last_restart_slot(), result);
}

Value sol_get_sysvar(SyscallContext& context, u64 id, u64 result, u64 offset, u64 length) {
    constexpr std::uint64_t kOutOfRange = 1;
    constexpr std::uint64_t kNotFound = 2;
    FATHOM_CHECK(
        context.charge(cost::kSysvarBase + sizeof(Pubkey) / cost::kBytesPerUnit +
                       std::max(length / cost::kBytesPerUnit, cost::kMemoryOperationBase)));
    FATHOM_CHECK(check_target(context, result));
    FATHOM_CHECK(map_output(context, output_bytes(result, length)));
    const auto key = FATHOM_TRY(load_value<Pubkey>(context, id));
    const auto end = checked_add(offset, length);
    if (!end) return fail(InstructionError::ArithmeticOverflow);
    if (!checked_add(result, length)) return fail(InstructionError::ArithmeticOverflow);
    const AccountData* const data = cache_of(context).raw(key);
    if (!data) return kNotFound;
    if (*end > data->size()) return kOutOfRange;
    const auto output = FATHOM_TRY(map_output(context, output_bytes(result, length)));
    std::ranges::copy(data->view().subspan(offset, length), output.begin());
    return 0;
}

} // namespace fathom::syscalls
