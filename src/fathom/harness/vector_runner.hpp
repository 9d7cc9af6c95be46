// SPDX-License-Identifier: Apache-2.0
// Runs vectors and says, field by field, where the result differs from the reference's.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/harness/vector.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

/// One field that is not as expected, in words and values.
struct Difference {
    std::string field;
    std::string expected;
    std::string actual;
};

struct CompareOptions {
    bool compare_logs = true;
    /// Units, and the log lines that state them ("consumed … of … compute units").
    bool compare_units = true;
    /// The bytes of a delegation that held a rate of 0.25 up to version 5.0.0 of the Stake program,
    /// and hold zeros since.
    bool compare_stake_rate = true;
};

/// Strict comparison of everything a vector states. Order: error, commit, units, fee, return data,
/// inner instructions, accounts, loaded size, logs.
[[nodiscard]] std::vector<Difference>
compare(const Vector& vector, const TransactionEffects& effects, const CompareOptions& options);

[[nodiscard]] TransactionEffects run_vector(const Vector& vector, Processor& processor);

/// Counts of one family.
struct FamilyCount {
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;
};

struct VectorFailure {
    std::string name;
    std::vector<Difference> differences;
};

struct ConformanceOptions {
    /// Shell pattern over vector names; empty: all. "system/*" is all of family system.
    std::string filter;
    bool compare_logs = true;
    EngineChoice engine = EngineChoice::Interpreter;
    CodeConfig code = {};
    /// With any, units and the log lines that state units are not compared.
    NativePrograms native = {};
    unsigned threads = 0; // 0: one per core
    /// Called from one thread at a time with the number of finished vectors and the total.
    void (*progress)(std::uint64_t done, std::uint64_t total) = nullptr;
};

struct ConformanceReport {
    std::map<std::string, FamilyCount> families;
    /// In file and line order, whatever the thread count.
    std::vector<VectorFailure> failures;
    /// Family and reason, with how many were set aside for it.
    std::map<std::string, std::uint64_t> skipped;
    FamilyCount total;
    /// Of the effects of all vectors in their order (effects_digest.hpp); fixtures have no part in
    /// it.
    Hash digest;
    double seconds = 0;
};

/// Runs every vector of the files (folders stand for the *.jsonl.zst in them) and every archive of
/// fixtures among or below the paths. What cannot be read is an error of the whole run: nothing is
/// skipped silently.
[[nodiscard]] Result<ConformanceReport>
run_conformance(std::span<const std::filesystem::path> paths, const ConformanceOptions& options);

/// Matches `*` and `?`.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

} // namespace fathom::harness
