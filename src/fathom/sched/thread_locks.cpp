// SPDX-License-Identifier: Apache-2.0
// Which worker holds which account. The rules are those of agave's
// scheduling-utils/src/thread_aware_account_locks.rs.
#include "fathom/sched/thread_locks.hpp"

#include "fathom/base/assert.hpp"

#include <algorithm>

namespace fathom::sched {

ThreadAwareAccountLocks::ThreadAwareAccountLocks(unsigned threads, std::uint64_t hash_seed)
    : thread_count_(std::clamp(threads, 1U, ThreadSet::kMaxThreads)),
      accounts_(0, KeyHash(hash_seed)) {}

ThreadSet ThreadAwareAccountLocks::threads_for(const AccountLock& lock) const {
    const auto found = accounts_.find(lock.key);
    if (found == accounts_.end()) return ThreadSet::first(thread_count_);
    const Account& account = found->second;
    if (account.write_count != 0) return ThreadSet::only(account.writer);
    if (!lock.is_writable) return ThreadSet::first(thread_count_);
    return account.readers.size() == 1 ? account.readers : ThreadSet();
}

std::expected<ThreadSet, LockFailure>
ThreadAwareAccountLocks::schedulable_threads(std::span<const AccountLock> locks,
                                             ThreadSet allowed) const {
    ThreadSet threads = ThreadSet::first(thread_count_);
    for (const AccountLock& lock : locks) {
        threads = threads & threads_for(lock);
        if (threads.is_empty()) return std::unexpected(LockFailure::Conflict);
    }
    threads = threads & allowed;
    if (threads.is_empty()) return std::unexpected(LockFailure::ThreadNotAllowed);
    return threads;
}

void ThreadAwareAccountLocks::lock(std::span<const AccountLock> locks, unsigned thread) {
    FATHOM_ASSERT(thread < thread_count_);
    for (const AccountLock& lock : locks) {
        Account& account = accounts_[lock.key];
        FATHOM_DASSERT(account.write_count == 0 || account.writer == thread);
        if (lock.is_writable) {
            ++account.write_count;
            account.writer = static_cast<std::uint8_t>(thread);
        } else {
            lock_read(account, thread);
        }
    }
}

void ThreadAwareAccountLocks::lock_read(Account& account, unsigned thread) {
    if (!account.has_read_counts) {
        if (free_groups_.empty()) {
            free_groups_.push_back(static_cast<std::uint32_t>(read_counts_.size()));
            read_counts_.resize(read_counts_.size() + thread_count_);
        }
        account.read_counts = free_groups_.back();
        account.has_read_counts = true;
        free_groups_.pop_back();
    }
    ++read_counts_[account.read_counts + thread];
    account.readers.insert(thread);
}

void ThreadAwareAccountLocks::unlock(std::span<const AccountLock> locks, unsigned thread) {
    for (const AccountLock& lock : locks) {
        const auto found = accounts_.find(lock.key);
        FATHOM_ASSERT(found != accounts_.end());
        Account& account = found->second;
        if (lock.is_writable) {
            FATHOM_ASSERT(account.write_count != 0 && account.writer == thread);
            --account.write_count;
        } else {
            FATHOM_ASSERT(account.readers.contains(thread));
            if (--read_counts_[account.read_counts + thread] == 0) account.readers.remove(thread);
            if (account.readers.is_empty()) {
                free_groups_.push_back(account.read_counts); // its counters are all zero
                account.has_read_counts = false;
            }
        }
        if (account.write_count == 0 && account.readers.is_empty()) accounts_.erase(found);
    }
}

} // namespace fathom::sched
