// SPDX-License-Identifier: Apache-2.0
// What the scheduler would make of a block, as text for a terminal.
#include "fathom/sched/schedule_report.hpp"

#include "fathom/sched/schedule_drawing.hpp"
#include "fathom/types/base58.hpp"

#include <cinttypes>
#include <cstdio>

namespace fathom::sched {
namespace {

std::string summary(const ConflictGraph& graph) {
    const Simulation single = simulate(graph, {.workers = 1});
    char text[256];
    std::snprintf(text, sizeof text,
                  "transactions   %zu, %zu wait for nothing\n"
                  "accounts       %zu\n"
                  "dependencies   %zu\n"
                  "cost           %" PRIu64 "\n"
                  "critical path  %" PRIu64 " in %zu transactions\n",
                  graph.task_count(), graph.roots().size(), graph.accounts().size(),
                  graph.edge_count(), single.total, single.critical_path,
                  single.critical_chain.size());
    return text;
}

std::string account_table(const ConflictGraph& graph, std::size_t count) {
    const auto accounts = hottest_accounts(graph, count);
    if (accounts.empty()) return {};
    std::string table = "  writers          cost  of critical path  account\n";
    for (const HotAccount& account : accounts) {
        const auto path = static_cast<double>(graph.critical_path());
        const double share =
            graph.critical_path() == 0 ? 0 : static_cast<double>(account.cost) / path;
        char line[128];
        std::snprintf(line, sizeof line, "%9zu %13" PRIu64 " %16.1f%%  ", account.writers,
                      account.cost, 100 * share);
        table += line + types::encode_base58(graph.accounts().key(account.account).bytes) + "\n";
    }
    return table;
}

} // namespace

ScheduleReport simulate_schedule(std::span<const TransactionWork> block,
                                 const ReportOptions& options) {
    ConflictGraph graph;
    graph.begin(block.size());
    std::vector<std::string_view> labels;
    labels.reserve(block.size());
    for (const TransactionWork& transaction : block) {
        graph.add_task(transaction.locks, transaction.cost);
        labels.push_back(transaction.label);
    }
    graph.finish();
    SimulationOptions simulated{.overhead_per_task = options.overhead_per_task,
                                .seed = options.seed};
    ScheduleReport report;
    report.text = summary(graph) + "\n" + scaling_report(graph, options.worker_counts, simulated);
    if (const std::string table = account_table(graph, options.hot_accounts); !table.empty()) {
        report.text += "\n" + table;
    }
    if (options.drawn_workers != 0) {
        simulated.workers = options.drawn_workers;
        report.svg = draw_schedule(
            graph, simulate(graph, simulated),
            {.title = options.title, .labels = labels, .hot_accounts = options.hot_accounts});
    }
    return report;
}

} // namespace fathom::sched
