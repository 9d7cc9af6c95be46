// SPDX-License-Identifier: Apache-2.0
// Orders of checks: Agave program-runtime/src/cpi.rs.
#include "fathom/syscalls/cpi_accounts.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/syscalls/text.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace fathom::syscalls {

namespace {

using invoke::SerializedAccount;

constexpr std::uint64_t kMaxAccountInfos = 255;
/// What one account info counts for, whatever its form: two keys, a balance and a length.
constexpr std::uint64_t kAccountInfoBytes = 80;

Outcome<void> check_pointer(SyscallContext& context, std::uint64_t given, std::uint64_t expected,
                            std::string_view field) {
    if (given == expected) return {};
    context.invocation().log("Invalid account info pointer `" + std::string(field) +
                             "': " + hex_text(given) + " != " + hex_text(expected));
    return fail(SyscallErrorKind::InvalidPointer);
}

/// Restricted pointers must not lie where callees can write.
Outcome<void> check_outside_input(CpiMode mode, std::uint64_t address) {
    if (mode.is_restricted && address >= kInputStart) return fail(SyscallErrorKind::InvalidPointer);
    return {};
}

Outcome<std::uint8_t*> store_pointer(SyscallContext& context, std::uint64_t address,
                                     std::size_t size, std::size_t alignment) {
    return translate(context, vm::Access::Store, address, size, alignment);
}

/// Maps the length field and the data behind it: the last steps of both forms.
Outcome<void> map_data(SyscallContext& context, CpiMode mode, CallerAccount& account,
                       std::uint64_t claimed_length) {
    FATHOM_CHECK(check_outside_input(mode, account.length_addr));
    account.length = FATHOM_TRY(store_pointer(context, account.length_addr, 8, 1));
    const std::uint64_t length =
        mode.is_restricted ? load_le<std::uint64_t>(account.length) : claimed_length;
    account.serialized_data = FATHOM_TRY(
        serialized_data(context, mode, account.data_addr, account.original_length, length));
    return {};
}

Outcome<CallerAccount> view_account(SyscallContext& context, CpiMode mode, std::uint64_t,
                                    const RustAccountInfo& info, const SerializedAccount& place) {
    CallerAccount account{.region_addr = place.vm_data_addr,
                          .original_length = place.original_data_len};
    if (mode.is_restricted) {
        FATHOM_CHECK(check_pointer(context, info.key, place.vm_key_addr, "key"));
        FATHOM_CHECK(check_pointer(context, info.owner, place.vm_owner_addr, "owner"));
    }
    const std::uint64_t lamports_box = info.lamports + kRcRefCellValue;
    account.lamports_addr = FATHOM_TRY(load_value<std::uint64_t>(context, lamports_box));
    FATHOM_CHECK(check_outside_input(mode, lamports_box));
    if (mode.is_restricted) {
        FATHOM_CHECK(
            check_pointer(context, account.lamports_addr, place.vm_lamports_addr, "lamports"));
    }
    account.lamports = FATHOM_TRY(store_pointer(context, account.lamports_addr, 8, 8));
    account.owner_addr = info.owner;
    account.owner = FATHOM_TRY(store_pointer(context, account.owner_addr, 32, 1));

    const std::uint64_t data_box = info.data + kRcRefCellValue;
    FATHOM_CHECK(check_outside_input(mode, data_box));
    const auto data = FATHOM_TRY(load_value<VmSlice>(context, data_box));
    if (mode.is_restricted) {
        FATHOM_CHECK(check_pointer(context, data.address, place.vm_data_addr, "data"));
    } else {
        FATHOM_CHECK(context.charge(data.length / cost::kBytesPerUnit));
    }
    account.data_addr = data.address;
    account.length_addr = saturating_add<std::uint64_t>(data_box, 8);
    FATHOM_CHECK(map_data(context, mode, account, data.length));
    return account;
}

Outcome<CallerAccount> view_account(SyscallContext& context, CpiMode mode,
                                    std::uint64_t info_address, const CAccountInfo& info,
                                    const SerializedAccount& place) {
    CallerAccount account{.lamports_addr = info.lamports,
                          .owner_addr = info.owner,
                          .data_addr = info.data,
                          .region_addr = place.vm_data_addr,
                          .original_length = place.original_data_len};
    if (mode.is_restricted) {
        FATHOM_CHECK(check_pointer(context, info.key, place.vm_key_addr, "key"));
        FATHOM_CHECK(check_pointer(context, info.owner, place.vm_owner_addr, "owner"));
        FATHOM_CHECK(check_pointer(context, info.lamports, place.vm_lamports_addr, "lamports"));
        FATHOM_CHECK(check_pointer(context, info.data, place.vm_data_addr, "data"));
    }
    account.lamports = FATHOM_TRY(store_pointer(context, account.lamports_addr, 8, 8));
    account.owner = FATHOM_TRY(store_pointer(context, account.owner_addr, 32, 1));
    if (!mode.is_restricted) {
        FATHOM_CHECK(context.charge(info.data_length / cost::kBytesPerUnit));
    }
    account.length_addr =
        saturating_add<std::uint64_t>(info_address, offsetof(CAccountInfo, data_length));
    FATHOM_CHECK(map_data(context, mode, account, info.data_length));
    return account;
}

/// The account infos that the caller passed, and the keys they point to.
template <class Info> struct AccountInfos {
    std::uint64_t address;
    std::vector<Info> infos;
    std::vector<Pubkey> keys;
};

template <class Info>
Outcome<AccountInfos<Info>> load_infos(SyscallContext& context, CpiMode mode, std::uint64_t address,
                                       std::uint64_t count) {
    const auto end = saturating_add(address, saturating_mul<std::uint64_t>(count, sizeof(Info)));
    FATHOM_CHECK(check_outside_input(mode, end));
    const auto source = FATHOM_TRY(load_slice<Info>(context, address, count));
    if (count > kMaxAccountInfos) {
        return fail(SyscallErrorKind::MaxInstructionAccountInfosExceeded,
                    "Invoked an instruction with too many account info's (" +
                        std::to_string(count) + " > " + std::to_string(kMaxAccountInfos) + ")");
    }
    FATHOM_CHECK(context.charge(count * kAccountInfoBytes / cost::kBytesPerUnit));
    AccountInfos<Info> loaded{.address = address, .infos = {}, .keys = {}};
    for (std::size_t i = 0; i < count; ++i) {
        loaded.infos.push_back(source[i]);
        loaded.keys.push_back(FATHOM_TRY(load_value<Pubkey>(context, loaded.infos.back().key)));
    }
    return loaded;
}

/// Builds the view of one account that the caller named, and without restrictions hands over its
/// changes.
template <class Info>
Outcome<TranslatedAccount> translate_account(SyscallContext& context, CpiMode mode,
                                             const AccountInfos<Info>& infos, std::size_t info,
                                             std::uint16_t index_in_caller,
                                             invoke::BorrowedAccount& callee) {
    const auto* const memory = FATHOM_TRY(context.invocation().program_memory());
    if (index_in_caller >= memory->accounts.size()) {
        context.invocation().log("Internal error: index mismatch for account " +
                                 callee.key().to_base58());
        return fail(InstructionError::MissingAccount);
    }
    const std::uint64_t info_address =
        saturating_add<std::uint64_t>(infos.address, info * sizeof(Info));
    TranslatedAccount account{.index_in_caller = index_in_caller};
    account.caller = FATHOM_TRY(view_account(context, mode, info_address, infos.infos[info],
                                             memory->accounts[index_in_caller]));
    if (mode.is_restricted) {
        const auto length = load_le<std::uint64_t>(account.caller.length);
        FATHOM_CHECK(context.charge(length / cost::kBytesPerUnit));
        account.must_update_region = true;
        return account;
    }
    account.must_update_region =
        FATHOM_TRY(update_callee_account(context, mode, account.caller, callee));
    // Later accounts are translated through the caller's regions.
    if (mode.is_direct && account.must_update_region) {
        follow_moved_data(context, mode, account.caller, callee);
    }
    return account;
}

template <class Info>
Outcome<std::vector<TranslatedAccount>> load_accounts(SyscallContext& context, CpiMode mode,
                                                      std::uint64_t address, std::uint64_t count) {
    const auto infos = FATHOM_TRY(load_infos<Info>(context, mode, address, count));
    auto& invocation = context.invocation();
    const auto next = FATHOM_TRY(invocation.transaction().next_instruction());
    const auto current = FATHOM_TRY(invocation.current_instruction());
    const auto instruction_accounts = next.accounts();
    std::vector<TranslatedAccount> accounts;
    for (std::size_t i = 0; i < instruction_accounts.size(); ++i) {
        if (FATHOM_TRY(next.is_duplicate(i))) continue;
        const auto in_transaction = instruction_accounts[i].index_in_transaction;
        const auto in_caller = FATHOM_TRY(current.index_of_account_in_instruction(in_transaction));
        auto callee = FATHOM_TRY(current.borrow_account(in_caller));
        const Pubkey& key = invocation.transaction().key_of_account(in_transaction);
        if (callee.is_executable()) {
            FATHOM_CHECK(context.charge(callee.data().size() / cost::kBytesPerUnit));
            continue;
        }
        const auto found = std::ranges::find(infos.keys, key);
        if (found == infos.keys.end()) {
            invocation.log("Instruction references an unknown account " + key.to_base58());
            return fail(InstructionError::MissingAccount);
        }
        const auto info = static_cast<std::size_t>(found - infos.keys.begin());
        auto account = FATHOM_TRY(translate_account(context, mode, infos, info, in_caller, callee));
        account.must_update_info = instruction_accounts[i].is_writable;
        account.must_update_region |= account.must_update_info;
        accounts.push_back(account);
    }
    return accounts;
}

} // namespace

CpiMode CpiMode::of(const SyscallContext& context) {
    const bool has_regions = context.feature(Feature::virtual_address_space_adjustments);
    return {.is_restricted = context.feature(Feature::syscall_parameter_address_restrictions),
            .has_regions = has_regions,
            .is_direct = has_regions && context.feature(Feature::account_data_direct_mapping)};
}

Outcome<std::vector<TranslatedAccount>> load_rust_accounts(SyscallContext& context, CpiMode mode,
                                                           std::uint64_t address,
                                                           std::uint64_t count) {
    return load_accounts<RustAccountInfo>(context, mode, address, count);
}

Outcome<std::vector<TranslatedAccount>>
load_c_accounts(SyscallContext& context, CpiMode mode, std::uint64_t address, std::uint64_t count) {
    return load_accounts<CAccountInfo>(context, mode, address, count);
}

} // namespace fathom::syscalls
