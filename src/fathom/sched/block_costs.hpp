// SPDX-License-Identifier: Apache-2.0
// How much of a block's limits is used: in total, by votes, by new account data, and by each
// written account.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sched/account_lock.hpp"
#include "fathom/sched/key_hash.hpp"

#include <cstdint>
#include <limits>
#include <span>

namespace fathom::sched {

/// Agave 4.3's numbers (cost-model/src/block_cost_limits.rs); votes have no limit of their own
/// there, earlier versions had 36,000,000.
struct BlockLimits {
    std::uint64_t block = 60'000'000;
    std::uint64_t account = 24'000'000;
    std::uint64_t votes = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t allocated_bytes = 100'000'000;
};

/// In the order of the checks.
enum class LimitFailure : std::uint8_t { Votes, Block, Account, AllocatedBytes };

/// What one transaction takes of the limits.
struct TransactionCost {
    std::uint64_t units = 0;
    std::uint64_t allocated_bytes = 0;
    bool is_vote = false;
};

class BlockCosts {
public:
    explicit BlockCosts(BlockLimits limits = {}, std::uint64_t hash_seed = KeyHash::kDefaultSeed)
        : limits_(limits), accounts_(0, KeyHash(hash_seed)) {}

    /// Which limit, if any, the transaction would break. Nothing changes.
    [[nodiscard]] Result<void, LimitFailure> would_fit(std::span<const AccountLock> locks,
                                                       const TransactionCost& cost) const;

    /// Counts the transaction unless it would break a limit.
    Result<void, LimitFailure> try_add(std::span<const AccountLock> locks,
                                       const TransactionCost& cost);

    /// Undoes `try_add` of a transaction that was not committed.
    void remove(std::span<const AccountLock> locks, const TransactionCost& cost);

    /// Replaces the units that `try_add` counted by what the transaction really took, which may be
    /// more; limits are not asked again.
    void settle(std::span<const AccountLock> locks, const TransactionCost& cost,
                std::uint64_t actual_units);

    /// Starts the next block.
    void reset(BlockLimits limits);

    [[nodiscard]] const BlockLimits& limits() const { return limits_; }
    [[nodiscard]] std::uint64_t used() const { return used_; }
    [[nodiscard]] std::uint64_t used_by_votes() const { return used_by_votes_; }
    [[nodiscard]] std::uint64_t used_by(const Pubkey& account) const;
    [[nodiscard]] std::uint64_t allocated_bytes() const { return allocated_bytes_; }
    [[nodiscard]] std::uint64_t transaction_count() const { return transaction_count_; }

private:
    void add_units(std::span<const AccountLock> locks, bool is_vote, std::uint64_t units);
    void subtract_units(std::span<const AccountLock> locks, bool is_vote, std::uint64_t units);

    BlockLimits limits_;
    FlatMap<Pubkey, std::uint64_t, KeyHash> accounts_;
    std::uint64_t used_ = 0;
    std::uint64_t used_by_votes_ = 0;
    std::uint64_t allocated_bytes_ = 0;
    std::uint64_t transaction_count_ = 0;
};

} // namespace fathom::sched
