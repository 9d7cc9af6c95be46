// SPDX-License-Identifier: Apache-2.0
// Runs archives of instruction fixtures, each with the program that its origin deployed.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/harness/vector_runner.hpp"

#include <filesystem>
#include <vector>

namespace fathom::harness {

/// The archives of fixtures at `path`: itself, or all below it if it is a folder. Empty: there are
/// none, or it is something else.
[[nodiscard]] std::vector<std::filesystem::path>
find_fixture_archives(const std::filesystem::path& path);

/// Runs every fixture of the archive and adds to the report. What cannot be compared is counted as
/// skipped with a reason; docs/conformance.md explains each. A fixture that cannot be read is an
/// error of the whole run.
[[nodiscard]] Result<void> run_fixture_archive(const std::filesystem::path& archive,
                                               const ConformanceOptions& options,
                                               ConformanceReport& report);

} // namespace fathom::harness
