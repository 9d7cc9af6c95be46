// SPDX-License-Identifier: Apache-2.0
// The batch processor: transactions and an account source in, effects out; no state between calls
// but programs.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/program_cache.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/native_programs.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom {

namespace invoke {
class ProgramObserver;
} // namespace invoke

enum class EngineChoice : std::uint8_t { Naive, Interpreter, Jit, Tiered };

/// Stakes of the current epoch, for sol_get_epoch_stake.
struct EpochStakeTable {
    Lamports total = 0;
    std::vector<std::pair<Pubkey, Lamports>> vote_accounts;
};

/// What the bank knows and a transaction depends on, for one slot. A value.
struct SlotEnvironment {
    FeatureSet features;
    /// What programs see as the last blockhash (nonce instructions use it), and its fee rate.
    Hash blockhash;
    Lamports blockhash_lamports_per_signature = 5000;
    /// Blockhashes that are young enough, besides valid durable nonces.
    std::vector<Hash> recent_blockhashes;
    /// Fee per signature.
    Lamports lamports_per_signature = 5000;
    bool alpenglow_migration_succeeded = false;
    EpochStakeTable stakes;
};

/// What a bank has processed lately, so that nothing is processed twice. Asked from the thread that
/// executes.
class ProcessedMessages {
public:
    virtual ~ProcessedMessages() = default;
    /// `message` is the signed part of a transaction.
    [[nodiscard]] virtual bool contains(ByteView message) const = 0;
};

/// How to treat a batch.
struct ExecutionOptions {
    bool verify_signatures = true;
    bool check_blockhash = true;
    /// Refuse what no node takes in: above 1232 bytes, or more than 64 top-level instructions.
    bool enforce_admission_limits = true;
    bool collect_logs = true;
    bool collect_inner_instructions = true;
    /// For harnesses; costs a copy of each writable account.
    bool collect_final_accounts = false;
    /// Of lamports and tokens, before and after. Copies accounts of token programs.
    bool collect_balances = false;
    /// nullopt: unlimited log.
    std::optional<std::size_t> log_bytes_limit = 10'000;
    /// Their transactions fail with AlreadyProcessed. Null: none.
    const ProcessedMessages* processed = nullptr;
    /// For simulations: every transaction as if it named the latest blockhash.
    bool replace_blockhash = false;
    /// For simulations, not in sessions: accounts as if they were so. Zero lamports: none. Must
    /// live as long as the options.
    std::span<const AccountChange> overrides = {};
    /// For debuggers and profilers: sees every step of every program (invoke/environment.hpp),
    /// which then runs in the interpreter that can be watched. Null: none.
    invoke::ProgramObserver* observer = nullptr;
};

/// How programs become machine code (engines Jit and Tiered; docs/security.md). Nothing here can
/// change a result.
struct CodeConfig {
    /// Bytes of machine code that the programs of one processor may hold together. What does not
    /// fit is interpreted.
    std::uint64_t byte_budget = 256ull << 20;
    /// Keep mispredicted bounds checks from reading outside a region: for processes that hold
    /// secrets. Costs about a tenth on code that uses memory much.
    bool masks_speculation = false;
    /// Read all code once more with an independent decoder before it may run.
    bool audits_code = false;
    /// 0: every program draws its own layout. Otherwise all layouts follow from this.
    std::uint64_t layout_seed = 0;
};

struct ProcessorConfig {
    EngineChoice engine = EngineChoice::Tiered;
    CodeConfig code = {};
    NativePrograms native = {};
    /// Where verified programs are kept. Several processors, on any threads, may share one. Null:
    /// the processor makes its own.
    std::shared_ptr<svm::ProgramCache> program_cache = nullptr;
};

namespace svm {
struct SanitizedTransaction;
class TransactionRun;
} // namespace svm

/// Executes transactions against accounts that the caller supplies and owns. Keeps only compiled
/// programs between calls. Movable. One thread at a time per processor.
class Processor {
public:
    explicit Processor(ProcessorConfig config = {});
    Processor(Processor&&) noexcept;
    Processor& operator=(Processor&&) noexcept;
    ~Processor();

    /// Runs the transactions in order; each sees the effects of those before it. Sysvars are read
    /// from `accounts`. The effects' accounts are the caller's to commit.
    [[nodiscard]] std::vector<TransactionEffects> execute(std::span<const ByteView> transactions,
                                                          const SlotEnvironment& environment,
                                                          const AccountSource& accounts,
                                                          const ExecutionOptions& options = {});

    /// The same into effects that there are already, whose memory is used again. As many as there
    /// are transactions.
    void execute(std::span<const ByteView> transactions, const SlotEnvironment& environment,
                 const AccountSource& accounts, const ExecutionOptions& options,
                 std::vector<TransactionEffects>& effects);

    /// One worker's part in executing a slot: transactions one at a time, in whatever order its
    /// owner finds right, while other workers execute others. The account source is asked afresh
    /// for each, so it shows what anybody has committed in between; while a transaction runs, the
    /// accounts that it names must not change. Programs are checked against the accounts that hold
    /// them each time.
    class Session {
    public:
        Session(Session&&) noexcept;
        ~Session();
        /// Lookups were resolved and signatures verified by whoever sanitized it. Whatever was in
        /// `effects` is gone; its memory is used again.
        void execute(const svm::SanitizedTransaction& transaction, TransactionEffects& effects);

    private:
        friend class Processor;
        explicit Session(std::unique_ptr<svm::TransactionRun> run);
        std::unique_ptr<svm::TransactionRun> run_;
    };
    /// Sysvars are read from `accounts` now. Ends when another one begins or execute() is called;
    /// the arguments must live as long.
    [[nodiscard]] Session begin(const SlotEnvironment& environment, const AccountSource& accounts,
                                const ExecutionOptions& options);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace fathom
