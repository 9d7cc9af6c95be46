// SPDX-License-Identifier: Apache-2.0
// What the pool and the simulator do alike when a task is done.
#pragma once

#include "fathom/sched/conflict_graph.hpp"

#include <optional>
#include <utility>

namespace fathom::sched {

/// Goes through the tasks that wait for `task`. `count_down(successor)` takes one off what that
/// one still waits for and says whether it was the last. Of those that come free the one with the
/// dearest chain is returned, for whoever finished `task` to go on with; `offer` gets the others.
template <class CountDown, class Offer>
std::optional<TaskIndex> release_successors(const ConflictGraph& graph, TaskIndex task,
                                            CountDown&& count_down, Offer&& offer) {
    std::optional<TaskIndex> next;
    for (const TaskIndex successor : graph.successors(task)) {
        // A task that waits for one other alone is freed by it alone.
        if (graph.dependency_count(successor) != 1 && !count_down(successor)) continue;
        if (!next) {
            next = successor;
        } else if (graph.chain_cost(successor) > graph.chain_cost(*next)) {
            offer(std::exchange(*next, successor));
        } else {
            offer(successor);
        }
    }
    return next;
}

} // namespace fathom::sched
