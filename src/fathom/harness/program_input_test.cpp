// SPDX-License-Identifier: Apache-2.0
// Reading what one run of a program is given.
#include "fathom/harness/program_input.hpp"
#include "fathom/types/program_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view json) {
    const auto input = parse_program_input(json);
    return input ? "no error" : input.error().message;
}

// The example in agave ledger-tool/src/program.rs.
TEST(ProgramInput, ReadsTheReferencesExample) {
    const auto input = parse_program_input(R"({
        "program_id": "DozgQiYtGbdyniV2T74xMdmjZJvYDzoRFFqw7UR5MwPK",
        "accounts": [{
            "key": "524HMdYYBy6TAn4dK5vCcjiTmT2sxV6Xoue5EXrz22Ca",
            "owner": "BPFLoaderUpgradeab1e11111111111111111111111",
            "is_signer": false, "is_writable": true, "lamports": 1000, "data": [0, 0, 0, 3]
        }],
        "instruction_data": [31, 32, 23, 24]})");
    ASSERT_TRUE(input.has_value()) << input.error().message;
    EXPECT_EQ(input->instruction.program_id.to_base58(),
              "DozgQiYtGbdyniV2T74xMdmjZJvYDzoRFFqw7UR5MwPK");
    EXPECT_EQ(input->instruction.data, (Bytes{31, 32, 23, 24}));
    ASSERT_EQ(input->instruction.accounts.size(), 1u);
    EXPECT_FALSE(input->instruction.accounts[0].is_signer);
    EXPECT_TRUE(input->instruction.accounts[0].is_writable);
    ASSERT_EQ(input->accounts.size(), 1u);
    EXPECT_EQ(input->accounts[0].key, input->instruction.accounts[0].pubkey);
    EXPECT_EQ(input->accounts[0].account.owner, ids::kBpfLoaderUpgradeable);
    EXPECT_EQ(input->accounts[0].account.lamports, 1000u);
    EXPECT_EQ(input->accounts[0].account.data, AccountData(Bytes{0, 0, 0, 3}));
}

TEST(ProgramInput, AllButTheKeyOfAnAccountMayBeLeftOut) {
    EXPECT_EQ(error_of("{}"), "no error");
    const auto input = parse_program_input(
        R"({"accounts": [{"key": "524HMdYYBy6TAn4dK5vCcjiTmT2sxV6Xoue5EXrz22Ca", "data": null}]})");
    ASSERT_TRUE(input.has_value()) << input.error().message;
    EXPECT_EQ(input->accounts[0].account.owner, ids::kSystemProgram);
    EXPECT_EQ(input->accounts[0].account.data.size(), 0u);
    EXPECT_THAT(error_of(R"({"accounts": [{"lamports": 1}]})"), HasSubstr("key"));
}

TEST(ProgramInput, AnAccountListedTwiceIsOneAccount) {
    const auto input = parse_program_input(R"({"accounts": [
        {"key": "524HMdYYBy6TAn4dK5vCcjiTmT2sxV6Xoue5EXrz22Ca", "lamports": 5},
        {"key": "524HMdYYBy6TAn4dK5vCcjiTmT2sxV6Xoue5EXrz22Ca", "is_signer": true}]})");
    ASSERT_TRUE(input.has_value()) << input.error().message;
    ASSERT_EQ(input->accounts.size(), 1u);
    EXPECT_EQ(input->accounts[0].account.lamports, 5u);
    ASSERT_EQ(input->instruction.accounts.size(), 2u);
    EXPECT_TRUE(input->instruction.accounts[1].is_signer);
}

TEST(ProgramInput, ErrorsNameTheField) {
    EXPECT_THAT(error_of(R"({"accounts": [{"key": "x"}]})"), HasSubstr("accounts[0].key"));
    EXPECT_THAT(error_of(R"({"instruction_data": [1, 256]})"), HasSubstr("instruction_data[1]"));
    EXPECT_THAT(error_of(R"({"instruction_data": "AQ=="})"), HasSubstr("instruction_data"));
    EXPECT_THAT(error_of(R"({"acounts": []})"), HasSubstr("acounts"));
    EXPECT_THAT(error_of("{"), HasSubstr("line 1"));
}

TEST(ProgramInput, ABlankOneHasAnAccountOfZeros) {
    const ProgramInput input = blank_program_input(3);
    ASSERT_EQ(input.accounts.size(), 1u);
    EXPECT_EQ(input.accounts[0].account.data, AccountData(Bytes{0, 0, 0}));
    EXPECT_EQ(input.accounts[0].account.owner, input.instruction.program_id);
    EXPECT_TRUE(input.instruction.accounts[0].is_writable);
    EXPECT_TRUE(input.instruction.data.empty());
}

} // namespace
} // namespace fathom::harness
