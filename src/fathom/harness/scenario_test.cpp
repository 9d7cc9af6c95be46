// SPDX-License-Identifier: Apache-2.0
// Scenarios: what is understood, what is refused and where, and what running one tells.
#include "fathom/base/text.hpp"
#include "fathom/harness/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace fathom::harness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TextFiles final : public ScenarioFiles {
public:
    [[nodiscard]] Result<Bytes> read(std::string_view name) const override {
        const auto found = files.find(name);
        if (found == files.end()) {
            return std::unexpected(
                base::Error(base::ErrorCode::NotFound, std::string(name) + " is not there"));
        }
        const ByteView bytes = as_bytes(found->second);
        return Bytes(bytes.begin(), bytes.end());
    }
    std::map<std::string, std::string, std::less<>> files = {
        {"three.bin", "abc"},
        {"bad.s", ".globl entrypoint\nentrypoint:\n mov64 r0, oops\n exit\n"},
        {"good.s", ".globl entrypoint\nentrypoint:\n mov64 r0, 0\n exit\n"}};
};

std::string error_of(std::string_view text) {
    const auto scenario = parse_scenario(text, TextFiles());
    return scenario ? "no error" : scenario.error().message;
}

Scenario parse(std::string_view text) {
    auto scenario = parse_scenario(text, TextFiles());
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario ? *std::move(scenario) : Scenario();
}

/// Bytes of one data value, as an account's data.
std::string data_hex(std::string_view data) {
    const Scenario scenario =
        parse(R"({"keypairs": {"alice": {"seed": "a"}}, "accounts": [{"name": "x", "data": )" +
              std::string(data) + R"(}], "transactions": []})");
    return scenario.accounts.empty() ? "none"
                                     : base::to_hex(scenario.accounts[0].account.data.view());
}

TEST(ScenarioData, PartsArePutTogetherLittleEndian) {
    EXPECT_EQ(data_hex(R"([{"u8": 255}, {"u16": 1}, {"u32": 2}, {"u64": "3"}])"),
              "ff"
              "0100"
              "02000000"
              "0300000000000000");
    EXPECT_EQ(data_hex(R"([{"i8": -1}, {"i16": -2}, {"i32": -3}, {"i64": -4}])"),
              "ff"
              "feff"
              "fdffffff"
              "fcffffffffffffff");
    EXPECT_EQ(data_hex(R"([{"bool": true}, {"hex": "0a"}, {"base64": "AQI="}, {"utf8": "hi"}])"),
              "010a01026869");
    EXPECT_EQ(data_hex(R"([{"zeros": 2}, {"file": "three.bin"}, {"base58": "2g"}])"),
              "000061626361");
}

TEST(ScenarioData, KeysAreAddresses) {
    EXPECT_EQ(data_hex(R"({"key": "system"})"), std::string(64, '0'));
}

TEST(ScenarioData, EndsOfIntegersAreKept) {
    EXPECT_EQ(data_hex(R"([{"i8": -128}, {"i8": 127}, {"u8": 0}])"), "807f00");
    EXPECT_THAT(
        error_of("{\"accounts\": [{\"name\": \"x\",\n \"data\": {\"i8\": 128}}],\n"
                 "\"transactions\": []}"),
        HasSubstr("line 2, column 17, accounts[0].data.i8: expected a number that fits i8"));
}

TEST(ScenarioAddress, DerivedOnesKnowTheirBump) {
    const Scenario scenario = parse(R"({
        "addresses": {"spot": {"pda": {"program": "system", "seeds": ["a", {"u8": 1}]}}},
        "accounts": [{"key": "spot", "data": {"bump": "spot"}}],
        "transactions": []})");
    const std::uint8_t one = 1;
    const ByteView seeds[] = {as_bytes("a"), ByteView(&one, 1)};
    const auto expected = find_program_address(seeds, ids::kSystemProgram);
    ASSERT_TRUE(expected);
    EXPECT_EQ(scenario.accounts[0].key, expected->first);
    EXPECT_EQ(scenario.accounts[0].account.data.view()[0], expected->second);
}

