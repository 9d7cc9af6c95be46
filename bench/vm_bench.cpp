// SPDX-License-Identifier: Apache-2.0
// How fast programs run: kernels at the level of the VM, kernels and real programs in transactions,
// loading an ELF. One JSON object a line; bench/vm.sh runs the peers on the same work.
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_writer.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/vm/jit/jit_program.hpp"
#include "fathom/vm/machine.hpp"
#include "row_writer.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {

using namespace fathom;
using namespace fathom::bench;

constexpr std::uint64_t kBudget = 1'400'000;

struct EngineName {
    std::string_view name;
    vm::Engine engine;
    EngineChoice choice;
};

constexpr EngineName kEngines[] = {
    {"naive", vm::Engine::Naive, EngineChoice::Naive},
    {"interpreter", vm::Engine::Interpreter, EngineChoice::Interpreter},
    {"jit", vm::Engine::Jit, EngineChoice::Jit},
    {"tiered", vm::Engine::Tiered, EngineChoice::Tiered},
};

struct Options {
    std::string command;
    std::vector<EngineName> engines;
    std::filesystem::path kernels = "bench/kernels";
    std::filesystem::path elves;
    std::filesystem::path proofs;
    std::filesystem::path output;
    std::string_view only; // of what measure does; empty: everything but the cryptography
};

/// Nanoseconds of one step: the best of several batches of a few milliseconds.
template <class Step> double best_nanoseconds(Step&& step) {
    using Clock = std::chrono::steady_clock;
    const auto run = [&](std::uint64_t count) {
        const auto before = Clock::now();
        for (std::uint64_t i = 0; i < count; ++i) step();
        return std::chrono::duration<double, std::nano>(Clock::now() - before).count();
    };
    constexpr double kBatch = 2e6;
    constexpr int kBatches = 12;
    std::uint64_t count = 1;
    while (run(count) < kBatch && count < 1'000'000) count *= 2;
    double best = run(count);
    for (int i = 1; i < kBatches; ++i) best = std::min(best, run(count));
    return best / static_cast<double>(count);
}

const invoke::ProgramRuntime& runtime() {
    static const auto runtime = svm::make_execution_runtime(FeatureSet::all());
    return runtime;
}

std::shared_ptr<const vm::Executable> loaded(ByteView elf) {
    auto executable = runtime().load(elf);
    if (!executable) die("an ELF does not load: ", sbpf::load_error_text(executable.error()));
    return *std::move(executable);
}

/// A kernel with memory as an invocation without accounts has it.
class KernelRun {
public:
    KernelRun(const Kernel& kernel, std::uint64_t passes)
        : executable_(loaded(kernel.elf)), input_(56), memory_(mapped()) {
        store_le<std::uint64_t>(input_.data() + 8, 8); // no accounts, 8 bytes of data, program id
        store_le(input_.data() + 16, passes);
    }

    void run(vm::Engine engine) {
        vm::ComputeMeter meter{kBudget};
        vm::Machine machine(*executable_, memory_, meter, nullptr);
        const vm::RunResult result = machine.run(engine, sbpf::kInputStart, sbpf::kInputStart + 16);
        if (!result.value || *result.value != 0) die("a kernel failed");
        units_ = kBudget - meter.remaining;
    }

    [[nodiscard]] std::uint64_t units() const { return units_; }
    [[nodiscard]] std::uint64_t checksum() const { return load_le<std::uint64_t>(heap_.data()); }

private:
    vm::MemoryMap mapped() {
        auto memory = vm::MemoryMap::create(
            {executable_->rodata_region(), executable_->stack_region(stack_),
             vm::MemoryRegion::writable(heap_, sbpf::kHeapStart),
             vm::MemoryRegion::writable(input_, sbpf::kInputStart)},
            executable_->config().layout, executable_->program().version(), nullptr);
        if (!memory) die("no memory map");
        return *std::move(memory);
    }

    std::shared_ptr<const vm::Executable> executable_;
    Bytes stack_ = Bytes(sbpf::kStackSize);
    Bytes heap_ = Bytes(32 * 1024);
    Bytes input_;
    vm::MemoryMap memory_;
    std::uint64_t units_ = 0;
};

/// A row's transactions, one after the other, for ever.
class TransactionRun {
public:
    TransactionRun(const TransactionRow& row, EngineChoice engine)
        : processor_({.engine = engine}), row_(row) {
        for (const auto& [id, elf] : row.programs) world_.put_program(id, elf);
        for (const auto& [key, account] : row.accounts) world_.accounts.set(key, account);
    }

    void step() {
        const ByteView transaction = row_.transactions[next_];
        next_ = (next_ + 1) % row_.transactions.size();
        auto effects = processor_.execute({&transaction, 1}, world_.slot, world_.accounts, kHow);
        units_ += effects.front().compute_units;
        world_.commit(effects.front());
    }

