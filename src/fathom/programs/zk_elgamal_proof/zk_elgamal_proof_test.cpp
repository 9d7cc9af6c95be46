// SPDX-License-Identifier: Apache-2.0
// Tests of the ZK ElGamal Proof program's instructions and context accounts. Expectations follow
// Agave programs/zk-elgamal-proof/src/lib.rs.
#include "fathom/programs/zk_elgamal_proof/execute.hpp"
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"
#include "tests/support/program_fixture.hpp"

namespace fathom::programs::zk_elgamal_proof {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class ZkElGamalProof : public ProgramFixture {
protected:
    const Pubkey context_ = test_key(1);
    const Pubkey to_ = test_key(2);
    const Pubkey authority_ = test_key(3);

    void put_context(std::uint8_t proof_type, const Pubkey& owner = ids::kZkElGamalProofProgram) {
        put(context_, 50, Bytes(Wire().key(authority_).u8(proof_type).zeros(96)), owner);
    }
    std::vector<AccountMeta> close_accounts() const {
        return {writable(context_), writable(to_), readonly_signer(authority_)};
    }
    ProgramOutcome run_zk(const Bytes& data, std::vector<AccountMeta> accounts = {}) {
        return run(ids::kZkElGamalProofProgram, data, std::move(accounts));
    }
};

TEST_F(ZkElGamalProof, CanBeDisabledAndEnabledAgain) {
    activate(Feature::disable_zk_elgamal_proof_program);
    const auto disabled = run_zk({0});
    EXPECT_EQ(disabled.status, "InvalidInstructionData");
    EXPECT_EQ(disabled.units, 0u);
    EXPECT_THAT(disabled.logs, ElementsAre("zk-elgamal-proof program is temporarily disabled"));
    activate(Feature::reenable_zk_elgamal_proof_program);
    EXPECT_EQ(run_zk({0}).units, 3300u);
}

TEST_F(ZkElGamalProof, RefusesUnknownInstructionsForFree) {
    EXPECT_EQ(run_zk({}).status, "InvalidInstructionData");
    const auto unknown = run_zk({13});
    EXPECT_EQ(unknown.status, "InvalidInstructionData");
    EXPECT_EQ(unknown.units, 0u);
    EXPECT_THAT(unknown.logs, IsEmpty());
}

TEST_F(ZkElGamalProof, ChargesLogsThenChecksTheSize) {
    const std::pair<std::uint8_t, std::uint64_t> prices[] = {
        {1, 6'000},   {2, 8'000},   {3, 6'400}, {4, 2'600},   {5, 6'500},  {6, 111'000},
        {7, 200'000}, {8, 368'000}, {9, 6'400}, {10, 13'000}, {11, 8'100}, {12, 16'400}};
    for (const auto& [tag, units] : prices) {
        const auto outcome = run_zk({tag});
        EXPECT_EQ(outcome.status, "InvalidInstructionData");
        EXPECT_EQ(outcome.units, units);
        ASSERT_EQ(outcome.logs.size(), 2u);
        EXPECT_EQ(outcome.logs[1], "invalid proof data");
    }
    EXPECT_EQ(run_zk({4}).logs[0], "VerifyPubkeyValidity");
    EXPECT_EQ(run_zk(Bytes(1 + 95, 4)).logs[1], "invalid proof data");
    budget_.compute_unit_limit = 2'599;
    EXPECT_EQ(run_zk({4}).status, "ComputationalBudgetExceeded");
}

TEST_F(ZkElGamalProof, ReadsTheProofFromAnAccountIfTheDataIsFiveBytes) {
    const Bytes at_4 = Wire().u8(4).u32(4);
    EXPECT_EQ(run_zk(at_4).status, "MissingAccount");
    put(to_, 1, Bytes(4 + 95));
    EXPECT_EQ(run_zk(at_4, {readonly(to_)}).status, "InvalidAccountData");
    EXPECT_EQ(run_zk(Wire().u8(4).u32(~0u), {readonly(to_)}).status, "InvalidAccountData");
}

TEST_F(ZkElGamalProof, ClosesAContext) {
    put_context(1);
    put(to_, 5);
    const auto outcome = run_zk({0}, close_accounts());
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 3300u);
    EXPECT_THAT(outcome.logs, ElementsAre("CloseContextState"));
    EXPECT_EQ(lamports_of(to_), 55u);
    EXPECT_EQ(account(context_).owner, ids::kSystemProgram);
    EXPECT_TRUE(data_of(context_).empty());
}

TEST_F(ZkElGamalProof, CloseChecksInOrder) {
    put_context(0, to_);
    EXPECT_EQ(run_zk({0}, {writable(context_), writable(context_)}).status, "MissingAccount");
    EXPECT_EQ(run_zk({0}, {writable(context_), writable(context_), readonly(authority_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(
        run_zk({0}, {writable(context_), writable(context_), readonly_signer(authority_)}).status,
        "InvalidInstructionData");
    EXPECT_EQ(run_zk({0}, close_accounts()).status, "InvalidAccountOwner");
    put(context_, 50, Bytes(32), ids::kZkElGamalProofProgram);
    EXPECT_EQ(run_zk({0}, close_accounts()).status, "InvalidAccountData");
    put_context(0);
    EXPECT_EQ(run_zk({0}, close_accounts()).status, "UninitializedAccount");
    put_context(1);
    EXPECT_EQ(run_zk({0}, {writable(context_), writable(to_), readonly_signer(to_)}).status,
              "InvalidAccountOwner");
}

} // namespace
} // namespace fathom::programs::zk_elgamal_proof
