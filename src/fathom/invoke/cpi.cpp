// SPDX-License-Identifier: Apache-2.0
// Calls between programs: accounts of the callee, privileges, calls of native programs (Agave
// program-runtime/src/invoke_context.rs).
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/pda.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace fathom::invoke {

namespace {

/// Accounts of a call under construction.
struct CalleeAccounts {
    static constexpr std::uint16_t kUnseen = 0xffff;
    std::vector<InstructionAccount> accounts;
    std::array<std::uint16_t, kMaxAccountsPerTransaction> first; // position, by transaction index

    CalleeAccounts() { first.fill(kUnseen); }

    [[nodiscard]] InstructionAccount& first_of(const InstructionAccount& account) {
        return accounts[first[account.index_in_transaction]];
    }

    /// Repeats join their flags with those of the first occurrence.
    void add(std::uint16_t index, const AccountMeta& meta) {
        std::uint16_t& position = first[index];
        if (position == kUnseen) {
            position = static_cast<std::uint16_t>(accounts.size());
            accounts.push_back({index, meta.is_signer, meta.is_writable});
            return;
        }
        InstructionAccount& account = accounts[position];
        account.is_signer = account.is_signer || meta.is_signer;
        account.is_writable = account.is_writable || meta.is_writable;
        accounts.push_back(InstructionAccount(account));
    }
};

std::unexpected<InstructionError> missing_account(InvokeContext& context, std::string_view text,
                                                  const Pubkey& key) {
    if (context.logs()) context.log(std::string(text) + key.to_base58());
    return std::unexpected(InstructionError(InstructionError::MissingAccount));
}

Result<CalleeAccounts, InstructionError> find_accounts(InvokeContext& context,
                                                       std::span<const AccountMeta> metas) {
    CalleeAccounts callee;
    callee.accounts.reserve(metas.size());
    for (const AccountMeta& meta : metas) {
        const auto index = context.transaction().find_account(meta.pubkey);
        if (!index || *index >= kMaxAccountsPerTransaction) {
            return missing_account(context, "Instruction references an unknown account ",
                                   meta.pubkey);
        }
        callee.add(*index, meta);
    }
    return callee;
}

std::unexpected<InstructionError> escalation(InvokeContext& context, std::string_view privilege,
                                             const Pubkey& key) {
    if (context.logs()) {
        context.log(key.to_base58() + "'s " + std::string(privilege) + " privilege escalated");
    }
    return std::unexpected(InstructionError(InstructionError::PrivilegeEscalation));
}

Result<void, InstructionError> check_privileges(InvokeContext& context,
                                                const InstructionContext& caller,
                                                CalleeAccounts& callee,
                                                std::span<const Pubkey> signers) {
    for (InstructionAccount& account : callee.accounts) {
        const InstructionAccount& first = callee.first_of(account);
        if (&account != &first) {
            account.is_signer = account.is_signer || first.is_signer;
            account.is_writable = account.is_writable || first.is_writable;
            continue;
        }
        const std::uint16_t position =
            FATHOM_TRY(caller.index_of_account_in_instruction(account.index_in_transaction));
        const InstructionAccount& granted = caller.accounts()[position];
        const Pubkey& key = context.transaction().key_of_account(account.index_in_transaction);
        if (account.is_writable && !granted.is_writable) {
            return escalation(context, "writable", key);
        }
        if (account.is_signer && !granted.is_signer && !std::ranges::count(signers, key)) {
            return escalation(context, "signer", key);
        }
    }
    return {};
}

} // namespace

Result<void, InstructionError>
InvokeContext::prepare_next_cpi_instruction(Instruction instruction,
                                            std::span<const Pubkey> signers) {
    const auto caller = FATHOM_TRY(transaction_.current_instruction());
    auto callee = FATHOM_TRY(find_accounts(*this, instruction.accounts));
    FATHOM_CHECK(check_privileges(*this, caller, callee, signers));
    const auto program = transaction_.find_account(instruction.program_id);
    if (!program || !caller.index_of_account_in_instruction(*program)) {
        return missing_account(*this, "Unknown program ", instruction.program_id);
    }
    return transaction_.configure_next_cpi(*program, std::move(callee.accounts),
                                           std::move(instruction.data));
}

Result<void, InstructionError>
InvokeContext::native_invoke_signed(Instruction instruction,
                                    std::span<const std::vector<ByteView>> signer_seeds) {
    const auto caller = FATHOM_TRY(transaction_.current_instruction());
    std::vector<Pubkey> signers;
    signers.reserve(signer_seeds.size());
    for (const std::vector<ByteView>& seeds : signer_seeds) {
        const auto signer = create_program_address(seeds, caller.program_key());
        if (!signer) {
            return std::unexpected(
                InstructionError::custom(static_cast<std::uint32_t>(signer.error())));
        }
        signers.push_back(*signer);
    }
    FATHOM_CHECK(prepare_next_cpi_instruction(std::move(instruction), signers));
    std::uint64_t units = 0;
    return process_instruction(units);
}

} // namespace fathom::invoke
