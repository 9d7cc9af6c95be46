// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/processor.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/svm/account_loader.hpp"
#include "fathom/svm/balances.hpp"
#include "fathom/svm/batch_accounts.hpp"
#include "fathom/svm/compute_budget.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/program_store.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/svm/signature_verification.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/rent_state.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fathom {

using namespace svm;

namespace {

/// Transactions whose signatures are verified together: enough to fill the lanes, few enough to
/// still be in the cache when they run.
constexpr std::size_t kAdmittedTogether = 64;

/// A writable account before execution, for the comparison of rent states afterwards.
struct PreState {
    std::uint16_t index = 0;
    Lamports lamports = 0;
    std::uint64_t data_size = 0;
    Pubkey owner;
};

uint128_t sum_of_lamports(const invoke::TransactionContext& context) {
    uint128_t sum = 0; // ≤ 256 · 2^64
    for (const auto& state : context.accounts()) sum += state.account.lamports;
    return sum;
}

void capture_pre_states(const SanitizedTransaction& transaction,
                        const invoke::TransactionContext& context, std::vector<PreState>& states) {
    states.clear();
    const auto accounts = context.accounts();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (!transaction.is_writable[i]) continue;
        const Account& account = accounts[i].account;
        states.push_back(
            {static_cast<std::uint16_t>(i), account.lamports, account.data.size(), account.owner});
    }
}

/// First writable account, in key order, that may not be left with the balance it has. Untouched
/// ones are as they were, which is always allowed.
Result<void, TransactionError> check_rent_states(const invoke::TransactionContext& context,
                                                 std::span<const PreState> pre_states,
                                                 const Rent& rent, bool relaxed) {
    for (const PreState& pre : pre_states) {
        const auto& [key, account, is_touched, is_borrowed] = context.accounts()[pre.index];
        if (!is_touched || key == ids::kIncinerator) continue;
        const std::uint64_t size = account.data.size();
        const RentState before = RentState::before(pre.lamports, pre.data_size,
                                                   rent.minimum_balance(pre.data_size), relaxed);
        const bool relax_here = relaxed && pre.data_size >= size &&
                                before.kind == RentState::Kind::RentExempt &&
                                pre.owner == account.owner;
        const RentState after = RentState::after(account.lamports, size, rent.minimum_balance(size),
                                                 before, pre.lamports, relax_here);
        if (!is_rent_transition_allowed(before, after)) {
            return std::unexpected(TransactionError(TransactionError::InsufficientFundsForRent,
                                                    static_cast<std::uint8_t>(pre.index)));
        }
    }
    return {};
}

/// Calls grouped by the top-level instruction that started them. Callers precede callees in the
/// trace.
void record_inner_instructions(const invoke::TransactionContext& context, std::size_t top_level,
                               std::vector<std::vector<InnerInstruction>>& grouped) {
    grouped.resize(top_level);
    for (auto& group : grouped) group.clear();
    const auto trace = context.trace();
    if (trace.size() <= top_level) return;
    std::vector<std::size_t> roots(trace.size());
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const invoke::TraceEntry& entry = trace[i];
        if (i < top_level) {
            roots[i] = i;
            continue;
        }
        if (entry.caller_index >= i) continue;
        roots[i] = roots[entry.caller_index];
        InnerInstruction inner;
        inner.program_index = static_cast<std::uint8_t>(entry.program_index);
        inner.stack_height = static_cast<std::uint8_t>(entry.nesting_level + 1);
        inner.data.assign(entry.data.begin(), entry.data.end());
        inner.accounts.reserve(entry.accounts.size());
        for (const invoke::InstructionAccount& account : entry.accounts) {
            inner.accounts.push_back(static_cast<std::uint8_t>(account.index_in_transaction));
        }
        grouped[roots[i]].push_back(std::move(inner));
    }
}

/// A transaction of a batch: which may be executed, or why not.
struct Admitted {
    SanitizedTransaction transaction;
    std::optional<TransactionError> error;
};

