// SPDX-License-Identifier: Apache-2.0
// Revokes pending features (solana-program/feature-gate program/src/processor.rs).
#include "fathom/programs/feature_gate/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/core_program.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::feature_gate {

namespace {

constexpr std::uint32_t kFeatureAlreadyActivated = 0;

/// The feature account must hold a Feature without an activation slot.
CoreProgram::Outcome check_pending(const CoreProgram& program) {
    const auto feature = FATHOM_TRY(program.borrow(0));
    if (!feature.is_signer()) return program.refuse(InstructionError::MissingRequiredSignature);
    if (feature.owner() != ids::kFeatureProgram) {
        return program.refuse(InstructionError::InvalidAccountOwner);
    }
    BincodeReader reader(feature.data());
    const auto activated_at = reader.optional_u64();
    if (reader.failed()) return program.refuse(InstructionError::InvalidAccountData);
    if (activated_at) {
        return program.refuse_custom(kFeatureAlreadyActivated, "Feature already activated");
    }
    return {};
}

CoreProgram::Outcome revoke(const CoreProgram& program) {
    program.say("Instruction: RevokePendingActivation");
    FATHOM_CHECK(program.require_accounts(3));
    FATHOM_CHECK(check_pending(program));
    Lamports lamports = 0;
    {
        auto feature = FATHOM_TRY(program.borrow(0));
        lamports = feature.lamports();
        // What an ELF writes reaches a callee only after the call's privileges are checked, so an
        // account that is read-only fails there.
        if (feature.is_writable()) {
            FATHOM_CHECK(feature.set_data_length(0));
            FATHOM_CHECK(feature.set_owner(ids::kSystemProgram));
        }
    }
    const Pubkey key = FATHOM_TRY(program.key(0));
    return program.context().native_invoke_signed(
        system::transfer(key, ids::kIncinerator, lamports), {});
}

} // namespace

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const CoreProgram program(context, instruction);
    const ByteView data = instruction.data();
    if (data.size() != 1 || data[0] != 0) {
        return program.refuse(InstructionError::InvalidInstructionData);
    }
    FATHOM_CHECK(revoke(program));
    return {};
}

} // namespace fathom::programs::feature_gate
