// SPDX-License-Identifier: Apache-2.0
// Tests of the Config program. Expectations follow solana-program/config program/src/processor.rs.
#include "fathom/types/program_ids.hpp"
#include "tests/support/chosen_program_fixture.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace fathom::programs::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class ConfigProgram : public ChosenProgramFixture {
protected:
    using Keys = std::vector<std::pair<Pubkey, bool>>;

    const Pubkey config_ = test_key(1);
    const Pubkey alice_ = test_key(2);
    const Pubkey bob_ = test_key(3);

    static Wire encode(const Keys& keys) {
        Wire wire;
        wire.u8(static_cast<std::uint8_t>(keys.size()));
        for (const auto& [key, signs] : keys) wire.key(key).u8(signs ? 1 : 0);
        return wire;
    }
    /// The config account holds these keys, then zeros, 200 bytes in all.
    void store(const Keys& keys) {
        Bytes data = encode(keys);
        data.resize(200);
        put(config_, 1, data, ids::kConfigProgram);
    }
    ProgramOutcome run_config(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(ids::kConfigProgram, data, std::move(accounts));
    }
};

TEST_F(ConfigProgram, FreshAccountThatSignsIsWrittenFor450Units) {
    store({});
    Bytes expected = encode({{alice_, false}}).u64(42);
    const auto outcome = run_config(expected, {writable_signer(config_)});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 450u);
    EXPECT_THAT(outcome.logs, IsEmpty());
    expected.resize(200);
    EXPECT_EQ(data_of(config_), expected);
}

TEST_F(ConfigProgram, BytesBehindTheNewDataStay) {
    store({{alice_, true}, {bob_, false}});
    const Bytes before = data_of(config_);
    const Bytes data = encode({{alice_, true}});
    EXPECT_EQ(run_config(data, {writable(config_), readonly_signer(alice_)}).status, "ok");
    const Bytes after = data_of(config_);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), after.begin()));
    EXPECT_TRUE(std::equal(before.begin() + 34, before.end(), after.begin() + 34));
}

TEST_F(ConfigProgram, ErrorsComeInTheOrderOfItsChecks) {
    put(config_, 1, Bytes(1, 1), ids::kSystemProgram);
    EXPECT_EQ(run_config({}, {}).status, "InvalidInstructionData");
    EXPECT_EQ(run_config(encode({}), {}).status, "NotEnoughAccountKeys");
    EXPECT_EQ(run_config(encode({}), {readonly(config_)}).status, "InvalidAccountOwner");
    put(config_, 1, Bytes(1, 1), ids::kConfigProgram); // one key, and no bytes of it
    EXPECT_EQ(run_config(encode({}), {readonly(config_)}).status, "InvalidAccountData");
    put(config_, 1, Bytes(1), ids::kConfigProgram);
    const Bytes twice = encode({{alice_, false}, {alice_, false}});
    EXPECT_EQ(run_config(twice, {readonly(config_)}).status, "MissingRequiredSignature");
    EXPECT_EQ(run_config(twice, {readonly_signer(config_)}).status, "InvalidArgument");
    const Bytes once = encode({{alice_, false}});
    EXPECT_EQ(run_config(once, {readonly_signer(config_)}).status, "InvalidInstructionData");
    store({});
    EXPECT_EQ(run_config(once, {readonly_signer(config_)}).status, "Custom(0)");
}

TEST_F(ConfigProgram, InstructionMayNameAsManyKeysAsFitIntoAPacket) {
    store({});
    // (1232 - 3) / 33 = 37: one more is refused before anything is read, by its first byte.
    const auto outcome = run_config(Wire().u8(38).zeros(38 * 33), {writable_signer(config_)});
    EXPECT_EQ(outcome.status, "InvalidInstructionData");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("Error: InvalidInstructionData")));
}

TEST_F(ConfigProgram, SignersFollowTheConfigAccountInTheirOrder) {
    store({});
    const Bytes data = encode({{alice_, true}, {bob_, true}});
    const auto alice = alice_.to_base58();
    EXPECT_THAT(run_config(data, {writable_signer(config_)}).logs,
                ElementsAre(program_log("account " + alice + " is not in account list"),
                            program_log("Error: MissingRequiredSignature")));
    EXPECT_THAT(run_config(data, {writable_signer(config_), readonly(alice_)}).logs,
                ElementsAre(program_log("account " + alice + " signer_key().is_none()"),
                            program_log("Error: MissingRequiredSignature")));
    EXPECT_THAT(
        run_config(data, {writable_signer(config_), readonly_signer(bob_), readonly_signer(alice_)})
            .logs,
        ElementsAre(program_log("account[2].signer_key() does not match Config data)"),
                    program_log("Error: MissingRequiredSignature")));
    EXPECT_EQ(
        run_config(data, {writable_signer(config_), readonly_signer(alice_), readonly_signer(bob_)})
            .status,
        "ok");
}

TEST_F(ConfigProgram, NewSignersMustBeStoredOnes) {
    store({{alice_, true}});
    const auto outcome =
        run_config(encode({{bob_, true}}), {writable(config_), readonly_signer(bob_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("account " + bob_.to_base58() +
                                                      " is not in stored signer list"),
                                          program_log("Error: MissingRequiredSignature")));
}

TEST_F(ConfigProgram, NoFewerSignersThanAreStored) {
    store({{alice_, true}, {bob_, true}});
    const auto outcome =
        run_config(encode({{alice_, true}}), {writable(config_), readonly_signer(alice_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("too few signers: 1; expected: 2"),
                                          program_log("Error: MissingRequiredSignature")));
}

TEST_F(ConfigProgram, DuplicateKeysAreFoundBeforeMissingSigners) {
    store({{alice_, true}, {bob_, true}});
    const Bytes data = encode({{alice_, true}, {config_, false}, {config_, false}});
    const auto outcome = run_config(data, {writable(config_), readonly_signer(alice_)});
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("new config contains duplicate keys"),
                                          program_log("Error: InvalidArgument")));
}

} // namespace
} // namespace fathom::programs::config
