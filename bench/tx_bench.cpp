// SPDX-License-Identifier: Apache-2.0
// What whole transactions cost, from wire bytes to committed accounts, and how often each asks for
// memory. One JSON object a line; bench/tx.sh runs litesvm on the same work.
#include "fathom/harness/json_writer.hpp"
#include "row_writer.hpp"
#include "tests/support/allocation_count.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {

using namespace fathom;
using namespace fathom::bench;

/// Signatures are verified in batches as a validator does.
constexpr std::size_t kVerifiedTogether = 64;

struct Options {
    std::string command;
    std::filesystem::path kernels = "bench/kernels";
    std::filesystem::path elves;
    std::filesystem::path output;
    std::string_view only; // the row of this name
};

/// A row's transactions, one batch after the other, for ever. Each batch is committed before the
/// next.
class Run {
public:
    Run(const TransactionRow& row, const ExecutionOptions& how)
        : processor_({.engine = EngineChoice::Jit}), how_(how),
          batch_(row.is_verified ? kVerifiedTogether : 1) {
        for (const auto& [id, elf] : row.programs) world_.put_program(id, elf);
        for (const auto& [key, account] : row.accounts) world_.accounts.set(key, account);
        how_.verify_signatures = row.is_verified;
        while (transactions_.size() < std::max(batch_, row.transactions.size())) {
            transactions_.insert(transactions_.end(), row.transactions.begin(),
                                 row.transactions.end());
        }
    }

    void step() {
        const auto batch = std::span(transactions_).subspan(next_, batch_);
        next_ = (next_ + batch_) % transactions_.size();
        processor_.execute(batch, world_.slot, world_.accounts, how_, effects_);
        for (TransactionEffects& effects : effects_) {
            units_ = effects.compute_units;
            world_.commit(effects);
        }
    }

    /// Steps that cover all transactions.
    [[nodiscard]] std::size_t steps() const { return transactions_.size() / batch_; }
    [[nodiscard]] std::size_t batch() const { return batch_; }
    [[nodiscard]] ComputeUnits units() const { return units_; }

private:
    World world_;
    Processor processor_;
    ExecutionOptions how_;
    std::size_t batch_;
    std::vector<ByteView> transactions_;
    std::vector<TransactionEffects> effects_;
    std::size_t next_ = 0;
    ComputeUnits units_ = 0;
};

/// Nanoseconds of one step: the best of several batches of a few milliseconds.
double best_nanoseconds(Run& run) {
    using Clock = std::chrono::steady_clock;
    const auto time = [&](std::uint64_t count) {
        const auto before = Clock::now();
        for (std::uint64_t i = 0; i < count; ++i) run.step();
        return std::chrono::duration<double, std::nano>(Clock::now() - before).count();
    };
    constexpr double kBatch = 2e6;
    constexpr int kBatches = 12;
    std::uint64_t count = 1;
    while (time(count) < kBatch && count < 1'000'000) count *= 2;
    double best = time(count);
    for (int i = 1; i < kBatches; ++i) best = std::min(best, time(count));
    return best / static_cast<double>(count);
}

/// Of one transaction, after all were executed twice.
double allocations_of(Run& run) {
    constexpr std::size_t kPasses = 4;
    for (std::size_t i = 0; i < 2 * run.steps(); ++i) run.step();
    const std::uint64_t before = fathom::tests::allocation_count().load();
    for (std::size_t i = 0; i < kPasses * run.steps(); ++i) run.step();
    return static_cast<double>(fathom::tests::allocation_count().load() - before) /
           static_cast<double>(kPasses * run.steps() * run.batch());
}

void measure(const TransactionRow& row) {
    // As litesvm does it: with logs and inner instructions.
    const ExecutionOptions as_rpc;
    // As a bank does it that replays a block.
    const ExecutionOptions as_bank{.collect_logs = false, .collect_inner_instructions = false};
    Run full(row, as_rpc);
    const double full_allocations = allocations_of(full);
    const double ns = best_nanoseconds(full) / static_cast<double>(full.batch());
    Run bare(row, as_bank);
    const double bare_allocations = allocations_of(bare);
    const double bare_ns = best_nanoseconds(bare) / static_cast<double>(bare.batch());

    harness::JsonWriter json;
    json.begin_object().field("side", "fathom").field("row", row.name).field("passes", row.passes);
    json.field("ns", ns).field("allocations", full_allocations);
    json.field("bank_ns", bare_ns).field("bank_allocations", bare_allocations);
    json.field("units", full.units()).end_object();
    std::string line = json.text();
    // One row, one line.
    std::erase(line, '\n');
    std::puts(line.c_str());
}

Options parse_options(int argc, char** argv) {
    constexpr std::string_view kUsage =
        "usage: tx_bench measure|write [--kernels FOLDER] [--elves FOLDER] [--output FOLDER] "
        "[--only ROW]";
    if (argc < 2 || argc % 2 != 0) die(kUsage);
    Options options;
    options.command = argv[1];
    for (int i = 2; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--kernels") {
            options.kernels = argv[i + 1];
        } else if (name == "--elves") {
            options.elves = argv[i + 1];
        } else if (name == "--output") {
            options.output = argv[i + 1];
        } else if (name == "--only") {
            options.only = argv[i + 1];
        } else {
            die(kUsage);
        }
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse_options(argc, argv);
    const auto rows = whole_rows(options.kernels, options.elves);
    if (options.command == "measure") {
        for (const TransactionRow& row : rows) {
            if (options.only.empty() || options.only == row.name) measure(row);
        }
    } else if (options.command == "write") {
        RowWriter writer(options.output);
        for (const TransactionRow& row : rows) writer.add(row);
        writer.finish();
    } else {
        die("there is no command named ", options.command);
    }
    return 0;
}