TEST(ScenarioAccount, DefaultsToARentExemptSystemAccount) {
    const Scenario scenario =
        parse(R"({"accounts": [{"name": "x", "data": {"zeros": 8}}], "transactions": []})");
    EXPECT_EQ(scenario.accounts[0].account.lamports, 946'560u); // 136 · 3480 · 2
    EXPECT_EQ(scenario.accounts[0].account.owner, ids::kSystemProgram);
    EXPECT_EQ(scenario.name_of(scenario.accounts[0].key), "x");
}

TEST(ScenarioFeatures, BaseWithAndWithout) {
    const Scenario scenario = parse(R"({
        "features": {"base": "none", "with": ["blake3_syscall_enabled"]}, "transactions": []})");
    EXPECT_TRUE(scenario.config.features.is_active(Feature::blake3_syscall_enabled));
    const Scenario without = parse(R"({
        "features": {"base": "all", "without": ["blake3_syscall_enabled"]}, "transactions": []})");
    EXPECT_FALSE(without.config.features.is_active(Feature::blake3_syscall_enabled));
    const Scenario listed = parse(R"({
        "features": ["HTW2pSyErTj4BV6KBM9NZ9VBUJVxt7sacNWcf76wtzb3"], "transactions": []})");
    EXPECT_TRUE(listed.config.features.is_active(Feature::blake3_syscall_enabled));
}

TEST(ScenarioErrors, TextThatIsNoJson) {
    EXPECT_THAT(error_of("{\n \"slot\": }"), HasSubstr("line 2"));
}

TEST(ScenarioErrors, UnknownFieldAtTheTop) {
    EXPECT_THAT(error_of("{\n \"slott\": 1, \"transactions\": []}"),
                AllOf(HasSubstr("line 2"), HasSubstr("slott: expected one of the fields")));
}

TEST(ScenarioErrors, RepeatedField) {
    EXPECT_THAT(error_of("{\"slot\": 1,\n \"slot\": 2, \"transactions\": []}"),
                AllOf(HasSubstr("line 2"), HasSubstr("slot: expected each field at most once")));
}

TEST(ScenarioErrors, MissingTransactions) {
    EXPECT_THAT(error_of("{}"), HasSubstr("line 1, column 1: expected a field \"transactions\""));
}

TEST(ScenarioErrors, SlotZero) {
    EXPECT_THAT(error_of("{\n\"slot\": 0, \"transactions\": []}"),
                HasSubstr("line 2, column 9, slot: expected a slot of at least 1"));
}

TEST(ScenarioErrors, UnknownFeature) {
    EXPECT_THAT(
        error_of("{\"features\": [\n\"warp_speed\"], \"transactions\": []}"),
        HasSubstr("line 2, column 1, features[0]: expected the name or address of a feature"));
}

TEST(ScenarioErrors, KeypairOfWrongLength) {
    EXPECT_THAT(error_of("{\"keypairs\": {\n\"a\": {\"hex\": \"00\"}}, \"transactions\": []}"),
                HasSubstr("line 2, column 14, keypairs.a.hex: expected 64 hexadecimal digits"));
}

TEST(ScenarioErrors, KeypairWithTwoSources) {
    EXPECT_THAT(
        error_of(
            "{\"keypairs\": {\n\"a\": {\"hex\": \"00\", \"seed\": \"\"}}, \"transactions\": []}"),
        HasSubstr("line 2, column 6, keypairs.a: expected one of the fields seed, hex"));
}

TEST(ScenarioErrors, NameTakenTwice) {
    EXPECT_THAT(error_of("{\"keypairs\": {\"a\": {\"seed\": \"a\"}},\n"
                         "\"addresses\": {\"a\": \"system\"}, \"transactions\": []}"),
                HasSubstr("line 2, column 20, addresses.a: expected a name that is not taken"));
    EXPECT_THAT(error_of("{\"addresses\": {\"system\": \"vote\"}, \"transactions\": []}"),
                HasSubstr("addresses.system: expected a name that is not taken"));
}

