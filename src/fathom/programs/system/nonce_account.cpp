// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/system/nonce_account.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/system/execute.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <string>

namespace fathom::programs::system {
namespace {

Result<NonceState, InstructionError> read_state(const invoke::BorrowedAccount& account) {
    auto state = NonceState::decode(account.data());
    if (!state) return std::unexpected(InstructionError::InvalidAccountData);
    return *std::move(state);
}

/// Over the front of the account's data; what follows stays.
Outcome write_state(invoke::BorrowedAccount& account, const NonceState& state) {
    const MutableByteView data = FATHOM_TRY(account.data_mut());
    const Bytes encoded = state.encode();
    if (encoded.size() > data.size()) return std::unexpected(InstructionError::AccountDataTooSmall);
    std::ranges::copy(encoded, data.begin());
    return {};
}

Outcome require_writable(invoke::InvokeContext& context, const invoke::BorrowedAccount& account,
                         std::string_view what) {
    if (account.is_writable()) return {};
    context.log(std::string(what) + ": Account " + account.key().to_base58() +
                " must be writeable");
    return std::unexpected(InstructionError::InvalidArgument);
}

Outcome require_withdraw_signer(invoke::InvokeContext& context,
                                const invoke::InstructionContext& instruction,
                                const Pubkey& signer) {
    if (instruction.has_signer(signer)) return {};
    context.log("Withdraw nonce account: Account " + signer.to_base58() + " must sign");
    return std::unexpected(InstructionError::MissingRequiredSignature);
}

Outcome refuse_withdrawal(invoke::InvokeContext& context, Lamports has, Lamports needs) {
    context.log("Withdraw nonce account: insufficient lamports " + std::to_string(has) + ", need " +
                std::to_string(needs));
    return std::unexpected(InstructionError::InsufficientFunds);
}

/// Whole balance of an initialized nonce: the nonce must have moved on, and the account is reset.
Outcome close_nonce(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                    invoke::BorrowedAccount& from, const NonceData& data) {
    if (data.durable_nonce == durable_nonce_from_blockhash(context.environment().blockhash)) {
        context.log("Withdraw nonce account: nonce can only advance once per slot");
        return std::unexpected(to_instruction_error(Error::NonceBlockhashNotExpired));
    }
    FATHOM_CHECK(require_withdraw_signer(context, instruction, data.authority));
    return write_state(from, NonceState{});
}

Outcome check_withdrawal(invoke::InvokeContext& context,
                         const invoke::InstructionContext& instruction,
                         invoke::BorrowedAccount& from, Lamports lamports, const Rent& rent) {
    const NonceState state = FATHOM_TRY(read_state(from));
    if (!state.data) {
        if (lamports > from.lamports()) {
            return refuse_withdrawal(context, from.lamports(), lamports);
        }
        return require_withdraw_signer(context, instruction, from.key());
    }
    if (lamports == from.lamports()) return close_nonce(context, instruction, from, *state.data);
    const auto needed = checked_add(lamports, rent.minimum_balance(from.data().size()));
    if (!needed) return std::unexpected(InstructionError::InsufficientFunds);
    if (*needed > from.lamports()) return refuse_withdrawal(context, from.lamports(), *needed);
    return require_withdraw_signer(context, instruction, state.data->authority);
}

} // namespace

Outcome advance_nonce(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                      invoke::BorrowedAccount& account) {
    FATHOM_CHECK(require_writable(context, account, "Advance nonce account"));
    NonceState state = FATHOM_TRY(read_state(account));
    if (!state.data) {
        context.log("Advance nonce account: Account " + account.key().to_base58() +
                    " state is invalid");
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (!instruction.has_signer(state.data->authority)) {
        context.log("Advance nonce account: Account " + state.data->authority.to_base58() +
                    " must be a signer");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Hash next = durable_nonce_from_blockhash(context.environment().blockhash);
    if (state.data->durable_nonce == next) {
        context.log("Advance nonce account: nonce can only advance once per slot");
        return std::unexpected(to_instruction_error(Error::NonceBlockhashNotExpired));
    }
    state.version = NonceState::Version::Current;
    state.data->durable_nonce = next;
    state.data->lamports_per_signature = context.environment().blockhash_lamports_per_signature;
    return write_state(account, state);
}

Outcome withdraw_nonce(invoke::InvokeContext& context,
                       const invoke::InstructionContext& instruction, Lamports lamports,
                       const Rent& rent) {
    {
        auto from = FATHOM_TRY(instruction.borrow_account(0));
        FATHOM_CHECK(require_writable(context, from, "Withdraw nonce account"));
        FATHOM_CHECK(check_withdrawal(context, instruction, from, lamports, rent));
        FATHOM_CHECK(from.checked_sub_lamports(lamports));
    }
    auto to = FATHOM_TRY(instruction.borrow_account(1));
    return to.checked_add_lamports(lamports);
}

Outcome initialize_nonce(invoke::InvokeContext& context, invoke::BorrowedAccount& account,
                         const Pubkey& authority, const Rent& rent) {
    FATHOM_CHECK(require_writable(context, account, "Initialize nonce account"));
    const NonceState state = FATHOM_TRY(read_state(account));
    if (state.data) {
        context.log("Initialize nonce account: Account " + account.key().to_base58() +
                    " state is invalid");
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const Lamports minimum = rent.minimum_balance(account.data().size());
    if (account.lamports() < minimum) {
        context.log("Initialize nonce account: insufficient lamports " +
                    std::to_string(account.lamports()) + ", need " + std::to_string(minimum));
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    const auto& environment = context.environment();
    return write_state(
        account, {.version = NonceState::Version::Current,
                  .data = NonceData{
                      .authority = authority,
                      .durable_nonce = durable_nonce_from_blockhash(environment.blockhash),
                      .lamports_per_signature = environment.blockhash_lamports_per_signature}});
}

Outcome authorize_nonce(invoke::InvokeContext& context,
                        const invoke::InstructionContext& instruction,
                        invoke::BorrowedAccount& account, const Pubkey& authority) {
    FATHOM_CHECK(require_writable(context, account, "Authorize nonce account"));
    NonceState state = FATHOM_TRY(read_state(account));
    if (!state.data) {
        context.log("Authorize nonce account: Account " + account.key().to_base58() +
                    " state is invalid");
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (!instruction.has_signer(state.data->authority)) {
        context.log("Authorize nonce account: Account " + state.data->authority.to_base58() +
                    " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    state.data->authority = authority; // the version stays what it was
    return write_state(account, state);
}

Outcome upgrade_nonce(invoke::BorrowedAccount& account) {
    if (account.owner() != ids::kSystemProgram) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    if (!account.is_writable()) return std::unexpected(InstructionError::InvalidArgument);
    const NonceState state = FATHOM_TRY(read_state(account));
    const auto upgraded = state.upgraded();
    if (!upgraded) return std::unexpected(InstructionError::InvalidArgument);
    return write_state(account, *upgraded);
}

} // namespace fathom::programs::system
