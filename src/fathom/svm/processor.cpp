// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/processor.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/svm/account_loader.hpp"
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

/// Rent state of the writable accounts before execution, for the comparison afterwards.
struct PreState {
    RentState rent_state;
    Lamports lamports = 0;
    std::uint64_t data_size = 0;
    Pubkey owner;
};

uint128_t sum_of_lamports(std::span<const invoke::KeyedAccount> accounts) {
    uint128_t sum = 0; // ≤ 256 · 2^64
    for (const auto& [key, account] : accounts) sum += account.lamports;
    return sum;
}

std::vector<PreState> capture_pre_states(std::span<const invoke::KeyedAccount> accounts,
                                         const Rent& rent, bool relaxed) {
    std::vector<PreState> states;
    states.reserve(accounts.size());
    for (const auto& [key, account] : accounts) {
        const std::uint64_t size = account.data.size();
        states.push_back(
            {RentState::before(account.lamports, size, rent.minimum_balance(size), relaxed),
             account.lamports, size, account.owner});
    }
    return states;
}

/// First writable account, in key order, that may not be left with the balance it has.
Result<void, TransactionError> check_rent_states(const SanitizedTransaction& transaction,
                                                 const invoke::TransactionContext& context,
                                                 std::span<const PreState> pre, const Rent& rent,
                                                 bool relaxed) {
    for (std::size_t i = 0; i < pre.size(); ++i) {
        if (!transaction.is_writable[i] || transaction.keys[i] == ids::kIncinerator) continue;
        const Account& account = context.account(static_cast<std::uint16_t>(i));
        const std::uint64_t size = account.data.size();
        const bool relax_here = relaxed && pre[i].data_size >= size &&
                                pre[i].rent_state.kind == RentState::Kind::RentExempt &&
                                pre[i].owner == account.owner;
        const RentState post = RentState::after(account.lamports, size, rent.minimum_balance(size),
                                                pre[i].rent_state, pre[i].lamports, relax_here);
        if (!is_rent_transition_allowed(pre[i].rent_state, post)) {
            return std::unexpected(TransactionError(TransactionError::InsufficientFundsForRent,
                                                    static_cast<std::uint8_t>(i)));
        }
    }
    return {};
}

/// Calls grouped by the top-level instruction that started them. Callers precede callees in the
/// trace.
std::vector<std::vector<InnerInstruction>>
record_inner_instructions(const invoke::TransactionContext& context, std::size_t top_level) {
    std::vector<std::vector<InnerInstruction>> grouped(top_level);
    const auto trace = context.trace();
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
    return grouped;
}

TransactionEffects unprocessable(TransactionError error) {
    TransactionEffects effects;
    effects.error = error;
    effects.commit = Commit::None;
    return effects;
}

/// A transaction that may be executed, or why not.
using Admission = Result<TransactionView, TransactionError>;

void refuse_bad_signatures(std::span<Admission> admissions) {
    std::vector<const TransactionView*> views;
    views.reserve(admissions.size());
    for (const Admission& admission : admissions) {
        if (admission) views.push_back(&*admission);
    }
    const std::vector<bool> verdicts = verify_signatures(views);
    auto holds = verdicts.begin();
    for (Admission& admission : admissions) {
        if (admission && !*holds++) admission = std::unexpected(TransactionError::SignatureFailure);
    }
}

/// Everything that does not depend on accounts, for several transactions together.
std::vector<Admission> admit_all(std::span<const ByteView> transactions, const FeatureSet& features,
                                 const ExecutionOptions& options) {
    const auto limits =
        options.enforce_admission_limits ? AdmissionLimits::Enforce : AdmissionLimits::Ignore;
    std::vector<Admission> admissions;
    admissions.reserve(transactions.size());
    for (const ByteView bytes : transactions) {
        admissions.push_back(admit(bytes, features, limits));
    }
    if (options.verify_signatures) refuse_bad_signatures(admissions);
    return admissions;
}

