// SPDX-License-Identifier: Apache-2.0
// How much of a block's limits is used. The order of checks is that of agave's
// cost-model/src/cost_tracker.rs; a vote limit, where one is set, comes first.
#include "fathom/sched/block_costs.hpp"

#include "fathom/base/integers.hpp"

namespace fathom::sched {

Result<void, LimitFailure> BlockCosts::would_fit(std::span<const AccountLock> locks,
                                                 const TransactionCost& cost) const {
    if (cost.is_vote && saturating_add(used_by_votes_, cost.units) > limits_.votes) {
        return std::unexpected(LimitFailure::Votes);
    }
    if (saturating_add(used_, cost.units) > limits_.block) {
        return std::unexpected(LimitFailure::Block);
    }
    if (cost.units > limits_.account) return std::unexpected(LimitFailure::Account);
    if (saturating_add(allocated_bytes_, cost.allocated_bytes) > limits_.allocated_bytes) {
        return std::unexpected(LimitFailure::AllocatedBytes);
    }
    for (const AccountLock& lock : locks) {
        if (lock.is_writable && saturating_add(used_by(lock.key), cost.units) > limits_.account) {
            return std::unexpected(LimitFailure::Account);
        }
    }
    return {};
}

Result<void, LimitFailure> BlockCosts::try_add(std::span<const AccountLock> locks,
                                               const TransactionCost& cost) {
    FATHOM_CHECK(would_fit(locks, cost));
    add_units(locks, cost.is_vote, cost.units);
    allocated_bytes_ = saturating_add(allocated_bytes_, cost.allocated_bytes);
    ++transaction_count_;
    return {};
}

void BlockCosts::remove(std::span<const AccountLock> locks, const TransactionCost& cost) {
    subtract_units(locks, cost.is_vote, cost.units);
    allocated_bytes_ = saturating_sub(allocated_bytes_, cost.allocated_bytes);
    transaction_count_ = saturating_sub<std::uint64_t>(transaction_count_, 1);
}

void BlockCosts::settle(std::span<const AccountLock> locks, const TransactionCost& cost,
                        std::uint64_t actual_units) {
    if (actual_units > cost.units) add_units(locks, cost.is_vote, actual_units - cost.units);
    if (actual_units < cost.units) subtract_units(locks, cost.is_vote, cost.units - actual_units);
}

void BlockCosts::reset(BlockLimits limits) {
    limits_ = limits;
    accounts_.clear();
    used_ = used_by_votes_ = allocated_bytes_ = transaction_count_ = 0;
}

std::uint64_t BlockCosts::used_by(const Pubkey& account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? 0 : found->second;
}

void BlockCosts::add_units(std::span<const AccountLock> locks, bool is_vote, std::uint64_t units) {
    used_ = saturating_add(used_, units);
    if (is_vote) used_by_votes_ = saturating_add(used_by_votes_, units);
    for (const AccountLock& lock : locks) {
        if (!lock.is_writable) continue;
        std::uint64_t& used = accounts_[lock.key];
        used = saturating_add(used, units);
    }
}

void BlockCosts::subtract_units(std::span<const AccountLock> locks, bool is_vote,
                                std::uint64_t units) {
    used_ = saturating_sub(used_, units);
    if (is_vote) used_by_votes_ = saturating_sub(used_by_votes_, units);
    for (const AccountLock& lock : locks) {
        if (!lock.is_writable) continue;
        std::uint64_t& used = accounts_[lock.key];
        used = saturating_sub(used, units);
    }
}

} // namespace fathom::sched
