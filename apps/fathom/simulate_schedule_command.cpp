// SPDX-License-Identifier: Apache-2.0
// fathom simulate-schedule: how a block would run on any number of workers.
#include "commands.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/sched/block_text.hpp"
#include "fathom/sched/schedule_report.hpp"
#include "fathom/sched/workload.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

namespace fathom::app {
namespace {

ByteView bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Of a block that somebody recorded: executed first, which tells what it cost.
Result<sched::NamedWorkload> executed_block(const SimulateScheduleCommand& command) {
    sched::NamedWorkload work;
    ReplayCommand replay;
    replay.paths = {command.block};
    replay.engine = command.engine;
    replay.chain = command.chain;
    replay.chain.seed = command.seed;
    replay.drawn_slot = command.slot;
    replay.work = &work;
    if (run_replay_command(replay) != kOk) {
        return std::unexpected(base::Error(base::ErrorCode::InvalidInput,
                                           command.block.string() + " could not be replayed"));
    }
    std::printf("\n");
    return work;
}

/// Logs have zeros in their header, text has none.
bool is_text(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path) || path.extension() == ".fix" ||
        path.extension() == ".blockctx") {
        return false;
    }
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) return true; // whoever reads it says why not
    std::array<unsigned char, 64> bytes{};
    const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    return std::find(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), 0) ==
           bytes.begin() + static_cast<std::ptrdiff_t>(size);
}

Result<sched::NamedWorkload> block_of(const SimulateScheduleCommand& command) {
    if (!command.block.empty() && !is_text(command.block)) return executed_block(command);
    if (!command.block.empty()) {
        const Bytes bytes = FATHOM_TRY(harness::read_file(command.block));
        auto block =
            sched::parse_block_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        if (!block) block.error().message.insert(0, command.block.string() + ": ");
        return block;
    }
    auto mix = sched::named_mix(command.mix);
    if (!mix) {
        return std::unexpected(
            base::Error(base::ErrorCode::InvalidInput, "there is no mix '" + command.mix + "'"));
    }
    mix->transactions = command.transactions;
    mix->seed = command.seed;
    return sched::NamedWorkload{.work = sched::make_mix(*mix), .labels = {}};
}

std::string title_of(const SimulateScheduleCommand& command, std::size_t transactions) {
    if (!command.title.empty()) return command.title;
    if (!command.block.empty()) return command.block.filename().string();
    return "A made-up block: " + std::to_string(transactions) + " transactions, mix “" +
           command.mix + "”, seed " + std::to_string(command.seed);
}

} // namespace

int run_simulate_schedule_command(const SimulateScheduleCommand& command) {
    const auto fail = [](const base::Error& error) {
        std::fprintf(stderr, "fathom simulate-schedule: %s\n", error.message.c_str());
        return kBadInput;
    };
    const auto block = block_of(command);
    if (!block) return fail(block.error());
    const auto transactions = block->transactions();
    const std::string title = title_of(command, transactions.size());
    sched::ReportOptions options{.title = title,
                                 .overhead_per_task = command.overhead,
                                 .seed = command.interleaving,
                                 .drawn_workers = command.svg.empty() ? 0 : command.lanes};
    if (!command.workers.empty()) options.worker_counts = command.workers;
    const sched::ScheduleReport report = sched::simulate_schedule(transactions, options);
    std::fwrite(report.text.data(), 1, report.text.size(), stdout);
    if (!command.svg.empty()) {
        if (const auto written = harness::write_file(command.svg, bytes_of(report.svg)); !written) {
            return fail(written.error());
        }
    }
    if (!command.save.empty()) {
        const std::string text = sched::block_text(transactions);
        if (const auto written = harness::write_file(command.save, bytes_of(text)); !written) {
            return fail(written.error());
        }
    }
    return kOk;
}

} // namespace fathom::app
