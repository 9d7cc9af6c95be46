// SPDX-License-Identifier: Apache-2.0
// Source: agave svm/src/conformance/{setup,programs}.rs, mock_compile_message of
// program-runtime/src/invoke_context.rs.
#include "fathom/harness/compat/instruction_setup.hpp"

#include "fathom/base/flat_map.hpp"
#include "fathom/svm/program_store.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace fathom::harness::compat {
namespace {

/// First account of each address; as sysvars, those with lamports only.
class InputAccounts final : public AccountSource {
public:
    enum class Of : bool { Sysvars, Programs };
    InputAccounts(std::span<const AccountChange> accounts, Of use)
        : accounts_(accounts), use_(use) {}

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = std::ranges::find(accounts_, key, &AccountChange::key);
        if (found == accounts_.end()) return std::nullopt;
        if (use_ == Of::Sysvars && found->account.lamports == 0) return std::nullopt;
        return found->account;
    }

private:
    std::span<const AccountChange> accounts_;
    Of use_;
};

struct KeyFlags {
    bool is_signer = false;
    bool is_writable = false;
};

/// The native programs of the reference's harness, whatever the feature set.
constexpr Pubkey kBuiltins[] = {
    ids::kSystemProgram,        ids::kBpfLoaderDeprecated,  ids::kBpfLoader,
    ids::kBpfLoaderUpgradeable, ids::kComputeBudgetProgram, ids::kVoteProgram,
    ids::kZkElGamalProofProgram};

bool is_loader(const Pubkey& owner) {
    return owner == ids::kBpfLoaderDeprecated || owner == ids::kBpfLoader ||
           owner == ids::kBpfLoaderUpgradeable;
}

/// What exists if every feature is active.
struct Everything {
    invoke::ProgramEntries builtins;
    std::vector<invoke::Precompile> precompiles;
};

const Everything& everything() {
    static const Everything kEverything = [] {
        SlotEnvironment slot;
        slot.features = FeatureSet::all();
        const svm::StakeTableView stakes(slot.stakes);
        svm::EnvironmentBuilder builder;
        const auto& environment = builder.build(slot, InputAccounts({}, InputAccounts::Of::Sysvars),
                                                stakes, EngineChoice::Interpreter);
        return Everything{builder.builtins(), environment.precompiles};
    }();
    return kEverything;
}

} // namespace

std::optional<CompiledInstruction> compile(const Instruction& instruction) {
    std::map<Pubkey, KeyFlags> flags;
    for (const AccountMeta& meta : instruction.accounts) {
        KeyFlags& key = flags[meta.pubkey];
        key.is_signer |= meta.is_signer;
        key.is_writable |= meta.is_writable;
    }
    flags.try_emplace(instruction.program_id);
    if (flags.size() > 256) return std::nullopt;

    CompiledInstruction compiled;
    std::map<Pubkey, std::uint8_t> indices;
    for (const auto& [is_signer, is_writable] :
         {std::pair{true, true}, {true, false}, {false, true}, {false, false}}) {
        for (const auto& [key, of_key] : flags) {
            if (of_key.is_signer != is_signer || of_key.is_writable != is_writable) continue;
            const std::size_t index = compiled.keys.size();
            compiled.is_signer[index] = is_signer;
            compiled.is_writable[index] = is_writable;
            indices[key] = static_cast<std::uint8_t>(index);
            compiled.keys.push_back(key);
        }
    }
    for (const AccountMeta& meta : instruction.accounts) {
        compiled.accounts.push_back(indices[meta.pubkey]);
    }
    compiled.program_index = indices[instruction.program_id];
    if (!flags.contains(ids::kBpfLoaderUpgradeable)) {
        compiled.is_writable[compiled.program_index] = false;
    }
    return compiled;
}

void InstructionSetup::build_environment(const SetupOptions& options) {
    SlotEnvironment slot;
    slot.features = input_.features;
    svm::EnvironmentBuilder builder;
    environment_ = builder.build(slot, InputAccounts(input_.accounts, InputAccounts::Of::Sysvars),
                                 stakes_, EngineChoice::Interpreter);
    environment_.deployment = environment_.execution;
    environment_.precompiles.clear();
    if (options.use == Use::Run) environment_.precompiles = everything().precompiles;
    environment_.blockhash = {};
    environment_.blockhash_lamports_per_signature = 0;
    const auto* const blockhashes = environment_.sysvars.recent_blockhashes();
    if (blockhashes && !blockhashes->entries.empty()) {
        environment_.blockhash = blockhashes->entries.back().blockhash;
        environment_.blockhash_lamports_per_signature =
            blockhashes->entries.back().lamports_per_signature;
    }
}

