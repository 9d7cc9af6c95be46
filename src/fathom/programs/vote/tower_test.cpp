// SPDX-License-Identifier: Apache-2.0
// Tests of the tower rules. Expectations follow Agave programs/vote/src/vote_state/mod.rs and
// handler.rs.
#include "fathom/programs/vote/tower.hpp"

#include <gtest/gtest.h>

namespace fathom::programs::vote {
namespace {

Hash hash_of(Slot slot) {
    Hash hash;
    hash.bytes.fill(static_cast<std::uint8_t>(slot));
    return hash;
}

/// Newest first.
SlotHashes history(Slot first, Slot last) {
    SlotHashes hashes;
    for (Slot slot = last + 1; slot-- > first;) hashes.entries.emplace_back(slot, hash_of(slot));
    return hashes;
}

const SlotHashes kHistory = history(10, 60);
const Clock kClock{.slot = 61, .epoch = 3};

LandedVote landed(Slot slot, std::uint32_t confirmations, std::uint8_t latency = 1) {
    return {.latency = latency, .lockout = {.slot = slot, .confirmation_count = confirmations}};
}

VoteState tower_of(std::vector<LandedVote> votes, std::optional<Slot> root = std::nullopt) {
    VoteState state;
    state.votes = std::move(votes);
    state.root_slot = root;
    return state;
}

TowerUpdate update_of(std::vector<Lockout> lockouts, std::optional<Slot> root = std::nullopt) {
    TowerUpdate update;
    update.hash = lockouts.empty() ? Hash{} : hash_of(lockouts.back().slot);
    update.lockouts = std::move(lockouts);
    update.root = root;
    return update;
}

/// The error's code, or -1.
int code_of(const Result<void, VoteError>& result) {
    return result ? -1 : static_cast<int>(result.error());
}
int code(VoteError error) {
    return static_cast<int>(error);
}

int apply(VoteState& state, TowerUpdate update, const SlotHashes& hashes = kHistory) {
    return code_of(apply_tower_update(state, std::move(update), hashes, kClock));
}
int apply(VoteState&& state, TowerUpdate update, const SlotHashes& hashes = kHistory) {
    return apply(state, std::move(update), hashes);
}
int vote(VoteState& state, std::vector<Slot> slots, const SlotHashes& hashes = kHistory) {
    SlotVotes votes;
    votes.hash = slots.empty() ? Hash{} : hash_of(slots.back());
    votes.slots = std::move(slots);
    return code_of(apply_slot_votes(state, votes, hashes, kClock));
}

TEST(TowerUpdate, ReplacesTheTowerWithLatencies) {
    VoteState state = tower_of({landed(20, 2, 7)});
    EXPECT_EQ(apply(state, update_of({{20, 3}, {21, 2}, {60, 1}})),
              code(VoteError::NewVoteStateLockoutMismatch));
    EXPECT_EQ(apply(state, update_of({{20, 3}, {21, 2}, {22, 1}})), -1);
    EXPECT_EQ(state.votes, (std::vector{landed(20, 3, 7), landed(21, 2, 40), landed(22, 1, 39)}));
    EXPECT_EQ(state.root_slot, std::nullopt);
}

TEST(TowerUpdate, RefusesInOrderBeforeTheHistoryIsRead) {
    EXPECT_EQ(apply(tower_of({}), update_of({})), code(VoteError::EmptySlots));
    EXPECT_EQ(apply(tower_of({landed(30, 1)}), update_of({{30, 1}}), {}),
              code(VoteError::VoteTooOld));
    EXPECT_EQ(apply(tower_of({}), update_of({{30, 1}}), {}), code(VoteError::SlotsMismatch));
    EXPECT_EQ(apply(tower_of({}), update_of({{9, 1}})), code(VoteError::VoteTooOld));
}

TEST(TowerUpdate, MustBeInTheHistory) {
    SlotHashes gap = kHistory;
    std::erase_if(gap.entries, [](const auto& entry) { return entry.first == 30; });
    EXPECT_EQ(apply(tower_of({}), update_of({{30, 2}, {31, 1}}), gap),
              code(VoteError::SlotsMismatch));
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 1}}, 30), gap),
              code(VoteError::RootOnDifferentFork));
    EXPECT_EQ(apply(tower_of({}), update_of({{61, 1}})), code(VoteError::SlotsMismatch));
    TowerUpdate wrong_hash = update_of({{31, 1}});
    wrong_hash.hash = hash_of(32);
    EXPECT_EQ(apply(tower_of({}), wrong_hash), code(VoteError::SlotHashMismatch));
}

TEST(TowerUpdate, MustBeOrdered) {
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 2}, {31, 1}})), code(VoteError::SlotsNotOrdered));
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 2}, {30, 3}, {32, 1}})),
              code(VoteError::SlotsNotOrdered));
}