void commit_rollback(TransactionEffects& effects, const RollbackAccounts& rollback) {
    effects.commit = Commit::Fees;
    effects.accounts.push_back(rollback.fee_payer);
    if (rollback.nonce) effects.accounts.push_back(*rollback.nonce);
}

} // namespace

namespace svm {

/// Transactions in execution, one after the other, against one view of the accounts.
class TransactionRun {
public:
    TransactionRun(const invoke::Environment& environment, const invoke::ProgramEntries& builtins,
                   const SlotEnvironment& slot, const AccountSource& accounts,
                   const ExecutionOptions& options, ProgramStore& store,
                   invoke::ProgramMemoryPool& memory)
        : environment_(environment), slot_(slot), options_(options), store_(store), memory_(memory),
          accounts_(accounts),
          programs_(environment.sysvars.clock() ? environment.sysvars.clock()->slot : 0, &builtins),
          rent_(environment.sysvars.rent().value_or(Rent{})),
          next_nonce_(durable_nonce_from_blockhash(slot.blockhash)) {}

    TransactionEffects process(Admission admission) {
        if (!admission) return unprocessable(admission.error());
        const auto sanitized = resolve(*std::move(admission), environment_.features, accounts_,
                                       environment_.sysvars.slot_hashes(), programs_.slot());
        if (!sanitized) return unprocessable(sanitized.error());
        return process_sanitized(*sanitized);
    }

    /// Nothing is known of the programs that others may have changed since the last transaction.
    TransactionEffects process_alone(const SanitizedTransaction& transaction) {
        programs_.clear();
        return process_sanitized(transaction);
    }

private:
    /// nullopt inside: the blockhash is young enough; a key: valid durable nonce.
    Result<std::optional<Pubkey>, TransactionError>
    check_age(const SanitizedTransaction& transaction) const {
        const Hash& blockhash = transaction.view.recent_blockhash();
        if (std::ranges::find(slot_.recent_blockhashes, blockhash) !=
            slot_.recent_blockhashes.end()) {
            return std::nullopt;
        }
        const auto nonce = transaction.durable_nonce_account();
        if (nonce && is_valid_nonce_transaction(transaction, *nonce, next_nonce_, accounts_)) {
            return nonce;
        }
        if (!options_.check_blockhash) return std::nullopt;
        return std::unexpected(TransactionError::BlockhashNotFound);
    }

    TransactionEffects process_sanitized(const SanitizedTransaction& transaction) {
        const auto limits =
            judge_compute_budget(transaction.budget_requests, environment_.features);
        if (!limits) return unprocessable(limits.error());
        const FeeDetails fee =
            calculate_fee(transaction.view, *limits, slot_.lamports_per_signature);
        const auto nonce_account = check_age(transaction);
        if (!nonce_account) return unprocessable(nonce_account.error());
        if (options_.processed && options_.processed->contains(transaction.view.message())) {
            return unprocessable(TransactionError::AlreadyProcessed);
        }
        const auto validated = validate_nonce_and_fee_payer(
            transaction, *nonce_account,
            {.next_durable_nonce = next_nonce_,
             .lamports_per_signature = slot_.blockhash_lamports_per_signature},
            saturating_add(fee.transaction_fee, fee.prioritization_fee), rent_,
            environment_.features, accounts_);
        if (!validated) return unprocessable(validated.error());

        TransactionEffects effects;
        effects.fee = fee;
        LoadedSize size(limits->loaded_accounts_data_size);
        auto loaded = load_accounts(transaction, validated->fee_payer, rent_, accounts_, size);
        if (!loaded) {
            effects.error = loaded.error();
            effects.loaded_accounts_data_size =
                environment_.features.is_active(Feature::define_ltds_fee_only_semantics)
                    ? size.value()
                    : validated->rollback.data_size();
            commit_rollback(effects, validated->rollback);
            return effects;
        }
        effects.loaded_accounts_data_size = size.value();
        load_programs(transaction);
        execute(transaction, *limits, *std::move(loaded), effects);
        if (effects.error) {
            effects.accounts.clear();
            commit_rollback(effects, validated->rollback);
        }
        return effects;
    }

