// SPDX-License-Identifier: Apache-2.0
// Tests of the Vote program's instructions. Expectations follow Agave
// programs/vote/src/vote_processor.rs and vote_state/mod.rs.
#include "fathom/programs/vote/execute.hpp"
#include "fathom/types/pda.hpp"
#include "tests/support/test_vectors.hpp"
#include "tests/support/vote_fixture.hpp"

#include <algorithm>

namespace fathom::programs::vote {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class VoteProgram : public VoteFixture {
protected:
    static constexpr std::uint32_t kVoter = 0, kWithdrawer = 1, kVoterWithBls = 2;

    void put_empty_account(std::uint64_t size = VoteState::kSize) {
        put(vote_, rent_for(VoteState::kSize), Bytes(size), ids::kVoteProgram);
    }
    Bytes initialize() const { return Wire().u32(0).key(node_).key(voter_).key(withdrawer_).u8(5); }
    std::vector<AccountMeta> initialize_accounts() const {
        return {writable(vote_), readonly(ids::kRent), readonly(ids::kClock),
                readonly_signer(node_)};
    }
    Bytes authorize(const Pubkey& key, std::uint32_t kind) const {
        return Wire().u32(1).key(key).u32(kind);
    }
    std::vector<AccountMeta> authorize_accounts(const AccountMeta& signer) const {
        return {writable(vote_), readonly(ids::kClock), signer};
    }
    Bytes withdraw(Lamports lamports) const { return Wire().u32(3).u64(lamports); }
    std::vector<AccountMeta> withdraw_accounts() const {
        return {writable(vote_), writable(other_), readonly_signer(withdrawer_)};
    }
    /// Votes for 98 and 99.
    Bytes compact(std::uint32_t tag, Slot root = ~0ull) const {
        const Slot first = root == ~0ull ? 98 : 98 - root;
        return Wire()
            .u32(tag)
            .u64(root)
            .u8(2)
            .u8(static_cast<std::uint8_t>(first))
            .u8(2)
            .u8(1)
            .u8(1)
            .hash(hash_of(99))
            .u8(0);
    }
};

TEST_F(VoteProgram, ChecksTheOwnerBeforeTheInstruction) {
    put(vote_, 1, {}, other_);
    const auto outcome = run_vote({}, {writable(vote_)});
    EXPECT_EQ(outcome.status, "InvalidAccountOwner");
    EXPECT_EQ(outcome.units, 2100u);
    EXPECT_EQ(run_vote({}, {}).status, "MissingAccount");
    put_empty_account();
    EXPECT_EQ(run_vote({}, {writable(vote_)}).status, "InvalidInstructionData");
    EXPECT_EQ(run_vote(Wire().u32(20), {writable(vote_)}).status, "InvalidInstructionData");
}

TEST_F(VoteProgram, InitializesVersion4) {
    put_empty_account();
    const auto outcome = run_vote(initialize(), initialize_accounts());
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 2100u);
    EXPECT_THAT(outcome.logs, IsEmpty());
    EXPECT_EQ(stored_state(), initial_state());
    EXPECT_EQ(data_of(vote_).size(), 3762u);
}

TEST_F(VoteProgram, InitializeChecksInOrder) {
    put(vote_, rent_for(3762) - 1, Bytes(3762), ids::kVoteProgram);
    EXPECT_EQ(run_vote(initialize(), {writable(vote_)}).status, "MissingAccount");
    EXPECT_EQ(run_vote(initialize(), {writable(vote_), readonly(other_)}).status,
              "InvalidArgument");
    EXPECT_EQ(run_vote(initialize(), {writable(vote_), readonly(ids::kRent)}).status,
              "InsufficientFunds");
    put_empty_account(3763);
    account(vote_).lamports = rent_for(3763);
    EXPECT_EQ(run_vote(initialize(), {writable(vote_), readonly(ids::kRent)}).status,
              "MissingAccount");
    const std::vector<AccountMeta> unsigned_accounts{writable(vote_), readonly(ids::kRent),
                                                     readonly(ids::kClock)};
    EXPECT_EQ(run_vote(initialize(), unsigned_accounts).status, "InvalidAccountData");
    put_vote_account(initial_state());
    EXPECT_EQ(run_vote(initialize(), unsigned_accounts).status, "AccountAlreadyInitialized");
    put_empty_account();
    EXPECT_EQ(run_vote(initialize(), unsigned_accounts).status, "MissingRequiredSignature");
}

