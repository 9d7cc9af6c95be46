// SPDX-License-Identifier: Apache-2.0
// fathom block: made-up blocks, executed in several ways that must agree, with what each way takes.
#include "block_report.hpp"
#include "commands.hpp"
#include "fathom/harness/chain/parallel_chains.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <thread>

namespace fathom::app {
namespace {

using harness::BlockMix;
using harness::WayToExecute;

const std::map<std::string, BlockMix (*)()> kMixes = {{"market", &BlockMix::market},
                                                      {"transfers", &BlockMix::transfers_only},
                                                      {"calls", &BlockMix::calls_only},
                                                      {"serial", &BlockMix::serial},
                                                      {"trouble", &BlockMix::trouble}};

const char* name_of(EngineChoice engine) {
    switch (engine) {
    case EngineChoice::Naive: return "naive";
    case EngineChoice::Interpreter: return "interpreter";
    case EngineChoice::Jit: return "jit";
    case EngineChoice::Tiered: return "tiered";
    }
    return "";
}

std::vector<WayToExecute> ways_of(const BlockCommand& command) {
    std::vector<unsigned> workers = command.workers;
    if (workers.empty()) {
        workers = {1};
        const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
        if (cores > 1) workers.push_back(cores);
    }
    std::vector<WayToExecute> ways;
    for (const EngineChoice engine : command.engines) {
        for (const unsigned count : workers) ways.push_back({count, engine});
    }
    return ways;
}

/// What one way took, over all blocks but the first, which warms everything up.
struct Tally {
    std::uint64_t best = 0; // nanoseconds of the fastest block, execution and commit
    std::uint64_t all = 0;
    bank::BlockTimes times;
};

struct Counts {
    std::uint64_t transactions = 0;
    std::uint64_t failed = 0;
    std::uint64_t refused = 0;
    std::uint64_t units = 0;
};

void count(const std::vector<bank::TransactionOutcome>& outcomes, Counts& counts) {
    for (const auto& outcome : outcomes) {
        ++counts.transactions;
        counts.units += outcome.compute_units;
        if (outcome.commit == Commit::Fees) ++counts.failed;
        if (outcome.commit == Commit::None) ++counts.refused;
    }
}

void print_table(const std::vector<WayToExecute>& ways, const std::vector<Tally>& tallies,
                 std::size_t transactions) {
    std::printf("%-12s %7s %12s %16s %9s %9s\n", "engine", "workers", "best, ms", "transactions/s",
                "speed-up", "busy");
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const Tally& tally = tallies[i];
        // Compared with the first of the same engine.
        std::size_t base = i;
        while (base > 0 && ways[base - 1].engine == ways[i].engine) --base;
        const double best = static_cast<double>(std::max<std::uint64_t>(tally.best, 1));
        std::uint64_t busy = 0;
        for (const auto time : tally.times.busy) busy += time;
        std::printf(
            "%-12s %7u %12.2f %16s %8.2fx %9.2f\n", name_of(ways[i].engine), ways[i].workers,
            best / 1e6,
            with_spaces(static_cast<std::uint64_t>(static_cast<double>(transactions) * 1e9 / best))
                .c_str(),
            static_cast<double>(tallies[base].best) / best,
            tally.times.execute == 0
                ? 0.0
                : static_cast<double>(busy) / static_cast<double>(tally.times.execute));
    }
}

} // namespace

int run_block_command(const BlockCommand& command) {
    const auto programs = harness::ChainPrograms::assemble(command.programs);
    if (!programs) {
        std::fprintf(stderr, "fathom block: %s\n", programs.error().message.c_str());
        return kBadInput;
    }
    sched::WorkerPool pool(std::max(std::thread::hardware_concurrency(), 1U));
    const harness::MadeUpChain chain({.seed = command.seed,
                                      .holders = command.holders,
                                      .mints = std::max<std::size_t>(command.holders / 50, 2),
                                      .slots_per_epoch = command.slots_per_epoch},
                                     *programs, pool);
    harness::BlockMaker maker(chain, kMixes.at(command.mix)(), command.seed, pool);
    const std::vector<WayToExecute> ways = ways_of(command);
    harness::ParallelChains chains(chain, maker, ways, command.verify_signatures);
    std::vector<Tally> tallies(ways.size());
    Counts counts;
    for (std::size_t block = 0; block < command.blocks; ++block) {
        chains.make_block(command.transactions);
        for (std::size_t way = 0; way < ways.size(); ++way) {
            bank::BlockTimes times;
            const auto begin = nanoseconds_now();
            chains.execute(way, nanoseconds_now, &times);
            const auto took = nanoseconds_now() - begin;
            const auto before_freeze = nanoseconds_now();
            chains.freeze(way);
            times.freeze = nanoseconds_now() - before_freeze;
            Tally& tally = tallies[way];
            if (block > 0 || command.blocks == 1) {
                if (tally.best == 0 || took < tally.best) {
                    tally.best = took;
                    tally.times = times;
                }
                tally.all += took;
            }
        }
        count(chains.outcomes(0), counts);
        if (const auto difference = chains.difference()) {
            std::printf("\n%s\n", difference->c_str());
            return kFailed;
        }
        if (command.blocks >= 20) {
            std::fprintf(stderr, "\r%zu / %zu blocks", block + 1, command.blocks);
        }
    }
    if (command.blocks >= 20) std::fprintf(stderr, "\r\033[K");
    std::printf("%zu blocks of %zu transactions, mix \"%s\": %s transactions, of which %s failed "
                "and %s were refused; %s units\n",
                command.blocks, chains.block().size(), command.mix.c_str(),
                with_spaces(counts.transactions).c_str(), with_spaces(counts.failed).c_str(),
                with_spaces(counts.refused).c_str(), with_spaces(counts.units).c_str());
    print_table(ways, tallies, chains.block().size());
    if (command.show_stages) {
        for (std::size_t i = 0; i < ways.size(); ++i) {
            std::printf("%s, %u workers\n", name_of(ways[i].engine), ways[i].workers);
            print_block_times(tallies[i].times, tallies[i].best + tallies[i].times.freeze, 0);
        }
    }
    std::printf("bank hash %s, the same %zu times\n", chains.bank(0).hash().to_base58().c_str(),
                ways.size());
    return kOk;
}

} // namespace fathom::app