    /// Every loader-owned key of the transaction, called or not (programs reach them by CPI).
    void load_programs(const SanitizedTransaction& transaction) {
        for (const Pubkey& key : transaction.keys) {
            if (programs_.contains(key)) continue;
            const auto account = accounts_.get(key);
            if (!account) continue;
            auto entry =
                store_.load(key, *account, accounts_, environment_.execution, programs_.slot());
            if (entry) programs_.insert(key, std::move(entry));
        }
    }

    void execute(const SanitizedTransaction& transaction, const ComputeBudgetLimits& limits,
                 std::vector<invoke::KeyedAccount> loaded, TransactionEffects& effects) {
        const auto& features = environment_.features;
        const bool relaxed = features.is_active(Feature::relax_post_exec_min_balance_check);
        const auto pre_states = capture_pre_states(loaded, rent_, relaxed);
        const uint128_t lamports_before = sum_of_lamports(loaded);

        invoke::ExecutionBudget budget;
        budget.compute_unit_limit = limits.compute_unit_limit;
        budget.heap_size = limits.heap_size;
        if (features.is_active(Feature::raise_cpi_nesting_limit_to_8)) {
            budget.max_instruction_stack_depth = 9;
        }
        const std::size_t top_level = transaction.view.instructions().size();
        invoke::TransactionContext context(std::move(loaded), rent_,
                                           budget.max_instruction_stack_depth,
                                           budget.max_instruction_trace_length, top_level);
        invoke::LogCollector logs(options_.log_bytes_limit);
        if (const auto failure = run_message(transaction, budget, context,
                                             options_.collect_logs ? &logs : nullptr, effects)) {
            effects.error = TransactionError::instruction(failure->index, failure->error);
        }
        if (!effects.error) {
            const auto rent_check =
                check_rent_states(transaction, context, pre_states, rent_, relaxed);
            if (!rent_check) effects.error = rent_check.error();
        }
        effects.logs = logs.take();
        if (const ByteView data = context.return_data(); !data.empty()) {
            effects.return_data =
                ReturnData{context.return_data_program(), Bytes(data.begin(), data.end())};
        }
        if (options_.collect_inner_instructions) {
            effects.inner_instructions = record_inner_instructions(context, top_level);
        }
        collect_changes(transaction, context, lamports_before, effects);
        if (effects.error) {
            programs_.discard_modified();
        } else {
            programs_.commit_modified();
        }
    }

    std::optional<invoke::InstructionFailure> run_message(const SanitizedTransaction& transaction,
                                                          const invoke::ExecutionBudget& budget,
                                                          invoke::TransactionContext& context,
                                                          invoke::LogCollector* logs,
                                                          TransactionEffects& effects) {
        std::vector<invoke::MessageInstruction> instructions;
        instructions.reserve(transaction.view.instructions().size());
        for (const CompiledInstructionView& ix : transaction.view.instructions()) {
            instructions.push_back({ix.program_id_index, ix.accounts, ix.data});
        }
        const std::size_t keys = transaction.keys.size();
        std::array<bool, 256> is_signer;   // as many as there are keys
        std::array<bool, 256> is_writable; // the same
        for (std::size_t i = 0; i < keys; ++i) {
            is_signer[i] = transaction.is_signer[i];
            is_writable[i] = transaction.is_writable[i];
        }
        invoke::InvokeContext invoke_context(context, programs_, environment_, logs, budget,
                                             &memory_);
        const auto result =
            invoke_context.process_message({.instructions = instructions,
                                            .is_signer = std::span(is_signer).first(keys),
                                            .is_writable = std::span(is_writable).first(keys)},
                                           effects.compute_units);
        if (result) return std::nullopt;
        return result.error();
    }