TEST_F(VoteProgram, AuthorizesAVoterFromTheEpochAfterTheLeaderSchedule) {
    put_vote_account(initial_state());
    EXPECT_EQ(
        run_vote(authorize(other_, kVoter), authorize_accounts(readonly_signer(voter_))).status,
        "ok");
    EXPECT_EQ(stored_state().authorized_voters, (AuthorizedVoters{{3, voter_}, {5, other_}}));
    EXPECT_EQ(
        run_vote(authorize(node_, kVoter), authorize_accounts(readonly_signer(withdrawer_))).status,
        "Custom(5)");
}

TEST_F(VoteProgram, AuthorizeVoterNeedsVoterOrWithdrawer) {
    put_vote_account(initial_state());
    EXPECT_EQ(
        run_vote(authorize(other_, kVoter), authorize_accounts(readonly_signer(other_))).status,
        "MissingRequiredSignature");
    EXPECT_EQ(run_vote(authorize(other_, kVoter), authorize_accounts(readonly_signer(withdrawer_)))
                  .status,
              "ok");
}

TEST_F(VoteProgram, AuthorizeVoterRefusesKeysThatBelongWithABlsKey) {
    VoteState state = initial_state();
    state.bls_pubkey = BlsPublicKey{};
    put_vote_account(state);
    EXPECT_EQ(
        run_vote(authorize(other_, kVoter), authorize_accounts(readonly_signer(voter_))).status,
        "ok");
    activate(Feature::bls_pubkey_management_in_vote_account);
    put_vote_account(state);
    EXPECT_EQ(
        run_vote(authorize(other_, kVoter), authorize_accounts(readonly_signer(voter_))).status,
        "InvalidInstructionData");
}

TEST_F(VoteProgram, AuthorizesAWithdrawer) {
    put_vote_account(initial_state());
    EXPECT_EQ(run_vote(authorize(other_, kWithdrawer), authorize_accounts(readonly_signer(voter_)))
                  .status,
              "MissingRequiredSignature");
    EXPECT_EQ(
        run_vote(authorize(other_, kWithdrawer), authorize_accounts(readonly_signer(withdrawer_)))
            .status,
        "ok");
    EXPECT_EQ(stored_state().authorized_withdrawer, other_);
}

