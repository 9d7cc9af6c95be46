// SPDX-License-Identifier: Apache-2.0
// A small transaction to run instructions in: accounts, native programs, one invoke context. Tests
// only.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/program_ids.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fathom::tests {

/// A key whose 32 bytes are all `fill`.
inline Pubkey key_of(std::uint8_t fill) {
    Pubkey key;
    key.bytes.fill(fill);
    return key;
}

struct TestAccount {
    Pubkey key;
    Lamports lamports = 0;
    Bytes data = {};
    Pubkey owner = {};
    bool executable = false;
};

struct TestInstruction {
    std::uint8_t program_index = 0;
    std::vector<invoke::InstructionAccount> accounts = {};
    Bytes data = {};
};

/// Fill in accounts, programs and settings, then start().
class TestInvocation {
public:
    static constexpr Slot kSlot = 10;

    invoke::Environment environment;
    invoke::ExecutionBudget budget;
    invoke::ProgramCacheForBatch programs{kSlot};
    invoke::LogCollector logs;
    Rent rent;

    std::uint16_t add(const TestAccount& account) {
        invoke::KeyedAccount keyed{account.key, {}};
        keyed.account.lamports = account.lamports;
        keyed.account.data = AccountData(account.data);
        keyed.account.owner = account.owner;
        keyed.account.executable = account.executable;
        accounts_.push_back(std::move(keyed));
        return static_cast<std::uint16_t>(accounts_.size() - 1);
    }

    /// A native program and its account.
    std::uint16_t add_builtin(const Pubkey& key, invoke::BuiltinFunction function) {
        register_builtin(key, function);
        return add({.key = key, .lamports = 1, .owner = ids::kNativeLoader, .executable = true});
    }

    void register_builtin(const Pubkey& key, invoke::BuiltinFunction function) {
        auto entry = std::make_shared<invoke::ProgramCacheEntry>();
        entry->state = invoke::ProgramState::Builtin;
        entry->owner = ids::kNativeLoader;
        entry->builtin = function;
        programs.insert(key, std::move(entry));
    }

    void start(std::size_t number_of_instructions = 1) {
        transaction_.emplace(accounts_, rent, budget.max_instruction_stack_depth,
                             budget.max_instruction_trace_length, number_of_instructions);
        context_.emplace(*transaction_, programs, environment, &logs, budget);
    }

    /// Configures top-level instruction `index` and pushes it.
    Result<void, InstructionError> push(const TestInstruction& instruction, std::size_t index = 0) {
        data_.push_back(std::make_unique<Bytes>(instruction.data));
        FATHOM_CHECK(transaction_->configure_top_level_instruction(
            index, instruction.program_index, instruction.accounts, *data_.back()));
        return context_->push();
    }

    /// Runs one top-level instruction; `units` receives what it consumed.
    Result<void, InstructionError> run(const TestInstruction& instruction) {
        data_.push_back(std::make_unique<Bytes>(instruction.data));
        FATHOM_CHECK(transaction_->configure_top_level_instruction(
            transaction_->next_top_level_index(), instruction.program_index, instruction.accounts,
            *data_.back()));
        return context_->process_instruction(units);
    }

    [[nodiscard]] invoke::TransactionContext& transaction() { return *transaction_; }
    [[nodiscard]] invoke::InvokeContext& context() { return *context_; }
    [[nodiscard]] invoke::InstructionContext current() {
        return *transaction_->current_instruction();
    }

    std::uint64_t units = 0;

private:
    std::vector<invoke::KeyedAccount> accounts_;
    std::vector<std::unique_ptr<Bytes>> data_;
    std::optional<invoke::TransactionContext> transaction_;
    std::optional<invoke::InvokeContext> context_;
};

} // namespace fathom::tests
