// SPDX-License-Identifier: Apache-2.0
// How a block would run on any number of workers: one event for each task's end. Workers choose as
// the pool's do and with its code (release.hpp, ready_tasks.hpp).
#include "fathom/sched/simulator.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/sched/ready_tasks.hpp"
#include "fathom/sched/release.hpp"

#include <algorithm>
#include <cstdio>
#include <queue>
#include <utility>

namespace fathom::sched {
namespace {

class VirtualPool {
public:
    VirtualPool(const ConflictGraph& graph, const SimulationOptions& options)
        : graph_(graph), overhead_(options.overhead_per_task), ready_(options.workers),
          remaining_(graph.dependency_counts().begin(), graph.dependency_counts().end()),
          runs_(graph.task_count()), current_(options.workers) {
        ready_.reset(graph);
    }

    std::vector<SimulatedRun> run() {
        for (unsigned i = 0; i < current_.size(); ++i) idle_.push(i);
        employ_idle(0);
        while (!events_.empty()) {
            const Event event = events_.top();
            events_.pop();
            finish(event);
            employ_idle(event.time);
        }
        return std::move(runs_);
    }

private:
    struct Event {
        std::uint64_t time;
        unsigned worker;
        bool operator>(const Event& other) const {
            return std::pair(time, worker) > std::pair(other.time, other.worker);
        }
    };

    void start(unsigned worker, TaskIndex task, std::uint64_t now) {
        SimulatedRun& run = runs_[task];
        run.worker = worker;
        run.start = now;
        run.end = saturating_add(now, saturating_add(graph_.cost(task), overhead_));
        current_[worker] = task;
        events_.push({run.end, worker});
    }

    void finish(const Event& event) {
        const auto next = release_successors(
            graph_, current_[event.worker], [&](TaskIndex task) { return --remaining_[task] == 0; },
            [&](TaskIndex task) {
                runs_[task].ready = event.time;
                ready_.offer(event.worker, task);
            });
        if (next) {
            runs_[*next].ready = event.time;
            start(event.worker, *next, event.time);
        } else {
            idle_.push(event.worker);
        }
    }

    void employ_idle(std::uint64_t now) {
        while (!idle_.empty()) {
            const auto task = ready_.take(idle_.top());
            if (!task) return;
            start(idle_.top(), *task, now);
            idle_.pop();
        }
    }

    template <class T> using LowestFirst = std::priority_queue<T, std::vector<T>, std::greater<>>;

    const ConflictGraph& graph_;
    std::uint64_t overhead_;
    ReadyTasks ready_;
    std::vector<std::uint32_t> remaining_;
    std::vector<SimulatedRun> runs_;
    std::vector<TaskIndex> current_; // by worker
    LowestFirst<Event> events_;
    LowestFirst<unsigned> idle_;
};

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
    Simulation result;
    result.workers = usable.workers;
    result.critical_path = graph.critical_path();
    result.runs = VirtualPool(graph, usable).run();
    for (const SimulatedRun& run : result.runs) {
        result.makespan = std::max(result.makespan, run.end);
        result.total = saturating_add(result.total, run.end - run.start);
    }
    return result;
}

std::vector<TaskIndex> critical_chain(const ConflictGraph& graph) {
    std::vector<TaskIndex> chain;
    std::span<const TaskIndex> candidates = graph.roots();
    while (!candidates.empty()) {
        chain.push_back(*std::ranges::max_element(
            candidates, {}, [&](TaskIndex task) { return graph.chain_cost(task); }));
        candidates = graph.successors(chain.back());
    }
    return chain;
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

std::string scaling_report(const ConflictGraph& graph, std::span<const unsigned> worker_counts) {
    std::string report = "workers      makespan  speed-up     bound  of bound  utilisation\n";
    for (const unsigned workers : worker_counts) {
        const Simulation result = simulate(graph, {.workers = workers});
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