    void cycle() {
        for (std::size_t i = 0; i < row_.transactions.size(); ++i) step();
    }

    /// Since the beginning.
    [[nodiscard]] std::uint64_t units() const { return units_; }

private:
    static constexpr ExecutionOptions kHow = {.verify_signatures = false, .check_blockhash = false};

    World world_;
    Processor processor_;
    const TransactionRow& row_;
    std::size_t next_ = 0;
    std::uint64_t units_ = 0;
};

struct Measured {
    std::string_view engine;
    std::string_view group;
    std::string_view name;
    std::string_view version;
    std::uint64_t passes = 0;
    double nanoseconds = 0;
    std::uint64_t units = 0;
    std::uint64_t checksum = 0;
    std::uint64_t code_bytes = 0; // of machine code
    std::uint64_t slots = 0;      // of the program that it was made from
};

void print(const Measured& row) {
    harness::JsonWriter json;
    json.begin_object().field("side", "fathom").field("engine", row.engine);
    json.field("group", row.group).field("row", row.name).field("version", row.version);
    json.field("passes", row.passes).field("ns", row.nanoseconds).field("units", row.units);
    json.field("checksum", std::to_string(row.checksum));
    if (row.slots != 0) json.field("code_bytes", row.code_bytes).field("slots", row.slots);
    json.end_object();
    std::string line = json.text();
    // One row, one line.
    std::erase(line, '\n');
    std::puts(line.c_str());
}

void measure_kernels(const Options& options) {
    for (const Kernel& kernel : make_kernels(options.kernels)) {
        for (const std::uint64_t passes : {std::uint64_t{0}, kernel.passes}) {
            for (const EngineName& engine : options.engines) {
                KernelRun run(kernel, passes);
                const double ns = best_nanoseconds([&] { run.run(engine.engine); });
                print({.engine = engine.name,
                       .group = "kernel",
                       .name = kernel.name,
                       .version = name_of(kernel.version),
                       .passes = passes,
                       .nanoseconds = ns,
                       .units = run.units(),
                       .checksum = run.checksum()});
            }
        }
    }
}

void measure_transactions(const Options& options, const std::vector<TransactionRow>& rows) {
    for (const TransactionRow& row : rows) {
        for (const EngineName& engine : options.engines) {
            TransactionRun run(row, engine.choice);
            run.cycle();
            const std::uint64_t units = run.units();
            const double ns = best_nanoseconds([&] { run.step(); });
            print({.engine = engine.name,
                   .group = row.group,
                   .name = row.name,
                   .version = row.version,
                   .passes = row.passes,
                   .nanoseconds = ns,
                   .units = units});
        }
    }
}

constexpr std::string_view kVerified = "Token 3.5, verified";
constexpr std::string_view kDecoded = "Token 3.5, decoded";
constexpr std::string_view kCompiled = "Token 3.5, compiled";

/// What the engine makes of a program before it first runs.
void prepare(const vm::Executable& executable, vm::Engine engine) {
    if (engine == vm::Engine::Interpreter && !executable.decoded()) die("an ELF is not decoded");
    if (engine == vm::Engine::Jit && !executable.compiled()) die("an ELF is not compiled");
}

void measure_loading(const Options& options) {
    if (options.elves.empty()) return;
    const auto elf = harness::read_file(options.elves / "core/spl_token-3.5.0.so");
    if (!elf) {
        std::fprintf(stderr, "load: skipped, %s\n", elf.error().message.c_str());
        return;
    }
    const auto measure = [&](const EngineName& engine, std::string_view name) {
        const bool is_prepared = name != kVerified;
        Measured row{.engine = engine.name, .group = "load", .name = name, .version = "v0"};
        row.nanoseconds = best_nanoseconds([&] {
            const auto executable = loaded(*elf);
            if (is_prepared) prepare(*executable, engine.engine);
        });
        if (is_prepared && engine.engine == vm::Engine::Jit) {
            const auto executable = loaded(*elf);
            prepare(*executable, engine.engine);
            row.slots = executable->program().slot_count();
            row.code_bytes = executable->compiled() ? executable->compiled()->code_size() : 0;
        }
        print(row);
    };
    for (const EngineName& engine : options.engines) {
        if (engine.engine == vm::Engine::Interpreter) measure(engine, kVerified);
        measure(engine, engine.engine == vm::Engine::Jit ? kCompiled : kDecoded);
    }
}

void write_text(const std::filesystem::path& file, std::string_view text) {
    if (!harness::write_file(file, as_bytes(text))) die("cannot write ", file.string());
}

