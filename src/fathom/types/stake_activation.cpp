// SPDX-License-Identifier: Apache-2.0
// Warmup and cooldown of delegations, epoch by epoch.
#include "fathom/types/stake_activation.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace fathom {

namespace {

using Wide = uint128_t;

constexpr std::uint64_t kBasisPoints = 10'000;
constexpr std::uint64_t kOriginalRate = 2'500;
constexpr std::uint64_t kNewRate = 900;
constexpr double kOriginalRateAsDouble = 0.25;
constexpr double kNewRateAsDouble = 0.09;

struct Rates {
    std::optional<Epoch> new_rate_epoch;
    StakeMath math;

    [[nodiscard]] bool is_new(Epoch epoch) const {
        return new_rate_epoch && epoch >= *new_rate_epoch;
    }
};

/// Rust's `as u64` of a value that is not negative.
Lamports to_lamports(double value) {
    return value >= 0x1p64 ? std::numeric_limits<Lamports>::max() : static_cast<Lamports>(value);
}

/// A search among the entries.
class SortedHistory final : public StakeHistorySource {
public:
    explicit SortedHistory(const StakeHistory& history) : entries_(history.entries) {}

    [[nodiscard]] std::optional<StakeHistoryEntry> find(Epoch epoch) override {
        const auto found = std::ranges::lower_bound(entries_, epoch, std::ranges::greater{},
                                                    &std::pair<Epoch, StakeHistoryEntry>::first);
        if (found == entries_.end() || found->first != epoch) return std::nullopt;
        return found->second;
    }

private:
    const std::vector<std::pair<Epoch, StakeHistoryEntry>>& entries_;
};

/// The part of `portion` that may change in `epoch`: its share of what the cluster may change,
/// which follows from the epoch before. At least one lamport, so that every change ends.
Lamports allowance(Epoch epoch, Lamports portion, Lamports cluster_portion,
                   Lamports cluster_effective, const Rates& rates) {
    if (portion == 0 || cluster_portion == 0 || cluster_effective == 0) return 1;
    if (rates.math == StakeMath::Double) {
        const double weight = static_cast<double>(portion) / static_cast<double>(cluster_portion);
        const double changing = static_cast<double>(cluster_effective) *
                                (rates.is_new(epoch) ? kNewRateAsDouble : kOriginalRateAsDouble);
        return std::max<Lamports>(to_lamports(weight * changing), 1);
    }
    const std::uint64_t rate = rates.is_new(epoch) ? kNewRate : kOriginalRate;
    const Wide product = Wide{portion} * cluster_effective;
    const Wide numerator = product > ~Wide{0} / rate ? ~Wide{0} : product * rate;
    const Wide share = numerator / (Wide{cluster_portion} * kBasisPoints);
    return share >= portion ? portion : std::max<Lamports>(static_cast<Lamports>(share), 1);
}

/// Effective and activating stake as if nothing were ever deactivated after it began to count.
StakeHistoryEntry warmup(const StakeDelegation& delegation, Epoch epoch,
                         StakeHistorySource& history, const Rates& rates) {
    const Lamports stake = delegation.stake;
    if (delegation.activation_epoch == StakeDelegation::kNever) return {.effective = stake};
    if (delegation.activation_epoch == delegation.deactivation_epoch) return {};
    if (epoch == delegation.activation_epoch) return {.activating = stake};
    if (epoch < delegation.activation_epoch) return {};
    Epoch current = delegation.activation_epoch;
    std::optional<StakeHistoryEntry> cluster = history.find(current);
    if (!cluster) return {.effective = stake}; // older than the history
    Lamports effective = 0;
    while (cluster && cluster->activating != 0) {
        ++current;
        const Lamports rest = stake - effective;
        effective += std::min(
            rest, allowance(current, rest, cluster->activating, cluster->effective, rates));
        if (effective == stake || current >= epoch || current >= delegation.deactivation_epoch) {
            break;
        }
        cluster = history.find(current);
    }
    return {.effective = effective, .activating = stake - effective};
}

Lamports cooldown(Lamports effective, Epoch deactivation_epoch, Epoch epoch,
                  StakeHistorySource& history, const Rates& rates) {
    Epoch current = deactivation_epoch;
    std::optional<StakeHistoryEntry> cluster = history.find(current);
    if (!cluster) return 0; // older than the history
    while (cluster && cluster->deactivating != 0) {
        ++current;
        effective -= std::min(effective, allowance(current, effective, cluster->deactivating,
                                                   cluster->effective, rates));
        if (effective == 0 || current >= epoch) break;
        cluster = history.find(current);
    }
    return effective;
}

} // namespace

StakeHistoryEntry stake_activation(const StakeDelegation& delegation, Epoch epoch,
                                   StakeHistorySource& history, std::optional<Epoch> new_rate_epoch,
                                   StakeMath math) {
    const Rates rates{new_rate_epoch, math};
    const StakeHistoryEntry warm = warmup(delegation, epoch, history, rates);
    if (epoch < delegation.deactivation_epoch) return warm;
    const Lamports left =
        epoch == delegation.deactivation_epoch
            ? warm.effective
            : cooldown(warm.effective, delegation.deactivation_epoch, epoch, history, rates);
    return {.effective = left, .deactivating = left};
}

StakeHistoryEntry stake_activation(const StakeDelegation& delegation, Epoch epoch,
                                   const StakeHistory& history, std::optional<Epoch> new_rate_epoch,
                                   StakeMath math) {
    SortedHistory sorted(history);
    return stake_activation(delegation, epoch, sorted, new_rate_epoch, math);
}

} // namespace fathom
