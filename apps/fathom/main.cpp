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

void add_engine_option(CLI::App& command, EngineChoice& engine) {
    command.add_option("--engine", engine, "How programs run: naive, interpreter, jit or tiered")
        ->transform(CLI::CheckedTransformer(kEngines, CLI::ignore_case))
        ->type_name("ENGINE");
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
    command->add_option("--threads", options.threads, "Worker threads; 0 means one per core");
    add_engine_option(*command, options.engine);
    return command;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App root{"Fathom: a Solana Virtual Machine"};
    root.require_subcommand(1);
    ConformanceCommand conformance;
    const CLI::App* conformance_command = add_conformance(root, conformance);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return root.exit(error) == 0 ? kOk : kBadInput;
    }
    if (conformance_command->parsed()) return run_conformance_command(conformance);
    return kBadInput;
}
