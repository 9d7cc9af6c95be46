// SPDX-License-Identifier: Apache-2.0
// One slot of one fork: what it began with, what its transactions did, and the hash of the result.
#pragma once

#include "fathom/bank/bank_hash.hpp"
#include "fathom/bank/block_execution.hpp"
#include "fathom/bank/blockhash_queue.hpp"
#include "fathom/bank/fee_rate_governor.hpp"
#include "fathom/bank/fork_accounts.hpp"
#include "fathom/bank/inflation.hpp"
#include "fathom/bank/leader_schedule.hpp"
#include "fathom/bank/rewards.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/bank/slot_params.hpp"
#include "fathom/bank/stakes.hpp"
#include "fathom/bank/status_cache.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace fathom::bank {

/// Rewards that wait to be paid, block by block.
struct PendingRewards {
    std::uint64_t first_block_height = 0;
    std::shared_ptr<const std::vector<StakeReward>> rewards;
    /// Indices into rewards, by block; empty until the first block that pays.
    std::vector<std::vector<std::uint32_t>> partitions;
};

/// Everything about a bank but its accounts: what a snapshot's manifest says.
struct BankState {
    Slot slot = 0;
    Slot parent_slot = 0;
    std::uint64_t block_height = 0;
    Hash parent_hash;
    /// Of this bank, once it is frozen.
    Hash hash;
    std::uint64_t tick_height = 0;
    std::uint64_t ticks_per_slot = 64;
    std::uint64_t hashes_per_tick = 0; // 0: not checked
    SlotParamsTable slot_params;
    UnixTimestamp genesis_creation_time = 0;
    Lamports capitalization = 0;
    /// Of this block.
    std::uint64_t signature_count = 0;
    /// Of the whole chain.
    std::uint64_t transaction_count = 0;
    FeeRateGovernor fee_rate_governor;
    Inflation inflation;
    EpochSchedule epoch_schedule;
    Rent rent;
    FeatureSet features;
    std::vector<HardFork> hard_forks;
    std::set<Slot> ancestors; // itself included
    BlockhashQueue blockhashes;
    crypto::LtHash accounts_lt_hash;
    std::map<Epoch, EpochStakes> epoch_stakes;
    SlotLeader leader;
    std::optional<PendingRewards> pending_rewards;
};

[[nodiscard]] StakeRules stake_rules(const BankState& state);
/// SIMD-0357, if it is active: those with a BLS key, stake and balance; of more than 2000 the ones
/// with the most stake, without those that share the last place with one that is out.
[[nodiscard]] std::shared_ptr<const VoteAccounts>
admitted_vote_accounts(const BankState& state, std::shared_ptr<const VoteAccounts> all);

/// Transactions may be executed until the bank is frozen; then it never changes. One thread drives
/// a bank; banks of different forks may run at the same time.
class Bank {
public:
    /// A bank with a state from elsewhere: a snapshot, a genesis, a test. Frozen if `state.hash`
    /// is set. The accounts are the root of all that follows.
    Bank(BankState state, Stakes stakes, std::shared_ptr<ForkAccounts> accounts,
         std::shared_ptr<Runtime> runtime);

    /// The bank of slot 0 (genesis.hpp makes its parts): may execute transactions, is not frozen.
    [[nodiscard]] static std::shared_ptr<Bank> of_genesis(BankState state, Stakes stakes,
                                                          std::shared_ptr<ForkAccounts> accounts,
                                                          std::shared_ptr<Runtime> runtime);

    /// The bank of a later slot on top of `parent`, which is frozen: sysvars written, the epoch
    /// changed where it ends, rewards paid. InvalidInput if the slot is not later or the parent is
    /// not frozen. Without `leader`, the schedule says who it is.
    [[nodiscard]] static Result<std::shared_ptr<Bank>>
    child_of(const std::shared_ptr<const Bank>& parent, Slot slot,
             std::optional<SlotLeader> leader = std::nullopt);

    /// Executes and commits, in an order that cannot be told from block order. A transaction that
    /// is not processable changes nothing (in a block that others made it makes the block invalid,
    /// which is for the caller to say).
    std::vector<TransactionOutcome> execute(std::span<const ByteView> transactions,
                                            const BlockOptions& options = {});

