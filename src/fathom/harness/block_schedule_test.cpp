// SPDX-License-Identifier: Apache-2.0
// Executed blocks as the scheduler sees them.
#include "fathom/bank/genesis.hpp"
#include "fathom/harness/block_schedule.hpp"
#include "fathom/harness/recorded_replay.hpp"
#include "fathom/keypair.hpp"
#include "fathom/ledger/replay.hpp"
#include "fathom/sched/conflict_graph.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace fathom::harness {
namespace {

TEST(BlockSchedule, TransfersLockWhatTheyNameAndCostWhatTheyUsed) {
    const Keypair payer = Keypair::from_text("payer");
    const Pubkey to = Keypair::from_text("to").pubkey();
    const auto bank = bank::make_genesis_bank({}, std::make_shared<bank::Runtime>());
    const Instruction transfer = make_transfer(payer.pubkey(), to, 1);
    const Bytes transaction = build_transaction(payer, {&transfer, 1}, Hash{}).value();
    const Bytes garbage(7);
    const ByteView block[] = {transaction, garbage};
    const ComputeUnits units[] = {150, 0};
    const sched::NamedWorkload work = work_of_block(*bank, block, units);
    ASSERT_EQ(work.work.size(), 2U);
    const auto locks = work.work.locks(0);
    ASSERT_EQ(locks.size(), 3U);
    EXPECT_EQ(locks[0], (sched::AccountLock{payer.pubkey(), true}));
    EXPECT_EQ(locks[1], (sched::AccountLock{to, true}));
    EXPECT_EQ(locks[2], (sched::AccountLock{transfer.program_id, false}));
    EXPECT_EQ(work.work.cost(0), 150U);
    EXPECT_FALSE(work.labels[0].empty());
    EXPECT_TRUE(work.work.locks(1).empty());
    EXPECT_EQ(work.work.cost(1), 1U);
}

/// Every vote writes its own account and its own payer; readers of Clock do not wait for others.
TEST(BlockSchedule, VotesOfARecordedBlockMostlyWaitForNothing) {
    FATHOM_REQUIRE_SHARED(folder, "data/blocks/testnet-417955322");
    const auto block = load_recorded_block(folder);
    ASSERT_TRUE(block) << block.error().message;
    const auto bank = bank_of_recorded_block(*block, std::make_shared<bank::Runtime>());
    ASSERT_TRUE(bank) << bank.error().message;
    std::vector<ComputeUnits> units;
    ledger::ReplayOptions options{.verify_signatures = false};
    options.observer = [&](std::size_t, const TransactionEffects& effects) {
        units.push_back(effects.compute_units);
    };
    ASSERT_TRUE(ledger::replay_block(**bank, block->entries, options));
    const auto transactions = transactions_of(block->entries);
    ASSERT_EQ(transactions.size(), 417U);
    ASSERT_EQ(units.size(), 417U);
    const sched::NamedWorkload work = work_of_block(**bank, transactions, units);
    sched::ConflictGraph graph;
    graph.begin(work.work.size());
    for (std::size_t i = 0; i < work.work.size(); ++i) {
        EXPECT_FALSE(work.work.locks(i).empty());
        graph.add_task(work.work.locks(i), work.work.cost(i));
    }
    graph.finish();
    EXPECT_GT(graph.roots().size(), 300U);
    EXPECT_LT(graph.critical_path(), 417U * 2'100 / 10);
}

} // namespace
} // namespace fathom::harness