void refuse_bad_signatures(std::span<Admitted> admitted) {
    std::vector<const TransactionView*> views;
    views.reserve(admitted.size());
    for (const Admitted& each : admitted) {
        if (!each.error) views.push_back(&each.transaction.view);
    }
    const std::vector<bool> verdicts = verify_signatures(views);
    auto holds = verdicts.begin();
    for (Admitted& each : admitted) {
        if (!each.error && !*holds++) each.error = TransactionError::SignatureFailure;
    }
}

/// Everything that does not depend on accounts, for several transactions together.
void admit_all(std::span<const ByteView> transactions, const FeatureSet& features,
               const ExecutionOptions& options, std::span<Admitted> admitted) {
    const auto limits =
        options.enforce_admission_limits ? AdmissionLimits::Enforce : AdmissionLimits::Ignore;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        admitted[i].error.reset();
        const auto result = admit(transactions[i], features, limits, admitted[i].transaction.view);
        if (!result) admitted[i].error = result.error();
    }
    if (options.verify_signatures) refuse_bad_signatures(admitted.first(transactions.size()));
}

void commit_rollback(TransactionEffects& effects, const RollbackAccounts& rollback) {
    effects.commit = Commit::Fees;
    effects.accounts.push_back(rollback.fee_payer);
    if (rollback.nonce) effects.accounts.push_back(*rollback.nonce);
}

} // namespace

namespace svm {

/// What executing a transaction needs beside its effects; one is used for all of a worker's.
struct TransactionScratch {
    invoke::TransactionContext context;
    invoke::ProgramCacheForBatch programs{0};
    invoke::LogCollector logs;
    invoke::ProgramMemoryPool memory;
    ValidatedTransaction validated;
    std::vector<PreState> pre_states;
    std::vector<invoke::MessageInstruction> instructions;
};

/// Transactions in execution, one after the other, against one view of the accounts.
class TransactionRun {
public:
    TransactionRun(const invoke::Environment& environment, const invoke::ProgramEntries& builtins,
                   const SlotEnvironment& slot, const AccountSource& accounts,
                   const ExecutionOptions& options, ProgramStore& store,
                   TransactionScratch& scratch)
        : environment_(environment), slot_(slot), options_(options), store_(store),
          scratch_(scratch), context_(scratch.context), accounts_(accounts),
          programs_(scratch.programs), rent_(environment.sysvars.rent().value_or(Rent{})),
          relaxes_rent_(
              environment.features.is_active(Feature::relax_post_exec_min_balance_check)) {
        const auto& clock = environment.sysvars.clock();
        programs_.begin(clock ? clock->slot : 0, &builtins);
    }

    void process(Admitted& admitted, TransactionEffects& effects) {
        if (!admitted.error) {
            const auto resolved = resolve(admitted.transaction, environment_.features, accounts_,
                                          environment_.sysvars.slot_hashes(), programs_.slot());
            if (!resolved) admitted.error = resolved.error();
        }
        if (!admitted.error) return process_sanitized(admitted.transaction, effects);
        effects.reset();
        effects.error = admitted.error;
    }

    /// Nothing is known of the programs that others may have changed since the last transaction.
    void process_alone(const SanitizedTransaction& transaction, TransactionEffects& effects) {
        programs_.clear();
        process_sanitized(transaction, effects);
    }

private:
    /// nullopt inside: the blockhash is young enough; a key: valid durable nonce.
    Result<std::optional<Pubkey>, TransactionError>
    check_age(const SanitizedTransaction& transaction) {
        if (options_.replace_blockhash) return std::nullopt;
        const Hash& blockhash = transaction.view.recent_blockhash();
        // Most transactions name the same one as the last.
        if (last_young_ && blockhash == *last_young_) return std::nullopt;
        if (std::ranges::find(slot_.recent_blockhashes, blockhash) !=
            slot_.recent_blockhashes.end()) {
            last_young_ = blockhash;
            return std::nullopt;
        }
        const auto nonce = transaction.durable_nonce_account();
        if (nonce && is_valid_nonce_transaction(transaction, *nonce, next_nonce(), accounts_)) {
            return nonce;
        }
        if (!options_.check_blockhash) return std::nullopt;
        return std::unexpected(TransactionError::BlockhashNotFound);
    }

