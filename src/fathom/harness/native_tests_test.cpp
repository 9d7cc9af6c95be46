// SPDX-License-Identifier: Apache-2.0
// Tests of native programs as data: how a line is read, which rules set it aside, and that the
// whole file holds.
#include "fathom/harness/native_test_rules.hpp"
#include "fathom/harness/native_tests.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/shared_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kLine = R"({"name": "tests::one", "nonce": 3,
    "program_id": "Vote111111111111111111111111111111111111111", "instruction_data": "0a000000",
    "feature_set": "[[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2]]",
    "transaction_accounts": [{"pubkey": "SysvarRent111111111111111111111111111111111",
        "shared_data": {"lamports": 5, "data": "0102", "executable": false, "rent_epoch": 0,
                        "owner": "Sysvar1111111111111111111111111111111111111"}}],
    "resulting_accounts": [{"lamports": 6, "data": "03", "executable": false, "rent_epoch": 0,
                            "owner": "Sysvar1111111111111111111111111111111111111"}],
    "instruction_accounts": [{"pubkey": "SysvarRent111111111111111111111111111111111",
                              "is_signer": true, "is_writable": false}],
    "expected_result": {"Err": {"Custom": 7}}})";

std::string with(std::string_view old, std::string_view replacement) {
    std::string line(kLine);
    line.replace(line.find(old), old.size(), replacement);
    return line;
}

std::string error_of(const std::string& line) {
    const auto test = parse_native_test(line);
    return test ? "no error" : test.error().message;
}

TEST(NativeTests, ReadsALine) {
    const auto test = parse_native_test(kLine);
    ASSERT_TRUE(test.has_value()) << test.error().message;
    EXPECT_EQ(test->name, "tests::one");
    EXPECT_EQ(test->fixture.instruction.program_id, ids::kVoteProgram);
    EXPECT_EQ(test->fixture.instruction.data, (Bytes{10, 0, 0, 0}));
    ASSERT_EQ(test->fixture.instruction.accounts.size(), 1u);
    EXPECT_TRUE(test->fixture.instruction.accounts[0].is_signer);
    EXPECT_FALSE(test->fixture.instruction.accounts[0].is_writable);
    ASSERT_EQ(test->fixture.resulting.size(), 1u);
    EXPECT_EQ(test->fixture.resulting[0].key, ids::kRent);
    EXPECT_EQ(test->fixture.resulting[0].account.lamports, 6u);
    ASSERT_EQ(test->inactive.size(), 1u);
    EXPECT_EQ(test->inactive[0].bytes[31], 2);
    EXPECT_EQ(test->fixture.result, std::uint64_t{InstructionError::Custom} + 1);
    EXPECT_EQ(test->fixture.custom_code, 7u);
}

TEST(NativeTests, ReadsSuccessAndNamedErrors) {
    const auto ok = parse_native_test(with(R"({"Err": {"Custom": 7}})", R"({"Ok": null})"));
    ASSERT_TRUE(ok.has_value()) << ok.error().message;
    EXPECT_EQ(ok->fixture.result, 0u);
    const auto named = parse_native_test(with(R"({"Custom": 7})", R"("Immutable")"));
    ASSERT_TRUE(named.has_value()) << named.error().message;
    EXPECT_EQ(named->fixture.result, std::uint64_t{InstructionError::Immutable} + 1);
}

TEST(NativeTests, NamesWhatIsWrong) {
    EXPECT_THAT(error_of(with(R"({"Custom": 7})", R"("Sorry")")), HasSubstr("InstructionError"));
    EXPECT_THAT(
        error_of(with(R"("resulting_accounts": [{)", R"("resulting_accounts": [], "others": [{)")),
        HasSubstr("as many accounts"));
    EXPECT_THAT(error_of(with("[[1,0", "[[1")), HasSubstr("32 bytes"));
    EXPECT_THAT(error_of(with("[[1,0", "[[256,0")), HasSubstr("bytes"));
    EXPECT_THAT(error_of("{}"), HasSubstr("name"));
}

TEST(NativeTestRules, GateOfTheInstruction) {
    auto test = *parse_native_test(with(R"({"Custom": 7})", R"("InvalidInstructionData")"));
    EXPECT_EQ(why_native_test_differs(test, std::nullopt), "");
    using namespace fathom::literals;
    test.inactive.push_back("6tRxEYKuy2L5nnv5bgn7iT28MxUbYxp5h7F3Ncf1exrT"_pubkey);
    EXPECT_EQ(why_native_test_differs(test, std::nullopt), "the gate of the instruction is off");
}

TEST(NativeTestRules, VoteAccountsBecomeV4OnlyWhereTheyAreWritten) {
    auto test = *parse_native_test(with(R"({"Err": {"Custom": 7}})", R"({"Ok": null})"));
    EXPECT_EQ(why_native_test_differs(test, std::nullopt), "");
    test.fixture.resulting[0].account.owner = ids::kVoteProgram;
    test.fixture.resulting[0].account.data = AccountData(Bytes{1, 0, 0, 0});
    EXPECT_EQ(why_native_test_differs(test, std::nullopt),
              "a vote account that is written becomes V4");
}

TEST(NativeTestRules, OtherErrorsOfAKnownDifferenceStayFailures) {
    auto test = *parse_native_test(with(R"({"Err": {"Custom": 7}})", R"({"Ok": null})"));
    test.fixture.accounts[0].account.owner = ids::kVoteProgram;
    EXPECT_EQ(why_native_test_differs(test, InstructionError::AccountNotRentExempt),
              "a vote account must be able to pay for V4");
    EXPECT_EQ(why_native_test_differs(test, InstructionError::InvalidArgument), "");
}

TEST(NativeTests, WholeFileHolds) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/instr/native-tests-2023/native-tests.jsonl.zst");
    ConformanceReport report;
    const auto ran = run_native_tests(file, {}, report);
    ASSERT_TRUE(ran.has_value()) << ran.error().message;
    EXPECT_EQ(report.total.failed, 0u)
        << (report.failures.empty() ? std::string() : report.failures[0].name);
    EXPECT_GE(report.total.passed, 865u);
    EXPECT_EQ(report.total.passed + report.total.skipped, 1295u);
}

} // namespace
} // namespace fathom::harness