TEST_F(VoteProgram, AuthorizeWithBlsIsGatedAndCharged) {
    put_vote_account(initial_state());
    const Bytes data = Wire().u32(1).key(other_).u32(kVoterWithBls).zeros(48 + 96);
    EXPECT_EQ(run_vote(Wire().u32(1).key(other_).u32(kVoterWithBls).zeros(143),
                       authorize_accounts(readonly_signer(voter_)))
                  .status,
              "InvalidInstructionData");
    EXPECT_EQ(run_vote(data, authorize_accounts(readonly_signer(voter_))).status,
              "InvalidInstructionData");
    activate(Feature::bls_pubkey_management_in_vote_account);
    const auto outcome = run_vote(data, authorize_accounts(readonly_signer(voter_)));
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_EQ(outcome.units, 2100u + 34'500u);
    budget_.compute_unit_limit = 2100 + 34'499;
    EXPECT_EQ(run_vote(data, authorize_accounts(readonly_signer(voter_))).status,
              "ComputationalBudgetExceeded");
}

TEST_F(VoteProgram, AuthorizeWithBlsStoresAKeyThatIsProven) {
    FATHOM_REQUIRE_SHARED(path, "data/fixtures/cluster_facts/vexor/cluster_facts.json");
    const auto facts = read_json(path);
    activate(Feature::bls_pubkey_management_in_vote_account);
    for (const auto& fact : facts.at("bls_proof_of_possession")) {
        std::ranges::copy(hex_field(fact, "vote_pubkey"), vote_.bytes.begin());
        const Bytes key = hex_field(fact, "bls_pubkey");
        const Bytes data =
            Wire().u32(1).key(other_).u32(kVoterWithBls).raw(key).raw(hex_field(fact, "pop"));
        put_vote_account(initial_state());
        const auto outcome = run_vote(data, authorize_accounts(readonly_signer(voter_)));
        EXPECT_EQ(outcome.status, "ok");
        EXPECT_EQ(outcome.units, 2100u + 34'500u);
        EXPECT_TRUE(std::ranges::equal(stored_state().bls_pubkey.value(), key));
        vote_.bytes[0] ^= 1;
        put_vote_account(initial_state());
        EXPECT_EQ(run_vote(data, authorize_accounts(readonly_signer(voter_))).status,
                  "InvalidArgument");
    }
}

TEST_F(VoteProgram, AuthorizeCheckedNeedsTheNewSignature) {
    put_vote_account(initial_state());
    const Bytes data = Wire().u32(7).u32(kWithdrawer);
    const AccountMeta clock = readonly(ids::kClock);
    EXPECT_EQ(run_vote(data, {writable(vote_), clock, readonly_signer(withdrawer_)}).status,
              "MissingAccount");
    EXPECT_EQ(
        run_vote(data, {writable(vote_), clock, readonly_signer(withdrawer_), readonly(other_)})
            .status,
        "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), clock, readonly_signer(withdrawer_),
                              readonly_signer(other_)})
                  .status,
              "ok");
    EXPECT_EQ(stored_state().authorized_withdrawer, other_);
}

TEST_F(VoteProgram, AuthorizesWithADerivedKey) {
    const Pubkey base = test_key(0x21);
    const Pubkey owner = test_key(0x22);
    VoteState state = initial_state();
    state.authorized_withdrawer = *create_with_seed(base, as_bytes("seed"), owner);
    put_vote_account(state);
    const Bytes data = Wire().u32(10).u32(kWithdrawer).key(owner).text("seed").key(other_);
    const AccountMeta clock = readonly(ids::kClock);
    EXPECT_EQ(run_vote(data, {writable(vote_), clock}).status, "MissingAccount");
    EXPECT_EQ(run_vote(data, {writable(vote_), clock, readonly(base)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), clock, readonly_signer(base)}).status, "ok");
    EXPECT_EQ(stored_state().authorized_withdrawer, other_);
    const Bytes long_seed =
        Wire().u32(10).u32(kWithdrawer).key(owner).text(std::string(33, 's')).key(other_);
    EXPECT_EQ(run_vote(long_seed, {writable(vote_), clock, readonly_signer(base)}).status,
              "Custom(0)");
}

TEST_F(VoteProgram, AuthorizesCheckedWithADerivedKey) {
    const Pubkey base = test_key(0x21);
    const Pubkey owner = test_key(0x22);
    VoteState state = initial_state();
    state.authorized_withdrawer = *create_with_seed(base, as_bytes("seed"), owner);
    put_vote_account(state);
    const Bytes data = Wire().u32(11).u32(kWithdrawer).key(owner).text("seed");
    const AccountMeta clock = readonly(ids::kClock);
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(other_), readonly(base), readonly(other_)})
                  .status,
              "MissingRequiredSignature");
    EXPECT_EQ(
        run_vote(data, {writable(vote_), clock, readonly_signer(base), readonly_signer(other_)})
            .status,
        "ok");
    EXPECT_EQ(stored_state().authorized_withdrawer, other_);
}

