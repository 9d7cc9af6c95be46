// SPDX-License-Identifier: Apache-2.0
// Runs the instructions of one transaction: frames, privileges, program lookup, metering, logs.
// Order of checks: Agave program-runtime/src/invoke_context.rs.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/log_collector.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/invoke/program_memory.hpp"
#include "fathom/invoke/serialization.hpp"
#include "fathom/invoke/transaction_context.hpp"
#include "fathom/types/transaction.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::invoke {

/// One top-level instruction of a message as the runtime needs it.
struct MessageInstruction {
    std::uint8_t program_index = 0;
    ByteView accounts; // indices into the transaction's accounts
    ByteView data;
};

/// What the message says about its accounts, after write demotion.
struct MessageView {
    std::span<const MessageInstruction> instructions;
    std::span<const bool> is_signer;   // per transaction account
    std::span<const bool> is_writable; // per transaction account
};

struct InstructionFailure {
    std::uint8_t index;
    InstructionError error;
};

/// One per transaction; not thread-safe. Everything it refers to must outlive it.
class InvokeContext {
public:
    /// Without a pool the context has one of its own; a worker's pool saves the allocations.
    InvokeContext(TransactionContext& transaction, ProgramCacheForBatch& programs,
                  const Environment& environment, LogCollector* logs, const ExecutionBudget& budget,
                  ProgramMemoryPool* memory_pool = nullptr)
        : transaction_(transaction), programs_(programs), environment_(environment), logs_(logs),
          budget_(budget), memory_pool_(memory_pool ? *memory_pool : own_memory_pool_),
          memory_(memory_pool_.frames()) {
        memory_.clear();
        meter_.remaining = budget.compute_unit_limit;
    }
    InvokeContext(const InvokeContext&) = delete;
    InvokeContext& operator=(const InvokeContext&) = delete;

    [[nodiscard]] TransactionContext& transaction() { return transaction_; }
    [[nodiscard]] ProgramCacheForBatch& programs() { return programs_; }
    [[nodiscard]] const Environment& environment() const { return environment_; }
    [[nodiscard]] bool feature(Feature f) const { return environment_.features.is_active(f); }
    [[nodiscard]] const ExecutionBudget& budget() const { return budget_; }
    [[nodiscard]] vm::ComputeMeter& meter() { return meter_; }
    [[nodiscard]] std::uint64_t remaining() const { return meter_.remaining; }
    /// Charges, or takes everything and gives ComputationalBudgetExceeded.
    [[nodiscard]] Result<void, InstructionError> consume(std::uint64_t units) {
        if (meter_.consume(units)) [[likely]] {
            return {};
        }
        return std::unexpected(InstructionError::ComputationalBudgetExceeded);
    }
    [[nodiscard]] std::size_t stack_height() const { return transaction_.stack_height(); }
    [[nodiscard]] Result<InstructionContext, InstructionError> current_instruction() {
        return transaction_.current_instruction();
    }
    /// Null if nothing is collected.
    [[nodiscard]] LogCollector* logs() { return logs_; }
    /// One runtime message, e.g. "Create Account: …"; without the "Program log: " prefix.
    void log(std::string_view message) {
        if (logs_) logs_->log(message);
    }

    /// All instructions of a message in order; first failure stops. `units` receives what they
    /// consumed, a failed last one included.
    [[nodiscard]] Result<void, InstructionFailure> process_message(const MessageView& message,
                                                                   std::uint64_t& units);
    /// push, run, pop of the configured next instruction. `units` receives what it consumed.
    [[nodiscard]] Result<void, InstructionError> process_instruction(std::uint64_t& units);
    /// Privilege checks and trace entry for a call from the current instruction.
    [[nodiscard]] Result<void, InstructionError>
    prepare_next_cpi_instruction(Instruction instruction, std::span<const Pubkey> signers);
    /// A native program's call; seeds are derived under the caller's program id.
    [[nodiscard]] Result<void, InstructionError>
    native_invoke_signed(Instruction instruction,
                         std::span<const std::vector<ByteView>> signer_seeds);

    // For loaders, syscalls and harnesses.
    [[nodiscard]] Result<void, InstructionError> push();
    [[nodiscard]] Result<void, InstructionError> pop();
    /// True if pointers of the current program must be aligned: its owner is not loader v1.
    [[nodiscard]] bool check_aligned();
    /// Memory of the current program; ProgramEnvironmentSetupFailure if it has none.
    [[nodiscard]] Result<ProgramMemory*, InstructionError> program_memory();
    void set_program_memory(ProgramMemory memory);
    void clear_program_memory();
    [[nodiscard]] ProgramMemoryPool& memory_pool() { return memory_pool_; }
    /// Why the failing syscall failed; taken by whoever turns the run's result into an error.
    void set_syscall_failure(ProgramError error) { syscall_failure_ = std::move(error); }
    [[nodiscard]] ProgramError take_syscall_failure();

    /// The sysvar as a native program reads it: the account at `index` must have the sysvar's key
    /// (InvalidArgument), the value comes from the cache (UnsupportedSysvar).
    [[nodiscard]] Result<void, InstructionError>
    check_sysvar_account(const InstructionContext& instruction, std::size_t index,
                         const Pubkey& sysvar);

private:
    /// True if `program` runs already and is not the current one.
    [[nodiscard]] bool is_reentrant(const Pubkey& program);
    [[nodiscard]] const Precompile* precompile_of(const MessageInstruction& instruction) const;
    [[nodiscard]] Result<void, InstructionError>
    configure_top_level_instruction(const MessageView& message, std::size_t index);
    /// The native program that runs `program`: itself, or the loader that owns it.
    [[nodiscard]] Result<const ProgramCacheEntry*, InstructionError>
    find_entrypoint(const Pubkey& program, const Pubkey& owner) const;
    [[nodiscard]] Result<void, InstructionError> process_executable_chain(std::uint64_t& units);
    [[nodiscard]] Result<void, InstructionError>
    process_precompile(const Precompile& precompile, ByteView data,
                       std::span<const MessageInstruction> instructions);

    TransactionContext& transaction_;
    ProgramCacheForBatch& programs_;
    const Environment& environment_;
    LogCollector* logs_;
    ExecutionBudget budget_;
    vm::ComputeMeter meter_;
    std::optional<ProgramError> syscall_failure_;
    ProgramMemoryPool own_memory_pool_;
    ProgramMemoryPool& memory_pool_;
    std::vector<std::optional<ProgramMemory>>& memory_; // parallel to the instruction stack
};

/// Runs `executable` as the current instruction: serialize, heap charge, machine, logs, error
/// mapping, deserialize (Agave program-runtime/src/vm.rs).
[[nodiscard]] Result<void, ProgramError> execute_program(InvokeContext& context,
                                                         const vm::Executable& executable);

} // namespace fathom::invoke
