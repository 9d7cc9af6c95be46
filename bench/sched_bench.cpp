// SPDX-License-Identifier: Apache-2.0
// What scheduling costs per transaction, one line a row: the fastest of several rounds.
//
// Processor time of the calling thread, so that waiting for the processor does not count. Rows of
// more than one worker are processor time of the whole process, which includes looking for work.
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/sched/worker_pool.hpp"
#include "fathom/sched/workload.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>

namespace {

using namespace fathom;
using namespace fathom::sched;

constexpr int kRounds = 15;

double now_nanoseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <class Work> double best_time(std::size_t per, clockid_t clock, Work&& work) {
    double best = std::numeric_limits<double>::max();
    for (int round = 0; round < kRounds; ++round) {
        const double start = now_nanoseconds(clock);
        work();
        best = std::min(best, now_nanoseconds(clock) - start);
    }
    return best / static_cast<double>(per);
}

void print_row(const std::string& name, double nanoseconds) {
    std::printf("%-52s %8.1f ns\n", name.c_str(), nanoseconds);
    std::fflush(stdout);
}

void build(ConflictGraph& graph, const Workload& load) {
    graph.begin(load.size(), load.lock_count());
    for (std::size_t i = 0; i < load.size(); ++i) graph.add_task(load.locks(i), load.cost(i));
    graph.finish();
}

/// `accounts` different keys a transaction, drawn from `population`, every second one written.
Workload uniform(std::size_t transactions, std::size_t accounts, std::uint64_t population) {
    Random random(7);
    Workload load;
    LockSet locks(accounts);
    for (std::size_t i = 0; i < transactions; ++i) {
        for (std::size_t j = 0; j < accounts; ++j) {
            locks[j] = {numbered_key(random.below(population)), j % 2 == 0};
        }
        load.add(locks, 1);
    }
    return load;
}

void rows(const std::string& name, const Workload& load) {
    ConflictGraph graph;
    const double building =
        best_time(load.size(), CLOCK_THREAD_CPUTIME_ID, [&] { build(graph, load); });
    print_row(name + ": graph", building);
    for (const unsigned workers : {1U, 2U}) {
        WorkerPool pool(workers);
        std::vector<std::uint32_t> runs(load.size());
        const auto count = [&](unsigned, TaskIndex task) { ++runs[task]; };
        const double running =
            best_time(load.size(), CLOCK_PROCESS_CPUTIME_ID, [&] { pool.run(graph, count); });
        print_row(name + ": run, " + std::to_string(workers) + " workers", running);
        if (workers == 2) print_row(name + ": graph and run", building + running);
    }
    if (const auto edges = static_cast<double>(graph.edge_count()); edges > 0) {
        std::printf("  %.2f edges and %.2f locks a transaction\n",
                    edges / static_cast<double>(load.size()),
                    static_cast<double>(load.lock_count()) / static_cast<double>(load.size()));
    }
}

} // namespace

int main() {
    for (const std::size_t transactions : {2'000U, 50'000U}) {
        const std::string size = std::to_string(transactions) + " transactions, ";
        rows(size + "mix of 3 to 5", make_mix({.transactions = transactions}));
        rows(size + "4 of few", uniform(transactions, 4, transactions / 10));
        rows(size + "4 of many", uniform(transactions, 4, transactions * 10));
        rows(size + "all write one", uniform(transactions, 3, 1));
    }
    return 0;
}