TEST_F(VoteProgram, UpdatesTheIdentity) {
    put_vote_account(initial_state());
    const Bytes data = Wire().u32(4);
    EXPECT_EQ(run_vote(data, {writable(vote_)}).status, "MissingAccount");
    EXPECT_EQ(
        run_vote(data, {writable(vote_), readonly(other_), readonly_signer(withdrawer_)}).status,
        "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly_signer(other_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(
        run_vote(data, {writable(vote_), readonly_signer(other_), readonly_signer(withdrawer_)})
            .status,
        "ok");
    EXPECT_EQ(stored_state().node_pubkey, other_);
    EXPECT_EQ(stored_state().block_revenue_collector, other_);
    activate(Feature::custom_commission_collector);
    EXPECT_EQ(
        run_vote(data, {writable(vote_), readonly_signer(node_), readonly_signer(withdrawer_)})
            .status,
        "ok");
    EXPECT_EQ(stored_state().node_pubkey, node_);
    EXPECT_EQ(stored_state().block_revenue_collector, other_);
}

TEST_F(VoteProgram, CommissionMayRiseInTheFirstHalfOfAnEpoch) {
    put_vote_account(initial_state());
    const std::vector<AccountMeta> accounts{writable(vote_), readonly_signer(withdrawer_)};
    set_clock({.slot = 96, .epoch = 3}); // relative slot 32 of 64
    EXPECT_EQ(run_vote(Wire().u32(5).u8(9), accounts).status, "ok");
    EXPECT_EQ(stored_state().inflation_rewards_commission_bps, 900);
    set_clock({.slot = 97, .epoch = 3});
    EXPECT_EQ(run_vote(Wire().u32(5).u8(10), {writable(vote_)}).status, "Custom(19)");
    EXPECT_EQ(run_vote(Wire().u32(5).u8(9), {writable(vote_)}).status, "MissingRequiredSignature");
    EXPECT_EQ(run_vote(Wire().u32(5).u8(8), accounts).status, "ok");
    activate(Feature::delay_commission_updates);
    EXPECT_EQ(run_vote(Wire().u32(5).u8(255), accounts).status, "ok");
    EXPECT_EQ(stored_state().inflation_rewards_commission_bps, 25'500);
}

TEST_F(VoteProgram, UnreadableStateCountsAsAnIncreaseOfTheCommission) {
    put_empty_account();
    set_clock({.slot = 97, .epoch = 3});
    EXPECT_EQ(run_vote(Wire().u32(5).u8(0), {writable(vote_)}).status, "Custom(19)");
    set_clock({.slot = 96, .epoch = 3});
    EXPECT_EQ(run_vote(Wire().u32(5).u8(0), {writable(vote_)}).status, "InvalidAccountData");
}

TEST_F(VoteProgram, UpdatesCommissionsInBasisPoints) {
    put_vote_account(initial_state());
    const std::vector<AccountMeta> accounts{writable(vote_), readonly_signer(withdrawer_)};
    const Bytes inflation = Wire().u32(18).u16(123).u32(0);
    const Bytes block = Wire().u32(18).u16(456).u32(1);
    EXPECT_EQ(run_vote(inflation, accounts).status, "InvalidInstructionData");
    activate(Feature::commission_rate_in_basis_points);
    EXPECT_EQ(run_vote(inflation, accounts).status, "InvalidInstructionData");
    activate(Feature::delay_commission_updates);
    EXPECT_EQ(run_vote(inflation, {writable(vote_)}).status, "MissingRequiredSignature");
    EXPECT_EQ(run_vote(inflation, accounts).status, "ok");
    EXPECT_EQ(run_vote(block, accounts).status, "InvalidInstructionData");
    activate(Feature::block_revenue_sharing);
    EXPECT_EQ(run_vote(block, accounts).status, "ok");
    EXPECT_EQ(stored_state().inflation_rewards_commission_bps, 123);
    EXPECT_EQ(stored_state().block_revenue_commission_bps, 456);
    EXPECT_EQ(run_vote(Wire().u32(18).u16(1).u32(2), accounts).status, "InvalidInstructionData");
}

TEST_F(VoteProgram, UpdatesACollector) {
    put_vote_account(initial_state());
    const Bytes data = Wire().u32(17).u32(1);
    const AccountMeta signer = readonly_signer(withdrawer_);
    EXPECT_EQ(run_vote(data, {writable(vote_), writable(other_), signer}).status,
              "InvalidInstructionData");
    activate(Feature::custom_commission_collector);
    put(other_, 0, {}, node_);
    EXPECT_EQ(run_vote(data, {writable(vote_), writable(other_)}).status, "MissingAccount");
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(other_), readonly(withdrawer_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(other_), signer}).status,
              "InvalidAccountOwner");
    put(other_, 0);
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(other_), signer}).status,
              "InsufficientFunds");
    put(other_, rent_for(0));
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(other_), signer}).status,
              "InvalidArgument");
    EXPECT_EQ(run_vote(data, {writable(vote_), writable(other_), signer}).status, "ok");
    EXPECT_EQ(stored_state().block_revenue_collector, other_);
    EXPECT_EQ(run_vote(Wire().u32(17).u32(0), {writable(vote_), writable(other_), signer}).status,
              "ok");
    EXPECT_EQ(stored_state().inflation_rewards_collector, other_);
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(vote_), signer}).status, "ok");
    EXPECT_EQ(stored_state().block_revenue_collector, vote_);
}

