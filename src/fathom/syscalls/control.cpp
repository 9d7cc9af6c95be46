// SPDX-License-Identifier: Apache-2.0
// Syscalls about the run itself: ending it, its depth, its budget, its heap, the epoch around it.
#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"
#include "fathom/types/pubkey.hpp"

#include <limits>

namespace fathom::syscalls {

Value abort(SyscallContext&) {
    return fail(SyscallErrorKind::Abort);
}

Value sol_panic_(SyscallContext& context, u64 file, u64 length, u64 line, u64 column) {
    FATHOM_CHECK(context.charge(length));
    const auto name = FATHOM_TRY(load_string(context, file, length));
    return fail(SyscallErrorKind::Panic, "SBF program Panicked in " + std::string(name) + " at " +
                                             std::to_string(line) + ":" + std::to_string(column));
}

Value sol_get_stack_height(SyscallContext& context) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    return context.invocation().stack_height();
}

Value sol_remaining_compute_units(SyscallContext& context) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    return context.invocation().remaining();
}

Value sol_alloc_free_(SyscallContext& context, u64 size, u64 free_address) {
    const std::uint64_t alignment = context.check_aligned() ? 8 : 1;
    // The largest size that Rust's Layout accepts for the alignment.
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    if (size > kLargest - (alignment - 1)) return 0;
    invoke::ProgramMemory& memory = *FATHOM_TRY(context.invocation().program_memory());
    if (free_address != 0) return 0;
    // heap_position never exceeds heap_size, so only the sum with `size` can be large, and that is
    // below 2^64.
    const std::uint64_t start = (memory.heap_position + alignment - 1) / alignment * alignment;
    if (start + size > memory.heap_size) return 0;
    memory.heap_position = start + size;
    return kHeapStart + start;
}

Value sol_get_epoch_stake(SyscallContext& context, u64 vote_address) {
    const invoke::EpochStakes* const stakes = context.invocation().environment().epoch_stakes;
    if (vote_address == 0) {
        FATHOM_CHECK(context.charge(cost::kSyscallBase));
        return stakes ? stakes->total() : 0;
    }
    constexpr ComputeUnits kUnits =
        cost::kSyscallBase + sizeof(Pubkey) / cost::kBytesPerUnit + cost::kMemoryOperationBase;
    FATHOM_CHECK(context.charge(kUnits));
    const auto vote_account = FATHOM_TRY(load_value<Pubkey>(context, vote_address));
    return stakes ? stakes->of_vote_account(vote_account) : 0;
}

} // namespace fathom::syscalls
