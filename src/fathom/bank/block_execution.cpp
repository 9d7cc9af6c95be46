// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/block_execution.hpp"

#include "fathom/bank/block_accounts.hpp"
#include "fathom/bank/block_scratch.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/svm/cost_model.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/svm/signature_verification.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace fathom::bank {

namespace {

constexpr std::uint32_t kNone = PreparedTransaction::kNone;
/// Signatures that are verified together; they fill the lanes several times.
constexpr std::size_t kVerifiedTogether = 64;
/// Of a transaction, before it runs.
constexpr std::size_t kPrefetchedBytes = 320;

/// Answers for the one transaction that a worker is about to execute.
class RepeatedMessage final : public ProcessedMessages {
public:
    [[nodiscard]] bool contains(ByteView) const override { return is_repeated; }
    bool is_repeated = false;
};

struct Worker {
    Worker(Runtime::Lease lease, BlockAccounts& block)
        : processor(std::move(lease)), accounts(block) {}
    Runtime::Lease processor;
    WorkerAccounts accounts;
    RepeatedMessage repeated;
    ExecutionOptions options;
    std::optional<Processor::Session> session;
    TransactionEffects effects;
    std::vector<StakeChange> stake_changes;
    BlockTimes::Nanoseconds busy = 0;
};

} // namespace

BlockExecution::BlockExecution(Runtime& runtime, const ForkAccounts& accounts,
                               const SlotEnvironment& environment, const std::set<Slot>& ancestors,
                               sched::BlockCosts& costs, const BlockOptions& options)
    : runtime_(runtime), accounts_(accounts), environment_(environment), ancestors_(ancestors),
      costs_(costs), options_(options) {}

namespace {

/// One call of run().
class Run {
public:
    Run(Runtime& runtime, const ForkAccounts& accounts, const SlotEnvironment& environment,
        const std::set<Slot>& ancestors, sched::BlockCosts& costs, const BlockOptions& options,
        std::span<const ByteView> transactions)
        : runtime_(runtime), pool_(runtime.lend_pool()), accounts_(accounts),
          environment_(environment), ancestors_(ancestors), costs_(costs), options_(options),
          transactions_(transactions), scratch_(pool_.scratch()), graph_(scratch_.graph),
          costs_of_(scratch_.costs) {
        if (scratch_.prepared.size() < transactions.size()) {
            scratch_.prepared.resize(transactions.size());
        }
        prepared_ = std::span(scratch_.prepared).first(transactions.size());
        results_.outcomes.resize(transactions.size());
        results_.facts.resize(transactions.size());
        if (options.observer) results_.effects.resize(transactions.size());
        if (options.count_costs) costs_of_.resize(transactions.size());
    }

    BlockResults execute() {
        time(&BlockTimes::prepare, [this] { prepare(); });
        if (options_.verify_signatures) time(&BlockTimes::verify, [this] { verify(); });
        time(&BlockTimes::order, [this] {
            // Neither reads what the other writes.
            pool_->parallel_for(
                2, [this](unsigned, std::size_t i) { i == 0 ? build_graph() : find_repeats(); }, 1);
        });
        const ForkAccounts::Hold held = accounts_.hold();
        BlockAccounts& cells = scratch_.accounts;
        time(&BlockTimes::load, [&] {
            cells.begin(graph_, accounts_);
            pool_->parallel_for(cells.size(), [&](unsigned, std::size_t i) { cells.fill(i); });
            for (unsigned i = 0; i < pool_->worker_count(); ++i) workers_.push_back(begin(cells));
        });
        time(&BlockTimes::execute, [&] { run_tasks(); });
        time(&BlockTimes::commit, [&] {
            collect(cells);
            if (options_.count_costs) count_costs();
        });
        if (is_timed()) note_work();
        return std::move(results_);
    }

private:
    [[nodiscard]] bool is_timed() const { return options_.clock && options_.times; }

    template <class Stage> void time(BlockTimes::Nanoseconds BlockTimes::* stage, Stage&& run) {
        const auto begin = is_timed() ? options_.clock() : 0;
        run();
        if (is_timed()) options_.times->*stage += options_.clock() - begin;
    }

    void note_work() {
        BlockTimes& times = *options_.times;
        times.busy.resize(std::max(times.busy.size(), workers_.size()));
        for (std::size_t i = 0; i < workers_.size(); ++i) times.busy[i] += workers_[i]->busy;
        times.transactions += transactions_.size();
        times.conflicts += graph_.edge_count();
        times.longest_chain += graph_.critical_path();
    }

    void run_tasks() {
        const auto run_one = [&](Worker& worker, sched::TaskIndex task) {
            if (task < prepared_.size()) {
                execute_one(worker, task);
            } else {
                options_.side_work.run(task - prepared_.size());
            }
        };
        const auto hint = [&](sched::TaskIndex task, sched::WorkerPool::Nearness nearness) {
            if (task < prepared_.size()) prefetch(task, nearness);
        };
        if (!is_timed()) {
            const auto run_task = [&](unsigned worker, sched::TaskIndex task) {
                run_one(*workers_[worker], task);
            };
            pool_->run(graph_, run_task, hint);
            return;
        }
        const auto run_timed = [&](unsigned number, sched::TaskIndex task) {
            Worker& worker = *workers_[number];
            const auto begin = options_.clock();
            run_one(worker, task);
            worker.busy += options_.clock() - begin;
        };
        pool_->run(graph_, run_timed, hint);
    }