TEST_F(VoteProgram, WithdrawsDownToTheRentExemptMinimum) {
    VoteState state = initial_state();
    state.pending_delegator_rewards = 3;
    put_vote_account(state, 10);
    EXPECT_EQ(run_vote(withdraw(8), withdraw_accounts()).status, "InsufficientFunds");
    EXPECT_EQ(run_vote(withdraw(7), withdraw_accounts()).status, "ok");
    EXPECT_EQ(lamports_of(other_), 7u);
    EXPECT_EQ(stored_state(), state);
}

TEST_F(VoteProgram, WithdrawChecksInOrder) {
    put_vote_account(initial_state(), 10);
    EXPECT_EQ(run_vote(withdraw(1), {writable(vote_)}).status, "MissingAccount");
    EXPECT_EQ(run_vote(withdraw(~0ull), {writable(vote_), writable(other_)}).status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_vote(withdraw(~0ull), withdraw_accounts()).status, "InsufficientFunds");
    EXPECT_EQ(
        run_vote(withdraw(1), {readonly(vote_), writable(other_), readonly_signer(withdrawer_)})
            .status,
        "ReadonlyLamportChange");
    put_empty_account();
    EXPECT_EQ(run_vote(withdraw(1), withdraw_accounts()).status, "InvalidAccountData");
}

TEST_F(VoteProgram, ClosesAnAccountThatStoppedVoting) {
    VoteState state = initial_state();
    state.epoch_credits = {{.epoch = 2, .credits = 1, .previous_credits = 0}};
    put_vote_account(state);
    const Bytes everything = withdraw(lamports_of(vote_));
    EXPECT_EQ(run_vote(everything, withdraw_accounts()).status, "Custom(18)");
    state.epoch_credits[0].epoch = 1;
    state.pending_delegator_rewards = 1;
    put_vote_account(state);
    EXPECT_EQ(run_vote(everything, withdraw_accounts()).status, "InsufficientFunds");
    state.pending_delegator_rewards = 0;
    put_vote_account(state);
    EXPECT_EQ(run_vote(everything, withdraw_accounts()).status, "ok");
    EXPECT_EQ(lamports_of(vote_), 0u);
    EXPECT_EQ(data_of(vote_), Bytes(3762));
}

TEST_F(VoteProgram, VotesSlotBySlot) {
    put_vote_account(initial_state());
    const Bytes data = Wire().u32(2).u64(2).u64(98).u64(99).hash(hash_of(99)).u8(1).u64(7777);
    const AccountMeta hashes = readonly(ids::kSlotHashes);
    const AccountMeta clock = readonly(ids::kClock);
    EXPECT_EQ(run_vote(data, {writable(vote_), clock}).status, "InvalidArgument");
    EXPECT_EQ(run_vote(data, {writable(vote_), hashes}).status, "MissingAccount");
    EXPECT_EQ(run_vote(data, {writable(vote_), hashes, clock}).status, "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), hashes, clock, readonly_signer(voter_)}).status,
              "ok");
    const VoteState state = stored_state();
    EXPECT_EQ(state.votes.size(), 2u);
    EXPECT_EQ(state.last_timestamp, (BlockTimestamp{.slot = 99, .timestamp = 7777}));
    EXPECT_EQ(run_vote(data, {writable(vote_), hashes, clock, readonly_signer(voter_)}).status,
              "Custom(0)");
}

