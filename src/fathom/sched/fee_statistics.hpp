// SPDX-License-Identifier: Apache-2.0
// What a unit of computation has cost lately, in whole blocks and on single accounts.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/sched/key_hash.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace fathom::sched {

/// Prices (micro-lamports a unit) of one block while it is being built. Votes and transactions that
/// ask for no units are not recorded.
class BlockFees {
public:
    explicit BlockFees(std::uint64_t hash_seed = KeyHash::kDefaultSeed)
        : accounts_(0, KeyHash(hash_seed)) {}

    void record(std::uint64_t unit_price, std::span<const Pubkey> writable_accounts);

    /// The lowest price of all, none before the first transaction.
    [[nodiscard]] std::optional<std::uint64_t> lowest() const;
    /// The lowest price among transactions that wrote the account.
    [[nodiscard]] std::optional<std::uint64_t> lowest_on(const Pubkey& account) const;
    [[nodiscard]] std::size_t account_count() const { return accounts_.size(); }

    /// Forgets accounts whose price is the block's: they say nothing that `lowest` does not.
    void prune();

private:
    FlatMap<Pubkey, std::uint64_t, KeyHash> accounts_;
    std::uint64_t lowest_ = ~std::uint64_t{0};
};

/// The last 150 finished blocks, for getRecentPrioritizationFees. The price that would have got a
/// transaction into a block is the block's lowest or, if it writes accounts that were dearer, the
/// dearest of those: contention on one account shows on that account alone.
class FeeStatistics {
public:
    static constexpr std::size_t kBlocks = 150;

    struct Entry {
        Slot slot;
        std::uint64_t fee;
        friend bool operator==(const Entry&, const Entry&) = default;
    };

    explicit FeeStatistics(std::size_t blocks = kBlocks) : room_(blocks == 0 ? 1 : blocks) {}

    /// Takes a finished block. With no room left the lowest slot goes first.
    void add(Slot slot, BlockFees fees);

    /// One entry a block, by slot.
    [[nodiscard]] std::vector<Entry> recent(std::span<const Pubkey> accounts) const;

    [[nodiscard]] std::size_t block_count() const { return blocks_.size(); }

private:
    std::size_t room_;
    std::map<Slot, BlockFees> blocks_;
};

} // namespace fathom::sched
