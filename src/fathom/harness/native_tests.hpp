// SPDX-License-Identifier: Apache-2.0
// The unit tests of native programs of June 2023 as data: one instruction each, as JSON lines.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/harness/vector_runner.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

inline constexpr std::string_view kNativeTestsFile = "native-tests-2023/native-tests.jsonl.zst";

struct NativeTest {
    /// The test's name in the source that it comes from. Many instructions share one.
    std::string name;
    /// Result codes are those of ResultCode::InstructionError.
    InstructionFixture fixture;
    /// Gates that were off; all others of that time were on.
    std::vector<Pubkey> inactive;
};

[[nodiscard]] Result<NativeTest> parse_native_test(std::string_view line);

/// Runs every test of the file on what runs today and adds to the report. What cannot be compared
/// is counted as skipped with a reason; docs/conformance.md explains each.
[[nodiscard]] Result<void> run_native_tests(const std::filesystem::path& file,
                                            const ConformanceOptions& options,
                                            ConformanceReport& report);

} // namespace fathom::harness
