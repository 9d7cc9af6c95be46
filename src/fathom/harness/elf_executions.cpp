// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/elf_executions.hpp"

#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/elf_index.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/svm.hpp"
#include "fathom/types/transaction.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace fathom::harness {
namespace {

using base::Error;

std::string_view case_name(ElfCase input) {
    return input == ElfCase::A ? "A" : input == ElfCase::B ? "B" : "C";
}

Result<ElfCase> parse_case(const JsonValue& value, std::string_view name) {
    for (const ElfCase input : {ElfCase::A, ElfCase::B, ElfCase::C}) {
        if (case_name(input) == name) return input;
    }
    return std::unexpected(value.error("expected one of the cases A, B, C"));
}

Result<std::string> parse_status(const JsonValue& value) {
    const auto error = value.maybe_field("err");
    if (!error || error->is_null()) return std::string("ok");
    std::string name(FATHOM_TRY(FATHOM_TRY(error->field("instruction_error")).text()));
    if (name == "Custom") {
        const JsonValue code = FATHOM_TRY(error->field("custom"));
        name += "(" + std::to_string(FATHOM_TRY(code.unsigned_integer())) + ")";
    }
    return "InstructionError(0, " + name + ")";
}

Result<ElfExecution> parse_execution(std::string_view name, const JsonValue& value) {
    ElfExecution execution;
    execution.input = FATHOM_TRY(parse_case(value, name));
    execution.units = FATHOM_TRY(FATHOM_TRY(value.field("cu")).unsigned_integer());
    execution.status = FATHOM_TRY(parse_status(value));
    execution.return_data = FATHOM_TRY(FATHOM_TRY(value.field("return_data")).hex());
    execution.log_lines = FATHOM_TRY(FATHOM_TRY(value.field("logs_n")).unsigned_integer());
    if (const auto logs = value.maybe_field("logs")) {
        std::vector<std::string>& lines = execution.logs.emplace();
        for (const JsonValue& line : FATHOM_TRY(logs->array())) {
            lines.emplace_back(FATHOM_TRY(line.text()));
        }
    } else {
        execution.logs_sha256 = FATHOM_TRY(FATHOM_TRY(value.field("logs_sha256")).text());
    }
    return execution;
}

/// The reference's addresses: program and payer.
struct Addresses {
    Pubkey program;
    Pubkey payer;

    Addresses() : payer{crypto::sha256(as_bytes("payer"))} { program.bytes.fill(7); }
};

Instruction instruction_of(ElfCase input, const Addresses& addresses) {
    Instruction instruction{addresses.program, {}, {}};
    if (input == ElfCase::B) instruction.data.assign(8, 0);
    if (input == ElfCase::C) {
        instruction.accounts = {{addresses.payer, true, true},
                                {ids::kSystemProgram, false, false},
                                {ids::kRent, false, false},
                                {ids::kClock, false, false}};
        for (std::uint8_t i = 0; i < 16; ++i) instruction.data.push_back(i);
    }
    return instruction;
}

/// The reference keeps a single lamport in a sysvar's account; programs that print it show that.
void set_sysvar(Svm& svm, const Pubkey& key, const Bytes& data) {
    Account account = svm.account(key).value_or(Account{});
    account.lamports = 1;
    account.data = AccountData(data);
    svm.set_account(key, std::move(account));
}

/// The outcome of one file, or why there is none.
struct FileOutcome {
    std::uint64_t passed = 0;
    std::vector<VectorFailure> failures;
    std::optional<Error> error;
};

Result<TransactionEffects> run_case(const Svm& svm, const Addresses& addresses, ElfCase input) {
    const Instruction instruction = instruction_of(input, addresses);
    const Bytes message = FATHOM_TRY(
        compile_legacy_message(addresses.payer, {&instruction, 1}, svm.latest_blockhash()));
    const Signature unsigned_yet{};
    return svm.simulate(serialize_transaction({&unsigned_yet, 1}, message));
}

Result<FileOutcome> run_file(const ElfExecutionIndex& index, const ElfExecutions& file,
                             const std::filesystem::path& folder,
                             const ElfExecutionOptions& options) {
    const Bytes elf = FATHOM_TRY(read_file(folder / file.path));
    SvmConfig config;
    config.features = FeatureSet::all();
    config.engine = options.engine;
    config.execution.verify_signatures = false;
    config.execution.check_blockhash = false;
    Svm svm = FATHOM_TRY(Svm::create(std::move(config)));
    set_sysvar(svm, ids::kRent, index.rent);
    set_sysvar(svm, ids::kClock, index.clock);
    const Addresses addresses;
    FATHOM_CHECK(svm.airdrop(addresses.payer, 1'000'000'000'000));
    const auto loaded = svm.load_program(addresses.program, elf);

    FileOutcome outcome;
    for (const ElfExecution& execution : file.cases) {
        const std::string name = file.path + "/" + std::string(case_name(execution.input));
        if (!options.filter.empty() && !matches_pattern(options.filter, name)) continue;
        std::vector<Difference> differences;
        if (!loaded) {
            differences.push_back({"load", "ok", loaded.error().text});
        } else {
            differences = compare(execution, FATHOM_TRY(run_case(svm, addresses, execution.input)));
        }
        if (differences.empty()) {
            ++outcome.passed;
        } else {
            outcome.failures.push_back({name, std::move(differences)});
        }
    }
    return outcome;
}

std::vector<FileOutcome> run_files(const ElfExecutionIndex& index,
                                   const std::filesystem::path& folder,
                                   const ElfExecutionOptions& options) {
    std::vector<FileOutcome> outcomes(index.files.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < outcomes.size();) {
            auto outcome = run_file(index, index.files[i], folder, options);
            if (outcome) {
                outcomes[i] = *std::move(outcome);
            } else {
                outcomes[i].error = std::move(outcome).error();
            }
        }
    };
    const unsigned wanted =
        options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < wanted; ++i) threads.emplace_back(work);
    work();
    return outcomes;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? "" : "\n") + lines[i];
    return text;
}

