// SPDX-License-Identifier: Apache-2.0
// Deployment of a program (Agave program-runtime/src/deploy.rs).
#include "fathom/programs/bpf_loader/deploy.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/log.hpp"

#include <utility>

namespace fathom::programs::bpf_loader {

Result<std::shared_ptr<const invoke::ProgramCacheEntry>, sbpf::LoadError>
load_for_deployment(const invoke::Environment& environment, const Deployment& deployment) {
    invoke::ProgramRuntime strict = environment.deployment;
    if (deployment.accepts_every_running_version) {
        strict.min_version = environment.execution.min_version;
    }
    FATHOM_CHECK(strict.load(deployment.elf));
    auto executable = FATHOM_TRY(environment.execution.load(deployment.elf));
    return std::make_shared<const invoke::ProgramCacheEntry>(invoke::ProgramCacheEntry{
        .state = invoke::ProgramState::Loaded,
        .owner = deployment.loader,
        .executable = std::move(executable),
        .account_size = deployment.account_size,
        .deployment_slot = deployment.slot,
        .effective_slot = saturating_add<Slot>(deployment.slot, 1),
    });
}

Result<void, InstructionError> deploy_program(invoke::InvokeContext& context,
                                              const Deployment& deployment) {
    auto entry = load_for_deployment(context.environment(), deployment);
    if (!entry) {
        log(context, sbpf::load_error_text(entry.error()));
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    context.programs().store_modified(deployment.program_id, *std::move(entry));
    return {};
}

} // namespace fathom::programs::bpf_loader
