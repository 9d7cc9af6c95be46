// SPDX-License-Identifier: Apache-2.0
// What a unit of computation has cost lately; rules of agave's runtime/src/prioritization_fee.rs
// and prioritization_fee_cache.rs.
#include "fathom/sched/fee_statistics.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fathom::sched {

void BlockFees::record(std::uint64_t unit_price, std::span<const Pubkey> writable_accounts) {
    lowest_ = std::min(lowest_, unit_price);
    for (const Pubkey& account : writable_accounts) {
        std::uint64_t& price = accounts_.try_emplace(account, unit_price).first->second;
        price = std::min(price, unit_price);
    }
}

std::optional<std::uint64_t> BlockFees::lowest() const {
    // The highest number there is means none in the reference too.
    if (lowest_ == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
    return lowest_;
}

std::optional<std::uint64_t> BlockFees::lowest_on(const Pubkey& account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second);
}

void BlockFees::prune() {
    boost::unordered::erase_if(accounts_,
                               [&](const auto& entry) { return entry.second <= lowest_; });
}

void FeeStatistics::add(Slot slot, BlockFees fees) {
    fees.prune();
    while (blocks_.size() >= room_) blocks_.erase(blocks_.begin());
    blocks_.insert_or_assign(slot, std::move(fees));
}

std::vector<FeeStatistics::Entry> FeeStatistics::recent(std::span<const Pubkey> accounts) const {
    std::vector<Entry> entries;
    entries.reserve(blocks_.size());
    for (const auto& [slot, block] : blocks_) {
        std::uint64_t fee = block.lowest().value_or(0);
        for (const Pubkey& account : accounts) {
            fee = std::max(fee, block.lowest_on(account).value_or(0));
        }
        entries.push_back({slot, fee});
    }
    return entries;
}

} // namespace fathom::sched
