// SPDX-License-Identifier: Apache-2.0
// What every native program charges per instruction, against the numbers in Agave's source.
#include "fathom/programs/address_lookup_table/execute.hpp"
#include "fathom/programs/bpf_loader/execute.hpp"
#include "fathom/programs/compute_budget/execute.hpp"
#include "fathom/programs/config/execute.hpp"
#include "fathom/programs/feature_gate/execute.hpp"
#include "fathom/programs/stake/execute.hpp"
#include "fathom/programs/system/execute.hpp"
#include "fathom/programs/vote/bls.hpp"
#include "fathom/programs/vote/execute.hpp"
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/program_fixture.hpp"

#include <array>
#include <cstdint>

namespace fathom::programs {
namespace {

TEST(ComputeUnitsOfPrograms, SystemCharges150) {
    EXPECT_EQ(system::kComputeUnits, 150u); // agave programs/system/src/system_processor.rs
}

TEST(ComputeUnitsOfPrograms, VoteCharges2100AndForAProofOfPossession34500) {
    // agave programs/vote/src/vote_processor.rs
    EXPECT_EQ(vote::kComputeUnits, 2'100u);
    EXPECT_EQ(vote::kProofOfPossessionComputeUnits, 34'500u);
}

TEST(ComputeUnitsOfPrograms, ComputeBudgetCharges150) {
    EXPECT_EQ(compute_budget::kComputeUnits, 150u); // agave programs/compute-budget/src/lib.rs
}

TEST(ComputeUnitsOfPrograms, LoadersChargeByVersion) {
    // agave programs/bpf_loader/src/lib.rs
    EXPECT_EQ(bpf_loader::kLoaderV1ComputeUnits, 1'140u);
    EXPECT_EQ(bpf_loader::kLoaderV2ComputeUnits, 570u);
    EXPECT_EQ(bpf_loader::kLoaderV3ComputeUnits, 2'370u);
}

TEST(ComputeUnitsOfPrograms, ZkElGamalProofChargesByInstruction) {
    // agave programs/zk-elgamal-proof/src/lib.rs, in the order of the tags
    constexpr std::array<std::uint64_t, 13> kUnits = {3'300,  6'000,   8'000,   6'400,   2'600,
                                                      6'500,  111'000, 200'000, 368'000, 6'400,
                                                      13'000, 8'100,   16'400};
    for (std::uint8_t tag = 0; tag < kUnits.size(); ++tag) {
        const std::array<std::uint8_t, 1> data = {tag};
        const auto* const traits = zk_elgamal_proof::find_instruction(data);
        ASSERT_NE(traits, nullptr) << int{tag};
        EXPECT_EQ(traits->compute_units, kUnits[tag]) << traits->name;
    }
    const std::array<std::uint8_t, 1> behind = {kUnits.size()};
    EXPECT_EQ(zk_elgamal_proof::find_instruction(behind), nullptr);
}

class ZkTokenProofProgram : public tests::ProgramFixture {};

TEST_F(ZkTokenProofProgram, ChargesNothingWhichTheRuntimeRefuses) {
    // agave programs/zk-token-proof/src/lib.rs, program-runtime/src/invoke_context.rs
    const auto outcome = run(ids::kZkTokenProofProgram, {}, {});
    EXPECT_EQ(outcome.status, "BuiltinProgramsMustConsumeComputeUnits");
    EXPECT_EQ(outcome.units, 0u);
}

TEST(ComputeUnitsOfPrograms, ProgramsThatWereOnceNativeChargeWhatTheyDidThen) {
    // Agave 2.1, the last with these as builtins: programs/stake/src/stake_instruction.rs,
    // programs/config/src/config_processor.rs, programs/address-lookup-table/src/processor.rs
    EXPECT_EQ(stake::kComputeUnits, 750u);
    EXPECT_EQ(config::kComputeUnits, 450u);
    EXPECT_EQ(address_lookup_table::kComputeUnits, 750u);
}

TEST(ComputeUnitsOfPrograms, FeatureGateWasNeverNativeAndChargesANumberOfOurs) {
    EXPECT_EQ(feature_gate::kComputeUnits, 750u);
}

} // namespace
} // namespace fathom::programs
