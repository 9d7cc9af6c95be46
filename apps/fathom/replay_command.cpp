// SPDX-License-Identifier: Apache-2.0
// fathom replay: recorded blocks and block fixtures, checked, executed and hashed.
#include "block_report.hpp"
#include "commands.hpp"
#include "fathom/harness/block_fixture.hpp"
#include "fathom/harness/block_schedule.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/recorded_block.hpp"
#include "fathom/harness/recorded_replay.hpp"
#include "fathom/ledger/replay.hpp"
#include "fathom/sched/schedule_report.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <thread>

namespace fathom::app {
namespace {

std::shared_ptr<bank::Runtime> make_runtime(const ReplayCommand& command) {
    ProcessorConfig config;
    config.engine = command.engine;
    config.program_cache = std::make_shared<svm::ProgramCache>();
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    return std::make_shared<bank::Runtime>(config, command.workers == 0 ? cores : command.workers);
}

int complain(const std::filesystem::path& path, const std::string& what) {
    std::fprintf(stderr, "fathom replay: %s: %s\n", path.c_str(), what.c_str());
    return kBadInput;
}

/// One line for each account that the block wrote, by address.
void list_changes(const bank::Bank& bank) {
    std::vector<Pubkey> keys;
    for (const auto& [key, account] : bank.accounts().changes()) keys.push_back(key);
    std::ranges::sort(keys);
    std::printf("%zu accounts written (address, owner, lamports before and after, bytes of data, "
                "how many of them changed)\n",
                keys.size());
    for (const Pubkey& key : keys) {
        const Account& after = *bank.accounts().changed(key);
        const Account before = bank.accounts().get_before(key).value_or(Account{});
        const ByteView old_data = before.data.view();
        const ByteView new_data = after.data.view();
        std::size_t changed =
            std::max(old_data.size(), new_data.size()) - std::min(old_data.size(), new_data.size());
        for (std::size_t i = 0; i < std::min(old_data.size(), new_data.size()); ++i) {
            changed += old_data[i] != new_data[i] ? 1 : 0;
        }
        std::printf("%-44s %-44s %" PRIu64 " %" PRIu64 " %zu %zu\n", key.to_base58().c_str(),
                    after.owner.to_base58().c_str(), before.lamports, after.lamports,
                    new_data.size(), changed);
    }
}

int judge_hash(const ReplayCommand& command, const Hash& hash) {
    std::printf("bank hash %s", hash.to_base58().c_str());
    if (command.expected_hash.empty()) {
        std::printf("\n");
        return kOk;
    }
    const bool is_equal = hash.to_base58() == command.expected_hash;
    std::printf(is_equal ? ", as expected\n" : ", but expected %s\n",
                command.expected_hash.c_str());
    return is_equal ? kOk : kFailed;
}

int replay_recorded(const ReplayCommand& command, const std::filesystem::path& folder) {
    const auto block = harness::load_recorded_block(folder);
    if (!block) return complain(folder, block.error().message);
    const auto bank = harness::bank_of_recorded_block(*block, make_runtime(command));
    if (!bank) return complain(folder, bank.error().message);
    bank::BlockTimes times;
    ledger::ReplayOptions options;
    options.verify_signatures = !command.skip_signatures;
    options.clock = nanoseconds_now;
    options.times = &times;
    options.first_entry_is_given = !block->parent;
    std::vector<ComputeUnits> units;
    if (command.work) {
        options.observer = [&units](std::size_t, const TransactionEffects& effects) {
            units.push_back(effects.compute_units);
        };
    }
    const auto begin = nanoseconds_now();
    const auto replayed = ledger::replay_block(**bank, block->entries, options);
    if (!replayed) {
        std::printf("slot %" PRIu64 ": %s\n", (*bank)->slot(), replayed.error().message().c_str());
        return kFailed;
    }
    const auto before_freeze = nanoseconds_now();
    const Hash hash = (*bank)->freeze();
    times.freeze = nanoseconds_now() - before_freeze;
    std::printf("slot %" PRIu64 ": %zu entries, %zu transactions (%zu failed), %zu signatures, "
                "%" PRIu64 " units; ticks%s and Proof of History hold\n",
                (*bank)->slot(), replayed->entries, replayed->transactions,
                replayed->failed_transactions, replayed->signatures, replayed->compute_units,
                command.skip_signatures ? "" : ", signatures");
    print_block_times(times, nanoseconds_now() - begin, replayed->compute_units);
    if (command.list_changes) list_changes(**bank);
    if (command.work) {
        *command.work =
            harness::work_of_block(**bank, harness::transactions_of(block->entries), units);
    }
    if (!block->parent) {
        std::printf("the parent bank is not recorded: this block's hash cannot be known\n");
        return kOk;
    }
    return judge_hash(command, hash);
}

int replay_fixture(const ReplayCommand& command, const std::filesystem::path& path) {
    const auto bytes = harness::read_file(path);
    if (!bytes) return complain(path, bytes.error().message);
    const auto fixture = harness::parse_block_fixture(*bytes, path.extension() == ".blockctx");
    if (!fixture) return complain(path, fixture.error().message);
    const auto run = harness::run_block_fixture(*fixture, make_runtime(command));
    if (!run) return complain(path, run.error().message);
    std::printf("%s: slot %" PRIu64 ", %zu transactions\n", path.filename().c_str(), fixture->slot,
                fixture->transactions.size());
    if (command.list_changes) list_changes(*run->bank);
    if (command.work) {
        const std::vector<ByteView> views(fixture->transactions.begin(),
                                          fixture->transactions.end());
        std::vector<ComputeUnits> units;
        for (const auto& outcome : run->outcomes) units.push_back(outcome.compute_units);
        *command.work = harness::work_of_block(*run->bank, views, units);
    }
    if (!fixture->effects) return judge_hash(command, run->effects.bank_hash);
    const harness::FixtureVerdict verdict = harness::judge_block_fixture(*fixture, *run);
    for (const std::string& line : verdict.notes) std::printf("  %s\n", line.c_str());
    std::printf("%s\n", verdict.is_equal      ? "equal in hash, capitalization and leader schedule"
                        : verdict.is_outdated ? "outdated"
                                              : "different");
    return verdict.is_equal || verdict.is_outdated ? kOk : kFailed;
}

/// The picture that simulate-schedule draws, of the block that was executed.
int draw(const ReplayCommand& command, const sched::NamedWorkload& work) {
    const std::string title = command.paths.back().filename().string();
    sched::ReportOptions options{.title = title, .drawn_workers = command.lanes};
    const sched::ScheduleReport report = sched::simulate_schedule(work.transactions(), options);
    const std::string& svg = report.svg;
    const auto written = harness::write_file(
        command.drawing, {reinterpret_cast<const std::uint8_t*>(svg.data()), svg.size()});
    return written ? kOk : complain(command.drawing, written.error().message);
}

int replay_all(const ReplayCommand& command) {
    int status = kOk;
    for (const std::filesystem::path& path : command.paths) {
        int result = kOk;
        if (std::filesystem::is_directory(path)) {
            result = replay_recorded(command, path);
        } else if (path.extension() == ".fix" || path.extension() == ".blockctx") {
            result = replay_fixture(command, path);
        } else {
            result = replay_block_log(command, path);
        }
        status = std::max(status, result);
    }
    return status;
}

} // namespace

int run_replay_command(const ReplayCommand& command) {
    if (command.drawing.empty()) return replay_all(command);
    sched::NamedWorkload work;
    ReplayCommand drawn = command;
    drawn.work = &work;
    const int status = replay_all(drawn);
    return status == kOk ? draw(command, work) : status;
}

} // namespace fathom::app
