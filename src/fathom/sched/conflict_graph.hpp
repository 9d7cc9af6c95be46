// SPDX-License-Identifier: Apache-2.0
// Which tasks of a block must wait for which: dependencies from account locks, in flat arrays.
#pragma once

#include "fathom/sched/account_index.hpp"
#include "fathom/sched/account_lock.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fathom::sched {

/// A transaction of the block at hand: its place in block order.
using TaskIndex = std::uint32_t;

/// One task's use of one account: 31 bits of account number, one of writing.
class AccountUse {
public:
    AccountUse() = default;
    AccountUse(AccountNumber account, bool is_writable)
        : word_(account << 1 | static_cast<std::uint32_t>(is_writable)) {}
    [[nodiscard]] AccountNumber account() const { return word_ >> 1; }
    [[nodiscard]] bool is_writable() const { return (word_ & 1) != 0; }

private:
    std::uint32_t word_ = 0;
};

/// The order that a block's locks impose: of two tasks that name one key, at least one of them
/// writing, the later in the block waits for the earlier. Everything else may run together.
///
/// Only edges that nothing else implies through the same account are kept: a reader waits for the
/// last writer, a writer for the readers since then or, without any, for the last writer. So each
/// named account adds at most one edge when its task comes and, for a reader, one more when the
/// next writer comes: edges <= 2 * locks, however readers and writers alternate. Two tasks that
/// share several accounts have one edge, not several.
///
/// Fill with `begin`, `add_task` in block order, `finish`; then read from any thread. Buffers are
/// kept: a second block of the same size allocates nothing.
class ConflictGraph {
public:
    explicit ConflictGraph(std::uint64_t hash_seed = AccountIndex::kDefaultSeed)
        : accounts_(hash_seed) {}

    /// Forgets the block before. The numbers are hints for room; wrong ones cost time only.
    void begin(std::size_t expected_tasks = 0, std::size_t expected_accounts = 0);

    /// Appends the next task of the block. A key may occur several times in `locks`: it is written
    /// if any of them says so. `cost` orders the work (longest chain first), it decides nothing
    /// else. At most 2^31 locks in a block.
    TaskIndex add_task(std::span<const AccountLock> locks, std::uint64_t cost = 1);

    /// Must be called once after the last task, before anything below.
    void finish();

    [[nodiscard]] std::size_t task_count() const { return costs_.size(); }
    [[nodiscard]] std::size_t edge_count() const { return edges_.size(); }
    /// How many tasks must finish before this one may start.
    [[nodiscard]] std::uint32_t dependency_count(TaskIndex task) const {
        return dependency_counts_[task];
    }
    [[nodiscard]] std::span<const std::uint32_t> dependency_counts() const {
        return dependency_counts_;
    }
    /// The tasks that wait for this one, in block order.
    [[nodiscard]] std::span<const TaskIndex> successors(TaskIndex task) const {
        return {successors_.data() + successor_starts_[task],
                successor_starts_[task + 1] - successor_starts_[task]};
    }
    [[nodiscard]] std::uint64_t cost(TaskIndex task) const { return costs_[task]; }
    /// Cost of the dearest chain that starts with this task, its own included.
    [[nodiscard]] std::uint64_t chain_cost(TaskIndex task) const { return chain_costs_[task]; }
    /// Cost of the dearest chain of the block: no number of workers needs less time.
    [[nodiscard]] std::uint64_t critical_path() const { return critical_path_; }
    [[nodiscard]] std::uint64_t total_cost() const { return total_cost_; }
    static constexpr unsigned kUrgencies = 64;
    /// How long the chain is that starts with this task, compared with the longest: 63 is the same,
    /// and one less for each quarter of a power of two, to 0.
    [[nodiscard]] unsigned urgency(TaskIndex task) const {
        const unsigned behind = longest_size_ - size_class(chain_costs_[task]);
        return behind >= kUrgencies ? 0 : kUrgencies - 1 - behind;
    }
    /// The tasks that wait for nothing, the most urgent first, equals in block order.
    [[nodiscard]] std::span<const TaskIndex> roots() const { return roots_; }

    /// The task's accounts in the order of its locks.
    [[nodiscard]] std::span<const AccountUse> uses(TaskIndex task) const {
        return {uses_.data() + use_starts_[task], use_starts_[task + 1] - use_starts_[task]};
    }
    [[nodiscard]] const AccountIndex& accounts() const { return accounts_; }

private:
    struct AccountState {
        std::uint32_t last_writer;
        std::uint32_t readers; // head of a list in `readers_`
    };
    struct Reader {
        TaskIndex task;
        std::uint32_t next;
    };
    struct Edge {
        TaskIndex from;
        TaskIndex to;
    };

    // Four classes for each power of two; grows with `cost`.
    static unsigned size_class(std::uint64_t cost) {
        const std::uint64_t length = cost < ~std::uint64_t{3} ? cost + 4 : cost;
        const auto exponent = static_cast<unsigned>(std::bit_width(length)) - 1;
        return exponent * 4 + static_cast<unsigned>(length >> (exponent - 2) & 3);
    }

    struct PendingUse {
        Pubkey key;
        std::uint64_t hash;
        TaskIndex task;
        bool is_writable;
    };

    void look_up_oldest();
    void read(AccountState& state, TaskIndex task);
    void write(AccountState& state, TaskIndex task);
    void add_edge(TaskIndex from, TaskIndex to);
    void sort_edges();
    void measure_chains();
    void sort_roots();

    static constexpr std::size_t kPlaceAhead = 16;
    static constexpr std::size_t kKeyAhead = 8;

    AccountIndex accounts_;
    // Locks on their way: each is looked up when `kPlaceAhead` more have come, by which time the
    // memory that it needs has arrived.
    std::array<PendingUse, kPlaceAhead> pending_;
    std::size_t pending_begin_ = 0;
    std::size_t pending_end_ = 0;
    std::size_t lock_count_ = 0;
    std::vector<AccountState> states_;
    std::vector<Reader> readers_;
    std::vector<AccountUse> uses_;
    std::vector<std::uint32_t> use_starts_;
    std::vector<Edge> edges_;
    std::vector<TaskIndex> newest_successor_;
    std::vector<std::uint32_t> dependency_counts_;
    std::vector<std::uint32_t> successor_starts_;
    std::vector<TaskIndex> successors_;
    std::vector<std::uint64_t> costs_;
    std::vector<std::uint64_t> chain_costs_;
    std::vector<TaskIndex> roots_;
    std::uint64_t critical_path_ = 0;
    std::uint64_t total_cost_ = 0;
    unsigned longest_size_ = 0;
};

} // namespace fathom::sched
