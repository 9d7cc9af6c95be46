// SPDX-License-Identifier: Apache-2.0
// Where the shared test data lies, if it is there at all.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace fathom::tests {

/// Path below the shared data folder (FATHOM_SHARED, else ../shared beside the source tree), or
/// nullopt if absent.
inline std::optional<std::filesystem::path> shared_data(std::string_view relative) {
    const char* configured = std::getenv("FATHOM_SHARED");
    const std::filesystem::path root =
        configured ? std::filesystem::path(configured)
                   : std::filesystem::path(FATHOM_SOURCE_DIR) / ".." / "shared";
    std::error_code error;
    auto path = root / relative;
    if (!std::filesystem::exists(path, error)) return std::nullopt;
    return path;
}

} // namespace fathom::tests

/// Skips the test with a line that says what is missing.
#define FATHOM_REQUIRE_SHARED(variable, relative)                                                  \
    const auto variable##_maybe = ::fathom::tests::shared_data(relative);                          \
    if (!variable##_maybe) GTEST_SKIP() << "needs shared test data: " << (relative);               \
    const std::filesystem::path& variable = *variable##_maybe
