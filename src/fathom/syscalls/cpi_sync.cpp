// SPDX-License-Identifier: Apache-2.0
// Account changes carried from a calling program to the callee and back (Agave
// program-runtime/src/cpi.rs).
#include "fathom/base/integers.hpp"
#include "fathom/syscalls/cpi_accounts.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace fathom::syscalls {

namespace {

/// Bytes of the serialized input, past the permissions and bounds of its regions: they are those of
/// the program, while this is the runtime's own copying. All regions of the input lie in one
/// buffer.
Outcome<MutableByteView> input_bytes(SyscallContext& context, std::uint64_t address,
                                     std::uint64_t length) {
    auto* const start = FATHOM_TRY(context.memory().translate(vm::Access::Store, kInputStart, 1));
    const vm::MemoryRegion& last = context.memory().regions().back();
    const std::uint64_t size =
        last.vm_addr >= kInputStart ? saturating_sub(last.vm_addr + last.length, kInputStart) : 0;
    const std::uint64_t offset = saturating_sub(address, kInputStart);
    // Only unrestricted pointers can be outside.
    if (offset > size || length > size - offset) return fail(SyscallErrorKind::InvalidLength);
    return MutableByteView{start + offset, length};
}

/// Zeroes what `bytes` holds from `start` on.
Outcome<void> clear_from(MutableByteView bytes, std::uint64_t start) {
    if (start > bytes.size()) return fail(InstructionError::AccountDataTooSmall);
    std::ranges::fill(bytes.subspan(start), std::uint8_t{0});
    return {};
}

/// Data of a region of its own. True if it moved.
Outcome<bool> update_callee_region_data(SyscallContext& context, CpiMode mode,
                                        const CallerAccount& caller,
                                        invoke::BorrowedAccount& callee) {
    const std::uint64_t old_length = callee.data().size();
    const auto new_length = load_le<std::uint64_t>(caller.length);
    const bool has_changed = old_length != new_length;
    if (has_changed) {
        if (!mode.is_direct && new_length < old_length) {
            const auto old_data = FATHOM_TRY(serialized_data(context, mode, caller.data_addr,
                                                             caller.original_length, old_length));
            FATHOM_CHECK(clear_from(old_data, new_length));
        }
        FATHOM_CHECK(callee.set_data_length(new_length));
    }
    if (!mode.is_direct && callee.can_data_be_changed()) {
        FATHOM_CHECK(callee.set_data_from_slice(caller.serialized_data));
    }
    return has_changed;
}

/// Data of a copy that the program could have changed unnoticed.
Outcome<void> update_callee_copied_data(const CallerAccount& caller,
                                        invoke::BorrowedAccount& callee) {
    const auto allowed = callee.can_data_be_resized(caller.serialized_data.size());
    if (allowed) {
        FATHOM_CHECK(callee.set_data_from_slice(caller.serialized_data));
    } else if (!std::ranges::equal(callee.data(), caller.serialized_data)) {
        return std::unexpected(allowed.error());
    }
    return {};
}

/// The account's own region, or null if there is none (accounts that have no room).
vm::MemoryRegion* own_region(SyscallContext& context, const CallerAccount& caller) {
    vm::MemoryRegion* const region = context.memory().find_region(caller.region_addr);
    return region && region->vm_addr == caller.region_addr ? region : nullptr;
}

vm::MemoryRegion renewed_region(CpiMode mode, const vm::MemoryRegion& region,
                                invoke::BorrowedAccount& callee) {
    return invoke::account_data_region(
        callee, region.vm_addr,
        {.address_space_adjustments = true, .direct_mapping = mode.is_direct}, region.host,
        region.length);
}

/// Guest addresses up to the next region.
std::uint64_t space_of(SyscallContext& context, const vm::MemoryRegion& region) {
    const auto regions = context.memory().regions();
    const vm::MemoryRegion* const next = &region + 1;
    const bool is_last = next == regions.data() + regions.size();
    return (is_last ? std::numeric_limits<std::uint64_t>::max() : next->vm_addr) - region.vm_addr;
}

/// Direct mode without restrictions lets an account info point into account data, which may move
/// during the call.
Outcome<void> refresh_pointers(SyscallContext& context, CallerAccount& caller) {
    const auto at = [&](std::uint64_t address, std::size_t size, std::size_t alignment) {
        return translate(context, vm::Access::Store, address, size, alignment);
    };
    caller.lamports = FATHOM_TRY(at(caller.lamports_addr, 8, 8));
    caller.owner = FATHOM_TRY(at(caller.owner_addr, 32, 1));
    caller.length = FATHOM_TRY(at(caller.length_addr, 8, 1));
    return {};
}

/// Both lengths that the caller has: in its account info and in front of the data.
Outcome<void> update_caller_length(SyscallContext& context, CpiMode mode, CallerAccount& caller,
                                   std::uint64_t old_length, std::uint64_t new_length) {
    if (!mode.is_direct) {
        if (new_length < old_length) {
            FATHOM_CHECK(clear_from(caller.serialized_data, new_length));
        }
        caller.serialized_data = FATHOM_TRY(
            serialized_data(context, mode, caller.data_addr, caller.original_length, new_length));
    }
    store_le(caller.length, new_length);
    auto* const serialized_length = FATHOM_TRY(translate(
        context, vm::Access::Store, saturating_sub<std::uint64_t>(caller.data_addr, 8), 8, 8));
    store_le(serialized_length, new_length);
    return {};
}

} // namespace

