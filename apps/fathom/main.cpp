// SPDX-License-Identifier: Apache-2.0
// The command line: names, options and help of every subcommand.
#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace {

using namespace fathom;
using namespace fathom::app;

const std::map<std::string, EngineChoice> kEngines = {{"naive", EngineChoice::Naive},
                                                      {"interpreter", EngineChoice::Interpreter},
                                                      {"jit", EngineChoice::Jit},
                                                      {"tiered", EngineChoice::Tiered}};

const std::map<std::string, sbpf::Version> kVersions = {{"v0", sbpf::Version::V0},
                                                        {"v1", sbpf::Version::V1},
                                                        {"v2", sbpf::Version::V2},
                                                        {"v3", sbpf::Version::V3}};

void add_engine_option(CLI::App& command, EngineChoice& engine) {
    command.add_option("--engine", engine, "How programs run: naive, interpreter, jit or tiered")
        ->transform(CLI::CheckedTransformer(kEngines, CLI::ignore_case))
        ->type_name("ENGINE");
}

/// Names of the programs that may be native; each sets its choice.
const std::map<std::string, bool NativePrograms::*> kNativePrograms = {
    {"stake", &NativePrograms::stake},
    {"config", &NativePrograms::config},
    {"alt", &NativePrograms::address_lookup_table},
    {"feature-gate", &NativePrograms::feature_gate}};

void add_native_option(CLI::App& command, NativePrograms& native) {
    command
        .add_option_function<std::vector<std::string>>(
            "--native",
            [&native](const std::vector<std::string>& names) {
                for (const std::string& name : names) native.*kNativePrograms.at(name) = true;
            },
            "Run these natively instead of from their ELF files, and compare all but units")
        ->delimiter(',')
        ->check(CLI::IsMember(kNativePrograms))
        ->type_name("stake,config,alt,feature-gate");
}

CLI::App* add_conformance(CLI::App& root, ConformanceCommand& options) {
    CLI::App* command =
        root.add_subcommand("conformance", "Run conformance vectors and compare every field");
    command->add_option("paths", options.paths, "Vector files (.jsonl, .jsonl.zst) or folders")
        ->required()
        ->check(CLI::ExistingPath);
    command->add_option("--filter", options.filter,
                        "Only vectors whose name matches, e.g. 'token/*'");
    command->add_option("--show", options.show,
                        "Run one vector (or pattern) and show each difference");
    command->add_flag("--no-logs", options.no_logs, "Do not compare log lines");
    command->add_flag("--json", options.json, "Print the report as JSON");
    command->add_flag("--failures", options.list_failures,
                      "List each failed vector's first difference");
    command->add_flag("--digest", options.digest,
                      "Run everything with each engine on 1, 2 and 8 threads and say whether all "
                      "effects are the same");
    command->add_option("--threads", options.threads, "Worker threads; 0 means one per core");
    add_engine_option(*command, options.engine);
    command->add_flag("--audit-code", options.code.audits_code,
                      "Read all machine code once more before it runs; what is refused is "
                      "interpreted");
    command->add_flag("--mask-speculation", options.code.masks_speculation,
                      "Machine code that keeps mispredicted bounds checks inside regions");
    command->add_option("--layout-seed", options.code.layout_seed,
                        "Where the layout of machine code is drawn from; 0: each its own");
    add_native_option(*command, options.native);
    return command;
}

CLI::App* add_execute(CLI::App& root, ExecuteCommand& options) {
    CLI::App* command = root.add_subcommand(
        "execute", "Run a scenario's transactions and show what each of them did");
    auto* scenario =
        command->add_option("scenario", options.scenario, "Scenario file (docs/scenario.md)")
            ->check(CLI::ExistingFile);
    auto* json = command->add_flag("--json", options.json, "Print everything as JSON");
    auto* index = command->add_option("--index", options.index,
                                      "Run the executions of an index file (.json[.zst]) and "
                                      "compare every field");
    index->check(CLI::ExistingFile)->excludes(scenario)->excludes(json);
    command
        ->add_option("--filter", options.filter,
                     "With --index: only FILE/CASE that match, e.g. 'anza*/C'")
        ->needs(index);
    command->add_option("--threads", options.threads, "With --index: 0 means one per core")
        ->needs(index);
    add_engine_option(*command, options.engine);
    command->callback([&options] {
        if (options.scenario.empty() && options.index.empty()) {
            throw CLI::RequiredError("SCENARIO or --index");
        }
    });
    return command;
}

