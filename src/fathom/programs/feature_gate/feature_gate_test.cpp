// SPDX-License-Identifier: Apache-2.0
// Tests of the Feature Gate program. Expectations follow solana-program/feature-gate
// program/src/processor.rs.
#include "fathom/types/program_ids.hpp"
#include "tests/support/chosen_program_fixture.hpp"

#include <utility>
#include <vector>

namespace fathom::programs::feature_gate {
namespace {

using ::testing::ElementsAre;
using namespace fathom::tests;

class FeatureGateProgram : public ChosenProgramFixture {
protected:
    const Pubkey feature_ = test_key(1);
    const std::string name_line_ = program_log("Instruction: RevokePendingActivation");

    FeatureGateProgram() { put(feature_, 500, Bytes(9), ids::kFeatureProgram); }

    ProgramOutcome revoke(AccountMeta feature) {
        return run(
            ids::kFeatureProgram, {0},
            {std::move(feature), writable(ids::kIncinerator), readonly(ids::kSystemProgram)});
    }
};

TEST_F(FeatureGateProgram, RevokedFeatureIsEmptyAndItsLamportsAreInTheIncinerator) {
    const auto outcome = revoke(writable_signer(feature_));
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 750u + 150u); // its own and the transfer's
    EXPECT_EQ(lamports_of(feature_), 0u);
    EXPECT_EQ(lamports_of(ids::kIncinerator), 500u);
    EXPECT_EQ(data_of(feature_), Bytes());
    EXPECT_EQ(account(feature_).owner, ids::kSystemProgram);
}

TEST_F(FeatureGateProgram, RefusesInstructionsThatAreNotOneZeroByte) {
    for (const Bytes& data : {Bytes{}, Bytes{1}, Bytes{0, 0}}) {
        const auto outcome = run(ids::kFeatureProgram, data, {writable_signer(feature_)});
        EXPECT_EQ(outcome.status, "InvalidInstructionData");
        EXPECT_THAT(outcome.logs, ElementsAre(program_log("Error: InvalidInstructionData")));
    }
}

TEST_F(FeatureGateProgram, WantsThreeAccountsBeforeASignature) {
    const auto outcome =
        run(ids::kFeatureProgram, {0}, {writable(feature_), writable(ids::kIncinerator)});
    EXPECT_EQ(outcome.status, "NotEnoughAccountKeys");
    EXPECT_THAT(outcome.logs, ElementsAre(name_line_, program_log("Error: NotEnoughAccountKeys")));
}

TEST_F(FeatureGateProgram, WantsASignatureBeforeItsOwnAccount) {
    put(feature_, 500, Bytes(9), ids::kSystemProgram);
    EXPECT_EQ(revoke(writable(feature_)).status, "MissingRequiredSignature");
    EXPECT_EQ(revoke(writable_signer(feature_)).status, "InvalidAccountOwner");
}

TEST_F(FeatureGateProgram, RefusesDataThatIsNoFeature) {
    for (const Bytes& data : {Bytes{}, Bytes{2, 0, 0, 0, 0, 0, 0, 0, 0}, Bytes{1, 0, 0}}) {
        put(feature_, 500, data, ids::kFeatureProgram);
        EXPECT_EQ(revoke(writable_signer(feature_)).status, "InvalidAccountData");
    }
}

TEST_F(FeatureGateProgram, ActiveFeatureStays) {
    put(feature_, 500, Bytes(Wire().u8(1).u64(7)), ids::kFeatureProgram);
    const auto outcome = revoke(writable_signer(feature_));
    EXPECT_EQ(outcome.status, "Custom(0)");
    EXPECT_THAT(outcome.logs, ElementsAre(name_line_, program_log("Feature already activated")));
    EXPECT_EQ(lamports_of(feature_), 500u);
}

TEST_F(FeatureGateProgram, ReadonlyFeatureFailsInTheTransferForItsPrivilege) {
    EXPECT_EQ(revoke(readonly_signer(feature_)).status, "PrivilegeEscalation");
    EXPECT_EQ(data_of(feature_), Bytes(9));
}

} // namespace
} // namespace fathom::programs::feature_gate