bool InstructionSetup::load_programs() {
    for (const Pubkey& id : kBuiltins) {
        if (const auto found = everything().builtins.find(id);
            found != everything().builtins.end()) {
            builtins_.insert_or_assign(id, found->second);
        }
    }
    const auto& clock = environment_.sysvars.clock();
    const Slot slot = clock ? clock->slot : 0;
    programs_.emplace(slot, &builtins_);
    const InputAccounts source(input_.accounts, InputAccounts::Of::Programs);
    svm::ProgramStore store(std::make_shared<svm::ProgramCache>());
    FlatSet<Pubkey, PubkeyHash> seen;
    for (const auto& [key, account] : input_.accounts) {
        if (!seen.insert(key).second) return false;
        if (programs_->contains(key) || !is_loader(account.owner)) continue;
        auto entry = store.load(key, account, source, environment_.execution, slot);
        if (entry) programs_->insert(key, std::move(entry));
    }
    return true;
}

std::optional<Pubkey> InstructionSetup::loader_of_program(Use use) const {
    const Pubkey& program = input_.instruction.program_id;
    if (use == Use::BegunOnly) {
        const auto account = std::ranges::find(input_.accounts, program, &AccountChange::key);
        if (account == input_.accounts.end()) return std::nullopt;
        return account->account.owner;
    }
    if (const auto entry = programs_->find(program)) return entry->owner;
    if (environment_.find_precompile(program) != nullptr) return ids::kNativeLoader;
    return std::nullopt;
}

std::vector<invoke::KeyedAccount> InstructionSetup::load_accounts(const Pubkey& loader) const {
    const InputAccounts source(input_.accounts, InputAccounts::Of::Programs);
    std::vector<invoke::KeyedAccount> loaded;
    loaded.reserve(message_.keys.size());
    for (const Pubkey& key : message_.keys) {
        auto account = source.get(key);
        if (!account) {
            account.emplace();
            account->rent_epoch = 0;
            if (key == input_.instruction.program_id) {
                account->owner = loader;
                account->executable = true;
            }
        }
        loaded.push_back({key, *std::move(account)});
    }
    return loaded;
}

std::unique_ptr<InstructionSetup> InstructionSetup::create(const InstructionInput& input,
                                                           const SetupOptions& options) {
    std::unique_ptr<InstructionSetup> setup(new InstructionSetup(input));
    auto message = compile(input.instruction);
    if (!message) return nullptr;
    setup->message_ = *std::move(message);
    setup->build_environment(options);
    const auto& rent = setup->environment_.sysvars.rent();
    if (!rent) return nullptr;
    if (options.programs == ProgramsOf::All) {
        if (!setup->load_programs()) return nullptr;
    } else {
        setup->programs_.emplace(0);
    }
    const auto loader = setup->loader_of_program(options.use);
    if (!loader) return nullptr;

    invoke::ExecutionBudget budget;
    budget.compute_unit_limit = input.units;
    if (input.features.is_active(Feature::raise_cpi_nesting_limit_to_8)) {
        budget.max_instruction_stack_depth = 9;
    }
    setup->transaction_.emplace(setup->load_accounts(*loader), *rent,
                                budget.max_instruction_stack_depth,
                                budget.max_instruction_trace_length, 1);
    setup->context_.emplace(*setup->transaction_, *setup->programs_, setup->environment_, nullptr,
                            budget);
    return setup;
}

invoke::SerializationOptions InstructionSetup::serialization() const {
    const FeatureSet& features = environment_.features;
    return {.address_space_adjustments =
                features.is_active(Feature::virtual_address_space_adjustments),
            .direct_mapping = features.is_active(Feature::account_data_direct_mapping),
            .direct_account_pointers =
                features.is_active(Feature::direct_account_pointers_in_program_input)};
}

Result<void, InstructionError> InstructionSetup::process(ComputeUnits& units) {
    const std::array instructions{invoke::MessageInstruction{
        message_.program_index, message_.accounts, input_.instruction.data}};
    const std::size_t count = message_.keys.size();
    const auto result =
        context_->process_message({.instructions = instructions,
                                   .is_signer = std::span(message_.is_signer).first(count),
                                   .is_writable = std::span(message_.is_writable).first(count)},
                                  units);
    if (!result) return std::unexpected(result.error().error);
    return {};
}

bool InstructionSetup::begin() {
    std::vector<invoke::InstructionAccount> accounts;
    accounts.reserve(message_.accounts.size());
    for (const std::uint8_t index : message_.accounts) {
        accounts.push_back({index, message_.is_signer[index], message_.is_writable[index]});
    }
    return transaction_
               ->configure_top_level_instruction(0, message_.program_index, std::move(accounts),
                                                 input_.instruction.data)
               .has_value() &&
           context_->push().has_value();
}

} // namespace fathom::harness::compat
