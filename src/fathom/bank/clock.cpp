// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/clock.hpp"

#include <limits>
#include <map>

namespace fathom::bank {

namespace {

constexpr uint128_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::uint32_t kFastPercent = 25;
constexpr std::uint32_t kSlowPercent = 150;

/// Saturates where a sum of signed seconds would not fit.
UnixTimestamp plus(UnixTimestamp time, uint128_t nanoseconds) {
    UnixTimestamp sum = 0;
    const auto seconds = static_cast<UnixTimestamp>(nanoseconds / kNanosecondsPerSecond);
    if (__builtin_add_overflow(time, seconds, &sum)) {
        return std::numeric_limits<UnixTimestamp>::max();
    }
    return sum;
}

UnixTimestamp minus(UnixTimestamp time, uint128_t nanoseconds) {
    UnixTimestamp difference = 0;
    const auto seconds = static_cast<UnixTimestamp>(nanoseconds / kNanosecondsPerSecond);
    if (__builtin_sub_overflow(time, seconds, &difference)) {
        return std::numeric_limits<UnixTimestamp>::min();
    }
    return difference;
}

uint128_t elapsed(const ClockInput& input, Slot from) {
    return from >= input.slot ? 0 : input.durations.nanoseconds_between(from, input.slot);
}

UnixTimestamp bounded(const ClockInput& input, UnixTimestamp estimate) {
    const uint128_t expected = elapsed(input, input.epoch_start_slot);
    // As unsigned, like the reference: times before 1970 are far in the future.
    const auto since_start =
        saturating_sub(static_cast<std::uint64_t>(estimate),
                       static_cast<std::uint64_t>(input.epoch_start_timestamp)) *
        kNanosecondsPerSecond;
    const uint128_t fast = expected * kFastPercent / 100;
    const uint128_t slow = expected * kSlowPercent / 100;
    const UnixTimestamp by_slots = plus(input.epoch_start_timestamp, expected);
    if (since_start > expected && since_start - expected > slow) return plus(by_slots, slow);
    if (since_start < expected && expected - since_start > fast) return minus(by_slots, fast);
    return estimate;
}

} // namespace

std::optional<UnixTimestamp> stake_weighted_timestamp(const ClockInput& input,
                                                      const VoteAccounts& voters,
                                                      const VoteAccounts& stakes) {
    std::map<UnixTimestamp, uint128_t> stake_by_time;
    uint128_t total = 0;
    for (const auto& [key, voter] : voters) {
        const auto& vote = voter.vote->state.last_timestamp;
        if (vote.slot > input.slot || input.slot - vote.slot > input.slots_per_epoch) continue;
        const auto staked = stakes.find(key);
        const Lamports stake = staked == stakes.end() ? 0 : staked->second.stake;
        stake_by_time[plus(vote.timestamp, elapsed(input, vote.slot))] += stake;
        total += stake;
    }
    if (total == 0) return std::nullopt;
    uint128_t sum = 0;
    UnixTimestamp estimate = 0;
    for (const auto& [time, stake] : stake_by_time) {
        sum += stake;
        if (sum > total / 2) {
            estimate = time;
            break;
        }
    }
    return bounded(input, estimate);
}

} // namespace fathom::bank
