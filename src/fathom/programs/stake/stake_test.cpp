// SPDX-License-Identifier: Apache-2.0
// Tests of the Stake program. Expectations follow solana-program/stake program/src/processor.rs and
// interface/src/state.rs, error.rs.
#include "fathom/programs/stake/merge_kind.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/stake_state.hpp"
#include "tests/support/chosen_program_fixture.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace fathom::programs::stake {
namespace {

using ::testing::ElementsAre;
using namespace fathom::tests;

class StakeProgramTest : public ChosenProgramFixture {
protected:
    static constexpr std::uint32_t kInitialize = 0, kAuthorize = 1, kDelegate = 2, kSplit = 3,
                                   kWithdraw = 4, kDeactivate = 5, kSetLockup = 6, kMerge = 7,
                                   kGetMinimumDelegation = 13, kRedelegate = 15;
    static constexpr std::uint32_t kStakerRole = 0, kWithdrawerRole = 1;
    static constexpr Lamports kSol = 1'000'000'000;
    static constexpr std::string_view kInvalidData = "ERROR: An instruction's data contents was "
                                                     "invalid";

    const Pubkey stake_ = test_key(1);
    const Pubkey other_ = test_key(2);
    const Pubkey staker_ = test_key(3);
    const Pubkey withdrawer_ = test_key(4);
    const Pubkey custodian_ = test_key(5);
    const Pubkey voter_ = test_key(6);
    const Pubkey wallet_ = test_key(7);
    const Lamports rent_of_stake_ = rent_for(StakeState::kSize);

    StakeProgramTest() {
        set_sysvar(ids::kEpochRewards, EpochRewards{}.encode());
        set_sysvar(ids::kStakeHistory, Wire().u64(0));
    }

    ProgramOutcome run_stake(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(ids::kStakeProgram, data, std::move(accounts));
    }
    void put_state(const Pubkey& key, Lamports lamports, const StakeState& state) {
        Bytes data = state.encode();
        data.resize(StakeState::kSize);
        put(key, lamports, data, ids::kStakeProgram);
    }
    [[nodiscard]] StakeState initialized() const {
        StakeState state;
        state.kind = StakeState::Kind::Initialized;
        state.meta.authorized = {.staker = staker_, .withdrawer = withdrawer_};
        return state;
    }
    /// All of it counts, since ever.
    [[nodiscard]] StakeState active(Lamports amount) const {
        StakeState state = initialized();
        state.kind = StakeState::Kind::Stake;
        state.stake.delegation = {
            .voter = voter_, .stake = amount, .activation_epoch = StakeDelegation::kNever};
        return state;
    }
    /// Until epoch 10, in the custodian's hands.
    [[nodiscard]] StakeState locked() const {
        StakeState state = initialized();
        state.meta.lockup = {.unix_timestamp = 0, .epoch = 10, .custodian = custodian_};
        return state;
    }
    StakeState state_of(const Pubkey& key) { return *StakeState::decode(data_of(key)); }

    Bytes initialize_data() const {
        return Wire().u32(kInitialize).key(staker_).key(withdrawer_).u64(0).u64(0).key(custodian_);
    }
    Bytes authorize_data(std::uint32_t role) const {
        return Wire().u32(kAuthorize).key(wallet_).u32(role);
    }
    ProgramOutcome withdraw(Lamports lamports) {
        return run_stake(Wire().u32(kWithdraw).u64(lamports),
                         {writable(stake_), writable(wallet_), readonly_signer(withdrawer_)});
    }
    ProgramOutcome split(Lamports lamports) {
        return run_stake(Wire().u32(kSplit).u64(lamports),
                         {writable(stake_), writable(other_), readonly_signer(staker_)});
    }
    ProgramOutcome merge(const Pubkey& source) {
        return run_stake(Wire().u32(kMerge),
                         {writable(stake_), writable(source), readonly_signer(staker_)});
    }
};

TEST_F(StakeProgramTest, InitializationStoresAuthoritiesFor750Units) {
    put(stake_, rent_of_stake_, Bytes(200), ids::kStakeProgram);
    const auto outcome = run_stake(initialize_data(), {writable(stake_)});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 750u);
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("Instruction: Initialize")));
    EXPECT_EQ(state_of(stake_).kind, StakeState::Kind::Initialized);
    EXPECT_EQ(state_of(stake_).meta.authorized,
              (StakeAuthorized{.staker = staker_, .withdrawer = withdrawer_}));
}