std::uint64_t reserved_length(std::uint64_t original_length, bool may_grow) {
    return may_grow ? saturating_add(original_length, kMaxAccountDataGrowthPerInstruction)
                    : original_length;
}

Outcome<MutableByteView> serialized_data(SyscallContext& context, CpiMode mode,
                                         std::uint64_t data_addr, std::uint64_t original_length,
                                         std::uint64_t length) {
    if (mode.is_restricted) {
        if (length > reserved_length(original_length, context.check_aligned())) {
            return fail(InstructionError::InvalidRealloc);
        }
    }
    if (mode.is_direct) return MutableByteView{};
    if (mode.has_regions) return input_bytes(context, data_addr, length);
    auto* const host =
        FATHOM_TRY(translate_slice(context, vm::Access::Store, data_addr, length, 1, 1));
    return MutableByteView{host, length};
}

Outcome<bool> update_callee_account(SyscallContext& context, CpiMode mode,
                                    const CallerAccount& caller, invoke::BorrowedAccount& callee) {
    const auto lamports = load_le<std::uint64_t>(caller.lamports);
    // Read before data moves; in the other modes what is cleared below may hold the owner.
    Pubkey owner = Pubkey::from_bytes(caller.owner);
    if (callee.lamports() != lamports) FATHOM_CHECK(callee.set_lamports(lamports));
    bool must_update_caller = false;
    if (mode.has_regions) {
        must_update_caller = FATHOM_TRY(update_callee_region_data(context, mode, caller, callee));
    } else {
        FATHOM_CHECK(update_callee_copied_data(caller, callee));
    }
    if (!mode.is_direct) owner = Pubkey::from_bytes(caller.owner);
    // Last, so that the caller may still have changed balance and data.
    if (callee.owner() != owner) {
        FATHOM_CHECK(callee.set_owner(owner));
        must_update_caller = true;
    }
    return must_update_caller;
}

Outcome<void> update_caller_account(SyscallContext& context, CpiMode mode, CallerAccount& caller,
                                    const invoke::BorrowedAccount& callee) {
    if (mode.is_direct && !mode.is_restricted) FATHOM_CHECK(refresh_pointers(context, caller));
    store_le(caller.lamports, callee.lamports());
    std::memcpy(caller.owner, callee.owner().data(), sizeof(Pubkey));

    const auto old_length = load_le<std::uint64_t>(caller.length);
    const std::uint64_t new_length = callee.data().size();
    const bool may_grow = !mode.is_restricted || context.check_aligned();
    const std::uint64_t reserved = reserved_length(caller.original_length, may_grow);
    if (new_length > reserved && (mode.is_restricted || old_length != new_length)) {
        context.invocation().log("Account data size realloc limited to " +
                                 std::to_string(reserved - caller.original_length) +
                                 " in inner instructions");
        return fail(InstructionError::InvalidRealloc);
    }
    if (old_length != new_length) {
        FATHOM_CHECK(update_caller_length(context, mode, caller, old_length, new_length));
    }
    if (!mode.is_direct) {
        if (caller.serialized_data.size() != new_length) {
            return fail(InstructionError::AccountDataTooSmall);
        }
        std::ranges::copy(callee.data(), caller.serialized_data.begin());
    }
    return {};
}

Outcome<void> update_caller_region(SyscallContext& context, CpiMode mode,
                                   const CallerAccount& caller, invoke::BorrowedAccount& callee) {
    if (reserved_length(caller.original_length, context.check_aligned()) == 0) return {};
    vm::MemoryRegion* const region = own_region(context, caller);
    if (!region) return fail(InstructionError::MissingAccount);
    const vm::MemoryRegion renewed = renewed_region(mode, *region, callee);
    if (renewed.length > space_of(context, *region)) {
        const auto index = region - context.memory().regions().data();
        return std::unexpected(
            ProgramError(vm::Fault{.kind = vm::FaultKind::InvalidMemoryRegion, .frame = index}));
    }
    *region = renewed;
    context.memory().regions_changed();
    return {};
}

void follow_moved_data(SyscallContext& context, CpiMode mode, const CallerAccount& caller,
                       invoke::BorrowedAccount& callee) {
    vm::MemoryRegion* const region = own_region(context, caller);
    if (!region) return;
    const std::uint64_t space = space_of(context, *region);
    *region = renewed_region(mode, *region, callee);
    region->length = std::min(region->length, space);
    context.memory().regions_changed();
}

} // namespace fathom::syscalls
