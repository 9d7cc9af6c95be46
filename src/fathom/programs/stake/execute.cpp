// SPDX-License-Identifier: Apache-2.0
// Entrypoint of the Stake program (solana-program/stake program/src, 5.1.0).
#include "fathom/programs/stake/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/stake/authority.hpp"
#include "fathom/programs/stake/delegation.hpp"
#include "fathom/programs/stake/instruction.hpp"
#include "fathom/programs/stake/lamports.hpp"
#include "fathom/programs/stake/merge_kind.hpp"
#include "fathom/programs/stake/program.hpp"

#include <array>
#include <string_view>

namespace fathom::programs::stake {

namespace {

/// By wire tag.
constexpr std::array<std::string_view, 18> kNames = {"Initialize",
                                                     "Authorize",
                                                     "DelegateStake",
                                                     "Split",
                                                     "Withdraw",
                                                     "Deactivate",
                                                     "SetLockup",
                                                     "Merge",
                                                     "AuthorizeWithSeed",
                                                     "InitializeChecked",
                                                     "AuthorizeChecked",
                                                     "AuthorizeCheckedWithSeed",
                                                     "SetLockupChecked",
                                                     "GetMinimumDelegation",
                                                     "DeactivateDelinquent",
                                                     "Redelegate",
                                                     "MoveStake",
                                                     "MoveLamports"};

Outcome get_minimum_delegation(const StakeProgram& program) {
    std::array<std::uint8_t, 8> bytes{};
    store_le(bytes.data(), kMinimumDelegation);
    program.set_return_data(bytes);
    return {};
}

Outcome dispatch(StakeProgram& program, const StakeInstruction& instruction) {
    switch (instruction.kind) {
    case Kind::Initialize: return initialize(program, instruction);
    case Kind::Authorize: return authorize(program, instruction);
    case Kind::DelegateStake: return delegate(program);
    case Kind::Split: return split(program, instruction.lamports);
    case Kind::Withdraw: return withdraw(program, instruction.lamports);
    case Kind::Deactivate: return deactivate(program);
    case Kind::SetLockup: return set_lockup(program, instruction);
    case Kind::Merge: return merge(program);
    case Kind::AuthorizeWithSeed: return authorize_with_seed(program, instruction);
    case Kind::InitializeChecked: return initialize_checked(program);
    case Kind::AuthorizeChecked: return authorize_checked(program, instruction);
    case Kind::AuthorizeCheckedWithSeed: return authorize_checked_with_seed(program, instruction);
    case Kind::SetLockupChecked: return set_lockup_checked(program, instruction);
    case Kind::GetMinimumDelegation: return get_minimum_delegation(program);
    case Kind::DeactivateDelinquent: return deactivate_delinquent(program);
    case Kind::MoveStake: return move_stake(program, instruction.lamports);
    case Kind::MoveLamports: return move_lamports(program, instruction.lamports);
    case Kind::Redelegate: break; // was never enabled
    }
    return std::unexpected(InstructionError::InvalidInstructionData);
}

Outcome process(StakeProgram& program, ByteView data) {
    const bool is_distributing = FATHOM_TRY(program.is_distributing_rewards());
    const auto instruction = StakeInstruction::decode(data);
    if (!instruction) return std::unexpected(InstructionError::InvalidInstructionData);
    if (is_distributing && instruction->kind != Kind::GetMinimumDelegation) {
        return std::unexpected(StakeError::EpochRewardsActive);
    }
    if (instruction->kind != Kind::Redelegate) {
        program.say("Instruction: ", kNames[static_cast<std::size_t>(instruction->kind)]);
    }
    return dispatch(program, *instruction);
}

} // namespace

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const auto instruction = FATHOM_TRY(context.current_instruction());
    StakeProgram program(context, instruction);
    Outcome outcome = process(program, instruction.data());
    if (outcome) outcome = program.commit();
    if (outcome) return {};
    const Failure& failure = outcome.error();
    if (!failure.is_from_runtime) {
        program.say("ERROR: ", program_error_text(failure.error.to_instruction_error()));
    }
    return std::unexpected(failure.error);
}

} // namespace fathom::programs::stake
