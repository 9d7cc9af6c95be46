// SPDX-License-Identifier: Apache-2.0
// What the pool and the simulator do alike when a task is done.
#pragma once

#include "fathom/sched/conflict_graph.hpp"

#include <optional>
#include <utility>

namespace fathom::sched {

/// Goes through the tasks that wait for `task`. `count_down(successor)` takes one off what that
/// one still waits for and says whether it was the last; it is not asked where `task` is all that
/// it ever waited for, unless `counts_always`. Of those that come free the one with the
/// dearest chain is returned, for whoever finished `task` to go on with; `offer` gets the others.
template <class CountDown, class Offer>
std::optional<TaskIndex> release_successors(const ConflictGraph& graph, TaskIndex task,
                                            CountDown&& count_down, Offer&& offer,
                                            bool counts_always = false) {
    std::optional<TaskIndex> next;
    for (const TaskIndex successor : graph.successors(task)) {
        // A task that waits for one other alone is freed by it alone.
        const bool is_only_one = graph.dependency_count(successor) == 1 && !counts_always;
        if (!is_only_one && !count_down(successor)) continue;
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
