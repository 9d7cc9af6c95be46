// SPDX-License-Identifier: Apache-2.0
// Microseconds per transaction of a SOL transfer and of a real SPL Token transfer, one line a row.
//
// Two parties pay each other back and forth, so that every pass over the prepared transactions does
// the same work and leaves the same balances, fees apart. Timed: everything from wire bytes to
// committed accounts. Not timed: building and signing.
#include "fathom/harness/file.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/transaction.hpp"
#include "world.hpp"

#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

using namespace fathom;
using namespace fathom::bench;

constexpr std::uint64_t kTransactions = 512;

void add_token_program(World& world, ByteView elf) {
    world.put_program(kTokenProgram, elf);
    const Pubkey mint{digest("fathom bench mint").bytes};
    for (const Party* party : {&world.alice, &world.bob}) {
        const Bytes data = token_account_data(mint, party->key, kPlenty);
        world.accounts.set(
            party->token_account,
            {.lamports = 2'039'280, .data = AccountData(data), .owner = kTokenProgram});
    }
}

using MakeInstruction = Instruction (*)(const Party& from, const Party& to, std::uint64_t amount);

Instruction sol_transfer(const Party& from, const Party& to, std::uint64_t amount) {
    Bytes data(12);
    data[0] = 2;
    store_le(data.data() + 4, amount);
    return {ids::kSystemProgram, {{from.key, true, true}, {to.key, false, true}}, data};
}

/// There and back with equal amounts, every pair with another amount.
std::vector<Bytes> make_transactions(const World& world, MakeInstruction make) {
    std::vector<Bytes> transactions;
    for (std::uint64_t i = 0; i < kTransactions; ++i) {
        const bool is_return = i % 2 == 1;
        const Party& from = is_return ? world.bob : world.alice;
        const Party& to = is_return ? world.alice : world.bob;
        const Instruction instruction = make(from, to, 1 + i / 2);
        transactions.push_back(signed_transaction(from, {&instruction, 1}, world.slot.blockhash));
    }
    return transactions;
}

struct Options {
    std::uint64_t iterations = 10'000;
    EngineChoice engine = EngineChoice::Interpreter;
    std::string_view engine_name = "interpreter";
    std::string_view token_elf;
};

class Runner {
public:
    Runner(World& world, const Options& options)
        : world_(world), processor_({.engine = options.engine}), options_(options) {}

    void row(const char* name, std::span<const Bytes> transactions, bool verify_signatures,
             std::size_t batch_size) {
        const std::vector<ByteView> views(transactions.begin(), transactions.end());
        const ExecutionOptions how{.verify_signatures = verify_signatures};
        run(views, how, batch_size, 2 * kTransactions);
        const auto wall_before = std::chrono::steady_clock::now();
        const std::clock_t cpu_before = std::clock();
        run(views, how, batch_size, options_.iterations);
        const std::clock_t cpu = std::clock() - cpu_before;
        const std::chrono::duration<double, std::micro> wall =
            std::chrono::steady_clock::now() - wall_before;
        const auto count = static_cast<double>(options_.iterations);
        std::printf("fathom case=%s sigverify=%d batch=%zu engine=%.*s iterations=%" PRIu64
                    " us=%.3f cpu_us=%.3f units=%" PRIu64 "\n",
                    name, verify_signatures, batch_size,
                    static_cast<int>(options_.engine_name.size()), options_.engine_name.data(),
                    options_.iterations, wall.count() / count,
                    static_cast<double>(cpu) * 1e6 / CLOCKS_PER_SEC / count, units_);
    }

private:
    /// `count` transactions, in batches, each batch committed before the next begins.
    void run(std::span<const ByteView> transactions, const ExecutionOptions& how,
             std::size_t batch_size, std::uint64_t count) {
        std::size_t next = 0;
        for (std::uint64_t done = 0; done < count; done += batch_size) {
            if (next + batch_size > transactions.size()) next = 0;
            auto effects = processor_.execute(transactions.subspan(next, batch_size), world_.slot,
                                              world_.accounts, how);
            next += batch_size;
            for (TransactionEffects& effect : effects) {
                units_ = effect.compute_units;
                world_.commit(effect);
            }
        }
    }

    World& world_;
    Processor processor_;
    const Options& options_;
    ComputeUnits units_ = 0;
};

Options parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 == argc) die("no value for ", name);
        const std::string_view value = argv[i + 1];
        if (name == "--iterations") {
            const auto [end, error] =
                std::from_chars(value.data(), value.data() + value.size(), options.iterations);
            if (error != std::errc() || end != value.data() + value.size() ||
                options.iterations == 0) {
                die("expected a number of iterations, found ", value);
            }
        } else if (name == "--token") {
            options.token_elf = value;
        } else if (name == "--engine" && value == "naive") {
            options.engine = EngineChoice::Naive;
        } else if (name == "--engine" && value == "jit") {
            options.engine = EngineChoice::Jit;
        } else if (name == "--engine" && value == "tiered") {
            options.engine = EngineChoice::Tiered;
        } else if (name != "--engine" || value != "interpreter") {
            die("usage: transfer_bench [--iterations N] [--engine naive|interpreter|jit|tiered] "
                "[--token spl_token.so]");
        }
        if (name == "--engine") options.engine_name = value;
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse_options(argc, argv);
    World world;
    Runner runner(world, options);
    const auto sol = make_transactions(world, sol_transfer);
    runner.row("sol_transfer", sol, false, 1);
    runner.row("sol_transfer", sol, true, 1);
    runner.row("sol_transfer", sol, false, 64);
    runner.row("sol_transfer", sol, true, 64);
    if (options.token_elf.empty()) return 0;
    const auto elf = harness::read_file(options.token_elf);
    if (!elf) die(elf.error().message);
    add_token_program(world, *elf);
    const auto token = make_transactions(world, token_transfer);
    runner.row("token_transfer", token, false, 1);
    runner.row("token_transfer", token, true, 1);
    runner.row("token_transfer", token, false, 64);
    runner.row("token_transfer", token, true, 64);
    return 0;
}
