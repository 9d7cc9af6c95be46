// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/environment.hpp"

#include "fathom/programs/builtins.hpp"
#include "fathom/syscalls/registry.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>

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

void insert_builtins(const FeatureSet& features, invoke::ProgramCacheForBatch& cache) {
    for (const programs::Builtin& builtin : programs::builtins()) {
        if (builtin.enabled_by && !features.is_active(*builtin.enabled_by)) continue;
        auto entry = std::make_shared<invoke::ProgramCacheEntry>();
        entry->state = invoke::ProgramState::Builtin;
        entry->owner = ids::kNativeLoader;
        entry->builtin = builtin.function;
        cache.insert(builtin.id, std::move(entry));
    }
}

invoke::SysvarCache read_sysvars(const AccountSource& accounts) {
    constexpr Pubkey kCached[] = {
        ids::kClock,          ids::kEpochSchedule, ids::kEpochRewards, ids::kRent,
        ids::kFees,           ids::kSlotHashes,    ids::kStakeHistory, ids::kRecentBlockhashes,
        ids::kLastRestartSlot};
    invoke::SysvarCache cache;
    for (const Pubkey& id : kCached) {
        if (const auto account = accounts.get(id)) cache.add(id, account->data);
    }
    return cache;
}

std::uint64_t StakeTableView::of_vote_account(const Pubkey& vote_account) const {
    const auto found =
        std::ranges::find(table_.vote_accounts, vote_account, &std::pair<Pubkey, Lamports>::first);
    return found == table_.vote_accounts.end() ? 0 : found->second;
}

bool EnvironmentBuilder::needs_rebuild(const FeatureSet& features) const {
    return !tables_ || tables_->features != features;
}

invoke::Environment EnvironmentBuilder::build(const SlotEnvironment& slot,
                                              const AccountSource& accounts,
                                              const invoke::EpochStakes& stakes,
                                              EngineChoice engine) {
    if (needs_rebuild(slot.features)) {
        tables_ = Tables{.features = slot.features,
                         .execution = make_execution_runtime(slot.features),
                         .deployment = make_deployment_runtime(slot.features),
                         .precompiles = programs::precompiles(slot.features)};
    }
    invoke::Environment environment;
    environment.features = slot.features;
    environment.sysvars = read_sysvars(accounts);
    environment.blockhash = slot.blockhash;
    environment.blockhash_lamports_per_signature = slot.blockhash_lamports_per_signature;
    environment.alpenglow_migration_succeeded = slot.alpenglow_migration_succeeded;
    environment.execution = tables_->execution;
    environment.deployment = tables_->deployment;
    environment.precompiles = tables_->precompiles;
    environment.epoch_stakes = &stakes;
    environment.engine = engine_of(engine);
    return environment;
}

} // namespace fathom::svm
