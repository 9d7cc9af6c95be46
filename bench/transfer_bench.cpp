// SPDX-License-Identifier: Apache-2.0
// Microseconds per transaction of a SOL transfer and of a real SPL Token transfer, one line a row.
//
// Two parties pay each other back and forth, so that every pass over the prepared transactions does
// the same work and leaves the same balances, fees apart. Timed: everything from wire bytes to
// committed accounts. Not timed: building and signing.
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/vector.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/transaction.hpp"

#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

using namespace fathom;
using namespace fathom::literals;

constexpr Pubkey kTokenProgram = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
constexpr std::uint64_t kTransactions = 512;
constexpr std::uint64_t kPlenty = 1'000'000'000'000'000;

[[noreturn]] void die(const char* what, std::string_view detail = {}) {
    std::fprintf(stderr, "transfer_bench: %s%.*s\n", what, static_cast<int>(detail.size()),
                 detail.data());
    std::exit(2);
}

/// The same parties, by the same names, as in the peers' benchmarks.
Hash digest(std::string_view name) {
    const auto bytes = crypto::sha256(as_bytes(name));
    return Hash::from_bytes(bytes.data());
}

struct Party {
    Hash seed;
    Pubkey key;
    Pubkey token_account;

    explicit Party(const std::string& name)
        : seed(digest("fathom bench " + name)), key{crypto::ed25519_public_key(seed.bytes.data())},
          token_account{digest("fathom bench token account of " + name).bytes} {}
};

struct World {
    harness::AccountMap accounts;
    SlotEnvironment slot;
    Party alice{"alice"};
    Party bob{"bob"};

    World() {
        slot.features = FeatureSet::all();
        slot.blockhash = digest("fathom bench blockhash");
        slot.recent_blockhashes = {slot.blockhash};
        put_sysvar(ids::kClock, Clock{.slot = 1000, .unix_timestamp = 1'700'000'000}.encode());
        put_sysvar(ids::kRent, Rent{}.encode());
        put_sysvar(ids::kEpochSchedule, EpochSchedule{}.encode());
        put_sysvar(ids::kEpochRewards, EpochRewards{}.encode());
        put_sysvar(ids::kLastRestartSlot, LastRestartSlot{}.encode());
        put_sysvar(ids::kSlotHashes, SlotHashes{.entries = {{999, slot.blockhash}}}.encode());
        put_sysvar(ids::kStakeHistory, StakeHistory{}.encode());
        put_sysvar(ids::kRecentBlockhashes,
                   RecentBlockhashes{.entries = {{slot.blockhash, 5000}}}.encode());
        for (const programs::Builtin& builtin : programs::builtins()) {
            accounts.set(builtin.id, {.lamports = 1,
                                      .data = AccountData(as_bytes(builtin.name)),
                                      .owner = ids::kNativeLoader,
                                      .executable = true});
        }
        for (const Party* party : {&alice, &bob}) {
            accounts.set(party->key,
                         {.lamports = kPlenty, .data = {}, .owner = ids::kSystemProgram});
        }
    }

    void put_sysvar(const Pubkey& key, const Bytes& data) {
        accounts.set(key, {.lamports = 1, .data = AccountData(data), .owner = ids::kSysvarOwner});
    }

    void add_token_program(ByteView elf) {
        accounts.set(kTokenProgram, {.lamports = kPlenty,
                                     .data = AccountData(elf),
                                     .owner = ids::kBpfLoader,
                                     .executable = true});
        for (const Party* party : {&alice, &bob}) {
            accounts.set(party->token_account, {.lamports = 2'039'280,
                                                .data = AccountData(token_account_of(*party)),
                                                .owner = kTokenProgram});
        }
    }

    /// spl_token::state::Account: mint, owner, amount, no delegate, initialized.
    static Bytes token_account_of(const Party& party) {
        Bytes data(165);
        const Hash mint = digest("fathom bench mint");
        std::copy(mint.bytes.begin(), mint.bytes.end(), data.begin());
        std::copy(party.key.bytes.begin(), party.key.bytes.end(), data.begin() + 32);
        store_le<std::uint64_t>(data.data() + 64, kPlenty);
        data[108] = 1;
        return data;
    }
};

using MakeInstruction = Instruction (*)(const Party& from, const Party& to, std::uint64_t amount);

Instruction sol_transfer(const Party& from, const Party& to, std::uint64_t amount) {
    Bytes data(12);
    data[0] = 2;
    store_le(data.data() + 4, amount);
    return {ids::kSystemProgram, {{from.key, true, true}, {to.key, false, true}}, data};
}

Instruction token_transfer(const Party& from, const Party& to, std::uint64_t amount) {
    Bytes data(9);
    data[0] = 3;
    store_le(data.data() + 1, amount);
    return {kTokenProgram,
            {{from.token_account, false, true},
             {to.token_account, false, true},
             {from.key, true, false}},
            data};
}

Bytes signed_transaction(const Party& payer, const Instruction& instruction,
                         const Hash& blockhash) {
    const auto message = compile_legacy_message(payer.key, {&instruction, 1}, blockhash);
    if (!message) die("cannot compile a message: ", message.error().message);
    const Signature signature{crypto::ed25519_sign(payer.seed.bytes.data(), *message)};
    return serialize_transaction({&signature, 1}, *message);
}

/// There and back with equal amounts, every pair with another amount.
std::vector<Bytes> make_transactions(const World& world, MakeInstruction make) {
    std::vector<Bytes> transactions;
    for (std::uint64_t i = 0; i < kTransactions; ++i) {
        const bool is_return = i % 2 == 1;
        const Party& from = is_return ? world.bob : world.alice;
        const Party& to = is_return ? world.alice : world.bob;
        transactions.push_back(
            signed_transaction(from, make(from, to, 1 + i / 2), world.slot.blockhash));
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
            for (TransactionEffects& effect : effects) commit(effect);
        }
    }

    void commit(TransactionEffects& effect) {
        if (effect.error) {
            die("a transaction failed: ", effect.logs.empty() ? "" : effect.logs.back());
        }
        units_ = effect.compute_units;
        for (AccountChange& change : effect.accounts) {
            world_.accounts.set(change.key, std::move(change.account));
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
    if (!elf) die(elf.error().message.c_str());
    world.add_token_program(*elf);
    const auto token = make_transactions(world, token_transfer);
    runner.row("token_transfer", token, false, 1);
    runner.row("token_transfer", token, true, 1);
    runner.row("token_transfer", token, false, 64);
    runner.row("token_transfer", token, true, 64);
    return 0;
}