TEST_F(StakeProgramTest, InitializationChecksSizeThenOwnerThenStateThenRent) {
    EXPECT_EQ(run_stake(initialize_data(), {}).status, "NotEnoughAccountKeys");
    put(stake_, 0, Bytes(199), ids::kSystemProgram);
    EXPECT_EQ(run_stake(initialize_data(), {writable(stake_)}).status, "InvalidAccountData");
    put(stake_, 0, Bytes(200), ids::kSystemProgram);
    EXPECT_EQ(run_stake(initialize_data(), {writable(stake_)}).status, "InvalidAccountOwner");
    put_state(stake_, 0, initialized());
    EXPECT_EQ(run_stake(initialize_data(), {writable(stake_)}).status, "InvalidAccountData");
    put(stake_, rent_of_stake_ - 1, Bytes(200), ids::kStakeProgram);
    const auto outcome = run_stake(initialize_data(), {writable(stake_)});
    EXPECT_EQ(outcome.status, "InsufficientFunds");
    EXPECT_THAT(outcome.logs,
                ElementsAre(program_log("Instruction: Initialize"),
                            program_log("ERROR: An account's balance was too small to complete "
                                        "the instruction")));
}

TEST_F(StakeProgramTest, OnlyTheMinimumDelegationIsToldWhileRewardsAreDistributed) {
    EpochRewards rewards;
    rewards.active = true;
    set_sysvar(ids::kEpochRewards, rewards.encode());
    const auto refused = run_stake(initialize_data(), {});
    EXPECT_EQ(refused.status, "Custom(16)");
    EXPECT_THAT(refused.logs, ElementsAre(program_log("ERROR: Custom program error: 0x10")));
    EXPECT_EQ(run_stake(Wire().u32(18), {}).status, "InvalidInstructionData");
    EXPECT_EQ(run_stake(Wire().u32(kGetMinimumDelegation), {}).status, "ok");
}

TEST_F(StakeProgramTest, MinimumDelegationOfOneSolIsReturned) {
    const auto outcome = run_stake(Wire().u32(kGetMinimumDelegation), {});
    EXPECT_THAT(outcome.logs,
                ElementsAre(program_log("Instruction: GetMinimumDelegation"),
                            "Program return: Stake11111111111111111111111111111111111111 "
                            "AMqaOwAAAAA="));
}

TEST_F(StakeProgramTest, RedelegationIsRefusedWithoutItsName) {
    const auto outcome = run_stake(Wire().u32(kRedelegate), {});
    EXPECT_EQ(outcome.status, "InvalidInstructionData");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log(kInvalidData)));
}

TEST_F(StakeProgramTest, StakerIsChangedByEitherAuthority) {
    for (const Pubkey& authority : {staker_, withdrawer_}) {
        put_state(stake_, rent_of_stake_, initialized());
        EXPECT_EQ(
            run_stake(authorize_data(kStakerRole), {writable(stake_), readonly_signer(authority)})
                .status,
            "ok");
        EXPECT_EQ(state_of(stake_).meta.authorized.staker, wallet_);
    }
    put_state(stake_, rent_of_stake_, initialized());
    EXPECT_EQ(
        run_stake(authorize_data(kStakerRole), {writable(stake_), readonly_signer(wallet_)}).status,
        "MissingRequiredSignature");
    EXPECT_EQ(
        run_stake(authorize_data(kWithdrawerRole), {writable(stake_), readonly_signer(staker_)})
            .status,
        "MissingRequiredSignature");
}

