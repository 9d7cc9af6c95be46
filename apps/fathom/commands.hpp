// SPDX-License-Identifier: Apache-2.0
// The subcommands: options in, exit status out. Parsing of the command line is main.cpp's alone.
#pragma once

#include "fathom/svm/processor.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fathom::app {

/// Exit status: 0 success, 1 the thing asked about failed, 2 it could not be asked (bad input or
/// usage).
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadInput = 2;

struct ConformanceCommand {
    std::vector<std::filesystem::path> paths;
    std::string filter;
    std::string show;
    bool no_logs = false;
    bool json = false;
    bool list_failures = false;
    unsigned threads = 0;
    EngineChoice engine = EngineChoice::Interpreter;
};
[[nodiscard]] int run_conformance_command(const ConformanceCommand& command);

} // namespace fathom::app