    const Hash& next_nonce() {
        if (!next_nonce_) next_nonce_ = durable_nonce_from_blockhash(slot_.blockhash);
        return *next_nonce_;
    }

    void process_sanitized(const SanitizedTransaction& transaction, TransactionEffects& effects) {
        if (!options_.collect_balances) return process_unrecorded(transaction, effects);
        RecordedBalances balances{.before = collect_balances(transaction, accounts_), .after = {}};
        process_unrecorded(transaction, effects);
        balances.after =
            collect_balances(transaction, ChangedAccounts(accounts_, effects.accounts));
        effects.balances = std::move(balances);
    }

    void process_unrecorded(const SanitizedTransaction& transaction, TransactionEffects& effects) {
        if (options_.collect_logs) scratch_.logs.reuse(effects.logs);
        effects.reset();
        const auto limits = validate(transaction, effects);
        if (!limits) {
            effects.reset();
            effects.error = limits.error();
        } else {
            load_and_execute(transaction, *limits, effects);
        }
        // Whoever holds an account's data makes its next writer copy it.
        context_.clear();
        scratch_.validated.clear();
    }

    /// Everything before accounts are loaded: an error here leaves no trace.
    Result<ComputeBudgetLimits, TransactionError> validate(const SanitizedTransaction& transaction,
                                                           TransactionEffects& effects) {
        const ComputeBudgetLimits limits =
            FATHOM_TRY(judge_compute_budget(transaction.budget_requests, environment_.features));
        effects.fee = calculate_fee(transaction.view, limits, slot_.lamports_per_signature);
        const auto nonce_account = FATHOM_TRY(check_age(transaction));
        // Another blockhash is another message.
        if (options_.processed && !options_.replace_blockhash &&
            options_.processed->contains(transaction.view.message())) {
            return std::unexpected(TransactionError::AlreadyProcessed);
        }
        FATHOM_CHECK(validate_nonce_and_fee_payer(
            transaction, nonce_account,
            {.next_durable_nonce = nonce_account ? next_nonce() : Hash{},
             .lamports_per_signature = slot_.blockhash_lamports_per_signature},
            saturating_add(effects.fee.transaction_fee, effects.fee.prioritization_fee), rent_,
            environment_.features, accounts_, scratch_.validated));
        return limits;
    }

    void load_and_execute(const SanitizedTransaction& transaction,
                          const ComputeBudgetLimits& limits, TransactionEffects& effects) {
        const ValidatedTransaction& validated = scratch_.validated;
        LoadedSize size(limits.loaded_accounts_data_size);
        const auto loaded =
            load_accounts(transaction, validated.fee_payer, rent_, accounts_, size, context_);
        if (!loaded) {
            effects.error = loaded.error();
            effects.loaded_accounts_data_size =
                environment_.features.is_active(Feature::define_ltds_fee_only_semantics)
                    ? size.value()
                    : validated.rollback.data_size();
            commit_rollback(effects, validated.rollback);
            return;
        }
        effects.loaded_accounts_data_size = size.value();
        load_programs();
        execute(transaction, limits, effects);
        if (effects.error) {
            effects.accounts.clear();
            commit_rollback(effects, validated.rollback);
        }
    }

    /// Every loader-owned key of the transaction, called or not (programs reach them by CPI).
    void load_programs() {
        for (const auto& [key, account, is_touched, is_borrowed] : context_.accounts()) {
            if (!ids::is_loader(account.owner) || programs_.contains(key)) continue;
            auto entry =
                store_.load(key, account, accounts_, environment_.execution, programs_.slot());
            if (entry) programs_.insert(key, std::move(entry));
        }
    }

