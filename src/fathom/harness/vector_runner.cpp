// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/vector_runner.hpp"

#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/effects_digest.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/fixture_runner.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

namespace fathom::harness {
namespace {

/// One vector to run: a line of a file that is in memory, and the folder its references point into.
struct Job {
    std::string_view line;
    std::string name;
    std::string family;
    VectorFolder* folder = nullptr;
};

/// A file's text and the jobs' folders, alive as long as the jobs.
struct Corpus {
    std::vector<std::unique_ptr<Bytes>> texts;
    std::map<std::filesystem::path, std::unique_ptr<VectorFolder>> folders;
    std::vector<Job> jobs;
};

struct Outcome {
    std::vector<Difference> differences;
    std::string unreadable; // why, if the line could not be parsed
    Hash digest = {};       // of the effects
};

std::vector<std::filesystem::path> expand(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
        if (entry.path().string().ends_with(".jsonl.zst")) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

Result<void> add_file(const std::filesystem::path& path, const std::string& filter,
                      Corpus& corpus) {
    const auto folder_path = path.parent_path();
    auto& folder = corpus.folders[folder_path];
    if (!folder) folder = FATHOM_TRY(VectorFolder::open(folder_path));
    auto& text = corpus.texts.emplace_back(std::make_unique<Bytes>(FATHOM_TRY(read_file(path))));
    std::string_view rest = as_text(*text);
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty()) continue;
        auto name = peek_vector_name(line);
        if (!name) {
            return std::unexpected(base::Error(name.error().code, path.string() + ":" +
                                                                      std::to_string(number) +
                                                                      ": " + name.error().message));
        }
        if (filter.empty() || matches_pattern(filter, name->name)) {
            corpus.jobs.push_back(
                {line, std::move(name->name), std::move(name->family), folder.get()});
        }
    }
    return {};
}

Outcome run_job(const Job& job, Processor& processor, const ConformanceOptions& options) {
    auto vector = parse_vector(job.line, *job.folder);
    if (!vector) return {.differences = {}, .unreadable = vector.error().message, .digest = {}};
    const TransactionEffects effects = run_vector(*vector, processor);
    return {.differences = compare(*vector, effects,
                                   {.compare_logs = options.compare_logs,
                                    .compare_units = options.native == NativePrograms{},
                                    .compare_stake_rate = !options.native.stake}),
            .unreadable = {},
            .digest = effects_digest(effects)};
}

void run_jobs(const std::vector<Job>& jobs, std::vector<Outcome>& outcomes,
              const ConformanceOptions& options) {
    const unsigned wanted =
        options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
    std::atomic<std::size_t> next = 0;
    std::atomic<std::uint64_t> done = 0;
    std::mutex progress_mutex;
    const auto work = [&] {
        Processor processor(
            {.engine = options.engine, .code = options.code, .native = options.native});
        for (std::size_t i; (i = next.fetch_add(1)) < jobs.size();) {
            outcomes[i] = run_job(jobs[i], processor, options);
            const std::uint64_t finished = done.fetch_add(1) + 1;
            if (options.progress && finished % 64 == 0) {
                const std::lock_guard lock(progress_mutex);
                options.progress(finished, jobs.size());
            }
        }
    };
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < wanted; ++i) threads.emplace_back(work);
    work();
}

} // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
    // Greedy with one level of backtracking: linear in pattern times text, whatever the pattern.
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

TransactionEffects run_vector(const Vector& vector, Processor& processor) {
    const ByteView transactions[] = {vector.transaction};
    // Vectors enter behind admission (FORMAT.md: the packet limit is not enforced); everything else
    // is as a bank does it.
    auto effects = processor.execute(transactions, vector.environment, vector.accounts,
                                     {.verify_signatures = vector.verify_signatures,
                                      .check_blockhash = true,
                                      .enforce_admission_limits = false});
    return std::move(effects.front());
}

Result<ConformanceReport> run_conformance(std::span<const std::filesystem::path> paths,
                                          const ConformanceOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    Corpus corpus;
    std::vector<std::filesystem::path> archives;
    for (const auto& path : paths) {
        const auto found = find_fixture_archives(path);
        archives.insert(archives.end(), found.begin(), found.end());
        if (!found.empty() && !std::filesystem::is_directory(path)) continue;
        for (const auto& file : expand(path)) {
            if (std::ranges::find(found, file) != found.end()) continue;
            FATHOM_CHECK(add_file(file, options.filter, corpus));
        }
    }
    std::vector<Outcome> outcomes(corpus.jobs.size());
    run_jobs(corpus.jobs, outcomes, options);

    ConformanceReport report;
    crypto::Sha256 digests;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        digests.update(outcomes[i].digest.view());
        if (!outcomes[i].unreadable.empty()) {
            return std::unexpected(
                base::Error(base::ErrorCode::InvalidInput,
                            corpus.jobs[i].name + ": " + outcomes[i].unreadable));
        }
        FamilyCount& family = report.families[corpus.jobs[i].family];
        const bool passed = outcomes[i].differences.empty();
        ++(passed ? family.passed : family.failed);
        ++(passed ? report.total.passed : report.total.failed);
        if (!passed) {
            report.failures.push_back({corpus.jobs[i].name, std::move(outcomes[i].differences)});
        }
    }
    report.digest = Hash{digests.finish()};
    for (const auto& archive : archives) {
        FATHOM_CHECK(run_fixture_archive(archive, options, report));
    }
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

} // namespace fathom::harness
