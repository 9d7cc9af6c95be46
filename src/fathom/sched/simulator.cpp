// SPDX-License-Identifier: Apache-2.0
// How a block would run on any number of workers: one event for each task's end. Workers choose as
// the pool's do and with its code (release.hpp, ready_tasks.hpp).
#include "fathom/sched/simulator.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/sched/ready_tasks.hpp"
#include "fathom/sched/release.hpp"
#include "fathom/sched/workload.hpp"

#include <algorithm>
#include <cstdio>
#include <queue>
#include <utility>

namespace fathom::sched {
namespace {

class VirtualPool {
public:
    VirtualPool(const ConflictGraph& graph, const SimulationOptions& options)
        : graph_(graph), overhead_(options.overhead_per_task), is_random_(options.seed != 0),
          random_(options.seed), ready_(options.workers),
          remaining_(graph.dependency_counts().begin(), graph.dependency_counts().end()),
          current_(options.workers) {
        ready_.reset(graph);
        result_.workers = options.workers;
        result_.runs.resize(graph.task_count());
        result_.order.reserve(graph.task_count());
    }

    Simulation run() {
        for (unsigned i = 0; i < current_.size(); ++i) rest(i);
        employ_idle(0);
        while (!events_.empty()) {
            const Event event = events_.top();
            events_.pop();
            finish(event);
            employ_idle(event.time);
        }
        return std::move(result_);
    }

private:
    struct Event {
        std::uint64_t time;
        unsigned worker;
        bool operator>(const Event& other) const {
            return std::pair(time, worker) > std::pair(other.time, other.worker);
        }
    };

    struct Idle {
        std::uint64_t rank;
        unsigned worker;
        bool operator>(const Idle& other) const {
            return std::pair(rank, worker) > std::pair(other.rank, other.worker);
        }
    };

    std::uint64_t duration(TaskIndex task) {
        const std::uint64_t usual = saturating_add(graph_.cost(task), overhead_);
        if (!is_random_) return usual;
        const std::uint64_t factor = 512 + random_.below(1025); // of 1024
        return saturating_add(saturating_mul(usual >> 10, factor), (usual & 1023) * factor >> 10);
    }

    void start(unsigned worker, TaskIndex task, std::uint64_t now) {
        SimulatedRun& run = result_.runs[task];
        run.worker = worker;
        run.start = now;
        run.end = saturating_add(now, duration(task));
        result_.order.push_back(task);
        current_[worker] = task;
        events_.push({run.end, worker});
    }

    void finish(const Event& event) {
        const auto next = release_successors(
            graph_, current_[event.worker], [&](TaskIndex task) { return --remaining_[task] == 0; },
            [&](TaskIndex task) {
                result_.runs[task].ready = event.time;
                ready_.offer(event.worker, task);
            });
        if (next) {
            result_.runs[*next].ready = event.time;
            start(event.worker, *next, event.time);
        } else {
            rest(event.worker);
        }
    }

    void rest(unsigned worker) { idle_.push({is_random_ ? random_.next() : 0, worker}); }

    void employ_idle(std::uint64_t now) {
        while (!idle_.empty()) {
            const unsigned worker = idle_.top().worker;
            const auto task = ready_.take(worker);
            if (!task) return;
            idle_.pop();
            start(worker, *task, now);
        }
    }

    template <class T> using LowestFirst = std::priority_queue<T, std::vector<T>, std::greater<>>;

    const ConflictGraph& graph_;
    std::uint64_t overhead_;
    bool is_random_;
    Random random_;
    ReadyTasks ready_;
    std::vector<std::uint32_t> remaining_;
    Simulation result_;
    std::vector<TaskIndex> current_; // by worker
    LowestFirst<Event> events_;
    LowestFirst<Idle> idle_;
};

// The longest chain by the times that tasks took, of several the one that starts first in the
// block.
void find_critical_chain(const ConflictGraph& graph, Simulation& result) {
    std::vector<std::uint64_t> lengths(graph.task_count());
    const auto by_length = [&](TaskIndex task) { return lengths[task]; };
    for (std::size_t i = lengths.size(); i-- > 0;) {
        const auto successors = graph.successors(static_cast<TaskIndex>(i));
        const SimulatedRun& run = result.runs[i];
        lengths[i] = run.end - run.start;
        if (successors.empty()) continue;
        lengths[i] = saturating_add(lengths[i],
                                    lengths[*std::ranges::max_element(successors, {}, by_length)]);
    }
    if (lengths.empty()) return;
    auto task = static_cast<TaskIndex>(std::ranges::max_element(lengths) - lengths.begin());
    result.critical_path = lengths[task];
    result.critical_chain.push_back(task);
    for (auto next = graph.successors(task); !next.empty(); next = graph.successors(task)) {
        task = *std::ranges::max_element(next, {}, by_length);
        result.critical_chain.push_back(task);
    }
}

} // namespace

double Simulation::speed_up() const {
    return makespan == 0 ? 1 : static_cast<double>(total) / static_cast<double>(makespan);
}

double Simulation::bound() const {
    const auto limit = static_cast<double>(workers);
    if (critical_path == 0) return limit;
    return std::min(limit, static_cast<double>(total) / static_cast<double>(critical_path));
}

double Simulation::utilisation() const {
    return speed_up() / static_cast<double>(workers);
}

Simulation simulate(const ConflictGraph& graph, const SimulationOptions& options) {
    SimulationOptions usable = options;
    usable.workers = std::max(1U, options.workers);
    Simulation result = VirtualPool(graph, usable).run();
    for (const SimulatedRun& run : result.runs) {
        result.makespan = std::max(result.makespan, run.end);
        result.total = saturating_add(result.total, run.end - run.start);
    }
    find_critical_chain(graph, result);
    return result;
}

std::vector<HotAccount> hottest_accounts(const ConflictGraph& graph, std::size_t count) {
    std::vector<HotAccount> accounts(graph.accounts().size());
    for (AccountNumber i = 0; i < accounts.size(); ++i) accounts[i].account = i;
    for (TaskIndex task = 0; task < graph.task_count(); ++task) {
        for (const AccountUse use : graph.uses(task)) {
            if (!use.is_writable()) continue;
            HotAccount& account = accounts[use.account()];
            account.cost = saturating_add(account.cost, graph.cost(task));
            ++account.writers;
        }
    }
    const std::size_t kept = std::min(count, accounts.size());
    std::ranges::partial_sort(accounts, accounts.begin() + static_cast<std::ptrdiff_t>(kept),
                              [](const HotAccount& a, const HotAccount& b) {
                                  return a.cost != b.cost ? a.cost > b.cost : a.account < b.account;
                              });
    accounts.resize(kept);
    std::erase_if(accounts, [](const HotAccount& account) { return account.writers == 0; });
    return accounts;
}

std::string scaling_report(const ConflictGraph& graph, std::span<const unsigned> worker_counts,
                           const SimulationOptions& options) {
    std::string report = "workers      makespan  speed-up     bound  of bound  utilisation\n";
    SimulationOptions simulated = options;
    for (const unsigned workers : worker_counts) {
        simulated.workers = workers;
        const Simulation result = simulate(graph, simulated);
        char line[128];
        std::snprintf(line, sizeof line, "%7u %13llu %9.2f %9.2f %8.1f%% %11.1f%%\n",
                      result.workers, static_cast<unsigned long long>(result.makespan),
                      result.speed_up(), result.bound(), 100 * result.efficiency(),
                      100 * result.utilisation());
        report += line;
    }
    return report;
}

} // namespace fathom::sched
