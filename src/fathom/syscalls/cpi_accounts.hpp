// SPDX-License-Identifier: Apache-2.0
// The accounts of a call between programs as the caller sees them, and their synchronization with
// the runtime's accounts.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/invoke/transaction_context.hpp"
#include "fathom/syscalls/context.hpp"

#include <cstdint>
#include <vector>

namespace fathom::syscalls {

/// How account data reaches programs, by feature gate.
struct CpiMode {
    /// Account infos must point to where the runtime serialized the account.
    bool is_restricted;
    /// Every account's data is a region of its own.
    bool has_regions;
    /// These regions are the account's own bytes, not a copy; implies has_regions.
    bool is_direct;

    [[nodiscard]] static CpiMode of(const SyscallContext& context);
};

/// One account in the memory of the calling program. Host pointers stay good during the call,
/// except in direct mode without restrictions (see follow_moved_data).
struct CallerAccount {
    std::uint64_t lamports_addr = 0;
    std::uint64_t owner_addr = 0;
    /// The length that the account info carries.
    std::uint64_t length_addr = 0;
    std::uint8_t* lamports = nullptr; // u64
    std::uint8_t* owner = nullptr;    // 32 bytes
    std::uint8_t* length = nullptr;   // u64
    /// The copy that the program works on; empty in direct mode.
    MutableByteView serialized_data{};
    std::uint64_t data_addr = 0;
    /// Where the runtime put the data when the instruction began, and how much of it.
    std::uint64_t region_addr = 0;
    std::uint64_t original_length = 0;
};

struct TranslatedAccount {
    std::uint16_t index_in_caller = 0;
    CallerAccount caller{};
    bool must_update_region = false;
    bool must_update_info = false;
};

/// Views of all accounts of the prepared instruction, repeats and executable ones left out. Without
/// restrictions, this also hands over each account's changes.
[[nodiscard]] Outcome<std::vector<TranslatedAccount>> load_rust_accounts(SyscallContext& context,
                                                                         CpiMode mode,
                                                                         std::uint64_t address,
                                                                         std::uint64_t count);
[[nodiscard]] Outcome<std::vector<TranslatedAccount>>
load_c_accounts(SyscallContext& context, CpiMode mode, std::uint64_t address, std::uint64_t count);

/// `length` bytes at the account's data in the caller's memory; nothing in direct mode.
[[nodiscard]] Outcome<MutableByteView> serialized_data(SyscallContext& context, CpiMode mode,
                                                       std::uint64_t data_addr,
                                                       std::uint64_t original_length,
                                                       std::uint64_t length);

/// Guest bytes that there are for an account's data.
[[nodiscard]] std::uint64_t reserved_length(std::uint64_t original_length, bool may_grow);

/// Before the call: what the caller changed goes into the account. True if its region must be
/// renewed.
[[nodiscard]] Outcome<bool> update_callee_account(SyscallContext& context, CpiMode mode,
                                                  const CallerAccount& caller,
                                                  invoke::BorrowedAccount& callee);

/// After the call: what the callee changed goes into the caller's memory.
[[nodiscard]] Outcome<void> update_caller_account(SyscallContext& context, CpiMode mode,
                                                  CallerAccount& caller,
                                                  const invoke::BorrowedAccount& callee);

/// Lets the account's region point to where its data is now, with the access that it now has.
[[nodiscard]] Outcome<void> update_caller_region(SyscallContext& context, CpiMode mode,
                                                 const CallerAccount& caller,
                                                 invoke::BorrowedAccount& callee);

/// Same while the call goes on, so that no region is left dangling: bytes that do not fit are left
/// out instead of being an error. Needed in direct mode without restrictions.
void follow_moved_data(SyscallContext& context, CpiMode mode, const CallerAccount& caller,
                       invoke::BorrowedAccount& callee);

} // namespace fathom::syscalls
