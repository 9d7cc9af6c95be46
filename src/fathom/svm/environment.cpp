// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/environment.hpp"

#include "fathom/programs/builtins.hpp"
#include "fathom/syscalls/registry.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace fathom::svm {
namespace {

vm::VmConfig make_vm_config(const FeatureSet& features) {
    const bool adjusted = features.is_active(Feature::virtual_address_space_adjustments);
    return {.enable_stack_frame_gaps = !adjusted,
            .layout = adjusted ? vm::MapLayout::Unaligned : vm::MapLayout::Aligned};
}

vm::Engine engine_of(EngineChoice choice) {
    switch (choice) {
    case EngineChoice::Naive: return vm::Engine::Naive;
    case EngineChoice::Interpreter: return vm::Engine::Interpreter;
    case EngineChoice::Jit: return vm::Engine::Jit;
    case EngineChoice::Tiered: return vm::Engine::Tiered;
    }
    return vm::Engine::Interpreter;
}

void add_builtin(const programs::Builtin& builtin, bool replaces_elf, const FeatureSet& features,
                 invoke::ProgramEntries& entries) {
    if (builtin.enabled_by && !features.is_active(*builtin.enabled_by)) return;
    auto entry = std::make_shared<invoke::ProgramCacheEntry>();
    entry->state = invoke::ProgramState::Builtin;
    entry->owner = ids::kNativeLoader;
    entry->builtin = builtin.function;
    entry->replaces_elf = replaces_elf;
    entries.insert_or_assign(builtin.id, std::move(entry));
}

invoke::ProgramEntries make_builtins(const FeatureSet& features, const NativePrograms& native) {
    invoke::ProgramEntries entries;
    for (const programs::Builtin& builtin : programs::builtins()) {
        add_builtin(builtin, /*replaces_elf=*/false, features, entries);
    }
    for (const programs::ChosenBuiltin& chosen : programs::chosen_builtins()) {
        if (native.*chosen.choice) {
            add_builtin(chosen.builtin, /*replaces_elf=*/true, features, entries);
        }
    }
    return entries;
}

} // namespace

invoke::ProgramRuntime make_execution_runtime(const FeatureSet& features) {
    const bool v0_disabled = features.is_active(Feature::disable_sbpf_v0_execution) &&
                             !features.is_active(Feature::reenable_sbpf_v0_execution);
    return {.syscalls = syscalls::make_table(features, /*for_deployment=*/false),
            .vm = make_vm_config(features),
            .min_version = v0_disabled ? sbpf::Version::V3 : sbpf::Version::V0,
            .max_version = sbpf::Version::V3,
            .reject_broken_elfs = false};
}

invoke::ProgramRuntime make_deployment_runtime(const FeatureSet& features) {
    invoke::ProgramRuntime runtime = make_execution_runtime(features);
    runtime.syscalls = syscalls::make_table(features, /*for_deployment=*/true);
    runtime.reject_broken_elfs = true;
    if (features.is_active(Feature::disable_sbpf_v0_v1_v2_deployment)) {
        runtime.min_version = sbpf::Version::V3;
    }
    return runtime;
}

std::uint64_t StakeTableView::of_vote_account(const Pubkey& vote_account) const {
    const auto found =
        std::ranges::find(table_.vote_accounts, vote_account, &std::pair<Pubkey, Lamports>::first);
    return found == table_.vote_accounts.end() ? 0 : found->second;
}

EnvironmentBuilder::EnvironmentBuilder(const CodeConfig& code, const NativePrograms& native)
    : jit_{.seed = code.layout_seed,
           .masks_speculation = code.masks_speculation,
           .audits_code = code.audits_code,
           .budget = std::make_shared<vm::CodeBudget>(code.byte_budget)},
      native_(native) {}

bool EnvironmentBuilder::needs_rebuild(const FeatureSet& features) const {
    return !is_built_ || environment_.features != features;
}

void EnvironmentBuilder::update_sysvars(const AccountSource& accounts) {
    static constexpr Pubkey kCached[kCachedSysvars] = {
        ids::kClock,          ids::kEpochSchedule, ids::kEpochRewards, ids::kRent,
        ids::kFees,           ids::kSlotHashes,    ids::kStakeHistory, ids::kRecentBlockhashes,
        ids::kLastRestartSlot};
    bool has_changed = !is_built_;
    std::array<bool, kCachedSysvars> exists{};
    for (std::size_t i = 0; i < kCachedSysvars; ++i) {
        Account room;
        const Account* const account = accounts.peek(kCached[i], room);
        exists[i] = account != nullptr;
        if (account ? account->data.shares_buffer_with(sysvar_data_[i]) : sysvar_data_[i].empty()) {
            continue;
        }
        has_changed = true;
        sysvar_data_[i] = account ? account->data : AccountData();
    }
    if (!has_changed) return;
    environment_.sysvars = {};
    for (std::size_t i = 0; i < kCachedSysvars; ++i) {
        if (exists[i]) environment_.sysvars.add(kCached[i], sysvar_data_[i]);
    }
}

const invoke::Environment& EnvironmentBuilder::build(const SlotEnvironment& slot,
                                                     const AccountSource& accounts,
                                                     const invoke::EpochStakes& stakes,
                                                     EngineChoice engine,
                                                     invoke::ProgramObserver* observer) {
    if (needs_rebuild(slot.features)) {
        environment_.features = slot.features;
        environment_.execution = make_execution_runtime(slot.features);
        environment_.deployment = make_deployment_runtime(slot.features);
        environment_.execution.vm.jit = jit_;
        environment_.deployment.vm.jit = jit_;
        environment_.precompiles = programs::precompiles(slot.features);
        builtins_ = make_builtins(slot.features, native_);
    }
    update_sysvars(accounts);
    is_built_ = true;
    environment_.blockhash = slot.blockhash;
    environment_.blockhash_lamports_per_signature = slot.blockhash_lamports_per_signature;
    environment_.alpenglow_migration_succeeded = slot.alpenglow_migration_succeeded;
    environment_.epoch_stakes = &stakes;
    environment_.engine = engine_of(engine);
    environment_.observer = observer;
    return environment_;
}

} // namespace fathom::svm
