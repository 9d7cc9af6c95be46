// SPDX-License-Identifier: Apache-2.0
// Instruction processing: frames, program lookup, units, log lines (Agave
// program-runtime/src/invoke_context.rs).
#include "fathom/invoke/invoke_context.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/types/program_ids.hpp"

#include <utility>

namespace fathom::invoke {

Result<void, InstructionError> InvokeContext::push() {
    const auto next = FATHOM_TRY(transaction_.next_instruction());
    if (!next.has_program()) return std::unexpected(InstructionError::UnsupportedProgramId);
    if (is_reentrant(next.program_key())) {
        return std::unexpected(InstructionError::ReentrancyNotAllowed);
    }
    FATHOM_CHECK(transaction_.push());
    memory_.emplace_back();
    return {};
}

bool InvokeContext::is_reentrant(const Pubkey& program) {
    const std::size_t height = transaction_.stack_height();
    const auto runs_at = [&](std::size_t level) {
        const auto instruction = transaction_.instruction_at_nesting_level(level);
        return instruction && instruction->has_program() && instruction->program_key() == program;
    };
    // A program may call itself directly.
    if (height == 0 || runs_at(height - 1)) return false;
    for (std::size_t level = 0; level + 1 < height; ++level) {
        if (runs_at(level)) return true;
    }
    return false;
}

Result<void, InstructionError> InvokeContext::pop() {
    if (!memory_.empty()) memory_.pop_back();
    return transaction_.pop();
}

bool InvokeContext::check_aligned() {
    const auto instruction = transaction_.current_instruction();
    if (!instruction) return true;
    const auto owner = instruction->program_owner();
    return !owner || *owner != ids::kBpfLoaderDeprecated;
}

Result<ProgramMemory*, InstructionError> InvokeContext::program_memory() {
    if (memory_.empty()) return std::unexpected(InstructionError::CallDepth);
    if (!memory_.back()) return std::unexpected(InstructionError::ProgramEnvironmentSetupFailure);
    return &*memory_.back();
}

void InvokeContext::set_program_memory(ProgramMemory memory) {
    if (memory_.empty()) memory_.emplace_back();
    memory_.back() = memory;
}

void InvokeContext::clear_program_memory() {
    if (!memory_.empty()) memory_.back().reset();
}

ProgramError InvokeContext::take_syscall_failure() {
    auto failure = std::exchange(syscall_failure_, std::nullopt);
    return failure ? *std::move(failure) : ProgramError(InstructionError::ProgramFailedToComplete);
}

Result<void, InstructionError>
InvokeContext::check_sysvar_account(const InstructionContext& instruction, std::size_t index,
                                    const Pubkey& sysvar) {
    const Pubkey key = FATHOM_TRY(instruction.key_of_account(index));
    if (key != sysvar) return std::unexpected(InstructionError::InvalidArgument);
    if (!environment_.sysvars.has(sysvar)) {
        return std::unexpected(InstructionError::UnsupportedSysvar);
    }
    return {};
}

Result<void, InstructionFailure> InvokeContext::process_message(const MessageView& message,
                                                                std::uint64_t& units) {
    units = 0;
    const auto failed_at = [](std::size_t index, InstructionError error) {
        return std::unexpected(InstructionFailure{static_cast<std::uint8_t>(index), error});
    };
    for (std::size_t i = 0; i < message.instructions.size(); ++i) {
        const auto configured = configure_top_level_instruction(message, i);
        if (!configured) return failed_at(i, configured.error());
    }
    for (std::size_t i = 0; i < message.instructions.size(); ++i) {
        const MessageInstruction& instruction = message.instructions[i];
        const Precompile* const precompile = precompile_of(instruction);
        std::uint64_t consumed = 0;
        const auto result =
            precompile ? process_precompile(*precompile, instruction.data, message.instructions)
                       : process_instruction(consumed);
        units = saturating_add(units, consumed);
        if (!result) return failed_at(i, result.error());
    }
    return {};
}

const Precompile* InvokeContext::precompile_of(const MessageInstruction& instruction) const {
    if (instruction.program_index >= transaction_.number_of_accounts()) return nullptr;
    return environment_.find_precompile(transaction_.key_of_account(instruction.program_index));
}

Result<void, InstructionError>
InvokeContext::configure_top_level_instruction(const MessageView& message, std::size_t index) {
    const MessageInstruction& instruction = message.instructions[index];
    auto* const accounts = transaction_.configure_top_level_instruction(
        index, instruction.program_index, instruction.data);
    if (!accounts) return std::unexpected(InstructionError::MaxInstructionTraceLengthExceeded);
    accounts->reserve(instruction.accounts.size());
    for (const std::uint8_t account : instruction.accounts) {
        if (account >= message.is_signer.size() || account >= message.is_writable.size()) {
            return std::unexpected(InstructionError::MissingAccount);
        }
        accounts->push_back({account, message.is_signer[account], message.is_writable[account]});
    }
    return {};
}

Result<void, InstructionError> InvokeContext::process_instruction(std::uint64_t& units) {
    units = 0;
    FATHOM_CHECK(push());
    const auto result = process_executable_chain(units);
    const auto popped = pop();
    return result ? popped : result;
}

Result<void, InstructionError>
InvokeContext::process_precompile(const Precompile& precompile, ByteView data,
                                  std::span<const MessageInstruction> instructions) {
    FATHOM_CHECK(push());
    std::vector<ByteView> datas;
    datas.reserve(instructions.size());
    for (const MessageInstruction& instruction : instructions) datas.push_back(instruction.data);
    const auto result = precompile.verify(data, datas, environment_.features);
    const auto popped = pop();
    return result ? popped : result;
}

Result<const ProgramCacheEntry*, InstructionError>
InvokeContext::find_entrypoint(const Pubkey& program, const Pubkey& owner) const {
    if (owner != ids::kNativeLoader && !ids::is_loader(owner)) {
        return std::unexpected(InstructionError::UnsupportedProgramId);
    }
    const auto* entry = programs_.find_builtin(owner == ids::kNativeLoader ? program : owner);
    if (!entry || !entry->builtin) {
        return std::unexpected(InstructionError::UnsupportedProgramId);
    }
    return entry;
}

Result<void, InstructionError> InvokeContext::process_executable_chain(std::uint64_t& units) {
    const auto instruction = FATHOM_TRY(transaction_.current_instruction());
    const Pubkey owner = FATHOM_TRY(instruction.program_owner());
    const Pubkey program = instruction.program_key();
    const auto* const entry = FATHOM_TRY(find_entrypoint(program, owner));

    transaction_.set_return_data(program, {});
    if (logs_) logs_->program_invoke(program, stack_height());
    const std::uint64_t units_before = meter_.remaining;
    const auto result = entry->builtin(*this);
    if (logs_) {
        if (result) {
            logs_->program_success(program);
        } else {
            logs_->program_failure(program, result.error().text());
        }
    }
    units = saturating_sub(units_before, meter_.remaining);
    if (!result) return std::unexpected(result.error().to_instruction_error());
    if (owner == ids::kNativeLoader && units == 0) {
        return std::unexpected(InstructionError::BuiltinProgramsMustConsumeComputeUnits);
    }
    return {};
}

} // namespace fathom::invoke
