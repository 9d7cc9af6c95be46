// SPDX-License-Identifier: Apache-2.0
// Proof instructions and context accounts (Agave programs/zk-elgamal-proof/src/lib.rs).
#include "fathom/programs/zk_elgamal_proof/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/programs/zk_elgamal_proof/instruction.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::zk_elgamal_proof {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Outcome = Result<void, InstructionError>;

/// Tag and offset: the proof lies in account 0.
constexpr std::size_t kDataSizeWithProofAccount = 5;

/// Verifies context ‖ proof; gives a copy of the context.
Result<Bytes, InstructionError> verify(InvokeContext& context, const ProofInstructionTraits& traits,
                                       ByteView data) {
    if (data.size() != traits.context_size + traits.proof_size) {
        log(context, "invalid proof data");
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    const ByteView statement = data.first(traits.context_size);
    const auto verified = traits.verify(statement, data.subspan(traits.context_size));
    if (!verified) {
        log(context, "proof verification failed: ", verified.error());
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    return Bytes(statement.begin(), statement.end());
}

Result<Bytes, InstructionError> verify_from_account(InvokeContext& context,
                                                    const InstructionContext& instruction,
                                                    const ProofInstructionTraits& traits) {
    const BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
    const auto offset = load_le<std::uint32_t>(instruction.data().data() + 1);
    const std::size_t size = traits.context_size + traits.proof_size;
    const ByteView data = account.data();
    if (data.size() < offset || data.size() - offset < size) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    return verify(context, traits, data.subspan(offset, size));
}

/// Keeps the statement in account `index`, under the authority named after it.
Outcome store_context(const InstructionContext& instruction, std::size_t index,
                      const ProofInstructionTraits& traits, ByteView statement) {
    const Pubkey authority = FATHOM_TRY(instruction.borrow_account(index + 1)).key();
    BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(index));
    if (account.owner() != ids::kZkElGamalProofProgram) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    const auto meta = ContextStateMeta::decode(account.data());
    if (!meta) return std::unexpected(InstructionError::InvalidAccountData);
    if (meta->proof_type != ContextStateMeta::kUninitialized) {
        return std::unexpected(InstructionError::AccountAlreadyInitialized);
    }
    Bytes state(authority.bytes.begin(), authority.bytes.end());
    state.push_back(static_cast<std::uint8_t>(traits.instruction));
    state.insert(state.end(), statement.begin(), statement.end());
    if (account.data().size() != state.size()) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    return account.set_data_from_slice(state);
}

Outcome verify_proof(InvokeContext& context, const InstructionContext& instruction,
                     const ProofInstructionTraits& traits) {
    const bool is_in_account = instruction.data().size() == kDataSizeWithProofAccount;
    const Bytes statement =
        is_in_account ? FATHOM_TRY(verify_from_account(context, instruction, traits))
                      : FATHOM_TRY(verify(context, traits, instruction.data().subspan(1)));
    const std::size_t accounts_read = is_in_account ? 1 : 0;
    if (instruction.number_of_accounts() < accounts_read + 2) return {};
    return store_context(instruction, accounts_read, traits, statement);
}

/// Accounts: context, destination, authority.
Outcome close_context(const InstructionContext& instruction) {
    if (!FATHOM_TRY(instruction.is_signer(2))) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Pubkey authority = FATHOM_TRY(instruction.key_of_account(2));
    const Pubkey context_key = FATHOM_TRY(instruction.key_of_account(0));
    if (context_key == FATHOM_TRY(instruction.key_of_account(1))) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
    if (account.owner() != ids::kZkElGamalProofProgram) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    const auto meta = ContextStateMeta::decode(account.data());
    if (!meta) return std::unexpected(InstructionError::InvalidAccountData);
    if (meta->proof_type == ContextStateMeta::kUninitialized) {
        return std::unexpected(InstructionError::UninitializedAccount);
    }
    if (meta->authority != authority) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    BorrowedAccount destination = FATHOM_TRY(instruction.borrow_account(1));
    FATHOM_CHECK(destination.checked_add_lamports(account.lamports()));
    FATHOM_CHECK(account.set_lamports(0));
    FATHOM_CHECK(account.set_data_length(0));
    return account.set_owner(ids::kSystemProgram);
}

Outcome process(InvokeContext& context) {
    if (context.feature(Feature::disable_zk_elgamal_proof_program) &&
        !context.feature(Feature::reenable_zk_elgamal_proof_program)) {
        log(context, "zk-elgamal-proof program is temporarily disabled");
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    const ProofInstructionTraits* traits = find_instruction(instruction.data());
    if (!traits) return std::unexpected(InstructionError::InvalidInstructionData);
    FATHOM_CHECK(context.consume(traits->compute_units));
    log(context, traits->name);
    if (traits->instruction == ProofInstruction::CloseContextState) {
        return close_context(instruction);
    }
    return verify_proof(context, instruction, *traits);
}

} // namespace

Result<void, invoke::ProgramError> execute(InvokeContext& context) {
    FATHOM_CHECK(process(context));
    return {};
}

} // namespace fathom::programs::zk_elgamal_proof
