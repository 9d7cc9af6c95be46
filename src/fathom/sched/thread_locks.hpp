// SPDX-License-Identifier: Apache-2.0
// Which worker holds which account, so that work on an account can queue behind its holder.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/sched/account_lock.hpp"
#include "fathom/sched/key_hash.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

namespace fathom::sched {

/// Up to 64 workers as a bit set.
class ThreadSet {
public:
    static constexpr unsigned kMaxThreads = 64;

    constexpr ThreadSet() = default;
    static constexpr ThreadSet only(unsigned thread) {
        return ThreadSet(std::uint64_t{1} << thread);
    }
    static constexpr ThreadSet first(unsigned count) {
        return ThreadSet(count >= kMaxThreads ? ~std::uint64_t{0}
                                              : (std::uint64_t{1} << count) - 1);
    }
    [[nodiscard]] constexpr bool is_empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr unsigned size() const {
        return static_cast<unsigned>(std::popcount(bits_));
    }
    [[nodiscard]] constexpr bool contains(unsigned thread) const {
        return (bits_ >> thread & 1) != 0;
    }
    constexpr void insert(unsigned thread) { bits_ |= std::uint64_t{1} << thread; }
    constexpr void remove(unsigned thread) { bits_ &= ~(std::uint64_t{1} << thread); }
    friend constexpr ThreadSet operator&(ThreadSet a, ThreadSet b) {
        return ThreadSet(a.bits_ & b.bits_);
    }
    friend constexpr bool operator==(ThreadSet, ThreadSet) = default;

private:
    explicit constexpr ThreadSet(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t bits_ = 0;
};

enum class LockFailure : std::uint8_t {
    Conflict,        // several threads hold what is asked for
    ThreadNotAllowed // one does, and it may not be given more
};

/// A thread's locks never conflict with its own: it runs its queue in order. Of different threads,
/// readers share an account and a writer has it alone.
class ThreadAwareAccountLocks {
public:
    /// `threads` is clamped to 1..64.
    explicit ThreadAwareAccountLocks(unsigned threads,
                                     std::uint64_t hash_seed = KeyHash::kDefaultSeed);

    /// The threads among `allowed` that all `locks` could be taken for.
    [[nodiscard]] std::expected<ThreadSet, LockFailure>
    schedulable_threads(std::span<const AccountLock> locks, ThreadSet allowed) const;

    /// Takes all `locks` for a thread out of `schedulable_threads`.
    void lock(std::span<const AccountLock> locks, unsigned thread);
    /// Gives back what `lock` took.
    void unlock(std::span<const AccountLock> locks, unsigned thread);

    [[nodiscard]] unsigned thread_count() const { return thread_count_; }
    /// Accounts with at least one lock.
    [[nodiscard]] std::size_t size() const { return accounts_.size(); }

private:
    struct Account {
        ThreadSet readers;
        std::uint32_t write_count = 0;
        std::uint32_t read_counts = 0; // where this account's counters lie, one a thread
        std::uint8_t writer = 0;
        bool has_read_counts = false;
    };

    [[nodiscard]] ThreadSet threads_for(const AccountLock& lock) const;
    void lock_read(Account& account, unsigned thread);

    unsigned thread_count_;
    FlatMap<Pubkey, Account, KeyHash> accounts_;
    // Groups of `thread_count_` counters for accounts that are read, and the groups not in use.
    std::vector<std::uint32_t> read_counts_;
    std::vector<std::uint32_t> free_groups_;
};

} // namespace fathom::sched
