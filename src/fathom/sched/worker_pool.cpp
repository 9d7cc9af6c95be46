// SPDX-License-Identifier: Apache-2.0
// A fixed set of threads over work-stealing deques. No lock is taken while there is work.
//
// A worker that finishes a task lowers the counters of those that wait for it. Of the ones that
// come free it keeps the one with the dearest chain and goes on with it, so a chain of conflicts
// stays on one core with its accounts in that core's cache; the others go to its deque. Without a
// task of its own it takes a root (a task that waits for nothing) from the shared list, which is
// ordered by chain, and last it steals.
//
// Sleeping without a missed wake-up: who is about to sleep first counts itself in `sleepers_`, then
// looks at every deque once more; who adds to a deque then looks at `sleepers_`. Both pairs are
// sequentially consistent, so at least one of the two sees the other. Roots only shrink, and tasks
// beyond a full ring lie with a worker that is awake; neither can be missed.
#include "fathom/sched/worker_pool.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/sched/task_deque.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fathom::sched {
namespace {

constexpr TaskIndex kNone = std::numeric_limits<TaskIndex>::max();
constexpr int kRoundsBeforeSleep = 32;

} // namespace

struct alignas(64) WorkerPool::Worker {
    TaskDeque deque;
    TaskIndex overflow = kNone; // list through `overflow_next_`, when the ring is full
    std::size_t finished = 0;   // not yet reported
    unsigned next_victim = 0;
};

