// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/instruction_run.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/program_store.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace fathom::svm {
namespace {

using base::Error;
using base::ErrorCode;

/// The accounts of a request in front of others.
class RequestAccounts final : public AccountSource {
public:
    RequestAccounts(std::span<const AccountChange> given, const AccountSource& others)
        : given_(given), others_(others) {}

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = std::ranges::find(given_, key, &AccountChange::key);
        return found == given_.end() ? others_.get(key) : found->account;
    }

private:
    std::span<const AccountChange> given_;
    const AccountSource& others_;
};

/// The same as a bank finds them, for sysvars: an account without lamports is none, though an
/// instruction may name it.
class ExistingAccounts final : public AccountSource {
public:
    ExistingAccounts(std::span<const AccountChange> given, const AccountSource& others)
        : given_(given), others_(others) {}

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = std::ranges::find_if(given_, [&](const AccountChange& change) {
            return change.key == key && change.account.lamports != 0;
        });
        return found == given_.end() ? others_.get(key) : found->account;
    }

private:
    std::span<const AccountChange> given_;
    const AccountSource& others_;
};

/// An instruction as a message has it: keys once, accounts by index.
struct Compiled {
    std::vector<Pubkey> keys;
    std::unique_ptr<bool[]> is_signer;
    std::unique_ptr<bool[]> is_writable;
    Bytes indices;
    std::uint8_t program_index = 0;
};

Result<Compiled> compile(const Instruction& instruction) {
    constexpr std::size_t kMaxKeys = 255;
    Compiled compiled;
    compiled.is_signer = std::make_unique<bool[]>(kMaxKeys);
    compiled.is_writable = std::make_unique<bool[]>(kMaxKeys);
    const auto index_of = [&](const Pubkey& key) {
        const auto found = std::ranges::find(compiled.keys, key);
        const auto index = static_cast<std::size_t>(found - compiled.keys.begin());
        if (found == compiled.keys.end()) compiled.keys.push_back(key);
        return index;
    };
    for (const AccountMeta& meta : instruction.accounts) {
        const std::size_t index = index_of(meta.pubkey);
        if (index >= kMaxKeys) break;
        compiled.is_signer[index] |= meta.is_signer;
        compiled.is_writable[index] |= meta.is_writable;
        compiled.indices.push_back(static_cast<std::uint8_t>(index));
    }
    compiled.program_index = static_cast<std::uint8_t>(index_of(instruction.program_id));
    if (compiled.keys.size() > kMaxKeys) {
        return std::unexpected(
            Error(ErrorCode::Limit, "an instruction takes at most 255 different accounts"));
    }
    return compiled;
}

std::vector<invoke::KeyedAccount> load_accounts(std::span<const Pubkey> keys,
                                                const AccountSource& accounts) {
    std::vector<invoke::KeyedAccount> loaded;
    loaded.reserve(keys.size());
    for (const Pubkey& key : keys) {
        loaded.push_back({key, accounts.get(key).value_or(Account{})});
    }
    return loaded;
}

invoke::ProgramCacheForBatch load_programs(std::span<const Pubkey> keys,
                                           const invoke::Environment& environment,
                                           const invoke::ProgramEntries& builtins,
                                           const AccountSource& accounts) {
    const Slot slot = environment.sysvars.clock() ? environment.sysvars.clock()->slot : 0;
    invoke::ProgramCacheForBatch programs(slot, &builtins);
    ProgramStore store(std::make_shared<ProgramCache>());
    for (const Pubkey& key : keys) {
        const auto account = accounts.get(key);
        if (!account || programs.contains(key)) continue;
        auto entry = store.load(key, *account, accounts, environment.execution, slot);
        if (entry) programs.insert(key, std::move(entry));
    }
    return programs;
}

} // namespace

Result<InstructionEffects> run_instruction(const InstructionRequest& request,
                                           const SlotEnvironment& slot,
                                           const AccountSource& others) {
    const Compiled compiled = FATHOM_TRY(compile(request.instruction));
    const std::size_t count = compiled.keys.size();
    const RequestAccounts accounts(request.accounts, others);
    const StakeTableView stakes(slot.stakes);
    EnvironmentBuilder builder({}, request.native);
    invoke::Environment environment =
        builder.build(slot, ExistingAccounts(request.accounts, others), stakes, request.engine);
    environment.observer = request.observer;

    invoke::ProgramCacheForBatch programs =
        load_programs(compiled.keys, environment, builder.builtins(), accounts);
    invoke::TransactionContext context(
        load_accounts(compiled.keys, accounts), environment.sysvars.rent().value_or(Rent{}),
        request.budget.max_instruction_stack_depth, request.budget.max_instruction_trace_length, 1);
    invoke::LogCollector logs(request.log_bytes_limit);
    invoke::InvokeContext invoke_context(context, programs, environment, &logs, request.budget);
    const std::array instructions{invoke::MessageInstruction{
        compiled.program_index, compiled.indices, request.instruction.data}};

    InstructionEffects effects;
    const auto result =
        invoke_context.process_message({.instructions = instructions,
                                        .is_signer = {compiled.is_signer.get(), count},
                                        .is_writable = {compiled.is_writable.get(), count}},
                                       effects.compute_units);
    if (!result) effects.error = result.error().error;
    effects.logs = logs.take();
    if (const ByteView data = context.return_data(); !data.empty()) {
        effects.return_data = {context.return_data_program(), Bytes(data.begin(), data.end())};
    }
    std::vector<invoke::KeyedAccount> after = context.take_accounts();
    for (std::size_t i = 0; i < count; ++i) {
        if (!compiled.is_writable[i]) continue;
        effects.accounts.push_back({after[i].key, std::move(after[i].account)});
    }
    return effects;
}

} // namespace fathom::svm