TEST(ScenarioErrors, NameThatIsAnAddress) {
    EXPECT_THAT(error_of("{\"addresses\": {\"11111111111111111111111111111111\": \"vote\"}, "
                         "\"transactions\": []}"),
                HasSubstr("expected a name that is neither empty nor an address"));
}

TEST(ScenarioErrors, UnknownName) {
    EXPECT_THAT(error_of("{\"accounts\": [\n{\"key\": \"nobody\"}], \"transactions\": []}"),
                HasSubstr("line 2, column 9, accounts[0].key: expected a name defined above or an "
                          "address in base58, not \"nobody\""));
}

TEST(ScenarioErrors, AccountWithTwoAddresses) {
    EXPECT_THAT(error_of("{\"accounts\": [{\"key\": \"vote\",\n\"pda\": {\"program\": \"system\", "
                         "\"seeds\": []}, \"name\": \"x\"}], \"transactions\": []}"),
                HasSubstr("line 2, column 8, accounts[0].pda: expected only one of the fields"));
}

TEST(ScenarioErrors, MissingFile) {
    EXPECT_THAT(error_of("{\"programs\": [{\"name\": \"p\",\n\"elf\": \"gone.so\"}], "
                         "\"transactions\": []}"),
                HasSubstr("line 2, column 8, programs[0].elf: expected a readable file: gone.so is "
                          "not there"));
}

TEST(ScenarioErrors, SourceThatDoesNotAssemble) {
    EXPECT_THAT(error_of("{\"programs\": [{\"name\": \"p\",\n\"elf\": \"bad.s\"}], "
                         "\"transactions\": []}"),
                AllOf(HasSubstr("line 2, column 8, programs[0].elf"), HasSubstr("bad.s, line 3")));
}

TEST(ScenarioErrors, UnknownLoader) {
    EXPECT_THAT(error_of("{\"programs\": [{\"name\": \"p\", \"elf\": \"good.s\",\n"
                         "\"loader\": \"v4\"}], \"transactions\": []}"),
                HasSubstr("line 2, column 11, programs[0].loader: expected \"v2\" or \"v3\""));
}

TEST(ScenarioErrors, DataPartWithTwoFields) {
    EXPECT_THAT(error_of("{\"accounts\": [{\"name\": \"x\",\n\"data\": {\"u8\": 1, \"u16\": 2}}], "
                         "\"transactions\": []}"),
                HasSubstr("line 2, column 9, accounts[0].data: expected exactly one part"));
}

TEST(ScenarioErrors, UnknownDataPart) {
    EXPECT_THAT(error_of("{\"accounts\": [{\"name\": \"x\",\n\"data\": [{\"u24\": 1}]}], "
                         "\"transactions\": []}"),
                HasSubstr("line 2, column 18, accounts[0].data[0].u24: expected one part"));
}

TEST(ScenarioErrors, TooManyZeros) {
    EXPECT_THAT(error_of("{\"accounts\": [{\"name\": \"x\",\n\"data\": {\"zeros\": "
                         "18446744073709551615}}], \"transactions\": []}"),
                HasSubstr("line 2, column 19, accounts[0].data.zeros: expected at most 10 MiB"));
}

TEST(ScenarioErrors, BumpOfAnAddressThatIsNotDerived) {
    EXPECT_THAT(error_of("{\"accounts\": [{\"name\": \"x\",\n\"data\": {\"bump\": \"vote\"}}], "
                         "\"transactions\": []}"),
                HasSubstr("data.bump: expected an address that the scenario derives"));
}

TEST(ScenarioErrors, SeedTooLong) {
    EXPECT_THAT(error_of("{\"addresses\": {\"x\": {\"pda\": {\"program\": \"system\", \"seeds\": "
                         "[{\"zeros\": 33}]}}}, \"transactions\": []}"),
                HasSubstr("addresses.x.pda: expected at most 15 seeds of at most 32 bytes"));
}

