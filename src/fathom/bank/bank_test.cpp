// SPDX-License-Identifier: Apache-2.0
// What a bank does around its transactions: ticks, fees, sysvars, hashes, forks, epochs.
#include "fathom/bank/bank.hpp"
#include "fathom/bank/genesis.hpp"
#include "fathom/bank/slot_history.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/keypair.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace fathom::bank {
namespace {

constexpr Lamports kMuch = 1'000'000'000'000;
constexpr std::uint64_t kSlotsPerEpoch = 32;

Hash tick_of(Slot slot) {
    return Hash{crypto::sha256(as_bytes("tick " + std::to_string(slot)))};
}

/// One validator, one payer, the gates of mainnet.
class BankTest : public testing::Test {
protected:
    BankTest() {
        genesis_.features = FeatureSet::mainnet();
        genesis_.epoch_schedule.slots_per_epoch = kSlotsPerEpoch;
        genesis_.epoch_schedule.leader_schedule_slot_offset = kSlotsPerEpoch;
        genesis_.hash = tick_of(0);
        put(payer_.pubkey(), ids::kSystemProgram, {}, kMuch);
        put(validator_.pubkey(), ids::kSystemProgram, {}, kMuch);
        programs::vote::VoteState vote;
        vote.node_pubkey = validator_.pubkey();
        vote.authorized_withdrawer = validator_.pubkey();
        vote.inflation_rewards_collector = vote_;
        vote.bls_pubkey.emplace().fill(1); // or it would not be admitted
        vote.block_revenue_collector = validator_.pubkey();
        vote.authorized_voters = {{0, validator_.pubkey()}};
        Bytes vote_data = vote.encode();
        vote_data.resize(programs::vote::VoteState::kSize);
        put(vote_, ids::kVoteProgram, vote_data, kMuch);
        StakeState stake;
        stake.kind = StakeState::Kind::Stake;
        stake.stake.delegation.voter = vote_;
        stake.stake.delegation.stake = kMuch;
        stake.stake.delegation.activation_epoch = StakeDelegation::kNever;
        Bytes stake_data = stake.encode();
        stake_data.resize(StakeState::kSize);
        put(Keypair::from_text("stake").pubkey(), ids::kStakeProgram, stake_data, 2 * kMuch);
    }

    void put(const Pubkey& key, const Pubkey& owner, const Bytes& data, Lamports lamports) {
        Account account;
        account.lamports = lamports;
        account.owner = owner;
        account.data = AccountData(data);
        genesis_.accounts.push_back({key, std::move(account)});
    }
    std::shared_ptr<Bank> genesis() {
        ProcessorConfig config;
        config.native.stake = true;
        auto bank = make_genesis_bank(genesis_, std::make_shared<Runtime>(config));
        return finish(bank);
    }
    static std::shared_ptr<Bank> finish(std::shared_ptr<Bank> bank) {
        bank->finish_ticks(tick_of(bank->slot()));
        bank->freeze();
        return bank;
    }
    static std::shared_ptr<Bank> child(const std::shared_ptr<Bank>& parent, Slot slot) {
        return Bank::child_of(parent, slot).value();
    }
    std::vector<TransactionOutcome> send(Bank& bank, const Pubkey& to, Lamports lamports) {
        const Instruction transfer = make_transfer(payer_.pubkey(), to, lamports);
        last_ =
            build_transaction(payer_, {&transfer, 1}, bank.state().blockhashes.last_hash()).value();
        return send_again(bank);
    }
    std::vector<TransactionOutcome> send_again(Bank& bank) {
        const ByteView view = last_;
        return bank.execute({&view, 1});
    }
    template <class Value> static Value sysvar(const Bank& bank, const Pubkey& id) {
        return Value::decode(bank.account(id)->data.view()).value();
    }
    static bool slot_history_has(const Bank& bank, Slot slot) {
        const ByteView bits = bank.account(ids::kSlotHistory)->data.view().subspan(9);
        return (bits[slot / 8] >> (slot % 8) & 1) != 0;
    }
    static Lamports sum_of_accounts(const Bank& bank, const std::vector<Pubkey>& keys) {
        Lamports sum = 0;
        for (const Pubkey& key : keys) {
            if (const auto account = bank.account(key)) sum += account->lamports;
        }
        return sum;
    }

