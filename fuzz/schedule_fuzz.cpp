// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any small block on any number of virtual workers; every pair that conflicts keeps
// its order, nothing else makes a task wait for another, and everything runs once.
#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/sched/schedule_drawing.hpp"
#include "fathom/sched/workload.hpp"

#include <algorithm>
#include <bitset>
#include <utility>

namespace {

using namespace fathom;
using namespace fathom::sched;

constexpr std::size_t kMostTasks = 120;
constexpr std::size_t kAccounts = 64;

// Bytes, and zeros when they have run out.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}
    std::uint8_t next() {
        if (bytes_.empty()) return 0;
        const std::uint8_t byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte;
    }
    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

private:
    ByteView bytes_;
};

struct Task {
    std::bitset<kAccounts> named;
    std::bitset<kAccounts> written;

    [[nodiscard]] bool conflicts_with(const Task& other) const {
        return (named & other.written).any() || (written & other.named).any();
    }
};

// A byte for the number of locks, one for the cost, then one for each lock.
Task add_task(Input& input, ConflictGraph& graph) {
    Task task;
    LockSet locks(input.next() % 8);
    const std::uint8_t cost = input.next();
    for (AccountLock& lock : locks) {
        const std::uint8_t byte = input.next();
        const std::size_t account = byte % kAccounts;
        lock = {numbered_key(account), byte >= 128};
        task.named.set(account);
        if (lock.is_writable) task.written.set(account);
    }
    // Now and then a cost that sums cannot hold.
    graph.add_task(locks, cost == 255 ? ~std::uint64_t{0} : cost);
    return task;
}

// Which tasks a task waits for, directly or not, by the definition.
std::vector<std::bitset<kMostTasks>> expected_order(const std::vector<Task>& tasks) {
    std::vector<std::bitset<kMostTasks>> before(tasks.size());
    for (std::size_t later = 0; later < tasks.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            if (!tasks[later].conflicts_with(tasks[earlier])) continue;
            before[later] |= before[earlier];
            before[later].set(earlier);
        }
    }
    return before;
}

void check_graph(const ConflictGraph& graph, const std::vector<Task>& tasks) {
    std::vector<std::bitset<kMostTasks>> before(tasks.size());
    std::size_t locks = 0;
    for (TaskIndex task = 0; task < tasks.size(); ++task) {
        locks += graph.uses(task).size();
        for (const TaskIndex next : graph.successors(task)) {
            FATHOM_ASSERT(next > task);
            before[next] |= before[task];
            before[next].set(task);
        }
    }
    FATHOM_ASSERT(before == expected_order(tasks));
    FATHOM_ASSERT(graph.edge_count() <= 2 * locks);
}

void check_runs(const ConflictGraph& graph, const Simulation& simulation) {
    std::vector<bool> has_run(graph.task_count());
    std::vector<std::uint64_t> free_from(simulation.workers);
    run_as_simulated(simulation, [&](unsigned worker, TaskIndex task) {
        const SimulatedRun& run = simulation.runs[task];
        FATHOM_ASSERT(!has_run[task] && worker < simulation.workers);
        has_run[task] = true;
        FATHOM_ASSERT(run.ready <= run.start && run.start <= run.end);
        FATHOM_ASSERT(run.end <= simulation.makespan);
        FATHOM_ASSERT(std::exchange(free_from[worker], run.end) <= run.start);
        for (const TaskIndex next : graph.successors(task)) {
            FATHOM_ASSERT(!has_run[next] && simulation.runs[next].ready >= run.end);
        }
    });
    FATHOM_ASSERT(std::ranges::find(has_run, false) == has_run.end());
    FATHOM_ASSERT(simulation.critical_path <= simulation.makespan);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const SimulationOptions options{.workers = 1 + input.next() % 70U,
                                    .overhead_per_task = input.next() % 4U,
                                    .seed = input.next()};
    ConflictGraph graph(input.next());
    graph.begin();
    std::vector<Task> tasks;
    while (!input.is_empty() && tasks.size() < kMostTasks) tasks.push_back(add_task(input, graph));
    graph.finish();
    check_graph(graph, tasks);
    const Simulation simulation = simulate(graph, options);
    check_runs(graph, simulation);
    (void)draw_schedule(graph, simulation);
    return 0;
}