WorkerPool::WorkerPool(unsigned workers) : worker_count_(std::max(1U, workers)) {
    for (unsigned i = 0; i < worker_count_; ++i) {
        workers_.push_back(std::make_unique<Worker>());
        workers_.back()->next_victim = (i + 1) % worker_count_;
    }
    for (unsigned i = 1; i < worker_count_; ++i) {
        threads_.emplace_back([this, i] { thread_main(i); });
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(job_mutex_);
        is_stopping_ = true;
    }
    job_changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::thread_main(unsigned worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(job_mutex_);
    for (;;) {
        job_changed_.wait(lock,
                          [&] { return is_stopping_ || (job_is_open_ && job_number_ != seen); });
        if (is_stopping_) return;
        seen = job_number_;
        ++helpers_inside_;
        lock.unlock();
        work(worker);
        lock.lock();
        if (--helpers_inside_ == 0) helpers_left_.notify_one();
    }
}

// A thread that wakes after the job has closed finds nothing to enter: a short job does not wait
// for the slowest wake-up.
void WorkerPool::run_job() {
    {
        const std::lock_guard lock(job_mutex_);
        FATHOM_ASSERT(!job_is_open_);
        ++job_number_;
        job_is_open_ = true;
    }
    job_changed_.notify_all();
    work(0);
    std::unique_lock lock(job_mutex_);
    job_is_open_ = false;
    helpers_left_.wait(lock, [&] { return helpers_inside_ == 0; });
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
    cursor_.store(0, std::memory_order_relaxed);
    run_job();
}

void WorkerPool::work_on_ranges(unsigned worker) {
    const RangeJob& job = *range_job_;
    for (;;) {
        const std::size_t first = cursor_.fetch_add(job.group, std::memory_order_relaxed);
        if (first >= job.count) return;
        job.call(worker, first, std::min(job.count, first + job.group));
    }
}

void WorkerPool::run_graph(const ConflictGraph& graph, Call call) {
    const std::size_t count = graph.task_count();
    if (count == 0) return;
    if (count > task_room_) {
        remaining_ = std::make_unique<std::atomic<std::uint32_t>[]>(count);
        overflow_next_ = std::make_unique<TaskIndex[]>(count);
        task_room_ = count;
    }
    for (std::size_t i = 0; i < count; ++i) {
        remaining_[i].store(graph.dependency_counts()[i], std::memory_order_relaxed);
    }
    range_job_.reset();
    graph_job_.emplace(GraphJob{&graph, call});
    cursor_.store(0, std::memory_order_relaxed);
    unfinished_.store(count, std::memory_order_relaxed);
    is_done_.store(false, std::memory_order_relaxed);
    run_job();
}

void WorkerPool::work_on_graph(unsigned worker) {
    const GraphJob& job = *graph_job_;
    for (;;) {
        std::optional<TaskIndex> task = take(worker);
        if (!task) task = wait_for_task(worker);
        if (!task) return;
        do {
            job.call(worker, *task);
            task = finish_task(worker, *task);
        } while (task);
    }
}

// Returns what to go on with. The counter's step releases this task's writes and, for whoever makes
// the last step, acquires those of all the others.
std::optional<TaskIndex> WorkerPool::finish_task(unsigned worker, TaskIndex task) {
    const ConflictGraph& graph = *graph_job_->graph;
    Worker& own = *workers_[worker];
    ++own.finished;
    std::optional<TaskIndex> next;
    for (const TaskIndex successor : graph.successors(task)) {
        // A task that waits for one other alone is freed by it alone.
        const bool is_free = graph.dependency_count(successor) == 1 ||
                             remaining_[successor].fetch_sub(1, std::memory_order_acq_rel) == 1;
        if (!is_free) continue;
        if (!next) {
            next = successor;
        } else if (graph.chain_cost(successor) > graph.chain_cost(*next)) {
            offer(own, std::exchange(*next, successor));
        } else {
            offer(own, successor);
        }
    }
    // Not only when this worker runs out of tasks: the chain it is on may be the longest of all.
    if (own.overflow != kNone) refill(own);
    return next;
}

void WorkerPool::offer(Worker& own, TaskIndex task) {
    if (own.overflow != kNone || !own.deque.push(task)) {
        overflow_next_[task] = std::exchange(own.overflow, task);
        return;
    }
    if (sleepers_.load(std::memory_order_seq_cst) != 0) wake_one();
}

std::optional<TaskIndex> WorkerPool::take(unsigned worker) {
    Worker& own = *workers_[worker];
    if (const auto task = own.deque.pop()) return task;
    if (own.overflow != kNone) return std::exchange(own.overflow, overflow_next_[own.overflow]);
    if (const auto task = take_root()) return task;
    return steal(worker);
}

void WorkerPool::refill(Worker& own) {
    while (own.overflow != kNone && own.deque.push(own.overflow)) {
        own.overflow = overflow_next_[own.overflow];
        if (sleepers_.load(std::memory_order_seq_cst) != 0) wake_one();
    }
}

// One at a time: a root held back by a worker that has gone down a long chain would wait for its
// end.
std::optional<TaskIndex> WorkerPool::take_root() {
    const auto roots = graph_job_->graph->roots();
    if (cursor_.load(std::memory_order_relaxed) >= roots.size()) return std::nullopt;
    const std::size_t place = cursor_.fetch_add(1, std::memory_order_relaxed);
    if (place >= roots.size()) return std::nullopt;
    return roots[place];
}

std::optional<TaskIndex> WorkerPool::steal(unsigned worker) {
    Worker& own = *workers_[worker];
    for (unsigned i = 0; i < worker_count_; ++i) {
        const unsigned victim = own.next_victim;
        if (victim != worker) {
            if (const auto task = workers_[victim]->deque.steal()) return task;
        }
        own.next_victim = victim + 1 == worker_count_ ? 0 : victim + 1;
    }
    return std::nullopt;
}

// Nothing of its own, no root, nothing to steal: looks around a little longer, then sleeps. Empty
// once all tasks are done.
std::optional<TaskIndex> WorkerPool::wait_for_task(unsigned worker) {
    report_finished(*workers_[worker]);
    for (;;) {
        for (int round = 0; round < kRoundsBeforeSleep; ++round) {
            if (is_done_.load(std::memory_order_acquire)) return std::nullopt;
            if (const auto task = take(worker)) return task;
            std::this_thread::yield();
        }
        std::unique_lock lock(sleep_mutex_);
        const std::uint64_t seen = wake_count_;
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
        if (!anything_to_take()) {
            sleep_changed_.wait(lock, [&] {
                return wake_count_ != seen || is_done_.load(std::memory_order_relaxed);
            });
        }
        sleepers_.fetch_sub(1, std::memory_order_seq_cst);
    }
}

bool WorkerPool::anything_to_take() const {
    return is_done_.load(std::memory_order_seq_cst) ||
           std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return !worker->deque.looks_empty(); });
}

void WorkerPool::wake_one() {
    {
        const std::lock_guard lock(sleep_mutex_);
        ++wake_count_;
    }
    sleep_changed_.notify_one();
}

// Counted when a worker runs dry, not for each task: the counter would be the one cache line that
// all workers write. The last to run dry brings it to zero, and all writes to the caller.
void WorkerPool::report_finished(Worker& own) {
    if (own.finished == 0) return;
    const std::size_t finished = std::exchange(own.finished, 0);
    if (unfinished_.fetch_sub(finished, std::memory_order_acq_rel) != finished) return;
    {
        const std::lock_guard lock(sleep_mutex_);
        is_done_.store(true, std::memory_order_seq_cst);
    }
    sleep_changed_.notify_all();
}

} // namespace fathom::sched
