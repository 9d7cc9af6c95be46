// SPDX-License-Identifier: Apache-2.0
// A fixed set of threads that runs the tasks of a conflict graph, each after those it waits for.
#pragma once

#include "fathom/sched/arena.hpp"
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/sched/ready_tasks.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fathom::sched {

/// Worker 0 is the thread that calls `run` or `parallel_for`; the others are the pool's own and
/// sleep between calls. One caller at a time, and never from inside a task. The functions given
/// must not throw.
///
/// With more than one worker only the order among tasks that do not conflict varies. With one,
/// tasks run in block order on the caller's thread, without atomics or wake-ups.
class WorkerPool {
public:
    /// `workers` counts the caller; 0 means 1.
    explicit WorkerPool(unsigned workers);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] unsigned worker_count() const { return worker_count_; }

    /// Memory for what the worker does at the moment: void when its task or index is finished. Only
    /// from inside the function given to `run` or `parallel_for`, with the number it got.
    [[nodiscard]] Arena& arena(unsigned worker) { return places_[worker].arena; }

    /// Calls `fn(worker, task)` once for every task of the graph and returns when all are done.
    /// Whatever a task wrote is visible to the tasks that wait for it, and to the caller
    /// afterwards.
    template <class Fn> void run(const ConflictGraph& graph, Fn&& fn) {
        run(graph, fn, [](TaskIndex, Nearness) {});
    }

    /// How soon a task may come.
    enum class Nearness : std::uint8_t { Far, Near };

    /// The same, and `hint(task, nearness)` is told of tasks that are likely to come soon, first
    /// Far, then Near, so that it may ask for memory that they will need. It may be told of any
    /// task, in any thread, at any time, also of one that runs or is done; it must not read what
    /// tasks write.
    template <class Fn, class Hint> void run(const ConflictGraph& graph, Fn&& fn, Hint&& hint) {
        if (worker_count_ == 1) {
            const auto count = static_cast<TaskIndex>(graph.task_count());
            for (TaskIndex task = 0; task < count; ++task) {
                if (task + kFar < count) hint(task + kFar, Nearness::Far);
                if (task + kNear < count) hint(task + kNear, Nearness::Near);
                fn(0U, task);
                arena(0).reset();
            }
            return;
        }
        run_graph(graph, Call(fn), HintCall(hint));
    }

    /// Calls `fn(worker, index)` once for every index below `count`, in groups of `group`
    /// neighbours (0: a size that gives each worker several), and returns when all are done.
    template <class Fn> void parallel_for(std::size_t count, Fn&& fn, std::size_t group = 0) {
        if (worker_count_ == 1 || count <= 1) {
            for (std::size_t index = 0; index < count; ++index) {
                fn(0U, index);
                arena(0).reset();
            }
            return;
        }
        auto each = [this, &fn](unsigned worker, std::size_t first, std::size_t last) {
            for (std::size_t index = first; index < last; ++index) {
                fn(worker, index);
                arena(worker).reset();
            }
        };
        run_ranges(count, group, RangeCall(each));
    }

private:
    // A reference to a callable, called through one pointer.
    class Call {
    public:
        template <class Fn>
        explicit Call(Fn& fn)
            : context_(const_cast<void*>(static_cast<const void*>(&fn))),
              invoke_([](void* context, unsigned worker, TaskIndex task) {
                  (*static_cast<Fn*>(context))(worker, task);
              }) {}
        void operator()(unsigned worker, TaskIndex task) const { invoke_(context_, worker, task); }

    private:
        void* context_;
        void (*invoke_)(void*, unsigned, TaskIndex);
    };
    class HintCall {
    public:
        template <class Hint>
        explicit HintCall(Hint& hint)
            : context_(const_cast<void*>(static_cast<const void*>(&hint))),
              invoke_([](void* context, TaskIndex task, Nearness nearness) {
                  (*static_cast<Hint*>(context))(task, nearness);
              }) {}
        void operator()(TaskIndex task, Nearness nearness) const {
            invoke_(context_, task, nearness);
        }

    private:
        void* context_;
        void (*invoke_)(void*, TaskIndex, Nearness);
    };
    class RangeCall {
    public:
        template <class Fn>
        explicit RangeCall(Fn& fn)
            : context_(&fn),
              invoke_([](void* context, unsigned worker, std::size_t first, std::size_t last) {
                  (*static_cast<Fn*>(context))(worker, first, last);
              }) {}
        void operator()(unsigned worker, std::size_t first, std::size_t last) const {
            invoke_(context_, worker, first, last);
        }

    private:
        void* context_;
        void (*invoke_)(void*, unsigned, std::size_t, std::size_t);
    };
    /// Tasks from the hint to the task.
    static constexpr TaskIndex kFar = 6;
    static constexpr TaskIndex kNear = 2;

    // What all workers do at the moment.
    struct GraphJob {
        const ConflictGraph* graph;
        Call call;
        HintCall hint;
        bool is_in_block_order; // as nearly as dependencies allow; otherwise by urgency
    };
    struct RangeJob {
        std::size_t count;
        std::size_t group;
        RangeCall call;
    };
    void run_graph(const ConflictGraph& graph, Call call, HintCall hint);
    void run_ranges(std::size_t count, std::size_t group, RangeCall call);
    /// Lets every worker take part in the job just set, the caller first, and returns when none
    /// does any more.
    void run_job();
    void thread_main(unsigned worker);
    void work(unsigned worker);

    void work_on_ranges(unsigned worker);
    void work_on_graph(unsigned worker);
    std::optional<TaskIndex> finish_task(unsigned worker, TaskIndex task);
    std::size_t work_on_chain(unsigned worker, TaskIndex first);
    std::size_t work_in_block_order(unsigned worker);
    std::optional<TaskIndex> look_around(unsigned worker);
    void report_finished(std::size_t finished);
    [[nodiscard]] bool nothing_to_do() const;
    bool caller_sleeps_until_woken();
    void wake_one();

    // On cache lines of its own.
    struct alignas(64) Place {
        Arena arena;
    };

    const unsigned worker_count_;
    std::vector<Place> places_; // by worker
    std::vector<std::thread> threads_;

    // All of this is guarded by `mutex_`; `sleepers_` is only written under it.
    std::mutex mutex_;
    std::condition_variable work_changed_; // for the pool's threads
    std::condition_variable caller_changed_;
    std::uint64_t job_number_ = 0;
    bool job_is_open_ = false;
    bool is_stopping_ = false;
    bool caller_is_asleep_ = false;
    unsigned helpers_inside_ = 0;
    unsigned woken_helpers_ = 0; // who may enter the open job again
    alignas(64) std::atomic<unsigned> sleepers_{0};

    // The job itself: written before it opens, then read by all.
    std::optional<GraphJob> graph_job_;
    std::optional<RangeJob> range_job_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> remaining_;
    std::size_t task_room_ = 0;
    ReadyTasks ready_;

    alignas(64) std::atomic<std::size_t> next_index_{0};
    alignas(64) std::atomic<std::size_t> unfinished_{0};
    std::atomic<bool> is_done_{false};
};

} // namespace fathom::sched