TEST_F(VoteProgram, EveryTowerInstructionGivesTheSameTower) {
    const Bytes plain =
        Wire().u32(8).u64(2).u64(98).u32(2).u64(99).u32(1).u8(0).hash(hash_of(99)).u8(0);
    const Bytes plain_switch =
        Wire().u32(9).u64(2).u64(98).u32(2).u64(99).u32(1).u8(0).hash(hash_of(99)).u8(0).zeros(32);
    const std::vector<Bytes> instructions{plain,
                                          plain_switch,
                                          compact(12),
                                          Wire().raw(compact(13)).zeros(32),
                                          Wire().raw(compact(14)).zeros(32),
                                          Wire().raw(compact(15)).zeros(64)};
    VoteState expected = initial_state();
    expected.votes = {{.latency = 2, .lockout = {.slot = 98, .confirmation_count = 2}},
                      {.latency = 1, .lockout = {.slot = 99, .confirmation_count = 1}}};
    for (const Bytes& data : instructions) {
        put_vote_account(initial_state());
        EXPECT_EQ(run_vote(data, {writable(vote_), readonly_signer(voter_)}).status, "ok");
        EXPECT_EQ(stored_state(), expected);
        const Bytes truncated(data.begin(), data.end() - 1);
        EXPECT_EQ(run_vote(truncated, {writable(vote_), readonly_signer(voter_)}).status,
                  "InvalidInstructionData");
    }
}

TEST_F(VoteProgram, CompactTowersCountFromTheRoot) {
    put_vote_account(initial_state());
    EXPECT_EQ(
        run_vote(Wire().raw(compact(14, 90)).zeros(32), {writable(vote_), readonly_signer(voter_)})
            .status,
        "ok");
    EXPECT_EQ(stored_state().root_slot, 90u);
    EXPECT_EQ(stored_state().last_voted_slot(), 99u);
}

TEST_F(VoteProgram, CompactTowersMustNotWrapOrPadTheirDistances) {
    put_vote_account(initial_state());
    const auto status = [&](const Bytes& offset) {
        const Bytes data = Wire().u32(12).u64(90).u8(1).raw(offset).u8(1).hash(hash_of(99)).u8(0);
        return run_vote(data, {writable(vote_), readonly_signer(voter_)}).status;
    };
    EXPECT_EQ(status({9}), "ok");
    EXPECT_EQ(status({0x89, 0}), "InvalidInstructionData");
    // 2⁶⁴ - 1 is beyond the root's distance to the end; one more bit is no number at all.
    EXPECT_EQ(status({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}),
              "InvalidInstructionData");
    EXPECT_EQ(status({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}),
              "InvalidInstructionData");
}

TEST_F(VoteProgram, LegacyVotesAndThenAllVotesCanBeSwitchedOff) {
    put_vote_account(initial_state());
    const std::vector<AccountMeta> accounts{writable(vote_), readonly_signer(voter_)};
    activate(Feature::deprecate_legacy_vote_ixs);
    EXPECT_EQ(run_vote(Wire().u32(2).u64(0).zeros(32).u8(0), accounts).status,
              "InvalidInstructionData");
    EXPECT_EQ(run_vote(compact(12), accounts).status, "InvalidInstructionData");
    EXPECT_EQ(run_vote(Wire().raw(compact(14)).zeros(32), accounts).status, "ok");
    put_vote_account(initial_state());
    environment_.alpenglow_migration_succeeded = true;
    EXPECT_EQ(run_vote(Wire().raw(compact(14)).zeros(32), accounts).status,
              "InvalidInstructionData");
}