TEST(TowerUpdate, VotesBeforeTheHistoryStayOnlyIfTheyWereThere) {
    VoteState state = tower_of({landed(5, 6)});
    EXPECT_EQ(apply(state, update_of({{4, 7}, {5, 6}, {31, 1}})), -1);
    EXPECT_EQ(state.votes, (std::vector{landed(5, 6), landed(31, 1, 30)}));
}

TEST(TowerUpdate, RootsBeforeTheHistoryBecomeTheNewestOwnVoteUpToThem) {
    VoteState state = tower_of({landed(4, 7), landed(6, 6)}, 2);
    EXPECT_EQ(apply(state, update_of({{6, 6}, {31, 1}}, 5)), -1);
    EXPECT_EQ(state.root_slot, 4u);
    VoteState without_votes = tower_of({landed(6, 6)}, 2);
    EXPECT_EQ(apply(without_votes, update_of({{6, 6}, {31, 1}}, 5)), -1);
    EXPECT_EQ(without_votes.root_slot, 2u);
}

TEST(TowerUpdate, ChecksRootAndCounts) {
    std::vector<Lockout> many;
    for (std::uint32_t i = 0; i < 32; ++i) many.push_back({20 + i, 32 - i});
    EXPECT_EQ(apply(tower_of({}, 25), update_of(many)), code(VoteError::TooManyVotes));
    EXPECT_EQ(apply(tower_of({}, 25), update_of({{31, 0}})), code(VoteError::RootRollBack));
    EXPECT_EQ(apply(tower_of({}, 25), update_of({{31, 0}}, 24)), code(VoteError::RootRollBack));
}

TEST(TowerUpdate, ChecksEachVote) {
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 0}})), code(VoteError::ZeroConfirmations));
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 32}})), code(VoteError::ConfirmationTooLarge));
    EXPECT_EQ(apply(tower_of({}), update_of({{31, 1}}, 31)), code(VoteError::SlotSmallerThanRoot));
    EXPECT_EQ(apply(tower_of({}), update_of({{30, 1}, {31, 1}})),
              code(VoteError::ConfirmationsNotOrdered));
    EXPECT_EQ(apply(tower_of({}), update_of({{30, 2}, {35, 1}})),
              code(VoteError::NewVoteStateLockoutMismatch));
    EXPECT_EQ(apply(tower_of({}), update_of({{30, 2}, {34, 1}})), -1);
}

TEST(TowerUpdate, RootZeroMayEqualAVote) {
    EXPECT_EQ(apply(tower_of({}), update_of({{0, 2}, {1, 1}}, 0), history(0, 60)), -1);
}

TEST(TowerUpdate, ComparesWithTheOldTower) {
    // Slot 20 is locked until 24.
    EXPECT_EQ(apply(tower_of({landed(20, 2)}), update_of({{24, 1}})),
              code(VoteError::LockoutConflict));
    EXPECT_EQ(apply(tower_of({landed(20, 2)}), update_of({{25, 1}})), -1);
    EXPECT_EQ(apply(tower_of({landed(20, 3)}), update_of({{20, 2}, {24, 1}})),
              code(VoteError::ConfirmationRollBack));
}

TEST(TowerUpdate, EarnsCreditsForRootedVotesOnlyIfTheRootMoves) {
    VoteState state = tower_of({landed(20, 31, 1), landed(21, 30, 5), landed(22, 29, 0)}, 15);
    EXPECT_EQ(apply(state, update_of({{22, 30}, {23, 1}}, 21)), -1);
    EXPECT_EQ(state.epoch_credits,
              (std::vector{EpochCredits{.epoch = 3, .credits = 16 + 13, .previous_credits = 0}}));
    EXPECT_EQ(apply(state, update_of({{22, 31}, {24, 1}}, 21)), code(VoteError::LockoutConflict));
    VoteState same_root = tower_of({landed(20, 3)}, 15);
    EXPECT_EQ(apply(same_root, update_of({{20, 4}, {23, 1}}, 15)), -1);
    EXPECT_TRUE(same_root.epoch_credits.empty());
}

TEST(TowerUpdate, TimestampsAreCheckedLast) {
    VoteState state;
    state.last_timestamp = {.slot = 5, .timestamp = 100};
    TowerUpdate update = update_of({{31, 1}});
    update.timestamp = 99;
    EXPECT_EQ(apply(state, update), code(VoteError::TimestampTooOld));
    update.timestamp = 100;
    EXPECT_EQ(apply(state, update), -1);
    EXPECT_EQ(state.last_timestamp, (BlockTimestamp{.slot = 31, .timestamp = 100}));
}

