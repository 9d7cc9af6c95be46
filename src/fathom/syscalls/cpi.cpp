// SPDX-License-Identifier: Apache-2.0
// The syscalls with which a program calls another.
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/cpi_accounts.hpp"
#include "fathom/syscalls/cpi_instruction.hpp"
#include "fathom/syscalls/functions.hpp"

#include <span>

namespace fathom::syscalls {

namespace {

struct SignerSeeds {
    u64 address;
    u64 count;
};

/// The instruction is accepted and waits in the trace.
Outcome<void> prepare(SyscallContext& context, Instruction instruction, SignerSeeds seeds) {
    auto& invocation = context.invocation();
    const auto current = FATHOM_TRY(invocation.current_instruction());
    const auto signers =
        FATHOM_TRY(load_signers(context, current.program_key(), seeds.address, seeds.count));
    FATHOM_CHECK(check_callable(context, instruction.program_id, instruction.data));
    FATHOM_CHECK(invocation.prepare_next_cpi_instruction(std::move(instruction), signers));
    return {};
}

Outcome<void> update_callee_accounts(SyscallContext& context, CpiMode mode,
                                     std::span<TranslatedAccount> accounts) {
    const auto current = FATHOM_TRY(context.invocation().current_instruction());
    for (TranslatedAccount& account : accounts) {
        auto callee = FATHOM_TRY(current.borrow_account(account.index_in_caller));
        const bool has_moved =
            FATHOM_TRY(update_callee_account(context, mode, account.caller, callee));
        account.must_update_region = account.must_update_info || has_moved;
    }
    return {};
}

Outcome<void> update_caller_regions(SyscallContext& context, CpiMode mode,
                                    std::span<TranslatedAccount> accounts) {
    const auto current = FATHOM_TRY(context.invocation().current_instruction());
    for (const TranslatedAccount& account : accounts) {
        auto callee = FATHOM_TRY(current.borrow_account(account.index_in_caller));
        if (!account.must_update_region) continue;
        FATHOM_CHECK(update_caller_region(context, mode, account.caller, callee));
    }
    return {};
}

Outcome<void> follow_moved_accounts(SyscallContext& context, CpiMode mode,
                                    std::span<const TranslatedAccount> accounts) {
    const auto current = FATHOM_TRY(context.invocation().current_instruction());
    for (const TranslatedAccount& account : accounts) {
        auto callee = FATHOM_TRY(current.borrow_account(account.index_in_caller));
        if (account.must_update_region) follow_moved_data(context, mode, account.caller, callee);
    }
    return {};
}

Outcome<void> update_caller_accounts(SyscallContext& context, CpiMode mode,
                                     std::span<TranslatedAccount> accounts) {
    const auto current = FATHOM_TRY(context.invocation().current_instruction());
    for (TranslatedAccount& account : accounts) {
        const auto callee = FATHOM_TRY(current.borrow_account(account.index_in_caller));
        if (!account.must_update_info) continue;
        FATHOM_CHECK(update_caller_account(context, mode, account.caller, callee));
    }
    return {};
}

/// Runs the prepared instruction on `accounts`.
Value call(SyscallContext& context, CpiMode mode, std::span<TranslatedAccount> accounts) {
    if (mode.is_restricted) FATHOM_CHECK(update_callee_accounts(context, mode, accounts));
    std::uint64_t units = 0;
    FATHOM_CHECK(context.invocation().process_instruction(units));
    // Unrestricted account infos may lie in data that moved.
    if (mode.is_direct && !mode.is_restricted) {
        FATHOM_CHECK(follow_moved_accounts(context, mode, accounts));
    }
    FATHOM_CHECK(update_caller_accounts(context, mode, accounts));
    if (mode.has_regions) FATHOM_CHECK(update_caller_regions(context, mode, accounts));
    return 0;
}

} // namespace

Value sol_invoke_signed_c(SyscallContext& context, u64 instruction, u64 account_infos,
                          u64 account_info_count, u64 signers, u64 signer_count) {
    FATHOM_CHECK(context.charge(cost::kInvoke));
    const CpiMode mode = CpiMode::of(context);
    FATHOM_CHECK(prepare(context, FATHOM_TRY(load_c_instruction(context, instruction)),
                         {signers, signer_count}));
    auto accounts = FATHOM_TRY(load_c_accounts(context, mode, account_infos, account_info_count));
    return call(context, mode, accounts);
}

Value sol_invoke_signed_rust(SyscallContext& context, u64 instruction, u64 account_infos,
                             u64 account_info_count, u64 signers, u64 signer_count) {
    FATHOM_CHECK(context.charge(cost::kInvoke));
    const CpiMode mode = CpiMode::of(context);
    FATHOM_CHECK(prepare(context, FATHOM_TRY(load_rust_instruction(context, instruction)),
                         {signers, signer_count}));
    auto accounts =
        FATHOM_TRY(load_rust_accounts(context, mode, account_infos, account_info_count));
    return call(context, mode, accounts);
}

} // namespace fathom::syscalls