    void execute(const SanitizedTransaction& transaction, const ComputeBudgetLimits& limits,
                 TransactionEffects& effects) {
        capture_pre_states(transaction, context_, scratch_.pre_states);
        const uint128_t lamports_before = sum_of_lamports(context_);

        invoke::ExecutionBudget budget;
        budget.compute_unit_limit = limits.compute_unit_limit;
        budget.heap_size = limits.heap_size;
        if (environment_.features.is_active(Feature::raise_cpi_nesting_limit_to_8)) {
            budget.max_instruction_stack_depth = 9;
        }
        const std::size_t top_level = transaction.view.instructions().size();
        context_.begin(rent_, budget.max_instruction_stack_depth,
                       budget.max_instruction_trace_length, top_level);
        invoke::LogCollector* const logs = options_.collect_logs ? &scratch_.logs : nullptr;
        if (logs) logs->begin(options_.log_bytes_limit);
        if (const auto failure = run_message(transaction, budget, logs, effects)) {
            effects.error = TransactionError::instruction(failure->index, failure->error);
        }
        if (!effects.error) {
            const auto rent_check =
                check_rent_states(context_, scratch_.pre_states, rent_, relaxes_rent_);
            if (!rent_check) effects.error = rent_check.error();
        }
        if (logs) logs->take_into(effects.logs);
        if (const ByteView data = context_.return_data(); !data.empty()) {
            effects.return_data =
                ReturnData{context_.return_data_program(), Bytes(data.begin(), data.end())};
        }
        if (options_.collect_inner_instructions) {
            record_inner_instructions(context_, top_level, effects.inner_instructions);
        }
        collect_changes(transaction, lamports_before, effects);
        if (effects.error) {
            programs_.discard_modified();
        } else {
            programs_.commit_modified();
        }
    }

    std::optional<invoke::InstructionFailure> run_message(const SanitizedTransaction& transaction,
                                                          const invoke::ExecutionBudget& budget,
                                                          invoke::LogCollector* logs,
                                                          TransactionEffects& effects) {
        auto& instructions = scratch_.instructions;
        instructions.clear();
        for (const CompiledInstructionView& ix : transaction.view.instructions()) {
            instructions.push_back({ix.program_id_index, ix.accounts, ix.data});
        }
        const std::size_t keys = transaction.keys.size();
        std::array<bool, kMaxKeys> is_signer;   // as many as there are keys
        std::array<bool, kMaxKeys> is_writable; // the same
        for (std::size_t i = 0; i < keys; ++i) {
            is_signer[i] = transaction.is_signer[i];
            is_writable[i] = transaction.is_writable[i];
        }
        invoke::InvokeContext invoke_context(context_, programs_, environment_, logs, budget,
                                             &scratch_.memory);
        const auto result =
            invoke_context.process_message({.instructions = instructions,
                                            .is_signer = std::span(is_signer).first(keys),
                                            .is_writable = std::span(is_writable).first(keys)},
                                           effects.compute_units);
        if (result) return std::nullopt;
        return result.error();
    }

    /// What a bank would store: writable, touched, and not merely called (agave account_saver.rs).
    void collect_changes(const SanitizedTransaction& transaction, uint128_t lamports_before,
                         TransactionEffects& effects) {
        effects.accounts_resize_delta = context_.accounts_resize_delta();
        const auto accounts = context_.accounts();
        if (!effects.error && sum_of_lamports(context_) != lamports_before) {
            effects.error = TransactionError::UnbalancedTransaction;
        }
        for (std::size_t i = 0; options_.collect_final_accounts && i < accounts.size(); ++i) {
            if (!transaction.is_writable[i]) continue;
            effects.final_accounts.push_back({accounts[i].key, accounts[i].account});
        }
        if (effects.error) return;
        effects.commit = Commit::All;
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            if (!transaction.is_writable[i] || (i != 0 && !accounts[i].is_touched)) continue;
            if (transaction.is_invoked[i] && !transaction.is_instruction_account[i]) continue;
            effects.accounts.push_back(
                {accounts[i].key, context_.take_account(static_cast<std::uint16_t>(i))});
        }
    }