TEST_F(StakeProgramTest, WithdrawerUnderLockupIsChangedOnlyWithTheCustodian) {
    put_state(stake_, rent_of_stake_, locked());
    const Bytes data = authorize_data(kWithdrawerRole);
    const AccountMeta authority = readonly_signer(withdrawer_);
    EXPECT_EQ(run_stake(data, {writable(stake_), authority}).status, "Custom(7)");
    EXPECT_EQ(run_stake(data, {writable(stake_), authority, readonly(custodian_)}).status,
              "Custom(7)"); // who does not sign is not seen
    EXPECT_EQ(run_stake(data, {writable(stake_), authority, readonly_signer(wallet_)}).status,
              "Custom(1)");
    // The lockup comes before the withdrawer's signature.
    EXPECT_EQ(run_stake(data, {writable(stake_), readonly_signer(staker_)}).status, "Custom(7)");
    EXPECT_EQ(
        run_stake(data, {writable(stake_), readonly_signer(staker_), readonly_signer(custodian_)})
            .status,
        "MissingRequiredSignature");
    EXPECT_EQ(run_stake(data, {writable(stake_), authority, readonly_signer(custodian_)}).status,
              "ok");
    EXPECT_EQ(state_of(stake_).meta.authorized.withdrawer, wallet_);
}