    /// Transactions come in no order that a processor could guess, and each touches memory that
    /// other cores have written.
    void prefetch(sched::TaskIndex task, sched::WorkerPool::Nearness nearness) const {
        const PreparedTransaction& prepared = prepared_[task];
        if (nearness == sched::WorkerPool::Nearness::Far) {
            prefetch_lines(&prepared, sizeof(prepared));
            __builtin_prefetch(graph_.uses(task).data());
            return;
        }
        for (const sched::AccountUse use : graph_.uses(task)) {
            scratch_.accounts.prefetch(use.account());
        }
        const ByteView bytes = transactions_[task];
        prefetch_lines(bytes.data(), std::min(bytes.size(), kPrefetchedBytes));
        __builtin_prefetch(prepared.transaction.view.instructions().data());
        __builtin_prefetch(&results_.outcomes[task], 1);
    }

    static void prefetch_lines(const void* begin, std::size_t size) {
        constexpr std::size_t kLine = 64;
        const auto* bytes = static_cast<const char*>(begin);
        for (std::size_t i = 0; i < size; i += kLine) __builtin_prefetch(bytes + i);
    }

    void prepare() {
        const auto clock_account = accounts_.get(ids::kClock);
        const auto clock = clock_account ? Clock::decode(clock_account->data.view()) : std::nullopt;
        const Slot slot = clock ? clock->slot : 0;
        const StatusCache::Reader statuses(runtime_.status_cache(), ancestors_);
        std::optional<SlotHashes> slot_hashes;
        if (const auto account = accounts_.get(ids::kSlotHashes)) {
            slot_hashes = SlotHashes::decode(account->data.view());
        }
        pool_->parallel_for(transactions_.size(), [&](unsigned, std::size_t i) {
            PreparedTransaction& prepared = prepared_[i];
            prepared.error.reset();
            prepared.repeats = kNone;
            TransactionView& view = prepared.transaction.view;
            const auto admitted = svm::admit(transactions_[i], environment_.features,
                                             svm::AdmissionLimits::Ignore, view);
            if (!admitted) {
                prepared.error = admitted.error();
                return;
            }
            TransactionFacts& facts = results_.facts[i];
            facts.signatures = view.header().num_required_signatures;
            facts.blockhash = view.recent_blockhash();
            facts.message = Hash{crypto::sha256(view.message())};
            prepared.is_in_status_cache = statuses.find(facts.blockhash, facts.message).has_value();
            const auto resolved =
                svm::resolve(prepared.transaction, environment_.features, accounts_,
                             slot_hashes ? &*slot_hashes : nullptr, slot);
            if (!resolved) prepared.error = resolved.error();
        });
    }

    void verify() {
        const std::size_t groups =
            (transactions_.size() + kVerifiedTogether - 1) / kVerifiedTogether;
        pool_->parallel_for(
            groups,
            [&](unsigned, std::size_t group) {
                const std::size_t first = group * kVerifiedTogether;
                const std::size_t last = std::min(first + kVerifiedTogether, transactions_.size());
                std::vector<const TransactionView*> views;
                std::vector<std::size_t> places;
                for (std::size_t i = first; i < last; ++i) {
                    if (prepared_[i].error) continue;
                    views.push_back(&prepared_[i].transaction.view);
                    places.push_back(i);
                }
                const std::vector<bool> verdicts = svm::verify_signatures(views);
                for (std::size_t i = 0; i < places.size(); ++i) {
                    if (verdicts[i]) continue;
                    prepared_[places[i]].error = TransactionError::SignatureFailure;
                }
            },
            1);
    }

    /// Equal messages have the same payer, so the graph keeps them in order.
    void find_repeats() {
        FlatMap<Hash, std::uint32_t, HashOfHash> last;
        last.reserve(transactions_.size());
        for (std::uint32_t i = 0; i < prepared_.size(); ++i) {
            if (prepared_[i].error) continue;
            const auto [entry, is_new] = last.try_emplace(results_.facts[i].message, i);
            if (!is_new) prepared_[i].repeats = std::exchange(entry->second, i);
        }
    }

    void build_graph() {
        graph_.begin(transactions_.size(), 2 * transactions_.size());
        std::vector<sched::AccountLock> locks;
        for (const PreparedTransaction& prepared : prepared_) {
            locks.clear();
            if (!prepared.error) {
                const auto& keys = prepared.transaction.keys;
                for (std::size_t i = 0; i < keys.size(); ++i) {
                    locks.push_back({keys[i], prepared.transaction.is_writable[i]});
                }
            }
            graph_.add_task(locks);
        }
        for (std::size_t i = 0; i < options_.side_work.count; ++i) graph_.add_task({});
        graph_.finish();
    }