TEST_F(VoteProgram, SmallAccountsGrowIfTheyCanPay) {
    Bytes data = initial_state().encode();
    data.resize(3731);
    put(vote_, rent_for(3762) - 1, data, ids::kVoteProgram);
    const std::vector<AccountMeta> accounts{writable(vote_), readonly_signer(voter_)};
    EXPECT_EQ(run_vote(Wire().raw(compact(14)).zeros(32), accounts).status, "AccountNotRentExempt");
    put(vote_, rent_for(3762), data, ids::kVoteProgram);
    EXPECT_EQ(
        run_vote(Wire().raw(compact(14)).zeros(32), {readonly(vote_), readonly_signer(voter_)})
            .status,
        "AccountNotRentExempt");
    EXPECT_EQ(run_vote(Wire().raw(compact(14)).zeros(32), accounts).status, "ok");
    EXPECT_EQ(data_of(vote_).size(), 3762u);
}

TEST_F(VoteProgram, InitializeV2IsGatedAndReachesTheProof) {
    const Bytes data =
        Wire().u32(16).key(node_).key(voter_).zeros(48 + 96).key(withdrawer_).u16(100).u16(200);
    put_empty_account();
    put(other_, rent_for(0));
    const AccountMeta node = readonly_signer(node_);
    const std::vector<AccountMeta> accounts{writable(vote_), node, writable(other_),
                                            writable(vote_)};
    EXPECT_EQ(run_vote(data, accounts).status, "InvalidInstructionData");
    activate(Feature::bls_pubkey_management_in_vote_account);
    activate(Feature::commission_rate_in_basis_points);
    activate(Feature::custom_commission_collector);
    activate(Feature::block_revenue_sharing);
    activate(Feature::vote_account_initialize_v2);
    EXPECT_EQ(run_vote(data, {writable(vote_), node, writable(other_)}).status, "MissingAccount");
    EXPECT_EQ(run_vote(data, {writable(vote_), node, writable(other_), writable(other_)}).status,
              "AccountBorrowFailed");
    EXPECT_EQ(run_vote(data, {writable(vote_), readonly(node_), readonly(other_), writable(vote_)})
                  .status,
              "MissingRequiredSignature");
    EXPECT_EQ(run_vote(data, {writable(vote_), node, readonly(other_), writable(vote_)}).status,
              "InvalidArgument");
    const auto outcome = run_vote(data, accounts);
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_EQ(outcome.units, 2100u + 34'500u);
}

TEST_F(VoteProgram, DepositsDelegatorRewards) {
    put_vote_account(initial_state());
    put(other_, 100);
    const Bytes data = Wire().u32(19).u64(30);
    const std::vector<AccountMeta> accounts{writable(vote_), writable_signer(other_),
                                            readonly(ids::kSystemProgram)};
    EXPECT_EQ(run_vote(data, accounts).status, "InvalidInstructionData");
    activate(Feature::commission_rate_in_basis_points);
    activate(Feature::custom_commission_collector);
    activate(Feature::block_revenue_sharing);
    EXPECT_EQ(run_vote(data, {writable(vote_)}).status, "MissingAccount");
    EXPECT_EQ(run_vote(data, {writable(vote_), writable(other_)}).status,
              "MissingRequiredSignature");
    const Lamports before = lamports_of(vote_);
    const auto outcome = run_vote(data, accounts);
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 2100u + 150u);
    EXPECT_EQ(lamports_of(vote_), before + 30);
    EXPECT_EQ(stored_state().pending_delegator_rewards, 30u);
    VoteState full = initial_state();
    full.pending_delegator_rewards = ~0ull;
    put_vote_account(full);
    EXPECT_EQ(run_vote(data, accounts).status, "ArithmeticOverflow");
    put_empty_account();
    EXPECT_EQ(run_vote(data, accounts).status, "InvalidAccountData");
}

} // namespace
} // namespace fathom::programs::vote
