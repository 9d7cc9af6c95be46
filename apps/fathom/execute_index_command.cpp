// SPDX-License-Identifier: Apache-2.0
// fathom execute --index: runs the executions that an index of ELF files lists, and says what
// differs from the outcome it states.
#include "commands.hpp"
#include "fathom/harness/elf_executions.hpp"

#include <cinttypes>
#include <cstdio>

namespace fathom::app {

int run_execute_index_command(const ExecuteCommand& command) {
    const auto report = harness::run_elf_executions(
        command.index,
        {.filter = command.filter, .engine = command.engine, .threads = command.threads});
    if (!report) {
        std::fprintf(stderr, "fathom execute: %s\n", report.error().message.c_str());
        return kBadInput;
    }
    for (const harness::VectorFailure& failure : report->failures) {
        std::printf("%s\n", failure.name.c_str());
        for (const harness::Difference& difference : failure.differences) {
            std::printf("  %s: expected %s, got %s\n", difference.field.c_str(),
                        difference.expected.c_str(), difference.actual.c_str());
        }
    }
    std::printf("%" PRIu64 " passed, %" PRIu64 " failed\n", report->total.passed,
                report->total.failed);
    if (report->total.passed + report->total.failed == 0) {
        std::fprintf(stderr, "fathom execute: no execution matches\n");
        return kBadInput;
    }
    return report->total.failed == 0 ? kOk : kFailed;
}

} // namespace fathom::app
