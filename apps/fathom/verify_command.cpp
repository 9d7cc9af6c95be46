// SPDX-License-Identifier: Apache-2.0
// fathom verify: loads and verifies programs as a runtime would, and says what it finds.
#include "commands.hpp"
#include "fathom/harness/elf_index.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_writer.hpp"
#include "fathom/svm/environment.hpp"

#include <cinttypes>
#include <cstdio>
#include <optional>

namespace fathom::app {
namespace {

/// What a program is, or why it is none.
struct Finding {
    std::string path;
    std::shared_ptr<const vm::Executable> executable;
    std::optional<sbpf::LoadError> refusal;
    /// Against the index; empty if there is none or the verdicts agree.
    std::string difference;
};

Result<Finding> examine(const std::filesystem::path& path, const invoke::ProgramRuntime& runtime) {
    Finding finding{.path = path.string(), .executable = {}, .refusal = {}, .difference = {}};
    const Bytes elf = FATHOM_TRY(harness::read_file(path));
    auto loaded = runtime.load(elf);
    if (loaded) {
        finding.executable = *std::move(loaded);
    } else {
        finding.refusal = std::move(loaded).error();
    }
    return finding;
}

Result<std::vector<Finding>> examine_all(const VerifyCommand& command,
                                         const invoke::ProgramRuntime& runtime) {
    std::vector<Finding> findings;
    if (command.index.empty()) {
        for (const auto& path : command.programs) {
            findings.push_back(FATHOM_TRY(examine(path, runtime)));
        }
        return findings;
    }
    const auto entries = FATHOM_TRY(harness::read_elf_index(command.index));
    for (const harness::ElfIndexEntry& entry : entries) {
        Finding finding = FATHOM_TRY(examine(command.index.parent_path() / entry.path, runtime));
        finding.difference =
            harness::describe_difference(entry, finding.refusal).value_or(std::string());
        findings.push_back(std::move(finding));
    }
    return findings;
}

unsigned version_number(const sbpf::Program& program) {
    return static_cast<unsigned>(program.version());
}

void print_line(const Finding& finding) {
    if (finding.refusal) {
        std::printf("%s: refused %s: %s\n", finding.path.c_str(),
                    sbpf::load_error_name(*finding.refusal).c_str(),
                    sbpf::load_error_text(*finding.refusal).c_str());
        return;
    }
    const sbpf::Program& program = finding.executable->program();
    std::printf("%s: ok v%u, %" PRIu64 " slots, entry %" PRIu64 "\n", finding.path.c_str(),
                version_number(program), program.slot_count(), program.entry_pc());
}

void write_json(harness::JsonWriter& json, const Finding& finding) {
    json.begin_object();
    json.field("path", finding.path);
    json.field("status", finding.refusal ? "refused" : "ok");
    if (finding.refusal) {
        json.field("error", sbpf::load_error_name(*finding.refusal));
        json.field("text", sbpf::load_error_text(*finding.refusal));
    } else {
        const sbpf::Program& program = finding.executable->program();
        json.field("version", version_number(program));
        json.field("slots", program.slot_count());
        json.field("entry", program.entry_pc());
    }
    if (!finding.difference.empty()) json.field("difference", finding.difference);
    json.end_object();
}

void print_json(const std::vector<Finding>& findings) {
    harness::JsonWriter json;
    json.begin_array();
    for (const Finding& finding : findings) write_json(json, finding);
    json.end_array();
    std::printf("%s\n", json.text().c_str());
}

/// Only what differs: an index has hundreds of files.
void print_differences(const std::vector<Finding>& findings, std::size_t failed) {
    for (const Finding& finding : findings) {
        if (!finding.difference.empty()) {
            std::printf("%s: %s\n", finding.path.c_str(), finding.difference.c_str());
        }
    }
    std::printf("%zu passed, %zu failed\n", findings.size() - failed, failed);
}

} // namespace

int run_verify_command(const VerifyCommand& command) {
    const invoke::ProgramRuntime runtime = command.for_deployment
                                               ? svm::make_deployment_runtime(command.features)
                                               : svm::make_execution_runtime(command.features);
    const auto findings = examine_all(command, runtime);
    if (!findings) {
        std::fprintf(stderr, "fathom verify: %s\n", findings.error().message.c_str());
        return kBadInput;
    }
    const bool has_index = !command.index.empty();
    std::size_t failed = 0;
    for (const Finding& finding : *findings) {
        failed += has_index ? !finding.difference.empty() : finding.refusal.has_value();
    }
    if (command.json) {
        print_json(*findings);
    } else if (has_index) {
        print_differences(*findings, failed);
    } else {
        for (const Finding& finding : *findings) print_line(finding);
    }
    return failed == 0 ? kOk : kFailed;
}

} // namespace fathom::app
