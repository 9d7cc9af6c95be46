// SPDX-License-Identifier: Apache-2.0
// Transactions of a block executed on all workers, with the results of block order.
//
// All accounts that the transactions name lie in one array for as long as they run. Who may touch
// which of them when follows from the conflict graph: a transaction waits for those before it that
// write what it names or name what it writes. Programs' data accounts, which no transaction needs
// to name in order to call the program, are read under the same small lock as everything is
// written; what is read there does not depend on when, because whatever changes a program's code
// also writes the program's account, which its callers name.
#pragma once

#include "fathom/bank/fork_accounts.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/sched/block_costs.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace fathom::bank {

/// What became of one transaction.
struct alignas(64) TransactionOutcome { // workers write neighbouring ones at the same time
    std::optional<TransactionError> error;
    Commit commit = Commit::None;
    ComputeUnits compute_units = 0;
    FeeDetails fee;
    /// If costs are counted: the limit of the block that it breaks. The block is invalid.
    std::optional<TransactionError> broken_limit;
};

/// Work that has nothing to do with accounts and is done beside the transactions, on the same
/// threads: `run(i)` for every i below `count`, in any order.
struct SideWork {
    std::size_t count = 0;
    std::function<void(std::size_t)> run = {};
};

/// Where the time of a block went. Nanoseconds.
struct BlockTimes {
    using Nanoseconds = std::uint64_t;
    Nanoseconds prepare = 0; ///< parsing, budgets, look-ups of tables and statuses
    Nanoseconds verify = 0;  ///< signatures
    Nanoseconds order = 0;   ///< who waits for whom
    Nanoseconds load = 0;    ///< accounts
    Nanoseconds execute = 0; ///< from the first transaction's begin to the last one's end
    Nanoseconds commit = 0;  ///< results into the bank
    Nanoseconds freeze = 0;  ///< set by who freezes
    /// What the workers did of the execution: at most its time each.
    std::vector<Nanoseconds> busy;
    std::size_t transactions = 0;
    /// Pairs of transactions of which one waited for the other, those that follow from others left
    /// out.
    std::size_t conflicts = 0;
    /// Transactions in the longest chain of them.
    std::uint64_t longest_chain = 0;
};

struct BlockOptions {
    bool verify_signatures = true;
    bool collect_logs = false;
    /// Sees all effects, in block order, after they were committed.
    std::function<void(std::size_t index, const TransactionEffects& effects)> observer = {};
    SideWork side_work = {};
    /// Whether committed transactions count towards the block's limits. Blocks of others: yes.
    bool count_costs = false;
    /// With both, what took how long: a clock that only goes forward, and where to put it.
    BlockTimes::Nanoseconds (*clock)() = nullptr;
    BlockTimes* times = nullptr;
};

/// A vote or stake account as a successful transaction left it.
struct StakeChange {
    std::uint32_t transaction = 0;
    Pubkey key;
    Account account;
};

/// What of a transaction a bank keeps account of.
struct TransactionFacts {
    std::uint8_t signatures = 0;
    Hash blockhash;
    /// SHA-256 of the signed part.
    Hash message;
};

struct BlockResults {
    std::vector<TransactionOutcome> outcomes;
    std::vector<TransactionFacts> facts;
    /// Every account that was written, as it is at the end. Zero lamports: gone.
    std::vector<AccountChange> accounts;
    /// In block order.
    std::vector<StakeChange> stake_changes;
    /// Only if an observer wants them.
    std::vector<TransactionEffects> effects;
};

class BlockExecution {
public:
    /// `accounts` are those of the bank and do not change while this runs; everything must outlive
    /// it.
    BlockExecution(Runtime& runtime, const ForkAccounts& accounts,
                   const SlotEnvironment& environment, const std::set<Slot>& ancestors,
                   sched::BlockCosts& costs, const BlockOptions& options);

    [[nodiscard]] BlockResults run(std::span<const ByteView> transactions);

private:
    Runtime& runtime_;
    const ForkAccounts& accounts_;
    const SlotEnvironment& environment_;
    const std::set<Slot>& ancestors_;
    sched::BlockCosts& costs_;
    const BlockOptions& options_;
};

} // namespace fathom::bank
