// SPDX-License-Identifier: Apache-2.0
// The accounts that a block's transactions name, in one array for as long as they run, and each
// worker's view of them.
#pragma once

#include "fathom/bank/fork_accounts.hpp"
#include "fathom/base/flat_map.hpp"
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace fathom::bank {

/// Written by many threads, each while the conflict graph gives it the right to.
class BlockAccounts {
public:
    /// The next block, in the memory of the last. `below` does not change until take_changes(), and
    /// is held; both must live until then.
    void begin(const sched::ConflictGraph& graph, const ForkAccounts& below);

    [[nodiscard]] std::size_t size() const { return size_; }
    /// Those that no transaction of the block writes.
    [[nodiscard]] std::size_t unwritten_count() const { return unwritten_count_; }
    /// Fetches one of them. Before any view reads.
    void fill(std::size_t number);
    /// Asks for its memory.
    void prefetch(std::size_t number) const {
        const char* const cell = reinterpret_cast<const char*>(&cells_[number]);
        __builtin_prefetch(cell, 1);
        __builtin_prefetch(cell + sizeof(Cell) / 2, 1);
    }
    /// Everything that was written. After all views are done. Lets go of all accounts.
    [[nodiscard]] std::vector<AccountChange> take_changes();

private:
    friend class WorkerAccounts;

    /// The flag is held for the time of a copy only. It is there for those who read an account that
    /// their transaction does not name: the data account of a program.
    class alignas(64) Cell { // workers write neighbouring ones at the same time
    public:
        [[nodiscard]] std::optional<Account> get() const {
            const Guard guard(busy_);
            if (account_.lamports == 0) return std::nullopt;
            return account_;
        }
        void put(Account account) {
            const Guard guard(busy_);
            account_ = std::move(account);
            is_changed = true;
        }
        /// Without the flag: nobody else is there yet, any more, or ever writes.
        [[nodiscard]] Account& alone() { return account_; }
        [[nodiscard]] const Account& alone() const { return account_; }

        bool is_written = false; ///< by any transaction of the block
        bool is_changed = false;
        std::uint32_t unwritten_number = 0; ///< among those that are not written

    private:
        class Guard {
        public:
            explicit Guard(std::atomic_flag& flag) : flag_(flag) {
                while (flag_.test_and_set(std::memory_order_acquire)) {
                    while (flag_.test(std::memory_order_relaxed)) __builtin_ia32_pause();
                }
            }
            ~Guard() { flag_.clear(std::memory_order_release); }
            Guard(const Guard&) = delete;
            Guard& operator=(const Guard&) = delete;

        private:
            std::atomic_flag& flag_;
        };

        Account account_;
        mutable std::atomic_flag busy_;
    };

    const sched::ConflictGraph* graph_ = nullptr;
    const ForkAccounts* below_ = nullptr;
    std::unique_ptr<Cell[]> cells_; // size_ of room_; the others hold no data
    std::size_t size_ = 0;
    std::size_t room_ = 0;
    std::size_t unwritten_count_ = 0;
};

/// One worker's view. Accounts that nobody in the block writes, and those that nobody names, it
/// keeps as copies of its own: their reference counts would otherwise be written by all workers.
class WorkerAccounts final : public AccountSource {
public:
    explicit WorkerAccounts(BlockAccounts& block)
        : block_(block), copies_(block.unwritten_count()) {}

    /// From now on this transaction runs: its keys, which are recognized by their place in memory,
    /// and their numbers.
    void begin(std::span<const Pubkey> keys, std::span<const sched::AccountUse> uses) {
        keys_ = keys;
        uses_ = uses;
    }
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override;
    [[nodiscard]] const Account* peek(const Pubkey& key, Account& room) const override;
    /// An account that the transaction writes.
    void put(const Pubkey& key, Account account);

private:
    struct Copy {
        bool is_there = false;
        std::optional<Account> account;
    };

    /// Position among the transaction's keys.
    [[nodiscard]] std::optional<std::size_t> place_of(const Pubkey& key) const;

    BlockAccounts& block_;
    std::span<const Pubkey> keys_;
    std::span<const sched::AccountUse> uses_;
    mutable std::vector<Copy> copies_;                                   // of unwritten ones
    mutable FlatMap<Pubkey, std::optional<Account>, PubkeyHash> others_; // that nobody names
};

} // namespace fathom::bank
