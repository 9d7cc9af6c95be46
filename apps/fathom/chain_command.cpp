// SPDX-License-Identifier: Apache-2.0
// fathom chain: a made-up chain that runs into a log of blocks, and goes on where it was killed.
#include "block_report.hpp"
#include "chain_options.hpp"
#include "commands.hpp"
#include "fathom/harness/chain/block_producer.hpp"
#include "fathom/ledger/block_log.hpp"
#include "fathom/ledger/log_replay.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <thread>

namespace fathom::app {
namespace {

/// Blocks that a fork may have before they are rooted.
constexpr Slot kUnrootedBlocks = 8;

int complain(const std::filesystem::path& path, const std::string& what) {
    std::fprintf(stderr, "fathom chain: %s: %s\n", path.c_str(), what.c_str());
    return kBadInput;
}

} // namespace

harness::ChainOptions to_chain_options(const MadeUpChainOptions& options) {
    harness::ChainOptions chain;
    chain.seed = options.seed;
    chain.holders = options.holders;
    chain.mints = std::max<std::size_t>(options.holders / 50, 2);
    chain.slots_per_epoch = options.slots_per_epoch;
    // Few hashes, so that the chain is made of transactions rather than of time.
    chain.ticks_per_slot = 8;
    chain.hashes_per_tick = 64;
    // These set the number of hashes to that of the clusters.
    for (const Feature feature :
         {Feature::reduce_slot_time_to_350ms, Feature::reduce_slot_time_to_300ms,
          Feature::reduce_slot_time_to_250ms, Feature::reduce_slot_time_to_200ms}) {
        chain.features.deactivate(feature);
    }
    return chain;
}

std::shared_ptr<bank::Runtime> make_chain_runtime(EngineChoice engine, unsigned workers) {
    ProcessorConfig config;
    config.engine = engine;
    config.native.stake = true; // the genesis has no ELFs of Agave's
    config.program_cache = std::make_shared<svm::ProgramCache>();
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    return std::make_shared<bank::Runtime>(config, workers == 0 ? cores : workers);
}

int run_chain_command(const ChainCommand& command) {
    const auto programs = harness::ChainPrograms::assemble(command.chain.programs);
    if (!programs) return complain(command.chain.programs, programs.error().message);
    sched::WorkerPool pool(std::max(std::thread::hardware_concurrency(), 1U));
    const harness::MadeUpChain chain(to_chain_options(command.chain), *programs, pool);
    const auto genesis =
        harness::genesis_of(chain, make_chain_runtime(command.engine, command.workers));
    const ledger::LogStart start = harness::log_start_of(chain, *genesis);
    const ledger::BlockLogOptions options{.sync = command.syncs_every_block
                                                      ? ledger::BlockLogOptions::Sync::EveryBlock
                                                      : ledger::BlockLogOptions::Sync::OnRequest,
                                          .genesis_hash = start.genesis_hash};
    auto log = std::filesystem::exists(command.log)
                   ? ledger::BlockLog::open(command.log, options)
                   : ledger::BlockLog::create(command.log, start, options);
    if (!log) return complain(command.log, log.error().message());
    std::shared_ptr<bank::Bank> tip = genesis;
    if (!log->records().empty()) {
        const auto replayed = ledger::replay_log(*log, genesis);
        if (!replayed) return complain(command.log, replayed.error().message);
        if (replayed->size() != 1 || !replayed->front().error.empty()) {
            std::printf("%s\n", replayed->empty() ? "no block" : replayed->front().error.c_str());
            return kFailed;
        }
        tip = replayed->front().bank;
        std::printf("recovered to slot %" PRIu64 ", bank hash %s; %" PRIu64 " torn bytes\n",
                    tip->slot(), tip->hash().to_base58().c_str(), log->torn_bytes());
        std::fflush(stdout);
    }
    harness::BlockMaker maker(chain, harness::BlockMix::trouble(), command.chain.seed + tip->slot(),
                              pool);
    while (tip->slot() < command.slots) {
        const auto produced =
            harness::produce_block(tip, tip->slot() + 1, maker, command.transactions);
        const ByteView component = produced.component;
        if (const auto number = log->append(produced.record, {&component, 1}); !number) {
            return complain(command.log, number.error().message());
        }
        tip = produced.bank;
        if (tip->slot() % kUnrootedBlocks == 0) tip->make_root();
    }
    if (const auto synced = log->sync(); !synced) {
        return complain(command.log, synced.error().message());
    }
    std::printf("slot %" PRIu64 ", %s transactions, bank hash %s\n", tip->slot(),
                with_spaces(tip->state().transaction_count).c_str(),
                tip->hash().to_base58().c_str());
    return kOk;
}

} // namespace fathom::app
