// SPDX-License-Identifier: Apache-2.0
// The leader schedule of mainnet's epoch 454, from its stakes.
#include "fathom/bank/leader_schedule.hpp"
#include "fathom/harness/file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace fathom::harness {
namespace {

constexpr const char* kFolder = "data/fixtures/leader_schedule/firedancer";
constexpr std::size_t kRecord = 40; // key, stake
constexpr std::uint64_t kSlots = 432'000;

struct Stakes {
    std::vector<Pubkey> keys; // in order of the file
    bank::VoteAccounts accounts;
};

/// Then schedules still went by nodes: each stands for a vote account at its own address.
Stakes stakes_of(ByteView bytes) {
    Stakes stakes;
    for (std::size_t i = 0; i + kRecord <= bytes.size(); i += kRecord) {
        const Pubkey key = Pubkey::from_bytes(bytes.data() + i);
        auto vote = std::make_shared<bank::VoteAccount>();
        vote->state.node_pubkey = key;
        stakes.keys.push_back(key);
        stakes.accounts.emplace(
            key, bank::StakedVoteAccount{load_le<Lamports>(bytes.data() + i + 32), vote});
    }
    return stakes;
}

TEST(LeaderSchedule, IsThatOfEpoch454) {
    FATHOM_REQUIRE_SHARED(folder, kFolder);
    const auto stakes = stakes_of(*read_file(folder / "epoch-stakes-454.bin.zst"));
    const Bytes indices = *read_file(folder / "epoch-leaders-idx-454.bin.zst");
    ASSERT_EQ(stakes.keys.size(), 3373U);
    ASSERT_EQ(indices.size(), kSlots * 4);
    const auto schedule = bank::leader_schedule(stakes.accounts, 454, kSlots);
    ASSERT_EQ(schedule.size() * bank::kConsecutiveLeaderSlots, kSlots);
    for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
        const auto index = load_le<std::uint32_t>(indices.data() + slot * 4);
        ASSERT_EQ(schedule[slot / bank::kConsecutiveLeaderSlots].id, stakes.keys[index]) << slot;
    }
}

TEST(LeaderSchedule, DrawsOnceForFourSlots) {
    FATHOM_REQUIRE_SHARED(folder, kFolder);
    const auto stakes = stakes_of(*read_file(folder / "epoch-stakes-454.bin.zst"));
    const Bytes leaders = *read_file(folder / "epoch-leaders-454.bin.zst");
    const auto schedule = bank::leader_schedule(stakes.accounts, 454, kSlots);
    for (std::size_t slot = 0; slot * 32 < leaders.size(); ++slot) {
        ASSERT_EQ(schedule[slot / 4].id, Pubkey::from_bytes(leaders.data() + slot * 32)) << slot;
    }
}

TEST(LeaderSchedule, NobodyWithStakeMakesNoSchedule) {
    EXPECT_TRUE(bank::leader_schedule({}, 1, 400).empty());
}

} // namespace
} // namespace fathom::harness
