// SPDX-License-Identifier: Apache-2.0
// Executions that an index of ELF files states the outcome of: reading them, running them as
// transactions, and saying what differs.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/vector_runner.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

/// What the program's one instruction is given.
enum class ElfCase : std::uint8_t {
    A, // no accounts, no data
    B, // no accounts, eight zero bytes
    C, // payer, System program, Rent and Clock; bytes 0 to 15
};

struct ElfExecution {
    ElfCase input = ElfCase::A;
    ComputeUnits units = 0;
    /// As status_text() writes it.
    std::string status;
    Bytes return_data;
    std::uint64_t log_lines = 0;
    /// Either the lines or, where they are many, the SHA-256 of them joined by line feeds.
    std::optional<std::vector<std::string>> logs;
    std::string logs_sha256;
};

struct ElfExecutions {
    /// Relative to the folder of the index.
    std::string path;
    std::vector<ElfExecution> cases;
};

struct ElfExecutionIndex {
    /// Account data of the sysvars that the reference ran with.
    Bytes rent;
    Bytes clock;
    std::vector<ElfExecutions> files; // those with executions
};

/// {"sysvars": {"rent": HEX, "clock": HEX}, "files": {PATH: {"exec": {"A": {"cu": N, "err": null |
/// {"instruction_error": NAME, "custom": N}, "return_data": HEX, "logs_n": N, "logs": […] |
/// "logs_sha256": HEX}, …}, …}, …}}. Errors name the place.
[[nodiscard]] Result<ElfExecutionIndex> parse_elf_executions(std::string_view json);

/// "field: expected x, got y" for all that the index states.
[[nodiscard]] std::vector<Difference> compare(const ElfExecution& expected,
                                              const TransactionEffects& effects);

struct ElfExecutionOptions {
    /// Shell pattern over "PATH/CASE"; empty: all.
    std::string filter;
    EngineChoice engine = EngineChoice::Interpreter;
    unsigned threads = 0; // 0: one per core
};

/// Runs every execution of an index file, each as a transaction of its own on a fresh state with
/// every feature on. Failures are in the order of the index.
[[nodiscard]] Result<ConformanceReport> run_elf_executions(const std::filesystem::path& index_file,
                                                           const ElfExecutionOptions& options);

} // namespace fathom::harness
