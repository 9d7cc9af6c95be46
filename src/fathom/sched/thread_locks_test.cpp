// SPDX-License-Identifier: Apache-2.0
// Which threads may take which locks; the cases of agave's thread_aware_account_locks.rs.
#include "fathom/sched/thread_locks.hpp"
#include "fathom/sched/workload.hpp"

#include <gtest/gtest.h>

namespace fathom::sched {
namespace {

constexpr unsigned kThreads = 4;
const ThreadSet kAny = ThreadSet::first(kThreads);

LockSet reads(std::uint64_t number) {
    return {{numbered_key(number), false}};
}
LockSet writes(std::uint64_t number) {
    return {{numbered_key(number), true}};
}

TEST(ThreadAwareAccountLocks, FreeAccountsGoToAnyThread) {
    const ThreadAwareAccountLocks locks(kThreads);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), kAny);
    EXPECT_EQ(locks.schedulable_threads({}, kAny), kAny);
}

TEST(ThreadAwareAccountLocks, WrittenAccountBelongsToItsWritersThread) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(writes(1), 2);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), ThreadSet::only(2));
    EXPECT_EQ(locks.schedulable_threads(reads(1), kAny), ThreadSet::only(2));
}

TEST(ThreadAwareAccountLocks, ReadAccountIsWrittenOnlyWhereAllItsReadersAre) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(reads(1), 1);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), ThreadSet::only(1));
    EXPECT_EQ(locks.schedulable_threads(reads(1), kAny), kAny);
    locks.lock(reads(1), 3);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), std::unexpected(LockFailure::Conflict));
}

TEST(ThreadAwareAccountLocks, AccountsOfTwoThreadsConflict) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(writes(1), 0);
    locks.lock(writes(2), 1);
    EXPECT_EQ(locks.schedulable_threads(LockSet{writes(1)[0], reads(2)[0]}, kAny),
              std::unexpected(LockFailure::Conflict));
}

TEST(ThreadAwareAccountLocks, HolderThatIsNotAllowedIsNoConflict) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(writes(1), 0);
    ThreadSet allowed = kAny;
    allowed.remove(0);
    EXPECT_EQ(locks.schedulable_threads(writes(1), allowed),
              std::unexpected(LockFailure::ThreadNotAllowed));
}

TEST(ThreadAwareAccountLocks, CountsRepeatedLocks) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(writes(1), 2);
    locks.lock(writes(1), 2);
    locks.lock(reads(1), 2);
    locks.unlock(writes(1), 2);
    EXPECT_EQ(locks.schedulable_threads(reads(1), kAny), ThreadSet::only(2));
    locks.unlock(writes(1), 2);
    EXPECT_EQ(locks.schedulable_threads(reads(1), kAny), kAny);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), ThreadSet::only(2));
    locks.unlock(reads(1), 2);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), kAny);
    EXPECT_EQ(locks.size(), 0U);
}

TEST(ThreadAwareAccountLocks, ReaderCountsAreOfEachThread) {
    ThreadAwareAccountLocks locks(kThreads);
    locks.lock(reads(1), 0);
    locks.lock(reads(1), 0);
    locks.lock(reads(1), 1);
    locks.unlock(reads(1), 0);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), std::unexpected(LockFailure::Conflict));
    locks.unlock(reads(1), 0);
    EXPECT_EQ(locks.schedulable_threads(writes(1), kAny), ThreadSet::only(1));
}

TEST(ThreadAwareAccountLocks, GroupsOfCountersAreUsedAgain) {
    ThreadAwareAccountLocks locks(kThreads);
    for (std::uint64_t i = 0; i < 100; ++i) {
        locks.lock(reads(i), static_cast<unsigned>(i % kThreads));
        locks.unlock(reads(i), static_cast<unsigned>(i % kThreads));
    }
    locks.lock(reads(7), 3);
    EXPECT_EQ(locks.schedulable_threads(writes(7), kAny), ThreadSet::only(3));
}

TEST(ThreadAwareAccountLocks, ThreadCountIsClamped) {
    EXPECT_EQ(ThreadAwareAccountLocks(0).thread_count(), 1U);
    EXPECT_EQ(ThreadAwareAccountLocks(1'000).thread_count(), 64U);
    EXPECT_EQ(ThreadSet::first(64).size(), 64U);
}

} // namespace
} // namespace fathom::sched
