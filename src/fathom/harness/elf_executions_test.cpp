// SPDX-License-Identifier: Apache-2.0
// Reading the executions of an index, and saying what differs.
#include "fathom/harness/elf_executions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kIndex = R"({"sysvars": {"rent": "0102", "clock": "03"}, "files": {
    "refused.so": {"load": "error"},
    "none.so": {"exec": null},
    "z.so": {"exec": {
        "A": {"cu": 7, "err": {"instruction_error": "Custom", "custom": 9}, "return_data": "",
              "logs_n": 1, "logs": ["one"]},
        "C": {"cu": 8, "err": null, "return_data": "0a0b", "logs_n": 2, "logs_sha256": "00"}}}}})";

std::string error_of(std::string_view json) {
    const auto index = parse_elf_executions(json);
    return index ? "no error" : index.error().message;
}

TransactionEffects succeeded(ComputeUnits units, std::vector<std::string> logs) {
    TransactionEffects effects;
    effects.commit = Commit::All;
    effects.compute_units = units;
    effects.logs = std::move(logs);
    return effects;
}

TEST(ElfExecutions, ListsFilesThatHaveSome) {
    const auto index = parse_elf_executions(kIndex);
    ASSERT_TRUE(index.has_value()) << index.error().message;
    EXPECT_EQ(index->rent, (Bytes{1, 2}));
    EXPECT_EQ(index->clock, Bytes{3});
    ASSERT_EQ(index->files.size(), 1u);
    EXPECT_EQ(index->files[0].path, "z.so");
    ASSERT_EQ(index->files[0].cases.size(), 2u);
    const ElfExecution& a = index->files[0].cases[0];
    EXPECT_EQ(a.input, ElfCase::A);
    EXPECT_EQ(a.units, 7u);
    EXPECT_EQ(a.status, "InstructionError(0, Custom(9))");
    EXPECT_EQ(a.logs, std::vector<std::string>{"one"});
    const ElfExecution& c = index->files[0].cases[1];
    EXPECT_EQ(c.input, ElfCase::C);
    EXPECT_EQ(c.status, "ok");
    EXPECT_EQ(c.return_data, (Bytes{10, 11}));
    EXPECT_EQ(c.logs, std::nullopt);
    EXPECT_EQ(c.logs_sha256, "00");
}

TEST(ElfExecutions, NamesTheFieldThatIsWrong) {
    EXPECT_THAT(error_of(R"({"files": {}})"), HasSubstr("sysvars"));
    const std::string head = R"({"sysvars": {"rent": "", "clock": ""}, "files": {)";
    EXPECT_THAT(error_of(head + R"("../a.so": {"exec": {}}}})"), HasSubstr("inside"));
    EXPECT_THAT(error_of(head + R"("a.so": {"exec": {"D": {}}}}})"), HasSubstr("A, B, C"));
    EXPECT_THAT(error_of(head + R"("a.so": {"exec": {"A": {"cu": -1}}}}})"), HasSubstr("cu"));
}

TEST(ElfExecutions, EqualOutcomesAreNoDifference) {
    ElfExecution expected;
    expected.units = 5;
    expected.status = "ok";
    expected.log_lines = 2;
    expected.logs = {{"a", "b"}};
    EXPECT_TRUE(compare(expected, succeeded(5, {"a", "b"})).empty());
}

TEST(ElfExecutions, EveryFieldIsCompared) {
    ElfExecution expected;
    expected.units = 5;
    expected.status = "InstructionError(0, Custom(1))";
    expected.return_data = {1};
    expected.log_lines = 2;
    expected.logs = {{"a", "b"}};
    const auto differences = compare(expected, succeeded(6, {"c"}));
    std::vector<std::string> fields;
    for (const Difference& difference : differences) fields.push_back(difference.field);
    EXPECT_EQ(fields, (std::vector<std::string>{"error", "compute units", "return data",
                                                "log lines", "log line 0", "log line 1"}));
    EXPECT_EQ(differences[5].actual, "nothing");
}

TEST(ElfExecutions, ALongLogIsComparedByItsDigest) {
    ElfExecution expected;
    expected.status = "ok";
    expected.log_lines = 2;
    // sha256 of "a\nb".
    expected.logs_sha256 = "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78";
    EXPECT_TRUE(compare(expected, succeeded(0, {"a", "b"})).empty());
    const auto differences = compare(expected, succeeded(0, {"a", "c"}));
    ASSERT_EQ(differences.size(), 1u);
    EXPECT_EQ(differences[0].field, "SHA-256 of the log");
}

} // namespace
} // namespace fathom::harness
