// SPDX-License-Identifier: Apache-2.0
// What scheduling costs, and what it gains: cost per transaction, blocks of busy work on one and
// two cores, and simulated blocks on up to 256.
//
// Costs are processor time of the calling thread, so that waiting for the processor does not count;
// with more than one worker, of the whole process, which includes looking for work. Gains are wall
// time, so they need a machine with two idle cores. Each row is the fastest of several rounds.
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/sched/simulator.hpp"
#include "fathom/sched/worker_pool.hpp"
#include "fathom/sched/workload.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>

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

Workload all_different(std::size_t transactions) {
    Workload load;
    for (std::uint64_t i = 0; i < transactions; ++i) {
        load.add(std::array{AccountLock{numbered_key(2 * i), true},
                            AccountLock{numbered_key(2 * i + 1), true}},
                 1);
    }
    return load;
}

/// Keeps a core busy as a simple transaction does, about 5 microseconds, without touching memory.
std::uint64_t busy_work(std::uint64_t seed) {
    std::uint64_t x = seed | 1;
    for (int i = 0; i < 3'500; ++i) x = x * 0x9e3779b97f4a7c15 + 1;
    return x;
}

/// Gives each worker a core of its own: beside other processes the kernel may leave both on one
/// for longer than a block takes.
void pin_workers(WorkerPool& pool) {
    std::array<std::atomic<bool>, 2> is_pinned{};
    const auto pin = [&](unsigned worker, std::size_t) {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        CPU_SET(worker, &cores);
        sched_setaffinity(0, sizeof cores, &cores);
        is_pinned[worker] = true;
        // Until the other has had its turn.
        for (int i = 0; i < 1'000 && !is_pinned[1 - worker]; ++i) usleep(1'000);
    };
    pool.parallel_for(2, pin, 1);
    if (!is_pinned[0] || !is_pinned[1]) std::printf("the workers are not pinned\n");
}

/// Blocks on one core without a scheduler, and on two with graph and pool, in turn.
void speed_row(const std::string& name, const Workload& load) {
    constexpr int kBlocks = 150;
    WorkerPool pool(2);
    pin_workers(pool);
    ConflictGraph graph;
    std::vector<std::uint64_t> results(load.size());
    const auto work = [&](unsigned, TaskIndex task) { results[task] = busy_work(task); };
    double one = std::numeric_limits<double>::max();
    double two = one;
    for (int round = 0; round < kBlocks; ++round) {
        const double start = now_nanoseconds(CLOCK_MONOTONIC);
        for (TaskIndex task = 0; task < load.size(); ++task) work(0, task);
        const double middle = now_nanoseconds(CLOCK_MONOTONIC);
        build(graph, load);
        pool.run(graph, work);
        one = std::min(one, middle - start);
        two = std::min(two, now_nanoseconds(CLOCK_MONOTONIC) - middle);
    }
    const auto each = static_cast<double>(load.size()) * 1'000;
    std::printf("%-52s %8.2f us on one core, %.2f us on two: %.2f times as fast\n", name.c_str(),
                one / each, two / each, one / two);
    std::fflush(stdout);
}

void simulated_rows(const std::string& name, const MixOptions& options) {
    ConflictGraph graph;
    build(graph, make_mix(options));
    std::printf("simulated: %s\n%s", name.c_str(), scaling_report(graph, kScalingWorkers).c_str());
}

void cost_rows(const std::string& name, const Workload& load) {
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

// Optional argument: which part, "cost", "speed" or "simulated".
int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (part.empty() || part == "cost") {
        for (const std::size_t transactions : {2'000U, 50'000U}) {
            const std::string size = std::to_string(transactions) + " transactions, ";
            cost_rows(size + "mix of 3 to 5", make_mix({.transactions = transactions}));
            cost_rows(size + "4 of few", uniform(transactions, 4, transactions / 10));
            cost_rows(size + "4 of many", uniform(transactions, 4, transactions * 10));
            cost_rows(size + "all write one", uniform(transactions, 3, 1));
        }
    }
    if (part.empty() || part == "speed") {
        speed_row("2000 transactions, no conflict", all_different(2'000));
        speed_row("2000 transactions, mix", make_mix({.transactions = 2'000}));
        speed_row("2000 transactions, fully serial", uniform(2'000, 3, 1));
    }
    if (part.empty() || part == "simulated") {
        simulated_rows("50000 transactions, mix", {.transactions = 50'000});
        simulated_rows("50000 transactions, four in ten write one account",
                       {.transactions = 50'000, .mints = 40});
    }
    return 0;
}
