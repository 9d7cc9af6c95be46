// SPDX-License-Identifier: Apache-2.0
// fathom conformance: runs vector files and prints a table per family.
#include "commands.hpp"
#include "fathom/harness/json_writer.hpp"
#include "fathom/harness/vector_runner.hpp"

#include <unistd.h>

#include <array>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <utility>

namespace fathom::app {
namespace {

using harness::ConformanceReport;
using harness::FamilyCount;

void show_progress(std::uint64_t done, std::uint64_t total) {
    std::fprintf(stderr, "\r%" PRIu64 " / %" PRIu64 " vectors", done, total);
    if (done + 64 > total) std::fprintf(stderr, "\r\033[K");
}

void print_table(const ConformanceReport& report) {
    std::printf("%-38s %8s %8s %8s\n", "family", "passed", "failed", "skipped");
    for (const auto& [family, count] : report.families) {
        std::printf("%-38s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n", family.c_str(), count.passed,
                    count.failed, count.skipped);
    }
    for (const auto& [reason, count] : report.skipped) {
        std::printf("skipped: %" PRIu64 " of %s\n", count, reason.c_str());
    }
}

void print_failure(const harness::VectorFailure& failure) {
    std::printf("%s\n", failure.name.c_str());
    for (const harness::Difference& difference : failure.differences) {
        std::printf("  %s\n    expected %s\n    actual   %s\n", difference.field.c_str(),
                    difference.expected.c_str(), difference.actual.c_str());
    }
}

void print_json(const ConformanceReport& report) {
    harness::JsonWriter json;
    json.begin_object();
    json.field("passed", report.total.passed);
    json.field("failed", report.total.failed);
    json.field("skipped", report.total.skipped);
    json.field("seconds", report.seconds);
    json.key("families").begin_object();
    for (const auto& [family, count] : report.families) {
        json.key(family).begin_object();
        json.field("passed", count.passed);
        json.field("failed", count.failed);
        json.field("skipped", count.skipped);
        json.end_object();
    }
    json.end_object();
    json.key("failures").begin_array();
    for (const auto& failure : report.failures) {
        json.begin_object();
        json.field("name", failure.name);
        json.key("differences").begin_array();
        for (const auto& difference : failure.differences) {
            json.begin_object();
            json.field("field", difference.field);
            json.field("expected", difference.expected);
            json.field("actual", difference.actual);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    std::printf("%s\n", json.text().c_str());
}

/// Every engine on 1, 2 and 8 threads: the digests of all effects must be the same.
int run_digests(const ConformanceCommand& command) {
    constexpr std::array kEngines{std::pair{"naive", EngineChoice::Naive},
                                  std::pair{"interpreter", EngineChoice::Interpreter},
                                  std::pair{"jit", EngineChoice::Jit},
                                  std::pair{"tiered", EngineChoice::Tiered}};
    std::optional<Hash> first;
    bool is_same = true;
    std::uint64_t count = 0;
    for (const auto& [name, engine] : kEngines) {
        for (const unsigned threads : {1U, 2U, 8U}) {
            const auto report = harness::run_conformance(command.paths, {.filter = command.filter,
                                                                         .engine = engine,
                                                                         .code = command.code,
                                                                         .native = command.native,
                                                                         .threads = threads});
            if (!report) {
                std::fprintf(stderr, "fathom conformance: %s\n", report.error().message.c_str());
                return kBadInput;
            }
            count = report->total.passed + report->total.failed;
            if (!first) first = report->digest;
            is_same = is_same && report->digest == *first;
            std::printf("%-12s %u threads: %s\n", name, threads,
                        report->digest.to_base58().c_str());
        }
    }
    std::printf("%" PRIu64 " vectors, 12 times: %s\n", count,
                is_same ? "the same effects" : "different effects");
    return is_same && count > 0 ? kOk : kFailed;
}

} // namespace

int run_conformance_command(const ConformanceCommand& command) {
    if (command.digest) return run_digests(command);
    const bool is_terminal = isatty(2) != 0;
    const auto report = harness::run_conformance(
        command.paths, {.filter = command.show.empty() ? command.filter : command.show,
                        .compare_logs = !command.no_logs,
                        .engine = command.engine,
                        .code = command.code,
                        .native = command.native,
                        .threads = command.threads,
                        .progress = is_terminal ? show_progress : nullptr});
    if (!report) {
        std::fprintf(stderr, "fathom conformance: %s\n", report.error().message.c_str());
        return kBadInput;
    }
    const std::uint64_t count = report->total.passed + report->total.failed;
    if (command.json) {
        print_json(*report);
    } else {
        if (!command.show.empty()) {
            for (const auto& failure : report->failures) print_failure(failure);
        } else {
            print_table(*report);
            if (command.list_failures) {
                for (const auto& failure : report->failures) {
                    std::printf("failed: %s: %s: expected %s, got %s\n", failure.name.c_str(),
                                failure.differences[0].field.c_str(),
                                failure.differences[0].expected.c_str(),
                                failure.differences[0].actual.c_str());
                }
            }
        }
        std::printf("%" PRIu64 " vectors in %.1f s\n", count, report->seconds);
        std::printf("%" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64 " skipped\n",
                    report->total.passed, report->total.failed, report->total.skipped);
    }
    if (count + report->total.skipped == 0) {
        std::fprintf(stderr, "fathom conformance: no vector matches\n");
        return kBadInput;
    }
    return report->total.failed == 0 ? kOk : kFailed;
}

} // namespace fathom::app
