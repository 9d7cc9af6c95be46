// SPDX-License-Identifier: Apache-2.0
// fathom lockstep: random programs and mutated real ones on every engine, stopped and compared at
// their block boundaries.
#include "commands.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/lockstep.hpp"
#include "fathom/harness/random_program.hpp"
#include "fathom/harness/real_programs.hpp"
#include "fathom/sbpf/disassembler.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <thread>

namespace fathom::app {
namespace {

using Clock = std::chrono::steady_clock;

vm::Engine engine_of(EngineChoice choice) {
    switch (choice) {
    case EngineChoice::Naive: return vm::Engine::Naive;
    case EngineChoice::Interpreter: return vm::Engine::Interpreter;
    case EngineChoice::Jit: return vm::Engine::Jit;
    case EngineChoice::Tiered: break;
    }
    return vm::Engine::Tiered;
}

/// What the threads have in common.
class Campaign {
public:
    explicit Campaign(const LockstepCommand& command)
        : engines_({vm::Engine::Interpreter, vm::Engine::Jit}),
          deadline_(Clock::now() + std::chrono::seconds(command.seconds)), started_(Clock::now()),
          next_seed_(command.seed) {
        if (!command.engines.empty()) engines_.clear();
        for (const EngineChoice choice : command.engines) engines_.push_back(engine_of(choice));
        if (command.count != 0) last_seed_ = command.seed + command.count;
        for (const auto& folder : command.programs) real_.add_folder(folder);
    }

    [[nodiscard]] bool run(unsigned threads) {
        std::printf("%zu real programs\n", real_.size());
        std::fflush(stdout);
        deadline_ = Clock::now() + (deadline_ - started_);
        started_ = Clock::now();
        {
            std::vector<std::jthread> workers;
            for (unsigned i = 0; i < threads; ++i) workers.emplace_back([this] { work(); });
        }
        std::printf("%" PRIu64 " programs, %" PRIu64 " instructions, %" PRIu64
                    " stops compared, %u differences\n",
                    total_.programs, total_.instructions, total_.stops, failed_ ? 1u : 0u);
        return !failed_;
    }

private:
    void work() {
        harness::Lockstep lockstep(engines_);
        harness::LockstepCounts reported;
        while (!failed_ && Clock::now() < deadline_) {
            const std::uint64_t seed = next_seed_.fetch_add(1);
            if (seed >= last_seed_) break;
            if (seed % 8 == 7 && real_.size() != 0) {
                run_real(lockstep, seed);
            } else {
                run_random(lockstep, seed);
            }
            if (seed % 64 == 0) add(lockstep.counts(), reported);
        }
        add(lockstep.counts(), reported);
    }

    void run_random(harness::Lockstep& lockstep, std::uint64_t seed) {
        const auto version = static_cast<sbpf::Version>(seed % 4);
        harness::RandomProgram generator(seed, version, 6 + seed % 131);
        const sbpf::Program program = generator.generate();
        if (!sbpf::verify(program)) return fail(seed, program, "the verifier refuses it");
        harness::LabOptions options = generator.options();
        options.checks_written_pages = seed % 16 == 0;
        const harness::EngineLab lab(program, std::move(options));
        const std::uint64_t budgets[] = {generator.below(400), generator.below(5000)};
        check(lockstep.compare(lab, lab.entry(), {}, budgets), seed, program);
    }

    void run_real(harness::Lockstep& lockstep, std::uint64_t seed) {
        harness::RealProgramCase real = real_.make(seed);
        if (!real.lab) return;
        check(
            lockstep.compare(*real.lab, real.start, {.steps = 4000, .stops = 24, .budget = 50'000}),
            seed, real.lab->executable().program());
    }

    void check(const std::optional<harness::LockstepDifference>& difference, std::uint64_t seed,
               const sbpf::Program& program) {
        if (!difference) return;
        std::string text = "engine " + std::string(harness::engine_name(difference->engine)) +
                           ", budget " + std::to_string(difference->budget) + ", start at slot " +
                           std::to_string(difference->start.pc) + "\nexpected " +
                           describe(difference->expected) + "\nactual   " +
                           describe(difference->actual);
        fail(seed, program, text);
    }

    void fail(std::uint64_t seed, const sbpf::Program& program, const std::string& why) {
        const std::scoped_lock lock(mutex_);
        if (failed_.exchange(true)) return;
        std::printf("\nseed %" PRIu64 ", v%d: %s\n%s\n", seed, static_cast<int>(program.version()),
                    why.c_str(), sbpf::disassemble(program).c_str());
    }

    void add(const harness::LockstepCounts& now, harness::LockstepCounts& reported) {
        const std::scoped_lock lock(mutex_);
        total_ += {now.programs - reported.programs, now.instructions - reported.instructions,
                   now.stops - reported.stops};
        reported = now;
        const std::chrono::duration<double> elapsed = Clock::now() - started_;
        if (elapsed.count() < next_line_) return;
        next_line_ = elapsed.count() + 10;
        std::printf("%.0f s: %" PRIu64 " programs, %.0f a second, %.1f M instructions\n",
                    elapsed.count(), total_.programs,
                    static_cast<double>(total_.programs) / elapsed.count(),
                    static_cast<double>(total_.instructions) / 1e6);
        std::fflush(stdout);
    }

    std::vector<vm::Engine> engines_;
    Clock::time_point deadline_;
    Clock::time_point started_;
    std::atomic<std::uint64_t> next_seed_;
    std::uint64_t last_seed_ = ~std::uint64_t{0};
    harness::RealPrograms real_;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;
    harness::LockstepCounts total_;
    double next_line_ = 10;
};

} // namespace

int run_lockstep_command(const LockstepCommand& command) {
    const unsigned threads =
        command.threads != 0 ? command.threads : std::max(1u, std::thread::hardware_concurrency());
    return Campaign(command).run(threads) ? kOk : kFailed;
}

} // namespace fathom::app