std::string line_text(const std::vector<std::string>& lines, std::size_t index) {
    return index < lines.size() ? lines[index] : std::string("nothing");
}

} // namespace

Result<ElfExecutionIndex> parse_elf_executions(std::string_view json) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(json));
    const JsonValue sysvars = FATHOM_TRY(document.root().field("sysvars"));
    ElfExecutionIndex index;
    index.rent = FATHOM_TRY(FATHOM_TRY(sysvars.field("rent")).hex());
    index.clock = FATHOM_TRY(FATHOM_TRY(sysvars.field("clock")).hex());
    const auto files = FATHOM_TRY(FATHOM_TRY(document.root().field("files")).object());
    for (const auto& [path, value] : files) {
        const auto cases = value.maybe_field("exec");
        if (!cases || cases->is_null()) continue;
        if (!stays_inside(path)) {
            return std::unexpected(value.error("expected a path inside the folder of the index"));
        }
        ElfExecutions& file = index.files.emplace_back(std::string(path));
        for (const auto& [name, execution] : FATHOM_TRY(cases->object())) {
            file.cases.push_back(FATHOM_TRY(parse_execution(name, execution)));
        }
    }
    return index;
}

std::vector<Difference> compare(const ElfExecution& expected, const TransactionEffects& effects) {
    std::vector<Difference> differences;
    const auto equal = [&](std::string field, std::string wanted, std::string actual) {
        if (wanted != actual) {
            differences.push_back({std::move(field), std::move(wanted), std::move(actual)});
        }
    };
    equal("error", expected.status, status_text(effects.error));
    equal("compute units", std::to_string(expected.units), std::to_string(effects.compute_units));
    equal("return data", base::to_hex(expected.return_data),
          effects.return_data ? base::to_hex(effects.return_data->data) : std::string());
    equal("log lines", std::to_string(expected.log_lines), std::to_string(effects.logs.size()));
    if (!expected.logs) {
        equal("SHA-256 of the log", expected.logs_sha256,
              base::to_hex(crypto::sha256(as_bytes(joined(effects.logs)))));
        return differences;
    }
    const std::size_t count = std::max(expected.logs->size(), effects.logs.size());
    for (std::size_t i = 0; i < count; ++i) {
        equal("log line " + std::to_string(i), line_text(*expected.logs, i),
              line_text(effects.logs, i));
    }
    return differences;
}

Result<ConformanceReport> run_elf_executions(const std::filesystem::path& index_file,
                                             const ElfExecutionOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    const Bytes bytes = FATHOM_TRY(read_file(index_file));
    const auto index =
        parse_elf_executions({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!index) {
        return std::unexpected(
            Error(index.error().code, index_file.string() + ": " + index.error().message));
    }
    ConformanceReport report;
    for (FileOutcome& outcome : run_files(*index, index_file.parent_path(), options)) {
        if (outcome.error) return std::unexpected(*std::move(outcome.error));
        report.total.passed += outcome.passed;
        report.total.failed += outcome.failures.size();
        std::ranges::move(outcome.failures, std::back_inserter(report.failures));
    }
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

} // namespace fathom::harness