TEST_F(StakeProgramTest, LockupInForceIsChangedByItsCustodianAndElseByTheWithdrawer) {
    const Bytes to_epoch_3 = Wire().u32(kSetLockup).u8(0).u8(1).u64(3).u8(0);
    put_state(stake_, rent_of_stake_, locked());
    EXPECT_EQ(run_stake(to_epoch_3, {writable(stake_), readonly_signer(withdrawer_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_stake(to_epoch_3, {writable(stake_), readonly_signer(custodian_)}).status, "ok");
    EXPECT_EQ(state_of(stake_).meta.lockup.epoch, 3u); // the current one: no longer in force
    EXPECT_EQ(run_stake(to_epoch_3, {writable(stake_), readonly_signer(custodian_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_stake(to_epoch_3, {writable(stake_), readonly_signer(withdrawer_)}).status, "ok");
}

TEST_F(StakeProgramTest, DelegationLooksAtTheVoteAccountBeforeTheStake) {
    const Bytes data = Wire().u32(kDelegate);
    put(stake_, 0, Bytes(), ids::kSystemProgram);
    put(voter_, 1, Bytes(10), ids::kSystemProgram);
    EXPECT_EQ(run_stake(data, {writable(stake_), readonly(voter_)}).status, "NotEnoughAccountKeys");
    EXPECT_EQ(run_stake(data, {writable(stake_), readonly(voter_), readonly(staker_)}).status,
              "MissingRequiredSignature");
    const std::vector<AccountMeta> accounts = {writable(stake_), readonly(voter_),
                                               readonly_signer(staker_)};
    EXPECT_EQ(run_stake(data, accounts).status, "IncorrectProgramId");
    put(voter_, 1, Bytes(2, 0xff), ids::kVoteProgram);
    EXPECT_EQ(run_stake(data, accounts).status, "InvalidAccountData");
}

TEST_F(StakeProgramTest, DeactivationNotesTheEpochOnce) {
    put_state(stake_, kSol + rent_of_stake_, active(kSol));
    const Bytes data = Wire().u32(kDeactivate);
    EXPECT_EQ(run_stake(data, {writable(stake_), readonly_signer(withdrawer_)}).status,
              "MissingRequiredSignature");
    const std::vector<AccountMeta> accounts = {writable(stake_), readonly_signer(staker_)};
    EXPECT_EQ(run_stake(data, accounts).status, "ok");
    EXPECT_EQ(state_of(stake_).stake.delegation.deactivation_epoch, 3u);
    EXPECT_EQ(run_stake(data, accounts).status, "Custom(2)");
    put_state(stake_, rent_of_stake_, initialized());
    EXPECT_EQ(run_stake(data, accounts).status, "InvalidAccountData");
}

TEST_F(StakeProgramTest, WithdrawalLeavesTheRentOrNothingAtAll) {
    put_state(stake_, rent_of_stake_ + 100, initialized());
    EXPECT_EQ(withdraw(101).status, "InsufficientFunds");
    EXPECT_EQ(withdraw(100).status, "ok");
    EXPECT_EQ(lamports_of(stake_), rent_of_stake_);
    EXPECT_EQ(withdraw(rent_of_stake_).status, "ok");
    EXPECT_EQ(lamports_of(wallet_), rent_of_stake_ + 100);
    EXPECT_EQ(data_of(stake_), Bytes());
}

TEST_F(StakeProgramTest, DelegatedLamportsAndTheRentCannotBeWithdrawn) {
    put_state(stake_, kSol + rent_of_stake_ + 5, active(kSol));
    EXPECT_EQ(withdraw(6).status, "InsufficientFunds");
    EXPECT_EQ(withdraw(kSol + rent_of_stake_ + 5).status, "InsufficientFunds");
    EXPECT_EQ(withdraw(5).status, "ok");
}

TEST_F(StakeProgramTest, WithdrawalUnderLockupNeedsTheCustodian) {
    put_state(stake_, rent_of_stake_ + 100, locked());
    EXPECT_EQ(withdraw(1'000'000'000'000).status, "Custom(1)"); // before the amount
    const Bytes data = Wire().u32(kWithdraw).u64(1);
    EXPECT_EQ(run_stake(data, {writable(stake_), writable(wallet_), readonly_signer(withdrawer_),
                               readonly(custodian_)})
                  .status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_stake(data, {writable(stake_), writable(wallet_), readonly_signer(withdrawer_),
                               readonly_signer(custodian_)})
                  .status,
              "ok");
    EXPECT_EQ(
        run_stake(data, {writable(stake_), writable(stake_), readonly_signer(wallet_)}).status,
        "InvalidArgument");
}

TEST_F(StakeProgramTest, SplitChecksAccountsThenAmountThenSignature) {
    put_state(stake_, rent_of_stake_ + 100, initialized());
    EXPECT_EQ(run_stake(Wire().u32(kSplit).u64(0), {writable(stake_), writable(stake_)}).status,
              "InvalidArgument");
    put_state(other_, 0, initialized());
    EXPECT_EQ(split(0).status, "InvalidAccountData");
    put(other_, 0, Bytes(201), ids::kStakeProgram);
    EXPECT_EQ(split(0).status, "InsufficientFunds");
    EXPECT_EQ(split(rent_of_stake_ + 101).status, "InsufficientFunds");
    EXPECT_EQ(split(1).status, "InvalidAccountData");
    put(other_, 0, Bytes(200), ids::kStakeProgram);
    EXPECT_EQ(run_stake(Wire().u32(kSplit).u64(1), {writable(stake_), writable(other_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(split(100).status, "InsufficientFunds"); // less than the other one's rent
}

TEST_F(StakeProgramTest, SplitOfActiveStakeLeavesAtLeastOneSolOnEitherSide) {
    put_state(stake_, 3 * kSol + rent_of_stake_, active(3 * kSol));
    put(other_, rent_of_stake_, Bytes(200), ids::kStakeProgram);
    EXPECT_EQ(split(kSol - 1).status, "Custom(12)");
    EXPECT_EQ(split(2 * kSol + 1).status, "Custom(12)");
    EXPECT_EQ(split(2 * kSol).status, "ok");
    EXPECT_EQ(state_of(stake_).stake.delegation.stake, kSol);
    EXPECT_EQ(state_of(other_).stake.delegation.stake, 2 * kSol);
    EXPECT_EQ(lamports_of(other_), 2 * kSol + rent_of_stake_);
}

TEST_F(StakeProgramTest, MergeAddsStakesOfTheSameVoterAndAuthorities) {
    put_state(stake_, kSol + rent_of_stake_, active(kSol));
    put_state(other_, 2 * kSol + rent_of_stake_, active(2 * kSol));
    EXPECT_EQ(merge(stake_).status, "InvalidArgument");
    EXPECT_EQ(merge(other_).status, "ok");
    EXPECT_EQ(state_of(stake_).stake.delegation.stake, 3 * kSol); // the rent does not count
    EXPECT_EQ(lamports_of(stake_), 3 * kSol + 2 * rent_of_stake_);
    EXPECT_EQ(lamports_of(other_), 0u);
}

TEST_F(StakeProgramTest, MergeRefusesOtherAuthoritiesAndOtherVoters) {
    put_state(stake_, kSol + rent_of_stake_, active(kSol));
    StakeState source = active(kSol);
    source.meta.authorized.withdrawer = wallet_;
    put_state(other_, kSol + rent_of_stake_, source);
    EXPECT_EQ(merge(other_).status, "Custom(6)");
    source = active(kSol);
    source.stake.delegation.voter = wallet_;
    put_state(other_, kSol + rent_of_stake_, source);
    EXPECT_EQ(merge(other_).status, "Custom(6)");
    EXPECT_EQ(lamports_of(other_), kSol + rent_of_stake_);
}

} // namespace
} // namespace fathom::programs::stake
