// SPDX-License-Identifier: Apache-2.0
// A fixed set of threads over lock-free stacks of ready tasks. No lock is taken while there is
// work.
//
// A worker that finishes a task lowers the counters of those that wait for it. Of the ones that
// come free it keeps the one with the dearest chain and goes on with it, so a chain of conflicts
// stays on one core with its accounts in that core's cache; the others become ready for anyone
// (ready_tasks.hpp).
//
// A thread of the pool that finds nothing leaves the job and sleeps outside, so that the end of a
// job waits for nobody to wake up: in a block that is one chain that would be its largest cost.
//
// Sleeping without a missed wake-up: who is about to sleep first counts itself in `sleepers_`, then
// looks at everything ready once more; who makes a task ready then looks at `sleepers_`. Both pairs
// are sequentially consistent, so at least one of the two sees the other.
#include "fathom/sched/worker_pool.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/sched/release.hpp"

#include <algorithm>
#include <utility>

namespace fathom::sched {
namespace {

constexpr int kRoundsBeforeSleep = 32;
/// The longest chain is short if it is at most this part of what each worker has to do.
constexpr std::uint64_t kShortChain = 4;
/// Tasks taken together in block order: at most so many, and at the end so few that each worker
/// still gets several groups.
constexpr std::size_t kLargestGroup = 32;
constexpr std::size_t kGroupsLeft = 16;

} // namespace

WorkerPool::WorkerPool(unsigned workers)
    : worker_count_(std::max(1U, workers)), places_(worker_count_), ready_(worker_count_) {
    for (unsigned i = 1; i < worker_count_; ++i) {
        threads_.emplace_back([this, i] { thread_main(i); });
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    work_changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::thread_main(unsigned worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
        work_changed_.wait(lock, [&] {
            return is_stopping_ || (job_is_open_ && (job_number_ != seen || woken_helpers_ != 0));
        });
        if (is_stopping_) return;
        if (job_number_ == seen) --woken_helpers_;
        seen = job_number_;
        ++helpers_inside_;
        for (;;) {
            lock.unlock();
            work(worker);
            lock.lock();
            sleepers_.fetch_add(1, std::memory_order_seq_cst);
            if (nothing_to_do()) break;
            sleepers_.fetch_sub(1, std::memory_order_relaxed);
        }
        if (--helpers_inside_ == 0) caller_changed_.notify_one();
    }
}

// A thread that wakes after the job has closed finds nothing to enter: a short job does not wait
// for the slowest wake-up.
void WorkerPool::run_job() {
    {
        const std::lock_guard lock(mutex_);
        FATHOM_ASSERT(!job_is_open_);
        ++job_number_;
        job_is_open_ = true;
        // All threads come anyway.
        woken_helpers_ = 0;
        sleepers_.store(0, std::memory_order_relaxed);
    }
    work_changed_.notify_all();
    work(0);
    std::unique_lock lock(mutex_);
    job_is_open_ = false;
    caller_changed_.wait(lock, [&] { return helpers_inside_ == 0; });
}

void WorkerPool::work(unsigned worker) {
    graph_job_ ? work_on_graph(worker) : work_on_ranges(worker);
}

void WorkerPool::run_ranges(std::size_t count, std::size_t group, RangeCall call) {
    const std::size_t chosen =
        group != 0 ? group
                   : std::clamp<std::size_t>(count / (std::size_t{worker_count_} * 8), 1, 256);
    graph_job_.reset();
    range_job_.emplace(RangeJob{count, chosen, call});
    next_index_.store(0, std::memory_order_relaxed);
    run_job();
}

void WorkerPool::work_on_ranges(unsigned worker) {
    const RangeJob& job = *range_job_;
    for (;;) {
        const std::size_t first = next_index_.fetch_add(job.group, std::memory_order_relaxed);
        if (first >= job.count) return;
        job.call(worker, first, std::min(job.count, first + job.group));
    }
}

void WorkerPool::run_graph(const ConflictGraph& graph, Call call, HintCall hint) {
    const std::size_t count = graph.task_count();
    if (count == 0) return;
    if (count > task_room_) {
        remaining_ = std::make_unique<std::atomic<std::uint32_t>[]>(count);
        task_room_ = count;
    }
    // Without long chains any order is as good as another, and block order is good for caches.
    const bool is_in_block_order =
        graph.critical_path() <= graph.total_cost() / (std::uint64_t{worker_count_} * kShortChain);
    const std::uint32_t arrival = is_in_block_order ? 1 : 0;
    for (std::size_t i = 0; i < count; ++i) {
        remaining_[i].store(graph.dependency_counts()[i] + arrival, std::memory_order_relaxed);
    }
    range_job_.reset();
    graph_job_.emplace(GraphJob{&graph, call, hint, is_in_block_order});
    next_index_.store(is_in_block_order ? 0 : count, std::memory_order_relaxed);
    ready_.reset(graph, !is_in_block_order);
    unfinished_.store(count, std::memory_order_relaxed);
    is_done_.store(false, std::memory_order_relaxed);
    run_job();
}

// The caller stays until all tasks are done, others until they find nothing.
void WorkerPool::work_on_graph(unsigned worker) {
    std::size_t finished = 0;
    for (;;) {
        std::optional<TaskIndex> task = ready_.take(worker);
        if (!task) {
            if (const std::size_t done = work_in_block_order(worker); done != 0) {
                finished += done;
                continue;
            }
            report_finished(std::exchange(finished, 0));
            task = look_around(worker);
        }
        if (!task) {
            if (worker != 0 || !caller_sleeps_until_woken()) return;
            continue;
        }
        finished += work_on_chain(worker, *task);
    }
}

// A task, and whatever comes free with it and is kept. Returns how many.
std::size_t WorkerPool::work_on_chain(unsigned worker, TaskIndex first) {
    std::size_t finished = 0;
    for (std::optional<TaskIndex> task = first; task; task = finish_task(worker, *task)) {
        graph_job_->call(worker, *task);
        places_[worker].arena.reset();
        ++finished;
    }
    return finished;
}

// The next few tasks of the block. A task that must still wait is left to whoever finishes the last
// one before it: it waits for one more than its dependencies, its turn in the block. Returns how
// many were done; none only if there are no more turns.
std::size_t WorkerPool::work_in_block_order(unsigned worker) {
    const GraphJob& job = *graph_job_;
    const std::size_t count = job.graph->task_count();
    std::size_t finished = 0;
    while (finished == 0) {
        const std::size_t seen = next_index_.load(std::memory_order_relaxed);
        if (seen >= count) return 0;
        const std::size_t group = std::clamp<std::size_t>(
            (count - seen) / (std::size_t{worker_count_} * kGroupsLeft), 1, kLargestGroup);
        const std::size_t first = next_index_.fetch_add(group, std::memory_order_relaxed);
        if (first >= count) return 0;
        const std::size_t last = std::min(first + group, count);
        for (std::size_t i = first; i < last; ++i) {
            if (i + kFar < last) job.hint(static_cast<TaskIndex>(i) + kFar, Nearness::Far);
            if (i + kNear < last) job.hint(static_cast<TaskIndex>(i) + kNear, Nearness::Near);
            const auto task = static_cast<TaskIndex>(i);
            if (remaining_[task].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
            finished += work_on_chain(worker, task);
        }
    }
    return finished;
}

// Returns what to go on with. The counter's step releases this task's writes and, for whoever makes
// the last step, acquires those of all the others.
std::optional<TaskIndex> WorkerPool::finish_task(unsigned worker, TaskIndex task) {
    return release_successors(
        *graph_job_->graph, task,
        [&](TaskIndex successor) {
            return remaining_[successor].fetch_sub(1, std::memory_order_acq_rel) == 1;
        },
        [&](TaskIndex successor) {
            ready_.offer(worker, successor);
            if (sleepers_.load(std::memory_order_seq_cst) != 0) wake_one();
        },
        graph_job_->is_in_block_order);
}

// Nothing was ready, but a moment later there may be.
std::optional<TaskIndex> WorkerPool::look_around(unsigned worker) {
    for (int round = 0; round < kRoundsBeforeSleep; ++round) {
        if (is_done_.load(std::memory_order_acquire)) return std::nullopt;
        if (const auto task = ready_.take(worker)) return task;
        std::this_thread::yield();
    }
    return std::nullopt;
}

// Asked after counting oneself among the sleepers.
bool WorkerPool::nothing_to_do() const {
    if (!graph_job_ || is_done_.load(std::memory_order_acquire)) return true;
    return next_index_.load(std::memory_order_seq_cst) >= graph_job_->graph->task_count() &&
           ready_.is_empty();
}

// False once all tasks are done.
bool WorkerPool::caller_sleeps_until_woken() {
    std::unique_lock lock(mutex_);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    caller_is_asleep_ = true;
    if (nothing_to_do()) {
        caller_changed_.wait(
            lock, [&] { return !caller_is_asleep_ || is_done_.load(std::memory_order_relaxed); });
    }
    if (std::exchange(caller_is_asleep_, false)) sleepers_.fetch_sub(1, std::memory_order_relaxed);
    return !is_done_.load(std::memory_order_acquire);
}

void WorkerPool::wake_one() {
    const std::lock_guard lock(mutex_);
    if (sleepers_.load(std::memory_order_relaxed) == 0) return;
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
    if (std::exchange(caller_is_asleep_, false)) {
        caller_changed_.notify_one();
    } else {
        ++woken_helpers_;
        work_changed_.notify_one();
    }
}

// Counted when a worker runs dry, not for each task: the counter would be the one cache line that
// all workers write. The last to run dry brings it to zero, and all writes to the caller.
void WorkerPool::report_finished(std::size_t finished) {
    if (finished == 0) return;
    if (unfinished_.fetch_sub(finished, std::memory_order_acq_rel) != finished) return;
    const std::lock_guard lock(mutex_);
    is_done_.store(true, std::memory_order_release);
    caller_changed_.notify_one();
}

} // namespace fathom::sched