    /// What a bank would store: writable, touched, and not merely called (agave account_saver.rs).
    void collect_changes(const SanitizedTransaction& transaction,
                         invoke::TransactionContext& context, uint128_t lamports_before,
                         TransactionEffects& effects) {
        effects.accounts_resize_delta = context.accounts_resize_delta();
        std::vector<bool> touched(transaction.keys.size());
        for (std::size_t i = 0; i < touched.size(); ++i) {
            touched[i] = i == 0 || context.was_touched(static_cast<std::uint16_t>(i));
        }
        std::vector<invoke::KeyedAccount> accounts = context.take_accounts();
        if (!effects.error && sum_of_lamports(accounts) != lamports_before) {
            effects.error = TransactionError::UnbalancedTransaction;
        }
        for (std::size_t i = 0; options_.collect_final_accounts && i < accounts.size(); ++i) {
            if (!transaction.is_writable[i]) continue;
            effects.final_accounts.push_back({accounts[i].key, accounts[i].account});
        }
        if (effects.error) return;
        effects.commit = Commit::All;
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            if (!transaction.is_writable[i] || !touched[i]) continue;
            if (transaction.is_invoked[i] && !transaction.is_instruction_account[i]) continue;
            effects.accounts.push_back({accounts[i].key, std::move(accounts[i].account)});
        }
    }

    const invoke::Environment& environment_;
    const SlotEnvironment& slot_;
    const ExecutionOptions& options_;
    ProgramStore& store_;
    invoke::ProgramMemoryPool& memory_;
    const AccountSource& accounts_;
    invoke::ProgramCacheForBatch programs_;
    Rent rent_;
    Hash next_nonce_;
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
    invoke::ProgramMemoryPool memory;
};

Processor::Processor(ProcessorConfig config) : state_(std::make_unique<State>(config)) {}
Processor::Processor(Processor&&) noexcept = default;
Processor& Processor::operator=(Processor&&) noexcept = default;
Processor::~Processor() = default;

std::vector<TransactionEffects> Processor::execute(std::span<const ByteView> transactions,
                                                   const SlotEnvironment& environment,
                                                   const AccountSource& accounts,
                                                   const ExecutionOptions& options) {
    if (state_->environments.needs_rebuild(environment.features)) state_->programs.clear();
    const StakeTableView stakes(environment.stakes);
    const invoke::Environment& built =
        state_->environments.build(environment, accounts, stakes, state_->config.engine);
    BatchAccounts known(accounts);
    TransactionRun run(built, state_->environments.builtins(), environment, known, options,
                       state_->programs, state_->memory);
    std::vector<TransactionEffects> effects;
    effects.reserve(transactions.size());
    while (!transactions.empty()) {
        const std::size_t count = std::min(transactions.size(), kAdmittedTogether);
        for (Admission& admission : admit_all(transactions.first(count), built.features, options)) {
            effects.push_back(run.process(std::move(admission)));
            for (const AccountChange& change : effects.back().accounts) {
                known.update(change.key, change.account);
            }
        }
        transactions = transactions.subspan(count);
    }
    return effects;
}

Processor::Session Processor::begin(const SlotEnvironment& environment,
                                    const AccountSource& accounts,
                                    const ExecutionOptions& options) {
    if (state_->environments.needs_rebuild(environment.features)) state_->programs.clear();
    state_->stakes.emplace(environment.stakes);
    const invoke::Environment& built =
        state_->environments.build(environment, accounts, *state_->stakes, state_->config.engine);
    return Session(std::make_unique<TransactionRun>(built, state_->environments.builtins(),
                                                    environment, accounts, options,
                                                    state_->programs, state_->memory));
}

Processor::Session::Session(std::unique_ptr<TransactionRun> run) : run_(std::move(run)) {}
Processor::Session::Session(Session&&) noexcept = default;
Processor::Session::~Session() = default;

TransactionEffects Processor::Session::execute(const SanitizedTransaction& transaction) {
    return run_->process_alone(transaction);
}

} // namespace fathom
