// SPDX-License-Identifier: Apache-2.0
// fathom replay of a log of blocks: all forks of it, with progress and rates.
#include "block_report.hpp"
#include "chain_options.hpp"
#include "commands.hpp"
#include "fathom/harness/block_schedule.hpp"
#include "fathom/harness/chain/block_producer.hpp"
#include "fathom/ledger/log_replay.hpp"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace fathom::app {
namespace {

int complain(const std::filesystem::path& path, const std::string& what) {
    std::fprintf(stderr, "fathom replay: %s: %s\n", path.c_str(), what.c_str());
    return kBadInput;
}

/// A line that is written over and over, at most ten times a second.
class Progress {
public:
    explicit Progress(std::size_t total)
        : total_(total), is_shown_(::isatty(STDERR_FILENO) == 1), begin_(nanoseconds_now()) {}

    void add(const ledger::ReplayStatistics& statistics) {
        ++done_;
        transactions_ += statistics.transactions;
        units_ += statistics.compute_units;
        const auto now = nanoseconds_now();
        if (!is_shown_ || (now - shown_ < 100'000'000 && done_ < total_)) return;
        shown_ = now;
        constexpr std::size_t kWidth = 30;
        std::string bar;
        const std::size_t full = total_ == 0 ? kWidth : done_ * kWidth / total_;
        for (std::size_t i = 0; i < kWidth; ++i) bar += i < full ? "█" : "░";
        std::fprintf(stderr, "\r%s %zu / %zu blocks, %s slots/s, %s tx/s ", bar.c_str(), done_,
                     total_, per_second(done_).c_str(), per_second(transactions_).c_str());
        if (done_ == total_) std::fprintf(stderr, "\r\033[K");
    }
    [[nodiscard]] std::string summary() const {
        return std::to_string(done_) + " blocks, " + with_spaces(transactions_) +
               " transactions in " + with_spaces((nanoseconds_now() - begin_) / 1'000'000) +
               " ms: " + per_second(done_) + " slots/s, " + per_second(transactions_) +
               " transactions/s, " + per_second(units_) + " units/s";
    }

private:
    [[nodiscard]] std::string per_second(std::uint64_t count) const {
        const auto elapsed = std::max<std::uint64_t>(nanoseconds_now() - begin_, 1);
        return with_spaces(static_cast<std::uint64_t>(static_cast<double>(count) * 1e9 /
                                                      static_cast<double>(elapsed)));
    }

    std::size_t total_;
    bool is_shown_;
    std::uint64_t begin_;
    std::uint64_t shown_ = 0;
    std::size_t done_ = 0;
    std::uint64_t transactions_ = 0;
    std::uint64_t units_ = 0;
};

/// Keeps the block that is to be drawn, of those that are executed one after the other.
class WorkOfLog {
public:
    WorkOfLog(const ledger::BlockLog& log, std::optional<Slot> slot, sched::NamedWorkload& work)
        : log_(log), slot_(slot), work_(work) {}

    void add(const TransactionEffects& effects) { units_.push_back(effects.compute_units); }
    void finish(const ledger::ReplayedRecord& record) {
        const std::vector<ComputeUnits> units = std::exchange(units_, {});
        if (!record.bank) return;
        const bool is_wanted =
            slot_ ? record.bank->slot() == *slot_ : units.size() >= work_.work.size();
        if (!is_wanted) return;
        const auto block = log_.read(record.record);
        if (!block) return;
        const auto entries = block->entries();
        if (!entries) return;
        work_ = harness::work_of_block(*record.bank, harness::transactions_of(*entries), units);
    }

private:
    const ledger::BlockLog& log_;
    std::optional<Slot> slot_;
    sched::NamedWorkload& work_;
    std::vector<ComputeUnits> units_;
};

} // namespace

int replay_block_log(const ReplayCommand& command, const std::filesystem::path& path) {
    const auto log = ledger::BlockLog::open(path, {.is_read_only = true});
    if (!log) return complain(path, log.error().message());
    const auto programs = harness::ChainPrograms::assemble(command.chain.programs);
    if (!programs) return complain(command.chain.programs, programs.error().message);
    sched::WorkerPool pool(std::max(std::thread::hardware_concurrency(), 1U));
    const harness::MadeUpChain chain(to_chain_options(command.chain), *programs, pool);
    const auto genesis =
        harness::genesis_of(chain, make_chain_runtime(command.engine, command.workers));

    Progress progress(log->records().size());
    bank::BlockTimes times;
    ledger::LogReplayOptions options;
    options.replay.verify_signatures = !command.skip_signatures;
    options.concurrent_forks = command.concurrent_forks;
    if (command.concurrent_forks <= 1) {
        // With several at once they would write one another's times.
        options.replay.clock = nanoseconds_now;
        options.replay.times = &times;
    }
    std::optional<WorkOfLog> drawn;
    if (command.work) {
        options.concurrent_forks = 1; // so that a record's transactions come before its end
        drawn.emplace(*log, command.drawn_slot, *command.work);
        options.replay.observer = [&](std::size_t, const TransactionEffects& effects) {
            drawn->add(effects);
        };
    }
    options.on_record = [&](const ledger::ReplayedRecord& record) {
        progress.add(record.statistics);
        if (drawn) drawn->finish(record);
    };
    const auto begin = nanoseconds_now();
    const auto replayed = ledger::replay_log(*log, genesis, options);
    if (!replayed) return complain(path, replayed.error().message);
    const auto whole = nanoseconds_now() - begin;
    std::printf("%s\n", progress.summary().c_str());
    if (options.replay.times) print_block_times(times, whole, 0);
    int status = kOk;
    for (const ledger::ReplayedRecord& tip : *replayed) {
        if (!tip.error.empty()) {
            std::printf("%s\n", tip.error.c_str());
            status = kFailed;
        } else {
            std::printf("tip at slot %" PRIu64 ", bank hash %s, as logged\n", tip.bank->slot(),
                        tip.bank->hash().to_base58().c_str());
        }
    }
    return status;
}

} // namespace fathom::app