    Genesis genesis_;
    const Keypair payer_ = Keypair::from_text("payer");
    const Keypair validator_ = Keypair::from_text("validator");
    const Pubkey vote_ = Keypair::from_text("vote").pubkey();
    Bytes last_;
};

TEST_F(BankTest, HalfOfTheFeeIsBurnedAndTheLeaderGetsTheRest) {
    auto bank = child(genesis(), 1);
    ASSERT_EQ(bank->state().leader.id, validator_.pubkey());
    const Lamports supply = bank->state().capitalization;
    ASSERT_EQ(send(*bank, vote_, 7)[0].commit, Commit::All);
    finish(bank);
    EXPECT_EQ(bank->account(validator_.pubkey())->lamports, kMuch + 2'500);
    EXPECT_EQ(bank->account(payer_.pubkey())->lamports, kMuch - 5'000 - 7);
    // SlotHistory came into being with the first freeze, before this block.
    EXPECT_EQ(bank->state().capitalization, supply - 2'500);
}

TEST_F(BankTest, IncineratorBurnsOnlyWhatItsSlotSentThere) {
    auto bank = child(genesis(), 1);
    const Lamports supply = bank->state().capitalization;
    constexpr Lamports kBurned = 1'000'000;
    ASSERT_EQ(send(*bank, ids::kIncinerator, kBurned)[0].commit, Commit::All);
    EXPECT_EQ(bank->account(ids::kIncinerator)->lamports, kBurned);
    finish(bank);
    EXPECT_FALSE(bank->account(ids::kIncinerator));
    EXPECT_EQ(bank->state().capitalization, supply - 2'500 - kBurned);
    const auto next = finish(child(bank, 2));
    EXPECT_EQ(next->state().capitalization, bank->state().capitalization);
}

TEST_F(BankTest, SlotHistoryHasItsOwnSlotAndSlotHashesOnlyTheParents) {
    const auto first = finish(child(genesis(), 1));
    const auto bank = child(first, 3);
    const auto before = sysvar<SlotHashes>(*bank, ids::kSlotHashes);
    EXPECT_EQ(before.entries.front(), std::pair(Slot{1}, first->hash()));
    finish(bank);
    EXPECT_TRUE(slot_history_has(*bank, 3));
    EXPECT_FALSE(slot_history_has(*bank, 2));
    EXPECT_TRUE(slot_history_has(*bank, 1));
    EXPECT_EQ(sysvar<SlotHashes>(*bank, ids::kSlotHashes).entries.front().first, Slot{1});
}

TEST_F(BankTest, LastTickMakesTheBlockhash) {
    auto bank = child(genesis(), 1);
    const Hash before = bank->state().blockhashes.last_hash();
    for (int i = 0; i < 63; ++i) bank->register_tick(tick_of(100));
    EXPECT_EQ(bank->state().blockhashes.last_hash(), before);
    bank->register_tick(tick_of(101));
    EXPECT_EQ(bank->state().blockhashes.last_hash(), tick_of(101));
    const auto recent = sysvar<RecentBlockhashes>(*bank, ids::kRecentBlockhashes);
    EXPECT_EQ(recent.entries.front().blockhash, tick_of(101));
}

TEST_F(BankTest, TicksOfSkippedSlotsBelongToTheNextBlock) {
    const auto bank = child(genesis(), 3);
    EXPECT_EQ(bank->max_tick_height() - bank->state().tick_height, 3 * 64U);
}

TEST_F(BankTest, ClosedAccountsAndNewOnesAreInTheLatticeHash) {
    const auto first = finish(child(genesis(), 1));
    auto bank = child(first, 2);
    const Pubkey fresh = Keypair::from_text("fresh").pubkey();
    ASSERT_EQ(send(*bank, fresh, 2'000'000)[0].commit, Commit::All);
    finish(bank);
    crypto::LtHash expected = first->state().accounts_lt_hash;
    for (const auto& [key, account] : bank->accounts().changes()) {
        if (const auto before = first->account(key)) expected -= account_lt_hash(key, *before);
        expected += account_lt_hash(key, account);
    }
    EXPECT_EQ(bank->state().accounts_lt_hash.to_bytes(), expected.to_bytes());
    EXPECT_TRUE(bank->accounts().changed(fresh) != nullptr);
}

TEST_F(BankTest, MessageIsProcessedOnceOnAForkAndAgainOnAnother) {
    const auto root = genesis();
    auto left = child(root, 1);
    ASSERT_EQ(send(*left, vote_, 7)[0].commit, Commit::All);
    EXPECT_EQ(send_again(*left)[0].error, TransactionError(TransactionError::AlreadyProcessed));
    finish(left);
    auto above = child(left, 3);
    EXPECT_EQ(send_again(*above)[0].error, TransactionError(TransactionError::AlreadyProcessed));
    auto right = child(root, 2);
    EXPECT_EQ(send_again(*right)[0].commit, Commit::All);
}

TEST_F(BankTest, MessageOfASlotBetweenTwoRootsStaysKnown) {
    auto bank = child(genesis(), 1);
    ASSERT_EQ(send(*bank, vote_, 7)[0].commit, Commit::All);
    bank = finish(child(finish(bank), 2));
    bank->make_root();
    auto next = child(bank, 3);
    EXPECT_EQ(send_again(*next)[0].error, TransactionError(TransactionError::AlreadyProcessed));
}

TEST_F(BankTest, ForksDoNotSeeEachOthersAccounts) {
    const auto root = genesis();
    const Pubkey fresh = Keypair::from_text("fresh").pubkey();
    auto left = child(root, 1);
    auto right = child(root, 2);
    ASSERT_EQ(send(*left, fresh, 2'000'000)[0].commit, Commit::All);
    EXPECT_TRUE(left->account(fresh));
    EXPECT_FALSE(right->account(fresh));
    EXPECT_FALSE(root->account(fresh));
    finish(left);
    left->make_root();
    EXPECT_TRUE(child(left, 4)->account(fresh));
}

TEST_F(BankTest, ParentMustBeFrozenAndEarlier) {
    const auto root = genesis();
    EXPECT_FALSE(Bank::child_of(child(root, 1), 2));
    EXPECT_FALSE(Bank::child_of(root, 0));
}

TEST_F(BankTest, PendingFeatureIsActiveFromTheFirstSlotOfTheNextEpoch) {
    const Feature feature = Feature::set_lamports_per_byte_to_6333;
    genesis_.features.deactivate(feature);
    put(feature_id(feature), ids::kFeatureProgram, Bytes(9), 1'000'000);
    auto bank = genesis();
    bank = finish(child(bank, kSlotsPerEpoch - 1));
    EXPECT_FALSE(bank->state().features.is_active(feature));
    bank = child(bank, kSlotsPerEpoch + 1);
    EXPECT_TRUE(bank->state().features.is_active(feature));
    EXPECT_EQ(sysvar<Rent>(*bank, ids::kRent).lamports_per_byte, 6333U);
    const ByteView state = bank->account(feature_id(feature))->data.view();
    EXPECT_EQ(state[0], 1);
    EXPECT_EQ(load_le<Slot>(state.data() + 1), kSlotsPerEpoch + 1);
}

/// agave runtime/src/bank.rs new_from_genesis: get_top_epoch_stakes.
TEST_F(BankTest, WhoHasNoAdmissionIsNotInTheStakesOfGenesis) {
    genesis_.features.deactivate(Feature::validator_admission_ticket);
    const auto bank = genesis();
    EXPECT_TRUE(bank->state().epoch_stakes.at(0).vote_accounts->contains(vote_));
    genesis_.features.activate(Feature::validator_admission_ticket);
    const bool has_key =
        bank->stakes().vote_accounts().at(vote_).vote->state.bls_pubkey.has_value();
    const auto with_ticket = genesis();
    for (const auto& [epoch, stakes] : with_ticket->state().epoch_stakes) {
        EXPECT_EQ(stakes.vote_accounts->contains(vote_), has_key) << epoch;
    }
    EXPECT_TRUE(with_ticket->stakes().vote_accounts().contains(vote_));
}

TEST_F(BankTest, StakesOfTheLeaderScheduleAreFixedBeforeCommissionsArePaid) {
    auto bank = finish(child(genesis(), 1));
    bank = child(bank, kSlotsPerEpoch);
    // Two epochs ahead, as the boundary found the vote account.
    ASSERT_TRUE(bank->state().epoch_stakes.contains(2));
    ASSERT_TRUE(bank->state().epoch_stakes.at(2).vote_accounts->contains(vote_));
    const auto& stakes = bank->state().epoch_stakes.at(2);
    EXPECT_EQ(stakes.vote_accounts->at(vote_).vote->account.lamports, kMuch);
    EXPECT_EQ(stakes.total_stake, kMuch);
}

TEST(BankHash, RestartsBetweenParentAndSlotAreAddedUpInAHashOfTheirOwn) {
    const crypto::LtHash accounts;
    const std::vector<HardFork> forks{{10, 1}, {11, 2}, {15, 4}, {16, 8}};
    BankHashInput input{.parent_hash = tick_of(1),
                        .signature_count = 3,
                        .last_blockhash = tick_of(2),
                        .accounts = accounts,
                        .parent_slot = 10,
                        .slot = 15,
                        .hard_forks = {}};
    const Hash plain = bank_hash(input);
    input.hard_forks = forks;
    crypto::Sha256 hasher;
    hasher.update(plain.bytes);
    std::array<std::uint8_t, 8> sum{};
    store_le<std::uint64_t>(sum.data(), 2 + 4); // 10 is the parent's, 16 is to come
    hasher.update(sum);
    EXPECT_EQ(bank_hash(input), Hash{hasher.finish()});
}

TEST(StatusCacheTest, SlotThatIsForgottenLeavesWhatOthersProcessed) {
    StatusCache cache;
    const StatusCache::Processed message{tick_of(1), tick_of(2), std::nullopt};
    cache.insert(5, {&message, 1});
    cache.insert(6, {&message, 1});
    const auto sees = [&](const std::set<Slot>& ancestors) {
        return StatusCache::Reader(cache, ancestors).find(tick_of(1), tick_of(2)).has_value();
    };
    EXPECT_TRUE(sees({5}));
    EXPECT_TRUE(sees({6}));
    EXPECT_FALSE(sees({7}));
    cache.forget_slot(5);
    EXPECT_FALSE(sees({5}));
    EXPECT_TRUE(sees({6}));
    cache.add_root(6);
    EXPECT_TRUE(sees({}));
    cache.forget_slot(6);
    EXPECT_FALSE(sees({6}));
    EXPECT_EQ(cache.size(), 0U);
}

TEST(StatusCacheTest, BlockhashesAreForgottenWithTheLastRootThatUsedThem) {
    StatusCache cache;
    const StatusCache::Processed message{tick_of(1), tick_of(2), std::nullopt};
    cache.insert(0, {&message, 1});
    for (Slot slot = 0; slot < StatusCache::kMaxRoots; ++slot) cache.add_root(slot);
    EXPECT_EQ(cache.size(), 1U);
    cache.add_root(StatusCache::kMaxRoots);
    EXPECT_EQ(cache.size(), 0U);
}

} // namespace
} // namespace fathom::bank