TEST(ScenarioErrors, PayerWithoutKeypair) {
    EXPECT_THAT(
        error_of("{\"transactions\": [\n{\"payer\": \"vote\", \"instructions\": []}]}"),
        HasSubstr("line 2, column 11, transactions[0].payer: expected one of the keypairs"));
}

TEST(ScenarioErrors, SignerWithoutKeypair) {
    EXPECT_THAT(
        error_of("{\"keypairs\": {\"a\": {\"seed\": \"a\"}}, \"transactions\": [{\"payer\": "
                 "\"a\", \"instructions\": [{\"program\": \"system\", \"accounts\": [\n"
                 "{\"key\": \"vote\", \"signer\": true}]}]}]}"),
        HasSubstr("line 2, column 27, transactions[0].instructions[0].accounts[0].signer: "
                  "expected a signer that is one of the keypairs"));
}

TEST(ScenarioErrors, BudgetAboveItsWidth) {
    EXPECT_THAT(
        error_of("{\"keypairs\": {\"a\": {\"seed\": \"a\"}}, \"transactions\": [{\"payer\": "
                 "\"a\",\n\"compute_unit_limit\": 4294967296, \"instructions\": []}]}"),
        HasSubstr("line 2, column 23, transactions[0].compute_unit_limit: expected"));
}

TEST(ScenarioErrors, RawBesideInstructions) {
    EXPECT_THAT(error_of("{\"transactions\": [{\"raw\": \"AAAA\",\n\"instructions\": []}]}"),
                HasSubstr("line 2, column 17, transactions[0].instructions: expected one of"));
}

TEST(ScenarioErrors, UnknownStatus) {
    for (const std::string status : {"fine", "InstructionError(0)", "InstructionError(0, Nope)",
                                     "AccountNotFound(1)", "InstructionError(0, Custom)"}) {
        EXPECT_THAT(
            error_of("{\"transactions\": [{\"raw\": \"AAAA\", \"expect\":\n{\"status\": \"" +
                     status + "\"}}]}"),
            HasSubstr("line 2, column 12, transactions[0].expect.status: expected \"ok\""))
            << status;
    }
}

TEST(ScenarioStatus, TextsOfEveryShapeAreKnown) {
    for (const std::string status :
         {"ok", "AccountNotFound", "InstructionError(255, Custom(4294967295))",
          "InstructionError(0, InvalidAccountData)", "InsufficientFundsForRent(2)"}) {
        EXPECT_EQ(error_of("{\"transactions\": [{\"raw\": \"AAAA\", \"expect\": {\"status\": \"" +
                           status + "\"}}]}"),
                  "no error");
    }
}

constexpr std::string_view kTransfer = R"({
    "keypairs": {"alice": {"seed": "alice"}, "bob": {"seed": "bob"}},
    "accounts": [{"key": "alice", "lamports": 5000000000}],
    "transactions": [
        {"name": "pay", "payer": "alice", "compute_unit_limit": 1000,
         "instructions": [{"program": "system",
             "accounts": [{"key": "alice", "signer": true, "writable": true},
                          {"key": "bob", "writable": true}],
             "data": [{"u32": 2}, {"u64": 1000000000}]}],
         "expect": EXPECT}]})";

std::vector<TransactionRun> run_transfer(std::string_view expect) {
    std::string text(kTransfer);
    text.replace(text.find("EXPECT"), 6, expect);
    auto runs = run_scenario(parse(text), EngineChoice::Interpreter);
    EXPECT_TRUE(runs) << runs.error().message;
    return runs ? *std::move(runs) : std::vector<TransactionRun>();
}

TEST(ScenarioRun, MetExpectationsLeaveNothingToSay) {
    const auto runs = run_transfer(R"({"status": "ok", "units": 300, "fee": 5000,
        "log_contains": "success", "accounts": [{"key": "bob", "lamports": 1000000000,
        "owner": "system", "data": []}, {"key": "incinerator", "exists": false}]})");
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_THAT(runs[0].unmet, IsEmpty());
    EXPECT_EQ(runs[0].name, "pay");
}

