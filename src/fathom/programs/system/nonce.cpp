// SPDX-License-Identifier: Apache-2.0
// Durable nonce instructions (Agave programs/system/src/system_instruction.rs).
#include "fathom/programs/system/nonce.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::system {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;

Result<NonceState, InstructionError> read_nonce(const BorrowedAccount& account) {
    const auto state = NonceState::decode(account.data());
    if (!state) return std::unexpected(InstructionError::InvalidAccountData);
    return *state;
}

Result<void, InstructionError> write_nonce(BorrowedAccount& account, const NonceState& state) {
    return write_state(account, state.encode());
}

Result<void, InstructionError> require_writable(InvokeContext& context,
                                                const BorrowedAccount& account,
                                                std::string_view operation) {
    if (account.is_writable()) return {};
    log(context, operation, " nonce account: Account ", account.key(), " must be writeable");
    return std::unexpected(InstructionError::InvalidArgument);
}

InstructionError invalid_state(InvokeContext& context, const BorrowedAccount& account,
                               std::string_view operation) {
    log(context, operation, " nonce account: Account ", account.key(), " state is invalid");
    return InstructionError::InvalidAccountData;
}

InstructionError not_yet(InvokeContext& context, std::string_view operation) {
    log(context, operation, " nonce account: nonce can only advance once per slot");
    return to_instruction_error(SystemError::NonceBlockhashNotExpired);
}

Hash next_durable_nonce(const InvokeContext& context) {
    return durable_nonce_from_blockhash(context.environment().blockhash);
}

NonceState fresh_state(const InvokeContext& context, const Pubkey& authority) {
    return {.version = NonceState::Version::Current,
            .data = NonceData{.authority = authority,
                              .durable_nonce = next_durable_nonce(context),
                              .lamports_per_signature =
                                  context.environment().blockhash_lamports_per_signature}};
}

Result<void, InstructionError> require_withdrawer(InvokeContext& context,
                                                  const InstructionContext& instruction,
                                                  const Pubkey& withdrawer) {
    if (instruction.has_signer(withdrawer)) return {};
    log(context, "Withdraw nonce account: Account ", withdrawer, " must sign");
    return std::unexpected(InstructionError::MissingRequiredSignature);
}

InstructionError too_few_lamports(InvokeContext& context, const BorrowedAccount& account,
                                  Lamports needed) {
    log(context, "Withdraw nonce account: insufficient lamports ", account.lamports(), ", need ",
        needed);
    return InstructionError::InsufficientFunds;
}

/// Whether `lamports` may leave an initialized nonce account: all of them, which ends the nonce, or
/// what is above the rent-exempt minimum.
Result<void, InstructionError> prepare_withdrawal(InvokeContext& context,
                                                  const InstructionContext& instruction,
                                                  BorrowedAccount& from, const NonceData& data,
                                                  Lamports lamports, const Rent& rent) {
    if (lamports == from.lamports()) {
        if (data.durable_nonce == next_durable_nonce(context)) {
            return std::unexpected(not_yet(context, "Withdraw"));
        }
        FATHOM_CHECK(require_withdrawer(context, instruction, data.authority));
        return write_nonce(from, NonceState{});
    }
    const auto needed = checked_add(lamports, rent.minimum_balance(from.data().size()));
    if (!needed) return std::unexpected(InstructionError::InsufficientFunds);
    if (*needed > from.lamports()) return std::unexpected(too_few_lamports(context, from, *needed));
    return require_withdrawer(context, instruction, data.authority);
}

} // namespace

Result<void, InstructionError> advance_nonce(InvokeContext& context,
                                             const InstructionContext& instruction,
                                             BorrowedAccount& account) {
    FATHOM_CHECK(require_writable(context, account, "Advance"));
    const NonceState state = FATHOM_TRY(read_nonce(account));
    if (!state.data) return std::unexpected(invalid_state(context, account, "Advance"));
    if (!instruction.has_signer(state.data->authority)) {
        log(context, "Advance nonce account: Account ", state.data->authority, " must be a signer");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    if (state.data->durable_nonce == next_durable_nonce(context)) {
        return std::unexpected(not_yet(context, "Advance"));
    }
    return write_nonce(account, fresh_state(context, state.data->authority));
}

Result<void, InstructionError> withdraw_nonce(InvokeContext& context,
                                              const InstructionContext& instruction,
                                              Lamports lamports, const Rent& rent) {
    {
        BorrowedAccount from = FATHOM_TRY(instruction.borrow_account(0));
        FATHOM_CHECK(require_writable(context, from, "Withdraw"));
        const NonceState state = FATHOM_TRY(read_nonce(from));
        if (state.data) {
            FATHOM_CHECK(
                prepare_withdrawal(context, instruction, from, *state.data, lamports, rent));
        } else {
            if (lamports > from.lamports()) {
                return std::unexpected(too_few_lamports(context, from, lamports));
            }
            FATHOM_CHECK(require_withdrawer(context, instruction, from.key()));
        }
        FATHOM_CHECK(from.checked_sub_lamports(lamports));
    }
    BorrowedAccount to = FATHOM_TRY(instruction.borrow_account(1));
    return to.checked_add_lamports(lamports);
}

Result<void, InstructionError> initialize_nonce(InvokeContext& context, BorrowedAccount& account,
                                                const Pubkey& authority, const Rent& rent) {
    FATHOM_CHECK(require_writable(context, account, "Initialize"));
    const NonceState state = FATHOM_TRY(read_nonce(account));
    if (state.data) return std::unexpected(invalid_state(context, account, "Initialize"));
    const Lamports minimum = rent.minimum_balance(account.data().size());
    if (account.lamports() < minimum) {
        log(context, "Initialize nonce account: insufficient lamports ", account.lamports(),
            ", need ", minimum);
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    return write_nonce(account, fresh_state(context, authority));
}

Result<void, InstructionError> authorize_nonce(InvokeContext& context,
                                               const InstructionContext& instruction,
                                               BorrowedAccount& account, const Pubkey& authority) {
    FATHOM_CHECK(require_writable(context, account, "Authorize"));
    NonceState state = FATHOM_TRY(read_nonce(account));
    if (!state.data) return std::unexpected(invalid_state(context, account, "Authorize"));
    if (!instruction.has_signer(state.data->authority)) {
        log(context, "Authorize nonce account: Account ", state.data->authority, " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    state.data->authority = authority;
    return write_nonce(account, state);
}

Result<void, InstructionError> upgrade_nonce(BorrowedAccount& account) {
    if (account.owner() != ids::kSystemProgram) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    if (!account.is_writable()) return std::unexpected(InstructionError::InvalidArgument);
    const NonceState state = FATHOM_TRY(read_nonce(account));
    const auto upgraded = state.upgraded();
    if (!upgraded) return std::unexpected(InstructionError::InvalidArgument);
    return write_nonce(account, *upgraded);
}

} // namespace fathom::programs::system
