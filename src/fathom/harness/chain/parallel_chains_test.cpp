// SPDX-License-Identifier: Apache-2.0
// Blocks give the same results however many threads execute them, and by whichever engine.
#include "fathom/harness/chain/parallel_chains.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace fathom::harness {
namespace {

class ParallelChainsTest : public testing::Test {
protected:
    static ChainPrograms programs() {
        return ChainPrograms::assemble(std::filesystem::path(FATHOM_SOURCE_DIR) / "examples" /
                                       "programs")
            .value();
    }
    static std::size_t count(const std::vector<bank::TransactionOutcome>& outcomes, Commit commit) {
        std::size_t number = 0;
        for (const auto& outcome : outcomes) number += outcome.commit == commit ? 1 : 0;
        return number;
    }
    sched::WorkerPool pool_{2};
};

TEST_F(ParallelChainsTest, BlockWithoutTroubleSucceedsAsAWhole) {
    const MadeUpChain chain({.holders = 200}, programs(), pool_);
    BlockMaker maker(chain, BlockMix::market(), 1, pool_);
    ParallelChains chains(chain, maker, {{.workers = 1}, {.workers = 2}}, true);
    for (int i = 0; i < 3; ++i) {
        chains.make_block(500);
        for (std::size_t way = 0; way < chains.ways(); ++way) {
            chains.execute(way);
            chains.freeze(way);
        }
        EXPECT_EQ(count(chains.outcomes(0), Commit::All), 500U);
        EXPECT_EQ(chains.difference(), std::nullopt);
    }
}

TEST_F(ParallelChainsTest, TroubledBlocksAgreeOnAnyNumberOfThreadsAndByEitherEngine) {
    const MadeUpChain chain({.seed = 7, .holders = 24, .mints = 3, .slots_per_epoch = 32},
                            programs(), pool_);
    BlockMaker maker(chain, BlockMix::trouble(), 7, pool_);
    ParallelChains chains(chain, maker,
                          {{.workers = 1, .engine = EngineChoice::Interpreter},
                           {.workers = 1, .engine = EngineChoice::Jit},
                           {.workers = 2, .engine = EngineChoice::Tiered},
                           {.workers = 4, .engine = EngineChoice::Interpreter},
                           {.workers = 8, .engine = EngineChoice::Jit}});
    std::map<Commit, std::size_t> seen;
    std::set<TransactionError::Kind> errors;
    for (int i = 0; i < 70; ++i) {
        chains.make_block(80);
        for (std::size_t way = 0; way < chains.ways(); ++way) {
            chains.execute(way);
            chains.freeze(way);
        }
        ASSERT_EQ(chains.difference(), std::nullopt);
        for (const auto& outcome : chains.outcomes(0)) {
            ++seen[outcome.commit];
            if (outcome.error) errors.insert(outcome.error->kind);
        }
    }
    // It was no empty exercise.
    EXPECT_GT(seen[Commit::All], 3'000U);
    EXPECT_GT(seen[Commit::Fees], 300U);
    EXPECT_GT(seen[Commit::None], 200U);
    EXPECT_TRUE(errors.contains(TransactionError::AlreadyProcessed));
    EXPECT_TRUE(errors.contains(TransactionError::BlockhashNotFound));
    EXPECT_TRUE(errors.contains(TransactionError::AccountNotFound));
    EXPECT_TRUE(errors.contains(TransactionError::InstructionError));
}

TEST_F(ParallelChainsTest, VotersEarnWithTheEpochThatTheyVotedIn) {
    const MadeUpChain chain({.holders = 16, .mints = 2, .validators = 4, .slots_per_epoch = 32},
                            programs(), pool_);
    BlockMix mix = BlockMix::transfers_only();
    mix.votes = true;
    BlockMaker maker(chain, mix, 3, pool_);
    ParallelChains chains(chain, maker, {{.workers = 1}, {.workers = 2}});
    const Pubkey vote = chain.validators()[0].vote_account;
    const Lamports before = chains.bank(0).account(vote)->lamports;
    const Lamports supply = chains.bank(0).state().capitalization;
    // One epoch to vote in, one boundary, and the blocks after it that pay.
    for (int i = 0; i < 70; ++i) {
        chains.make_block(6);
        for (std::size_t way = 0; way < chains.ways(); ++way) {
            chains.execute(way);
            chains.freeze(way);
        }
        ASSERT_EQ(chains.difference(), std::nullopt);
    }
    EXPECT_EQ(count(chains.outcomes(0), Commit::All), 6U);
    EXPECT_GT(chains.bank(0).account(vote)->lamports, before);
    EXPECT_GT(chains.bank(0).state().capitalization, supply);
    // Capitalization is what all accounts have together, blocks and boundaries later.
    EXPECT_EQ(chains.bank(0).epoch(), 2U);
}

} // namespace
} // namespace fathom::harness
