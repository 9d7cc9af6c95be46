// SPDX-License-Identifier: Apache-2.0
// Log lines and truncation against Agave's svm-log-collector and stable_log.rs.
#include "fathom/invoke/log_collector.hpp"
#include "fathom/types/program_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using testing::ElementsAre;

TEST(LogCollector, StopsOneLineShortOfTheLimit) {
    LogCollector logs;
    for (int i = 0; i < 20'000; ++i) logs.log("x");
    // 9,999 bytes and the notice: a line that reaches the limit exactly does not fit.
    ASSERT_EQ(logs.lines().size(), 10'000u);
    EXPECT_EQ(logs.lines()[9'998], "x");
    EXPECT_EQ(logs.lines()[9'999], "Log truncated");
}

TEST(LogCollector, TakesShorterLinesAfterTruncation) {
    LogCollector logs(10);
    logs.log("12345");
    logs.log("67890");
    logs.log("1234");
    logs.log("x");
    EXPECT_THAT(logs.lines(), ElementsAre("12345", "Log truncated", "1234"));
}

TEST(LogCollector, HasNoLimitIfNoneIsGiven) {
    LogCollector logs(std::nullopt);
    for (int i = 0; i < 3; ++i) logs.log(std::string(10'000, 'x'));
    EXPECT_EQ(logs.lines().size(), 3u);
}

TEST(LogCollector, WritesTheStableLines) {
    LogCollector logs;
    const Pubkey program = ids::kVoteProgram;
    const Bytes data = {1, 2, 3, 4};
    const ByteView fields[] = {ByteView(data).first(1), ByteView(), ByteView(data)};
    logs.program_invoke(program, 2);
    logs.program_log("hello");
    logs.program_data(fields);
    logs.program_consumed(program, 7, 200);
    logs.program_return(program, data);
    logs.program_success(program);
    logs.program_failure(program, "custom program error: 0x1");
    EXPECT_THAT(
        logs.lines(),
        ElementsAre("Program Vote111111111111111111111111111111111111111 invoke [2]",
                    "Program log: hello", "Program data: AQ==  AQIDBA==",
                    "Program Vote111111111111111111111111111111111111111 consumed 7 of 200 compute "
                    "units",
                    "Program return: Vote111111111111111111111111111111111111111 AQIDBA==",
                    "Program Vote111111111111111111111111111111111111111 success",
                    "Program Vote111111111111111111111111111111111111111 failed: custom program "
                    "error: 0x1"));
}

TEST(LogCollector, NamesMoreProgramsThanItRemembers) {
    LogCollector logs;
    const Pubkey programs[] = {ids::kSystemProgram, ids::kVoteProgram, ids::kStakeProgram,
                               ids::kBpfLoader, ids::kComputeBudgetProgram};
    for (int round = 0; round < 2; ++round) {
        for (const Pubkey& program : programs) logs.program_success(program);
    }
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(logs.lines()[i], "Program " + programs[i % 5].to_base58() + " success");
    }
}

} // namespace
} // namespace fathom::invoke