    std::unique_ptr<Worker> begin(BlockAccounts& cells) {
        auto worker = std::make_unique<Worker>(runtime_.lend(), cells);
        worker->options.verify_signatures = false;
        worker->options.enforce_admission_limits = false;
        worker->options.collect_logs = options_.collect_logs;
        worker->options.collect_inner_instructions = static_cast<bool>(options_.observer);
        worker->options.processed = &worker->repeated;
        worker->session.emplace(
            worker->processor->begin(environment_, worker->accounts, worker->options));
        return worker;
    }

    /// True if an equal message earlier in the block was processed. Those have finished.
    [[nodiscard]] bool was_processed(std::uint32_t task) const {
        for (std::uint32_t i = prepared_[task].repeats; i != kNone; i = prepared_[i].repeats) {
            if (results_.outcomes[i].commit != Commit::None) return true;
        }
        return false;
    }

    void execute_one(Worker& worker, sched::TaskIndex task) {
        const PreparedTransaction& prepared = prepared_[task];
        TransactionOutcome& outcome = results_.outcomes[task];
        if (prepared.error) {
            outcome.error = prepared.error;
            if (options_.observer) results_.effects[task].error = outcome.error;
            return;
        }
        worker.repeated.is_repeated = prepared.is_in_status_cache || was_processed(task);
        worker.accounts.begin(prepared.transaction.keys, graph_.uses(task));
        TransactionEffects& effects = options_.observer ? results_.effects[task] : worker.effects;
        worker.session->execute(prepared.transaction, effects);
        outcome = {effects.error, effects.commit, effects.compute_units, effects.fee, {}};
        if (options_.count_costs && effects.commit != Commit::None) {
            costs_of_[task] =
                svm::actual_cost(prepared.transaction.view, effects.compute_units,
                                 static_cast<std::uint32_t>(effects.loaded_accounts_data_size),
                                 environment_.features);
        }
        for (AccountChange& change : effects.accounts) {
            const Pubkey& owner = change.account.owner;
            if (effects.succeeded() &&
                (owner == ids::kVoteProgram || owner == ids::kStakeProgram)) {
                worker.stake_changes.push_back({task, change.key, change.account});
            }
            // An observer wants to see it, too.
            if (options_.observer) {
                worker.accounts.put(change.key, change.account);
            } else {
                worker.accounts.put(change.key, std::move(change.account));
            }
        }
    }

    /// In block order (agave runtime/src/transaction_execution.rs check_block_cost_limits).
    void count_costs() {
        std::vector<sched::AccountLock> written;
        for (std::size_t i = 0; i < prepared_.size(); ++i) {
            TransactionOutcome& outcome = results_.outcomes[i];
            if (outcome.commit == Commit::None) continue;
            const svm::SanitizedTransaction& transaction = prepared_[i].transaction;
            written.clear();
            for (std::size_t key = 0; key < transaction.keys.size(); ++key) {
                if (transaction.is_writable[key]) written.push_back({transaction.keys[key], true});
            }
            const auto fits = costs_.try_add(
                written, {.units = costs_of_[i].total(),
                          .allocated_bytes = costs_of_[i].allocated_accounts_data_size});
            if (!fits) outcome.broken_limit = error_of(fits.error());
        }
    }

    static TransactionError error_of(sched::LimitFailure failure) {
        switch (failure) {
        case sched::LimitFailure::Votes: return TransactionError::WouldExceedMaxVoteCostLimit;
        case sched::LimitFailure::Block: return TransactionError::WouldExceedMaxBlockCostLimit;
        case sched::LimitFailure::Account: return TransactionError::WouldExceedMaxAccountCostLimit;
        case sched::LimitFailure::AllocatedBytes: break;
        }
        return TransactionError::WouldExceedAccountDataBlockLimit;
    }

    void collect(BlockAccounts& cells) {
        for (const auto& worker : workers_) {
            results_.stake_changes.insert(results_.stake_changes.end(),
                                          worker->stake_changes.begin(),
                                          worker->stake_changes.end());
        }
        // One transaction's changes come from one worker, in order.
        std::ranges::stable_sort(results_.stake_changes, {}, &StakeChange::transaction);
        results_.accounts = cells.take_changes();
    }

    Runtime& runtime_;
    Runtime::PoolLease pool_;
    const ForkAccounts& accounts_;
    const SlotEnvironment& environment_;
    const std::set<Slot>& ancestors_;
    sched::BlockCosts& costs_;
    const BlockOptions& options_;
    std::span<const ByteView> transactions_;
    BlockScratch& scratch_;
    std::span<PreparedTransaction> prepared_;
    sched::ConflictGraph& graph_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<svm::TransactionCost>& costs_of_;
    BlockResults results_;
};

} // namespace

BlockResults BlockExecution::run(std::span<const ByteView> transactions) {
    return Run(runtime_, accounts_, environment_, ancestors_, costs_, options_, transactions)
        .execute();
}

} // namespace fathom::bank