TEST(Timestamps, MayRepeatButNotChangeForOneSlot) {
    VoteState state;
    state.last_timestamp = {.slot = 5, .timestamp = 100};
    EXPECT_EQ(code_of(apply_timestamp(state, 4, 200)), code(VoteError::TimestampTooOld));
    EXPECT_EQ(code_of(apply_timestamp(state, 5, 101)), code(VoteError::TimestampTooOld));
    EXPECT_EQ(code_of(apply_timestamp(state, 5, 100)), -1);
    VoteState fresh;
    EXPECT_EQ(code_of(apply_timestamp(fresh, 0, 7)), -1);
    EXPECT_EQ(code_of(apply_timestamp(fresh, 0, 8)), -1);
}

TEST(SlotVotes, StackAndDoubleLockouts) {
    VoteState state;
    EXPECT_EQ(vote(state, {20, 21, 22}), -1);
    EXPECT_EQ(state.votes, (std::vector{landed(20, 3, 41), landed(21, 2, 40), landed(22, 1, 39)}));
    // Slot 22 is locked until 24, 21 until 25; 25 drops the former.
    EXPECT_EQ(vote(state, {25}), -1);
    EXPECT_EQ(state.votes, (std::vector{landed(20, 3, 41), landed(21, 2, 40), landed(25, 1, 36)}));
}

TEST(SlotVotes, RootTheOldestOfThirtyTwo) {
    VoteState state;
    std::vector<Slot> slots;
    for (Slot slot = 20; slot < 52; ++slot) slots.push_back(slot);
    EXPECT_EQ(vote(state, slots), -1);
    EXPECT_EQ(state.votes.size(), 31u);
    EXPECT_EQ(state.root_slot, 20u);
    EXPECT_EQ(state.votes.front().confirmation_count(), 31u);
    // Latency 41: one credit.
    EXPECT_EQ(state.epoch_credits,
              (std::vector{EpochCredits{.epoch = 3, .credits = 1, .previous_credits = 0}}));
}

TEST(SlotVotes, RefuseInOrder) {
    VoteState state = tower_of({landed(30, 1)});
    EXPECT_EQ(vote(state, {}), code(VoteError::EmptySlots));
    EXPECT_EQ(vote(state, {8, 9}), code(VoteError::VotesTooOldAllFiltered));
    EXPECT_EQ(vote(state, {30}), code(VoteError::VoteTooOld));
    EXPECT_EQ(vote(state, {31}, {}), code(VoteError::VoteTooOld));
    EXPECT_EQ(vote(state, {31, 70}), code(VoteError::SlotsMismatch));
    SlotVotes votes{.slots = {31}, .hash = hash_of(32), .timestamp = std::nullopt};
    EXPECT_EQ(code_of(apply_slot_votes(state, votes, kHistory, kClock)),
              code(VoteError::SlotHashMismatch));
}

TEST(SlotVotes, SkipSlotsBeforeTheHistoryAndVotedOnes) {
    VoteState state = tower_of({landed(30, 1)});
    EXPECT_EQ(vote(state, {9, 30, 31}), -1);
    EXPECT_EQ(state.votes, (std::vector{landed(30, 2), landed(31, 1, 30)}));
}

TEST(Credits, FallWithLatency) {
    const auto credits = [](std::uint8_t latency) {
        return credits_for_vote(tower_of({landed(1, 1, latency)}), 0);
    };
    EXPECT_EQ(credits(0), 1u);
    EXPECT_EQ(credits(1), 16u);
    EXPECT_EQ(credits(2), 16u);
    EXPECT_EQ(credits(3), 15u);
    EXPECT_EQ(credits(17), 1u);
    EXPECT_EQ(credits(18), 1u);
    EXPECT_EQ(credits(255), 1u);
}

TEST(Credits, StartAnEntryPerEpochThatEarned) {
    VoteState state;
    add_credits(state, 3, 5);
    add_credits(state, 3, 2);
    add_credits(state, 4, 0);
    add_credits(state, 6, 1);
    EXPECT_EQ(state.epoch_credits,
              (std::vector{EpochCredits{.epoch = 3, .credits = 7, .previous_credits = 0},
                           EpochCredits{.epoch = 6, .credits = 8, .previous_credits = 7}}));
}

TEST(Credits, KeepSixtyFourEpochs) {
    VoteState state;
    for (Epoch epoch = 0; epoch < 66; ++epoch) add_credits(state, epoch, 1);
    EXPECT_EQ(state.epoch_credits.size(), 64u);
    EXPECT_EQ(state.epoch_credits.front().epoch, 2u);
    EXPECT_EQ(state.epoch_credits.back().credits, 66u);
}

} // namespace
} // namespace fathom::programs::vote
