// SPDX-License-Identifier: Apache-2.0
// Blocks that Agave 2 executed: bank hash, capitalization, leader schedule.
#include "fathom/bank/bank_hash.hpp"
#include "fathom/harness/block_fixture.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fathom::harness {
namespace {

using programs::vote::VoteState;

class Writer {
public:
    template <class T> Writer& number(T value) {
        bytes_.resize(bytes_.size() + sizeof(T));
        store_le(bytes_.data() + bytes_.size() - sizeof(T), value);
        return *this;
    }
    Writer& bytes(ByteView data) {
        bytes_.insert(bytes_.end(), data.begin(), data.end());
        return *this;
    }
    [[nodiscard]] const Bytes& take() const { return bytes_; }

private:
    Bytes bytes_;
};

/// The state as version 3 has it, which Agave wrote before SIMD-0185 (solana-vote-interface
/// vote_state_v3.rs), without prior voters.
Bytes encode_version_3(const VoteState& state) {
    constexpr std::uint32_t kVersion3 = 2;
    constexpr std::size_t kPriorVoters = 32;
    Writer out;
    out.number(kVersion3).bytes(state.node_pubkey.bytes).bytes(state.authorized_withdrawer.bytes);
    out.number(state.commission()).number<std::uint64_t>(state.votes.size());
    for (const auto& vote : state.votes) {
        out.number(vote.latency).number(vote.slot()).number(vote.confirmation_count());
    }
    out.number<std::uint8_t>(state.root_slot ? 1 : 0);
    if (state.root_slot) out.number(*state.root_slot);
    out.number<std::uint64_t>(state.authorized_voters.size());
    for (const auto& [epoch, voter] : state.authorized_voters) {
        out.number(epoch).bytes(voter.bytes);
    }
    out.bytes(Bytes(kPriorVoters * 48)).number<std::uint64_t>(kPriorVoters - 1);
    out.number<std::uint8_t>(1).number<std::uint64_t>(state.epoch_credits.size());
    for (const auto& entry : state.epoch_credits) {
        out.number(entry.epoch).number(entry.credits).number(entry.previous_credits);
    }
    out.number(state.last_timestamp.slot).number(state.last_timestamp.timestamp);
    return out.take();
}

Account as_version_3(const Pubkey& key, Account account) {
    const auto state = programs::vote::read_vote_state(account.data.view(), key);
    const Bytes encoded = encode_version_3(*state);
    std::ranges::fill(account.data.mutable_view(), std::uint8_t{0});
    std::ranges::copy(encoded, account.data.mutable_view().begin());
    return account;
}

/// Hash of the bank if the vote accounts that it wrote had been written in version 3.
Hash hash_with_version_3(const BlockFixture& fixture, const bank::Bank& bank) {
    crypto::LtHash sum = fixture.parent_lt_hash;
    for (const auto& [key, account] : bank.accounts().changes()) {
        if (const auto before = bank.accounts().get_before(key)) {
            sum -= bank::account_lt_hash(key, *before);
        }
        sum += bank::account_lt_hash(
            key, account.owner == ids::kVoteProgram ? as_version_3(key, account) : account);
    }
    const bank::BankState& state = bank.state();
    return bank::bank_hash({.parent_hash = state.parent_hash,
                            .signature_count = state.signature_count,
                            .last_blockhash = state.blockhashes.last_hash(),
                            .accounts = sum,
                            .parent_slot = state.parent_slot,
                            .slot = state.slot,
                            .hard_forks = {}});
}

struct RanFixture {
    BlockFixture fixture;
    BlockRun run;
};

RanFixture run(const std::filesystem::path& path, bool is_context = false) {
    const auto bytes = read_file(path);
    EXPECT_TRUE(bytes);
    auto fixture = parse_block_fixture(*bytes, is_context);
    EXPECT_TRUE(fixture) << fixture.error().message;
    auto result = run_block_fixture(*fixture, std::make_shared<bank::Runtime>());
    EXPECT_TRUE(result) << result.error().message;
    return {*std::move(fixture), *std::move(result)};
}

TEST(BlockFixture, BlockInTheMiddleOfRewardsHashesAsAgaveHashedIt) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/solana-conformance");
    const auto [fixture, ran] = run(folder / "bde91c5e83305ac65a65e91dbccf0eff8e5cd7ed_149313.fix");
    EXPECT_TRUE(ran.effects.has_error);
    EXPECT_TRUE(fixture.effects->has_error);
    EXPECT_EQ(ran.effects.capitalization, fixture.effects->capitalization);
    EXPECT_EQ(ran.effects.bank_hash, fixture.effects->bank_hash);
    EXPECT_EQ(ran.effects.leader_schedule, fixture.effects->leader_schedule);
}

/// These two were made when votes were still written in version 3. Agave 4.3 writes version 4
/// (programs/vote/src/vote_state/handler.rs), which is the only difference.
TEST(BlockFixture, BlocksWithVotesDifferFromAgave2OnlyInTheVersionOfTheVoteState) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/solana-conformance");
    for (const std::string name : {"block-12.fix", "block-13.fix"}) {
        const auto [fixture, ran] = run(folder / name);
        EXPECT_FALSE(ran.effects.has_error) << name;
        EXPECT_EQ(ran.effects.capitalization, fixture.effects->capitalization) << name;
        EXPECT_EQ(ran.effects.leader_schedule, fixture.effects->leader_schedule) << name;
        EXPECT_EQ(hash_with_version_3(fixture, *ran.bank), fixture.effects->bank_hash) << name;
    }
}

TEST(BlockFixture, ContextsWithoutEffectsRun) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/block/firedancer-contexts");
    for (const std::string name : {"block-241.blockctx", "block-384.blockctx"}) {
        const auto [fixture, ran] = run(folder / name, true);
        EXPECT_EQ(ran.outcomes.size(), fixture.transactions.size()) << name;
        EXPECT_TRUE(ran.bank->is_frozen()) << name;
        EXPECT_FALSE(ran.effects.has_error) << name;
    }
}

} // namespace
} // namespace fathom::harness