    const invoke::Environment& environment_;
    const SlotEnvironment& slot_;
    const ExecutionOptions& options_;
    ProgramStore& store_;
    TransactionScratch& scratch_;
    invoke::TransactionContext& context_;
    const AccountSource& accounts_;
    invoke::ProgramCacheForBatch& programs_;
    Rent rent_;
    std::optional<Hash> next_nonce_; // once it was asked for
    bool relaxes_rent_;
    std::optional<Hash> last_young_;
};

} // namespace svm

struct Processor::State {
    explicit State(const ProcessorConfig& settings)
        : config(settings), environments(settings.code, settings.native),
          programs(settings.program_cache ? settings.program_cache
                                          : std::make_shared<svm::ProgramCache>()) {}

    ProcessorConfig config;
    EnvironmentBuilder environments;
    std::optional<StakeTableView> stakes; // of the session
    ProgramStore programs;
    TransactionScratch scratch;
    std::vector<Admitted> admitted; // kAdmittedTogether
};

Processor::Processor(ProcessorConfig config) : state_(std::make_unique<State>(config)) {}
Processor::Processor(Processor&&) noexcept = default;
Processor& Processor::operator=(Processor&&) noexcept = default;
Processor::~Processor() = default;

std::vector<TransactionEffects> Processor::execute(std::span<const ByteView> transactions,
                                                   const SlotEnvironment& environment,
                                                   const AccountSource& accounts,
                                                   const ExecutionOptions& options) {
    std::vector<TransactionEffects> effects;
    execute(transactions, environment, accounts, options, effects);
    return effects;
}

void Processor::execute(std::span<const ByteView> transactions, const SlotEnvironment& environment,
                        const AccountSource& accounts, const ExecutionOptions& options,
                        std::vector<TransactionEffects>& effects) {
    if (state_->environments.needs_rebuild(environment.features)) state_->programs.clear();
    const StakeTableView stakes(environment.stakes);
    const ChangedAccounts overridden(accounts, options.overrides);
    const AccountSource& source =
        options.overrides.empty() ? accounts : static_cast<const AccountSource&>(overridden);
    const invoke::Environment& built = state_->environments.build(
        environment, source, stakes, state_->config.engine, options.observer);
    BatchAccounts known(source);
    TransactionRun run(built, state_->environments.builtins(), environment, known, options,
                       state_->programs, state_->scratch);
    effects.resize(transactions.size());
    auto& admitted = state_->admitted;
    if (admitted.size() < std::min(transactions.size(), kAdmittedTogether)) {
        admitted.resize(std::min(transactions.size(), kAdmittedTogether));
    }
    for (std::size_t first = 0; first < transactions.size(); first += kAdmittedTogether) {
        const auto group =
            transactions.subspan(first, std::min(transactions.size() - first, kAdmittedTogether));
        admit_all(group, built.features, options, admitted);
        for (std::size_t i = 0; i < group.size(); ++i) {
            TransactionEffects& result = effects[first + i];
            run.process(admitted[i], result);
            if (first + i + 1 == transactions.size()) break; // nobody comes to see the changes
            for (const AccountChange& change : result.accounts) {
                known.update(change.key, change.account);
            }
        }
    }
}

Processor::Session Processor::begin(const SlotEnvironment& environment,
                                    const AccountSource& accounts,
                                    const ExecutionOptions& options) {
    if (state_->environments.needs_rebuild(environment.features)) state_->programs.clear();
    state_->stakes.emplace(environment.stakes);
    const invoke::Environment& built = state_->environments.build(
        environment, accounts, *state_->stakes, state_->config.engine, options.observer);
    return Session(std::make_unique<TransactionRun>(built, state_->environments.builtins(),
                                                    environment, accounts, options,
                                                    state_->programs, state_->scratch));
}

Processor::Session::Session(std::unique_ptr<TransactionRun> run) : run_(std::move(run)) {}
Processor::Session::Session(Session&&) noexcept = default;
Processor::Session::~Session() = default;

void Processor::Session::execute(const SanitizedTransaction& transaction,
                                 TransactionEffects& effects) {
    run_->process_alone(transaction, effects);
}

} // namespace fathom