void add_features_option(CLI::App& command, FeatureSet& features, const std::string& text) {
    command
        .add_option_function<std::string>(
            "--features",
            [&features](const std::string& name) {
                features = name == "all" ? FeatureSet::all() : FeatureSet::mainnet();
            },
            text)
        ->check(CLI::IsMember({"mainnet", "all"}));
}

CLI::App* add_run(CLI::App& root, RunCommand& options) {
    CLI::App* command = root.add_subcommand(
        "run", "Run a program on one instruction, without a transaction around it");
    command->add_option("program", options.program, "ELF file (.so, .so.zst) or assembly source")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("-i,--input", options.input,
                     "JSON file with program_id, accounts and instruction_data (docs/tools.md), or "
                     "the size of one blank account")
        ->type_name("FILE|BYTES");
    auto* data = command->add_option("--data", options.data, "Instruction data, hexadecimal");
    command->add_option("--data-file", options.data_file, "Instruction data: the bytes of a file")
        ->check(CLI::ExistingFile)
        ->excludes(data);
    command->add_option("--limit", options.limit, "Compute units (default 1400000)");
    command->add_option("--heap", options.heap_size, "Heap size in bytes (default 32768)")
        ->check(CLI::Range(32 * 1024, 256 * 1024));
    command
        ->add_option("-t,--trace", options.trace,
                     "Write what ran: to a folder (ends in / or exists) as register traces, to a "
                     "file or - as text")
        ->type_name("FILE|DIR");
    command->add_option("--profile", options.profile,
                        "Write instructions per stack of functions, for flame graphs");
    add_features_option(*command, options.features,
                        "Rules of which feature set: mainnet (default) or all");
    command->add_flag("--json", options.json, "Print the outcome as JSON");
    add_engine_option(*command, options.engine);
    return command;
}

CLI::App* add_verify(CLI::App& root, VerifyCommand& options) {
    CLI::App* command = root.add_subcommand("verify", "Load and verify programs");
    auto* programs = command->add_option("programs", options.programs, "ELF files (.so, .so.zst)")
                         ->check(CLI::ExistingFile);
    auto* index = command->add_option("--index", options.index,
                                      "Compare with the verdicts of an index file (.json[.zst])");
    index->check(CLI::ExistingFile)->excludes(programs);
    add_features_option(*command, options.features,
                        "Rules of which feature set: mainnet or all (default all)");
    command->add_flag("--deploy", options.for_deployment, "By the stricter rules of deployment");
    command->add_flag("--json", options.json, "Print the findings as JSON");
    command->callback([&options] {
        if (options.programs.empty() && options.index.empty()) {
            throw CLI::RequiredError("PROGRAM or --index");
        }
    });
    return command;
}

CLI::App* add_disasm(CLI::App& root, DisasmCommand& options) {
    CLI::App* command = root.add_subcommand("disasm", "Show a program's instructions");
    command->add_option("program", options.program, "ELF file (.so, .so.zst)")
        ->required()
        ->check(CLI::ExistingFile);
    auto* raw = command->add_flag("--raw", options.raw,
                                  "One line per slot, with its number and bytes; no labels and "
                                  "names");
    command
        ->add_option_function<std::string>(
            "--cfg", [&options](const std::string&) { options.has_graph = true; },
            "The control flow graph instead: dot")
        ->check(CLI::IsMember({"dot"}))
        ->excludes(raw);
    return command;
}

CLI::App* add_asm(CLI::App& root, AsmCommand& options) {
    CLI::App* command = root.add_subcommand("asm", "Assemble a program into an ELF");
    command->add_option("source", options.source, "Assembly source (.s)")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("-o,--output", options.output, "ELF file to write")->required();
    command
        ->add_option("--version", options.version,
                     "Instruction set, unless the source says: v0, v1, v2 or v3")
        ->transform(CLI::CheckedTransformer(kVersions, CLI::ignore_case))
        ->type_name("VERSION");
    return command;
}

CLI::App* add_lockstep(CLI::App& root, LockstepCommand& options) {
    CLI::App* command = root.add_subcommand(
        "lockstep", "Compare the engines with the naive interpreter at every block boundary");
    command->add_option("--seconds", options.seconds, "How long (default 60)");
    command->add_option("--seed", options.seed, "First seed (default 1)");
    command->add_option("--count", options.count, "Stop after this many programs");
    command->add_option("--engine", options.engines, "Which engines (default interpreter, jit)")
        ->transform(CLI::CheckedTransformer(kEngines, CLI::ignore_case))
        ->type_name("ENGINE");
    command
        ->add_option("--programs", options.programs,
                     "Folders of ELF files (.so, .so.zst) to change and run, too")
        ->check(CLI::ExistingDirectory);
    command->add_option("--threads", options.threads, "Worker threads; 0 means one per core");
    return command;
}

