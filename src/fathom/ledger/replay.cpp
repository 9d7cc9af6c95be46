// SPDX-License-Identifier: Apache-2.0
#include "fathom/ledger/replay.hpp"

#include "fathom/ledger/poh.hpp"
#include "fathom/ledger/tick_rules.hpp"

#include <utility>
#include <vector>

namespace fathom::ledger {
namespace {

/// Parts that the check of hashes is cut into. More than workers, so that it fills gaps.
constexpr std::size_t kPohGroups = 64;

ReplayError block_error(BlockError error, std::size_t index = 0) {
    return {.block = error, .transaction = {}, .index = index};
}

std::vector<ByteView> transactions_of(std::span<const Entry> entries) {
    std::vector<ByteView> list;
    for (const Entry& entry : entries) {
        for (const TransactionView& transaction : entry.transactions) {
            list.push_back(transaction.bytes());
        }
    }
    return list;
}

} // namespace

std::string ReplayError::message() const {
    if (block) {
        return "invalid block: " + std::string(block_error_text(*block)) +
               (*block == BlockError::InvalidEntryHash ? ", entry " + std::to_string(index) : "");
    }
    return "invalid block: transaction " + std::to_string(index) + ": " +
           (transaction ? transaction->text() : std::string());
}

Result<ReplayStatistics, ReplayError> replay_block(bank::Bank& bank, std::span<const Entry> entries,
                                                   const ReplayOptions& options) {
    const bank::BankState& state = bank.state();
    if (options.verify_entries) {
        const TickLimits limits{.tick_height = state.tick_height,
                                .max_tick_height = bank.max_tick_height(),
                                .hashes_per_tick = state.hashes_per_tick == 0
                                                       ? std::nullopt
                                                       : std::optional(state.hashes_per_tick),
                                .has_alpenglow_ticks = false};
        std::uint64_t hashes = 0;
        const auto ticks = check_ticks(entries, limits, true, hashes);
        if (!ticks) return std::unexpected(block_error(ticks.error()));
    }
    const bool skips_first = options.first_entry_is_given && !entries.empty();
    const Hash start =
        skips_first ? entries.front().hash : options.start.value_or(state.blockhashes.last_hash());
    PohCheck poh(start, entries.subspan(skips_first ? 1 : 0),
                 options.verify_entries ? kPohGroups : 1);
    bank::BlockOptions block_options;
    block_options.verify_signatures = options.verify_signatures;
    block_options.count_costs = options.check_limits;
    block_options.collect_logs = options.collect_logs;
    block_options.observer = options.observer;
    block_options.clock = options.clock;
    block_options.times = options.times;
    if (options.verify_entries) {
        block_options.side_work = {.count = poh.groups(),
                                   .run = [&poh](std::size_t group) { poh.run(group); }};
    }
    const std::vector<ByteView> transactions = transactions_of(entries);
    const auto outcomes = bank.execute(transactions, block_options);

    ReplayStatistics statistics;
    statistics.entries = entries.size();
    statistics.transactions = outcomes.size();
    statistics.signatures = state.signature_count;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const bool is_refused = outcomes[i].commit == Commit::None;
        if (is_refused || outcomes[i].broken_limit) {
            const auto& error = is_refused ? outcomes[i].error : outcomes[i].broken_limit;
            return std::unexpected(ReplayError{.block = {}, .transaction = error, .index = i});
        }
        statistics.compute_units += outcomes[i].compute_units;
        if (outcomes[i].error) ++statistics.failed_transactions;
    }
    if (options.verify_entries) {
        if (const auto invalid = poh.first_invalid()) {
            return std::unexpected(
                block_error(BlockError::InvalidEntryHash, *invalid + (skips_first ? 1 : 0)));
        }
    }
    for (const Entry& entry : entries) {
        if (entry.is_tick()) bank.register_tick(entry.hash);
    }
    return statistics;
}

} // namespace fathom::ledger
