// SPDX-License-Identifier: Apache-2.0
// The subcommands: options in, exit status out. Parsing of the command line is main.cpp's alone.
#pragma once

#include "fathom/sbpf/version.hpp"
#include "fathom/sched/block_text.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fathom::app {

/// Exit status: 0 success, 1 the thing asked about failed, 2 it could not be asked (bad input or
/// usage).
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadInput = 2;

struct ConformanceCommand {
    std::vector<std::filesystem::path> paths;
    std::string filter;
    std::string show;
    bool no_logs = false;
    bool json = false;
    bool list_failures = false;
    /// Only whether all engines on any number of threads do the same.
    bool digest = false;
    unsigned threads = 0;
    EngineChoice engine = EngineChoice::Interpreter;
    CodeConfig code = {};
    NativePrograms native = {};
};
[[nodiscard]] int run_conformance_command(const ConformanceCommand& command);

struct ExecuteCommand {
    /// Empty if there is an index.
    std::filesystem::path scenario;
    /// Empty: none. Its executions are run instead of a scenario.
    std::filesystem::path index;
    std::string filter; // of the index
    unsigned threads = 0;
    bool json = false;
    EngineChoice engine = EngineChoice::Tiered;
};
[[nodiscard]] int run_execute_command(const ExecuteCommand& command);
[[nodiscard]] int run_execute_index_command(const ExecuteCommand& command);

struct RunCommand {
    std::filesystem::path program;
    std::string input = "0"; // a JSON file, or a number of zero bytes
    std::string data;        // hexadecimal; instead of the input's instruction data
    std::filesystem::path data_file;
    ComputeUnits limit = 1'400'000;
    std::uint32_t heap_size = 32 * 1024;
    FeatureSet features = FeatureSet::mainnet();
    EngineChoice engine = EngineChoice::Tiered;
    std::filesystem::path trace;   // "-", a file, or a folder; empty: none
    std::filesystem::path profile; // empty: none
    bool json = false;
};
[[nodiscard]] int run_run_command(const RunCommand& command);

struct VerifyCommand {
    std::vector<std::filesystem::path> programs;
    /// Empty: none. Its files are examined instead of `programs`.
    std::filesystem::path index;
    FeatureSet features = FeatureSet::all();
    bool for_deployment = false;
    bool json = false;
};
[[nodiscard]] int run_verify_command(const VerifyCommand& command);

struct DisasmCommand {
    std::filesystem::path program;
    bool raw = false;
    bool has_graph = false;
};
[[nodiscard]] int run_disasm_command(const DisasmCommand& command);

struct AsmCommand {
    std::filesystem::path source;
    std::filesystem::path output;
    sbpf::Version version = sbpf::Version::V0;
};
[[nodiscard]] int run_asm_command(const AsmCommand& command);

struct LockstepCommand {
    std::uint64_t seconds = 60;
    std::uint64_t seed = 1;
    std::uint64_t count = 0; // programs; 0: as many as there is time for
    /// Empty: all but the naive one, which they are compared with.
    std::vector<EngineChoice> engines;
    std::vector<std::filesystem::path> programs;
    unsigned threads = 0;
};
[[nodiscard]] int run_lockstep_command(const LockstepCommand& command);

/// Which made-up chain. The same options make the same chain.
struct MadeUpChainOptions {
    std::filesystem::path programs = "examples/programs";
    std::uint64_t seed = 1;
    std::size_t holders = 64;
    std::uint64_t slots_per_epoch = 256;
};

struct SimulateScheduleCommand {
    std::filesystem::path block; // as text, or as replay takes it; empty: a made-up one
    std::size_t transactions = 50'000;
    std::string mix = "usual";
    std::uint64_t seed = 1;
    std::vector<unsigned> workers; // empty: 1, 2, 4, … 256
    std::uint64_t overhead = 0;
    std::uint64_t interleaving = 0;
    unsigned lanes = 8;
    std::string title;
    std::filesystem::path svg;  // empty: none
    std::filesystem::path save; // empty: nowhere
    // Of blocks that are executed.
    EngineChoice engine = EngineChoice::Tiered;
    MadeUpChainOptions chain;
    std::optional<Slot> slot = {};
};
[[nodiscard]] int run_simulate_schedule_command(const SimulateScheduleCommand& command);

struct BlockCommand {
    std::filesystem::path programs = "examples/programs";
    std::string mix = "market";
    std::size_t transactions = 50'000;
    std::size_t blocks = 4;
    std::size_t holders = 20'000;
    std::uint64_t slots_per_epoch = 432'000;
    std::uint64_t seed = 1;
    std::vector<unsigned> workers; // empty: 1 and one per core
    std::vector<EngineChoice> engines = {EngineChoice::Tiered};
    bool verify_signatures = false;
    bool show_stages = false;
    std::filesystem::path export_to; // empty: nowhere
};
[[nodiscard]] int run_block_command(const BlockCommand& command);

struct ChainCommand {
    std::filesystem::path log;
    MadeUpChainOptions chain;
    std::uint64_t slots = 1'000;
    std::size_t transactions = 32;
    unsigned workers = 0; // 0: one per core
    EngineChoice engine = EngineChoice::Tiered;
    bool syncs_every_block = false;
};
[[nodiscard]] int run_chain_command(const ChainCommand& command);

struct ReplayCommand {
    std::vector<std::filesystem::path> paths;
    unsigned workers = 0; // 0: one per core
    EngineChoice engine = EngineChoice::Tiered;
    bool skip_signatures = false;
    bool list_changes = false;
    std::string expected_hash;     // empty: any
    std::filesystem::path drawing; // of the last block's schedule; empty: none
    unsigned lanes = 8;
    // Of logs.
    MadeUpChainOptions chain;
    unsigned concurrent_forks = 1;
    std::optional<Slot> drawn_slot = {}; // none: the last block with the most transactions
    /// Where to put the last block as the scheduler sees it; null: nowhere.
    sched::NamedWorkload* work = nullptr;
};
[[nodiscard]] int run_replay_command(const ReplayCommand& command);
[[nodiscard]] int replay_block_log(const ReplayCommand& command, const std::filesystem::path& path);

} // namespace fathom::app
