// SPDX-License-Identifier: Apache-2.0
// Logs of made-up chains, written and replayed: forks, dead slots, concurrency.
#include "fathom/harness/chain/block_producer.hpp"
#include "fathom/ledger/log_replay.hpp"
#include "tests/support/log_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace fathom::harness {
namespace {

class ReplayOfLog : public testing::Test {
protected:
    ReplayOfLog()
        : chain_({.seed = 5,
                  .holders = 32,
                  .mints = 3,
                  .slots_per_epoch = 64,
                  .ticks_per_slot = 4,
                  .hashes_per_tick = 16},
                 ChainPrograms::assemble(std::filesystem::path(FATHOM_SOURCE_DIR) / "examples" /
                                         "programs")
                     .value(),
                 pool_),
          maker_(chain_, BlockMix::trouble(), 5, pool_) {}

    std::shared_ptr<bank::Bank> genesis(unsigned workers = 1) {
        ProcessorConfig config;
        config.native.stake = true;
        return genesis_of(chain_, std::make_shared<bank::Runtime>(config, workers));
    }
    std::shared_ptr<bank::Bank> extend(ledger::BlockLog& log,
                                       const std::shared_ptr<bank::Bank>& parent, Slot slot) {
        const ProducedBlock block = produce_block(parent, slot, maker_, 40);
        const ByteView component = block.component;
        const auto number = log.append(block.record, {&component, 1});
        EXPECT_TRUE(number) << number.error().message();
        return block.bank;
    }

    sched::WorkerPool pool_{2};
    MadeUpChain chain_;
    BlockMaker maker_;
    tests::LogFolder folder_;
};

TEST_F(ReplayOfLog, GivesTheBankHashesThatWereLogged) {
    const auto start = genesis();
    auto log = ledger::BlockLog::create(folder_.path("chain"), log_start_of(chain_, *start));
    ASSERT_TRUE(log);
    auto tip = start;
    for (Slot slot = 1; slot <= 20; ++slot) {
        tip = extend(*log, tip, slot);
        // Less often than those who replay, who must remember as much.
        if (slot % 8 == 0) tip->make_root();
    }
    for (const unsigned workers : {1U, 2U, 8U}) {
        const auto replayed = ledger::replay_log(*log, genesis(workers));
        ASSERT_TRUE(replayed) << replayed.error().message;
        ASSERT_EQ(replayed->size(), 1U);
        EXPECT_EQ(replayed->front().error, "");
        EXPECT_EQ(replayed->front().bank->hash(), tip->hash());
    }
}

TEST_F(ReplayOfLog, ExecutesForksAtTheSameTimeAndLeavesNoneOut) {
    const auto start = genesis();
    auto log = ledger::BlockLog::create(folder_.path("chain"), log_start_of(chain_, *start));
    ASSERT_TRUE(log);
    auto trunk = extend(*log, start, 1);
    std::vector<std::shared_ptr<bank::Bank>> tips(4, trunk);
    // Every fork has slots of its own; a transaction may be in several.
    for (Slot round = 0; round < 5; ++round) {
        for (std::size_t fork = 0; fork < tips.size(); ++fork) {
            tips[fork] = extend(*log, tips[fork], 2 + round * tips.size() + fork);
        }
    }
    const auto replayed = ledger::replay_log(
        *log, genesis(2), {.replay = {}, .concurrent_forks = 4, .on_record = {}});
    ASSERT_TRUE(replayed) << replayed.error().message;
    ASSERT_EQ(replayed->size(), tips.size());
    for (std::size_t fork = 0; fork < tips.size(); ++fork) {
        EXPECT_EQ((*replayed)[fork].error, "");
        EXPECT_EQ((*replayed)[fork].bank->hash(), tips[fork]->hash());
    }
}

TEST_F(ReplayOfLog, BlockWithAnotherBankHashKillsItsForkAlone) {
    const auto start = genesis();
    auto log = ledger::BlockLog::create(folder_.path("chain"), log_start_of(chain_, *start));
    ASSERT_TRUE(log);
    const auto trunk = extend(*log, start, 1);
    ProducedBlock liar = produce_block(trunk, 2, maker_, 20);
    const Hash truth = *liar.record.bank_hash;
    liar.record.bank_hash->bytes[0] ^= 1;
    const ByteView component = liar.component;
    ASSERT_TRUE(log->append(liar.record, {&component, 1}));
    const auto honest = extend(*log, trunk, 3);
    const auto replayed = ledger::replay_log(*log, genesis());
    ASSERT_TRUE(replayed) << replayed.error().message;
    ASSERT_EQ(replayed->size(), 2U);
    EXPECT_EQ((*replayed)[0].error, "slot 2: bank hash mismatch: expected " +
                                        liar.record.bank_hash->to_base58() + ", got " +
                                        truth.to_base58());
    EXPECT_EQ((*replayed)[1].error, "");
    EXPECT_EQ((*replayed)[1].bank->hash(), honest->hash());
}

TEST_F(ReplayOfLog, BlockWithAnotherBlockhashIsDead) {
    const auto start = genesis();
    auto log = ledger::BlockLog::create(folder_.path("chain"), log_start_of(chain_, *start));
    ASSERT_TRUE(log);
    ProducedBlock block = produce_block(start, 1, maker_, 20);
    block.record.blockhash.bytes[0] ^= 1;
    const ByteView component = block.component;
    ASSERT_TRUE(log->append(block.record, {&component, 1}));
    const auto replayed = ledger::replay_log(*log, genesis());
    ASSERT_TRUE(replayed) << replayed.error().message;
    ASSERT_EQ(replayed->size(), 1U);
    EXPECT_EQ((*replayed)[0].error, "slot 1: the block ends with another blockhash");
}

TEST_F(ReplayOfLog, LogOfAnotherChainIsRefused) {
    const auto start = genesis();
    ledger::LogStart other = log_start_of(chain_, *start);
    other.bank_hash.bytes[5] ^= 1;
    const auto log = ledger::BlockLog::create(folder_.path("chain"), other);
    ASSERT_TRUE(log);
    EXPECT_FALSE(ledger::replay_log(*log, start));
}

} // namespace
} // namespace fathom::harness
