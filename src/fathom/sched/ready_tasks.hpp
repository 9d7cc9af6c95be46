// SPDX-License-Identifier: Apache-2.0
// The tasks that could run now, by urgency: what pool and simulator take their next task from.
#pragma once

#include "fathom/sched/conflict_graph.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace fathom::sched {

/// Per worker one stack for each urgency (`ConflictGraph::urgency`), and one shared list of the
/// graph's roots. Any thread may call `offer` and `take`; no lock is taken.
///
/// A worker takes the most urgent of: its own tasks, those of one other worker (a different one
/// each time), the next root. Only when all three have nothing it looks at everybody. Looking at
/// one other is enough to keep all close to the order of urgency ("the power of two choices"), and
/// order is what decides how close to its critical path a block comes: with plain deques, newest
/// first, the simulator loses a quarter at 128 workers, with this nothing.
///
/// A stack is a linked list through `next_`, with a head that is exchanged. A task is pushed once
/// in a run, by the one worker that freed it, so a head that is still there has not been away in
/// between: the usual trouble of such stacks, and the counters against it, do not arise.
class ReadyTasks {
public:
    explicit ReadyTasks(unsigned workers);

    /// Starts a run of a finished graph, which must outlive it. While nobody else is here. Without
    /// `gives_roots` only what is offered is given out.
    void reset(const ConflictGraph& graph, bool gives_roots = true);

    /// Adds a task that has come free to the worker's own.
    void offer(unsigned worker, TaskIndex task);

    /// The next task for a worker. Nothing means that there was nothing when it looked.
    std::optional<TaskIndex> take(unsigned worker);

    /// No offered task and no root is left. Exact for every `offer` that is ordered before.
    [[nodiscard]] bool is_empty() const;

private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    // One bit for each stack that may have something: set after a push, cleared by who finds the
    // stack empty and then looks once more, so that a bit is missing for a moment at most while
    // somebody who is awake deals with that stack.
    struct alignas(64) Worker {
        std::atomic<std::uint64_t> levels{0};
        std::array<std::atomic<std::uint32_t>, ConflictGraph::kUrgencies> heads;
        unsigned next_victim = 0; // the owner's
    };

    static int top_level(const Worker& worker);
    std::optional<TaskIndex> pop(Worker& from, int level);
    std::optional<TaskIndex> take_root();
    std::optional<TaskIndex> take_from_anybody(unsigned worker);
    [[nodiscard]] int next_root_level() const;
    unsigned next_victim(unsigned worker);

    std::vector<std::unique_ptr<Worker>> workers_;
    const ConflictGraph* graph_ = nullptr;
    std::unique_ptr<std::atomic<std::uint32_t>[]> next_; // by task
    std::size_t task_room_ = 0;
    alignas(64) std::atomic<std::size_t> root_cursor_{0};
};

} // namespace fathom::sched
