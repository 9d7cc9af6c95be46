// SPDX-License-Identifier: Apache-2.0
// Dispatch between a user program and a loader's management (Agave programs/bpf_loader/src/lib.rs).
#include "fathom/programs/bpf_loader/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bpf_loader/management.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::bpf_loader {

namespace {

using invoke::InstructionContext;
using invoke::InvokeContext;
using invoke::ProgramState;

Result<void, invoke::ProgramError> run_loader(InvokeContext& context,
                                              const InstructionContext& instruction) {
    const Pubkey loader = instruction.program_key();
    if (loader == ids::kBpfLoaderUpgradeable) {
        FATHOM_CHECK(context.consume(kLoaderV3ComputeUnits));
        FATHOM_CHECK(manage(context));
        return {};
    }
    if (loader == ids::kBpfLoader) {
        FATHOM_CHECK(context.consume(kLoaderV2ComputeUnits));
        context.log("BPF loader management instructions are no longer supported");
    } else if (loader == ids::kBpfLoaderDeprecated) {
        FATHOM_CHECK(context.consume(kLoaderV1ComputeUnits));
        context.log("Deprecated loader is no longer supported");
    } else {
        context.log("Invalid BPF loader id");
    }
    return std::unexpected(InstructionError::UnsupportedProgramId);
}

Result<void, invoke::ProgramError> run_program(InvokeContext& context,
                                               const InstructionContext& instruction) {
    // Keeps the program alive even if a nested call redeploys it.
    const auto entry = context.programs().find(instruction.program_key());
    if (!entry) {
        context.log("Program is not cached");
        return std::unexpected(InstructionError::UnsupportedProgramId);
    }
    switch (entry->state) {
    case ProgramState::FailedVerification:
    case ProgramState::Closed:
    case ProgramState::DelayVisibility:
        context.log("Program is not deployed");
        return std::unexpected(InstructionError::UnsupportedProgramId);
    case ProgramState::Loaded: return invoke::execute_program(context, *entry->executable);
    case ProgramState::Builtin:
        if (entry->replaces_elf) return entry->builtin(context);
        break;
    }
    return std::unexpected(InstructionError::UnsupportedProgramId);
}

} // namespace

Result<void, invoke::ProgramError> execute(InvokeContext& context) {
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    const Pubkey owner = FATHOM_TRY(instruction.program_owner());
    if (owner == ids::kNativeLoader) return run_loader(context, instruction);
    return run_program(context, instruction);
}

} // namespace fathom::programs::bpf_loader