/// The same work for the peers: rows.json for litesvm, kernels.txt and syscalls.txt for the crate.
void write_work(const Options& options) {
    RowWriter writer(options.output);
    const bool is_crypto = options.only == "crypto";
    for (const auto& rows :
         {is_crypto ? syscall_rows(options.kernels) : kernel_rows(options.kernels),
          is_crypto ? proof_rows(options.proofs) : program_rows(options.elves)}) {
        for (const TransactionRow& row : rows) writer.add(row);
    }
    writer.finish();
    if (is_crypto) return;

    std::string kernels;
    for (const Kernel& kernel : make_kernels(options.kernels)) {
        const std::string version(name_of(kernel.version));
        const auto file = options.output / (kernel.name + "-" + version + ".so");
        if (!harness::write_file(file, kernel.elf)) die("cannot write ", file.string());
        kernels += kernel.name + " " + version + " " + std::to_string(kernel.passes) + " " +
                   file.string() + "\n";
    }
    write_text(options.output / "kernels.txt", kernels);
    std::string syscalls;
    for (const vm::Syscall& syscall : runtime().syscalls->syscalls()) {
        syscalls += std::string(syscall.name) + "\n";
    }
    write_text(options.output / "syscalls.txt", syscalls);
}

} // namespace

/// What bench/callgrind_gate.sh counts the instructions of; it finds this function by its name.
extern "C" [[gnu::noinline]] void fathom_counted(void (*work)(void*), void* context) {
    work(context);
    asm volatile("" ::: "memory");
}

namespace {

template <class Step> void counted(const Step& step) {
    fathom_counted([](void* context) { (*static_cast<const Step*>(context))(); },
                   const_cast<Step*>(&step));
}

/// Every row once for warming up, then counted; prints the rows in the order of counting.
void count_instructions(const Options& options) {
    constexpr std::uint64_t kShare = 16; // of the passes: valgrind is slow
    const auto rows = program_rows(options.elves);
    for (const EngineName& engine : options.engines) {
        const std::string name(engine.name);
        for (const Kernel& kernel : make_kernels(options.kernels)) {
            if (kernel.version != sbpf::Version::V0) continue;
            KernelRun run(kernel, std::max<std::uint64_t>(1, kernel.passes / kShare));
            run.run(engine.engine);
            counted([&] { run.run(engine.engine); });
            std::printf("%s %s\n", name.c_str(), kernel.name.c_str());
        }
        if (rows.empty() || rows.front().name != "Token 3.5 transfer") continue;
        TransactionRun run(rows.front(), engine.choice);
        run.cycle();
        counted([&] { run.cycle(); });
        std::printf("%s token_transfer\n", name.c_str());
    }
}

void use_engine(Options& options, std::string_view name) {
    const auto* found = std::ranges::find(kEngines, name, &EngineName::name);
    if (found == std::end(kEngines)) die("there is no engine named ", name);
    options.engines.push_back(*found);
}

Options parse_options(int argc, char** argv) {
    constexpr std::string_view kUsage =
        "usage: vm_bench measure|count|write [--engine naive|interpreter|jit|tiered]... "
        "[--kernels FOLDER] [--elves FOLDER] [--proofs FILE] [--output FOLDER] "
        "[--only vm|calls|programs|load|crypto]";
    if (argc < 2 || argc % 2 != 0) die(kUsage);
    Options options;
    options.command = argv[1];
    for (int i = 2; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--engine") {
            use_engine(options, argv[i + 1]);
        } else if (name == "--kernels") {
            options.kernels = argv[i + 1];
        } else if (name == "--elves") {
            options.elves = argv[i + 1];
        } else if (name == "--proofs") {
            options.proofs = argv[i + 1];
        } else if (name == "--output") {
            options.output = argv[i + 1];
        } else if (name == "--only") {
            options.only = argv[i + 1];
        } else {
            die(kUsage);
        }
    }
    if (options.engines.empty()) use_engine(options, "interpreter");
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse_options(argc, argv);
    if (options.command == "measure") {
        const auto wants = [&](std::string_view part) {
            return options.only.empty() || options.only == part;
        };
        if (wants("vm")) measure_kernels(options);
        if (wants("calls")) measure_transactions(options, kernel_rows(options.kernels));
        if (wants("programs")) measure_transactions(options, program_rows(options.elves));
        if (wants("load")) measure_loading(options);
        // Not of bench/vm.sh, so by name alone.
        if (options.only == "crypto") {
            measure_transactions(options, syscall_rows(options.kernels));
            measure_transactions(options, proof_rows(options.proofs));
        }
    } else if (options.command == "count") {
        count_instructions(options);
    } else if (options.command == "write") {
        write_work(options);
    } else {
        die("there is no command named ", options.command);
    }
    return 0;
}