    /// The slot's next tick. The last one makes its hash the latest blockhash.
    void register_tick(const Hash& hash);
    /// The last tick at once.
    void finish_ticks(const Hash& hash);
    /// Pays the leader, writes SlotHistory, burns what was sent to the incinerator, hashes.
    /// Idempotent.
    const Hash& freeze();
    [[nodiscard]] bool is_frozen() const { return is_frozen_; }

    [[nodiscard]] const BankState& state() const { return state_; }
    [[nodiscard]] Slot slot() const { return state_.slot; }
    [[nodiscard]] Epoch epoch() const { return state_.epoch_schedule.epoch(state_.slot); }
    [[nodiscard]] const Hash& hash() const { return state_.hash; }
    [[nodiscard]] std::uint64_t max_tick_height() const {
        return (state_.slot + 1) * state_.ticks_per_slot;
    }
    [[nodiscard]] const Stakes& stakes() const { return stakes_; }
    [[nodiscard]] const ForkAccounts& accounts() const { return *accounts_; }
    [[nodiscard]] std::optional<Account> account(const Pubkey& key) const {
        return accounts_->get(key);
    }
    /// Fees that the block has taken so far.
    [[nodiscard]] const FeeDetails& collected_fees() const { return fees_; }
    /// What counted transactions have used of the block's limits.
    [[nodiscard]] const sched::BlockCosts& costs() const { return costs_; }
    /// Puts the accounts of this bank and its ancestors under all forks; the bank must be frozen.
    void make_root();

private:
    void store(const Pubkey& key, Account account) { accounts_->put(key, std::move(account)); }
    /// The same, and the capitalization follows.
    void store_and_capitalize(const Pubkey& key, Account account);
    void write_sysvar(const Pubkey& id, AccountData data);
    template <class Value> [[nodiscard]] std::optional<Value> read_sysvar(const Pubkey& id) const {
        const auto account = accounts_->get(id);
        return account ? Value::decode(account->data.view()) : std::nullopt;
    }
    [[nodiscard]] StakeRules stake_rules() const { return bank::stake_rules(state_); }

    // What begins a block.
    void begin_block(const Bank& parent);
    void update_slot_hashes();
    void update_clock(Epoch parent_epoch);
    void update_last_restart_slot();
    void update_epoch_stakes(Epoch leader_schedule_epoch,
                             std::shared_ptr<const VoteAccounts> vote_accounts);
    [[nodiscard]] SlotLeader scheduled_leader() const;
    void prepare_environment();

    // What begins an epoch (epoch_boundary.cpp).
    void begin_epoch(Epoch parent_epoch);
    void activate_features();
    void apply_feature_effects(const std::set<Feature>& activated);
    void upgrade_programs(const std::set<Feature>& activated);
    void add_builtin_account(const AccountChange& builtin);
    void write_rent();
    [[nodiscard]] Lamports epoch_inflation_rewards(Epoch rewarded_epoch) const;
    [[nodiscard]] EpochRewardsCalculation
    calculate_epoch_rewards(Epoch rewarded_epoch, const StakeHistory& history,
                            const VoteAccounts& vote_accounts) const;
    /// Lamports of the commissions, those burned included.
    [[nodiscard]] Lamports pay_commissions(const EpochRewardsCalculation& rewards);
    void begin_rewards(EpochRewardsCalculation rewards);
    void distribute_rewards();
    void end_rewards(EpochRewards sysvar);
    void pay_partition(const std::vector<std::uint32_t>& partition);

    // What ends a block.
    void distribute_fees();
    [[nodiscard]] bool deposit(const Pubkey& collector, Lamports lamports);
    void run_incinerator();
    /// Fees, counts and the status cache.
    void note_outcomes(const BlockResults& results);
    void update_accounts_lt_hash();

    BankState state_;
    Stakes stakes_;
    std::shared_ptr<ForkAccounts> accounts_;
    std::shared_ptr<Runtime> runtime_;
    SlotEnvironment environment_;
    FeeDetails fees_;
    sched::BlockCosts costs_;
    bool is_frozen_ = false;
};

} // namespace fathom::bank