void add_chain_options(CLI::App& command, MadeUpChainOptions& options) {
    command.add_option("--programs", options.programs, "Folder with token.s and counter.s")
        ->check(CLI::ExistingDirectory);
    command.add_option("--seed", options.seed, "Of the chain (default 1)");
    command.add_option("--holders", options.holders, "People on the chain (default 64)")
        ->check(CLI::Range(16U, 10'000'000U));
    command.add_option("--slots-per-epoch", options.slots_per_epoch, "From 32 on (default 256)")
        ->check(CLI::Range(32U, 432'000U));
}

CLI::App* add_simulate_schedule(CLI::App& root, SimulateScheduleCommand& options) {
    CLI::App* command = root.add_subcommand(
        "simulate-schedule", "How a block would run on 1 to 256 workers, as a table and a picture");
    auto* block = command->add_option(
        "block", options.block,
        "A block as text (docs/scheduler.md), or one that replay takes; none: a made-up one");
    block->check(CLI::ExistingPath);
    command->add_option("--transactions", options.transactions, "Made up: how many (default 50000)")
        ->check(CLI::Range(1U, 10'000'000U))
        ->excludes(block);
    command
        ->add_option("--mix", options.mix,
                     "Made up of what: usual (default), transfers, trading, mint or serial")
        ->check(CLI::IsMember({"usual", "transfers", "trading", "mint", "serial"}))
        ->excludes(block);
    command->add_option("--seed", options.seed,
                        "Made up: which of them (default 1); of a log: that of its chain");
    command->add_option("--workers", options.workers, "Numbers of workers, e.g. 1,4,16")
        ->delimiter(',')
        ->check(CLI::Range(1U, 4'096U));
    command->add_option("--overhead", options.overhead, "Units on top of each transaction's cost");
    command->add_option("--interleaving", options.interleaving,
                        "Vary times and the order of idle workers by this seed; 0: not");
    auto* svg = command->add_option("--svg", options.svg, "Write a picture of the schedule");
    command->add_option("--lanes", options.lanes, "Workers in the picture (default 8)")
        ->check(CLI::Range(1U, 256U))
        ->needs(svg);
    command->add_option("--title", options.title, "The picture's title")->needs(svg);
    command->add_option("--save", options.save, "Write the block as text");
    command->add_option("--slot", options.slot, "Of a log: which block (default: the longest)")
        ->needs(block);
    command->add_option("--holders", options.chain.holders, "Of a log: people on its chain")
        ->needs(block);
    command->add_option("--slots-per-epoch", options.chain.slots_per_epoch, "Of a log's chain")
        ->needs(block);
    command->add_option("--programs", options.chain.programs, "Of a log's chain")->needs(block);
    add_engine_option(*command, options.engine);
    return command;
}

CLI::App* add_block(CLI::App& root, BlockCommand& options) {
    CLI::App* command = root.add_subcommand(
        "block", "Make up blocks, execute them in several ways, compare results and times");
    command->add_option("--programs", options.programs, "Folder with token.s and counter.s")
        ->check(CLI::ExistingDirectory);
    command->add_option("--mix", options.mix, "What blocks consist of (default market)")
        ->check(CLI::IsMember({"market", "transfers", "calls", "serial", "trouble"}));
    command->add_option("--transactions", options.transactions, "In each block (default 50000)")
        ->check(CLI::Range(1U, 1'000'000U));
    command->add_option("--blocks", options.blocks, "How many; the first warms up (default 4)")
        ->check(CLI::Range(1U, 1'000'000U));
    command->add_option("--holders", options.holders, "People on the chain (default 20000)")
        ->check(CLI::Range(16U, 10'000'000U));
    command->add_option("--slots-per-epoch", options.slots_per_epoch, "From 32 on")
        ->check(CLI::Range(32U, 432'000U));
    command->add_option("--seed", options.seed, "Of everything that is drawn (default 1)");
    command
        ->add_option("--workers", options.workers,
                     "Numbers of workers, e.g. 1,2,8; default: 1, and one per core")
        ->delimiter(',')
        ->check(CLI::Range(1U, 256U));
    command->add_option("--engines", options.engines, "e.g. interpreter,jit (default tiered)")
        ->delimiter(',')
        ->transform(CLI::CheckedTransformer(kEngines, CLI::ignore_case));
    command->add_flag("--verify", options.verify_signatures, "Verify signatures, too");
    command->add_flag("--stages", options.show_stages, "Show where the time went");
    command->add_option(
        "--export", options.export_to,
        "Write accounts and the last block for others to execute (bench/block.mjs)");
    return command;
}

CLI::App* add_chain(CLI::App& root, ChainCommand& options) {
    CLI::App* command = root.add_subcommand(
        "chain", "Run a made-up chain into a log of blocks; an existing log is replayed first");
    command->add_option("log", options.log, "File of the log")->required();
    add_chain_options(*command, options.chain);
    command->add_option("--slots", options.slots, "Until this slot (default 1000)");
    command->add_option("--transactions", options.transactions, "In each block (default 32)")
        ->check(CLI::Range(1U, 30'000U));
    command->add_option("--workers", options.workers, "Threads that execute; 0: one per core")
        ->check(CLI::Range(0U, 1'024U));
    command->add_flag("--sync", options.syncs_every_block,
                      "Wait for the disk after every block, so that a loss of power costs none");
    add_engine_option(*command, options.engine);
    return command;
}

CLI::App* add_replay(CLI::App& root, ReplayCommand& options) {
    CLI::App* command = root.add_subcommand(
        "replay", "Check and execute recorded blocks and block fixtures, and hash the banks");
    command
        ->add_option(
            "blocks", options.paths,
            "Folders of recorded blocks (shreds, accounts, manifest), block fixtures (.fix), "
            "logs of made-up chains")
        ->required()
        ->check(CLI::ExistingPath);
    command->add_option("--workers", options.workers, "Threads that execute; 0: one per core")
        ->check(CLI::Range(0U, 1'024U));
    command->add_flag("--skip-signatures", options.skip_signatures, "Take signatures as valid");
    command->add_flag("--changes", options.list_changes, "List the accounts that were written");
    command->add_option("--expect", options.expected_hash, "The bank hash that it must have");
    auto* drawing = command->add_option("--draw", options.drawing,
                                        "Write a picture of the block's schedule (SVG)");
    command->add_option("--lanes", options.lanes, "Workers in the picture (default 8)")
        ->check(CLI::Range(1U, 256U))
        ->needs(drawing);
    command
        ->add_option("--slot", options.drawn_slot, "Of a log: which block (default: the longest)")
        ->needs(drawing);
    add_chain_options(*command, options.chain);
    command
        ->add_option("--forks", options.concurrent_forks,
                     "Of a log: forks that may be executed at the same time (default 1)")
        ->check(CLI::Range(1U, 64U));
    add_engine_option(*command, options.engine);
    return command;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App root{"Fathom: a Solana Virtual Machine"};
    root.require_subcommand(1);
    ConformanceCommand conformance;
    const CLI::App* conformance_command = add_conformance(root, conformance);
    ExecuteCommand execute;
    const CLI::App* execute_command = add_execute(root, execute);
    RunCommand run;
    const CLI::App* run_command = add_run(root, run);
    VerifyCommand verify;
    const CLI::App* verify_command = add_verify(root, verify);
    DisasmCommand disasm;
    const CLI::App* disasm_command = add_disasm(root, disasm);
    AsmCommand assemble;
    const CLI::App* asm_command = add_asm(root, assemble);
    LockstepCommand lockstep;
    const CLI::App* lockstep_command = add_lockstep(root, lockstep);
    SimulateScheduleCommand simulate_schedule;
    const CLI::App* simulate_schedule_command = add_simulate_schedule(root, simulate_schedule);
    BlockCommand block;
    const CLI::App* block_command = add_block(root, block);
    ChainCommand chain;
    const CLI::App* chain_command = add_chain(root, chain);
    ReplayCommand replay;
    const CLI::App* replay_command = add_replay(root, replay);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return root.exit(error) == 0 ? kOk : kBadInput;
    }
    if (conformance_command->parsed()) return run_conformance_command(conformance);
    if (execute_command->parsed()) return run_execute_command(execute);
    if (run_command->parsed()) return run_run_command(run);
    if (verify_command->parsed()) return run_verify_command(verify);
    if (disasm_command->parsed()) return run_disasm_command(disasm);
    if (asm_command->parsed()) return run_asm_command(assemble);
    if (lockstep_command->parsed()) return run_lockstep_command(lockstep);
    if (simulate_schedule_command->parsed()) {
        return run_simulate_schedule_command(simulate_schedule);
    }
    if (block_command->parsed()) return run_block_command(block);
    if (chain_command->parsed()) return run_chain_command(chain);
    if (replay_command->parsed()) return run_replay_command(replay);
    return kBadInput;
}