TEST(ScenarioRun, EachUnmetExpectationIsSaid) {
    const auto runs = run_transfer(R"({"status": "AccountNotFound", "units": 1, "fee": 2,
        "log_contains": ["nonsense"], "accounts": [{"key": "bob", "lamports": 3}]})");
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_THAT(runs[0].unmet,
                ElementsAre("status: expected AccountNotFound, got ok",
                            "units: expected 1, got 300", "fee: expected 2, got 5000",
                            "logs: expected a line with \"nonsense\"",
                            "bob.lamports: expected 3, got 1000000000"));
}

TEST(ScenarioRun, ChangesHaveBothSides) {
    const auto runs = run_transfer("{}");
    ASSERT_EQ(runs[0].accounts.size(), 2u);
    EXPECT_EQ(runs[0].accounts[0].before->lamports, 5'000'000'000u);
    EXPECT_EQ(runs[0].accounts[0].after->lamports, 3'999'995'000u);
    EXPECT_FALSE(runs[0].accounts[1].before);
    EXPECT_EQ(runs[0].accounts[1].after->lamports, 1'000'000'000u);
}

TEST(ScenarioRun, UnprocessableTransactionWithoutExpectationIsUnmet) {
    const auto runs =
        run_scenario(parse(R"({"transactions": [{"raw": "AAAA"}]})"), EngineChoice::Interpreter);
    ASSERT_TRUE(runs);
    EXPECT_THAT((*runs)[0].unmet, ElementsAre("not processed: SanitizeFailure"));
}

TEST(ScenarioRun, RefusedProgramIsNamed) {
    const auto runs = run_scenario(
        parse(R"({"programs": [{"name": "p", "elf": "three.bin"}], "transactions": []})"),
        EngineChoice::Interpreter);
    ASSERT_FALSE(runs);
    EXPECT_THAT(runs.error().message, HasSubstr("program p: ValueOutOfBounds: "));
}

/// Expectations that an example's transactions do not meet.
std::vector<std::string> unmet_by_example(const char* name, EngineChoice engine) {
    const auto scenario =
        read_scenario(std::string(FATHOM_SOURCE_DIR) + "/examples/scenarios/" + name);
    if (!scenario) return {scenario.error().message};
    const auto runs = run_scenario(*scenario, engine);
    if (!runs) return {runs.error().message};
    std::vector<std::string> unmet;
    for (const TransactionRun& run : *runs) {
        for (const std::string& text : run.unmet) unmet.push_back(run.name + ": " + text);
    }
    return unmet;
}

TEST(ScenarioExamples, CounterDoesWhatItSays) {
    EXPECT_THAT(unmet_by_example("counter.json", EngineChoice::Naive), IsEmpty());
    EXPECT_THAT(unmet_by_example("counter.json", EngineChoice::Interpreter), IsEmpty());
}

TEST(ScenarioExamples, VaultDoesWhatItSays) {
    EXPECT_THAT(unmet_by_example("vault.json", EngineChoice::Naive), IsEmpty());
    EXPECT_THAT(unmet_by_example("vault.json", EngineChoice::Interpreter), IsEmpty());
}

TEST(ScenarioExamples, EscrowDoesWhatItSays) {
    EXPECT_THAT(unmet_by_example("escrow.json", EngineChoice::Naive), IsEmpty());
    EXPECT_THAT(unmet_by_example("escrow.json", EngineChoice::Interpreter), IsEmpty());
}

TEST(ScenarioRun, WarpBackIsAnError) {
    const auto runs = run_scenario(
        parse(R"({"slot": 5, "transactions": [{"name": "t", "raw": "AAAA", "warp_to_slot": 4}]})"),
        EngineChoice::Interpreter);
    ASSERT_FALSE(runs);
    EXPECT_THAT(runs.error().message, HasSubstr("t: cannot warp to slot 4: the slot is 5"));
}

} // namespace
} // namespace fathom::harness
