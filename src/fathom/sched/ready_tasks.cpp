// SPDX-License-Identifier: Apache-2.0
// The tasks that could run now, by urgency.
#include "fathom/sched/ready_tasks.hpp"

#include <algorithm>
#include <bit>

namespace fathom::sched {

ReadyTasks::ReadyTasks(unsigned workers) {
    for (unsigned i = 0; i < std::max(1U, workers); ++i) {
        workers_.push_back(std::make_unique<Worker>());
        for (auto& head : workers_.back()->heads) head.store(kNone, std::memory_order_relaxed);
        workers_.back()->next_victim = i;
    }
}

void ReadyTasks::reset(const ConflictGraph& graph, bool gives_roots) {
    graph_ = &graph;
    if (graph.task_count() > task_room_) {
        task_room_ = graph.task_count();
        next_ = std::make_unique<std::atomic<std::uint32_t>[]>(task_room_);
    }
    root_cursor_.store(gives_roots ? 0 : graph.roots().size(), std::memory_order_relaxed);
}

// The exchange of the head releases what its task depends on to whoever pops it; pops in between
// only exchange the head again, which passes that on. Head before levels here, levels before head
// in `pop`, all sequentially consistent: of a push and a concurrent clearing of the bit, at least
// one sees the other.
void ReadyTasks::offer(unsigned worker, TaskIndex task) {
    Worker& own = *workers_[worker];
    const unsigned level = graph_->urgency(task);
    auto& head = own.heads[level];
    std::uint32_t top = head.load(std::memory_order_relaxed);
    do {
        next_[task].store(top, std::memory_order_relaxed);
    } while (!head.compare_exchange_weak(top, task, std::memory_order_seq_cst,
                                         std::memory_order_relaxed));
    const std::uint64_t bit = std::uint64_t{1} << level;
    if ((own.levels.load(std::memory_order_seq_cst) & bit) == 0) {
        own.levels.fetch_or(bit, std::memory_order_seq_cst);
    }
}

std::optional<TaskIndex> ReadyTasks::take(unsigned worker) {
    Worker& own = *workers_[worker];
    for (;;) {
        Worker* from = &own;
        int level = top_level(own);
        if (workers_.size() > 1) {
            Worker& victim = *workers_[next_victim(worker)];
            if (const int other = top_level(victim); other > level) {
                from = &victim;
                level = other;
            }
        }
        const int root = next_root_level();
        if (root > level) {
            if (const auto task = take_root()) return task;
            continue;
        }
        if (level < 0) return take_from_anybody(worker);
        if (const auto task = pop(*from, level)) return task;
    }
}

std::optional<TaskIndex> ReadyTasks::take_from_anybody(unsigned worker) {
    for (std::size_t i = 1; i < workers_.size(); ++i) {
        Worker& victim = *workers_[next_victim(worker)];
        for (int level = top_level(victim); level >= 0; level = top_level(victim)) {
            if (const auto task = pop(victim, level)) return task;
        }
    }
    return std::nullopt;
}

std::optional<TaskIndex> ReadyTasks::pop(Worker& from, int level) {
    auto& head = from.heads[static_cast<std::size_t>(level)];
    const std::uint64_t bit = std::uint64_t{1} << level;
    std::uint32_t top = head.load(std::memory_order_acquire);
    while (top != kNone) {
        const std::uint32_t below = next_[top].load(std::memory_order_relaxed);
        if (head.compare_exchange_weak(top, below, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
            return top;
        }
    }
    from.levels.fetch_and(~bit, std::memory_order_seq_cst);
    if (head.load(std::memory_order_seq_cst) != kNone) {
        from.levels.fetch_or(bit, std::memory_order_seq_cst);
    }
    return std::nullopt;
}

// One at a time: a root held back by a worker that has gone down a long chain would wait for its
// end.
std::optional<TaskIndex> ReadyTasks::take_root() {
    const auto roots = graph_->roots();
    const std::size_t place = root_cursor_.fetch_add(1, std::memory_order_relaxed);
    if (place >= roots.size()) return std::nullopt;
    return roots[place];
}

int ReadyTasks::next_root_level() const {
    const auto roots = graph_->roots();
    const std::size_t place = root_cursor_.load(std::memory_order_relaxed);
    return place < roots.size() ? static_cast<int>(graph_->urgency(roots[place])) : -1;
}

// Heads rather than bits: this is asked before sleeping, where the moment without a bit counts.
bool ReadyTasks::is_empty() const {
    if (root_cursor_.load(std::memory_order_seq_cst) < graph_->roots().size()) return false;
    return std::ranges::all_of(workers_, [](const auto& worker) {
        return std::ranges::all_of(worker->heads, [](const auto& head) {
            return head.load(std::memory_order_seq_cst) == kNone;
        });
    });
}

int ReadyTasks::top_level(const Worker& worker) {
    return static_cast<int>(std::bit_width(worker.levels.load(std::memory_order_relaxed))) - 1;
}

// Everybody else in turn. Only where there is anybody else.
unsigned ReadyTasks::next_victim(unsigned worker) {
    const auto count = static_cast<unsigned>(workers_.size());
    unsigned& victim = workers_[worker]->next_victim;
    victim = victim + 1 >= count ? 0 : victim + 1;
    if (victim == worker) victim = victim + 1 >= count ? 0 : victim + 1;
    return victim;
}

} // namespace fathom::sched
