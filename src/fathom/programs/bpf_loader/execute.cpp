// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/bpf_loader/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bpf_loader/management.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::bpf_loader {
namespace {

using invoke::ProgramError;
using invoke::ProgramState;

constexpr std::uint64_t kUpgradeableUnits = 2'370;
constexpr std::uint64_t kLoaderUnits = 570;
constexpr std::uint64_t kDeprecatedUnits = 1'140;

Result<void, ProgramError> refuse(invoke::InvokeContext& context, std::uint64_t units,
                                  std::string_view message) {
    FATHOM_CHECK(context.consume(units));
    context.log(message);
    return std::unexpected(InstructionError::UnsupportedProgramId);
}

Result<void, ProgramError> manage(invoke::InvokeContext& context, const Pubkey& loader) {
    if (loader == ids::kBpfLoaderUpgradeable) {
        FATHOM_CHECK(context.consume(kUpgradeableUnits));
        FATHOM_CHECK(process_management(context));
        return {};
    }
    if (loader == ids::kBpfLoader) {
        return refuse(context, kLoaderUnits,
                      "BPF loader management instructions are no longer supported");
    }
    if (loader == ids::kBpfLoaderDeprecated) {
        return refuse(context, kDeprecatedUnits, "Deprecated loader is no longer supported");
    }
    return refuse(context, 0, "Invalid BPF loader id");
}

} // namespace

Result<void, ProgramError> process(invoke::InvokeContext& context) {
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const Pubkey program = instruction.program_key();
    const Pubkey owner = FATHOM_TRY(instruction.program_owner());
    if (owner == ids::kNativeLoader) return manage(context, program);

    const auto entry = context.programs().find(program);
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
    case ProgramState::Builtin: break;
    }
    return std::unexpected(InstructionError::UnsupportedProgramId);
}

} // namespace fathom::programs::bpf_loader
