// SPDX-License-Identifier: Apache-2.0
// Syscalls that write to the transaction's log.
#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/text.hpp"
#include "fathom/syscalls/translate.hpp"
#include "fathom/types/pubkey.hpp"

#include <algorithm>
#include <vector>

namespace fathom::syscalls {

Value sol_log_(SyscallContext& context, u64 address, u64 length) {
    FATHOM_CHECK(context.charge(std::max(cost::kSyscallBase, length)));
    const auto message = FATHOM_TRY(load_string(context, address, length));
    if (auto* const logs = context.invocation().logs()) logs->program_log(message);
    return 0;
}

Value sol_log_64_(SyscallContext& context, u64 r1, u64 r2, u64 r3, u64 r4, u64 r5) {
    FATHOM_CHECK(context.charge(cost::kLog64));
    auto* const logs = context.invocation().logs();
    if (!logs) return 0;
    logs->program_log(hex_text(r1) + ", " + hex_text(r2) + ", " + hex_text(r3) + ", " +
                      hex_text(r4) + ", " + hex_text(r5));
    return 0;
}

Value sol_log_pubkey(SyscallContext& context, u64 address) {
    FATHOM_CHECK(context.charge(cost::kLogPubkey));
    const auto key = FATHOM_TRY(load_value<Pubkey>(context, address));
    if (auto* const logs = context.invocation().logs()) logs->program_log(key.to_base58());
    return 0;
}

Value sol_log_compute_units_(SyscallContext& context) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    auto& invocation = context.invocation();
    if (invocation.logs()) {
        invocation.log("Program consumption: " + std::to_string(invocation.remaining()) +
                       " units remaining");
    }
    return 0;
}

Value sol_log_data(SyscallContext& context, u64 address, u64 count) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, address, count));
    FATHOM_CHECK(context.charge(saturating_mul<ComputeUnits>(cost::kSyscallBase, slices.size())));
    ComputeUnits total = 0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        total = saturating_add(total, slices[i].length);
    }
    FATHOM_CHECK(context.charge(total));
    std::vector<ByteView> fields;
    fields.reserve(slices.size());
    for (std::size_t i = 0; i < slices.size(); ++i) {
        fields.push_back(FATHOM_TRY(load_bytes(context, slices[i])));
    }
    if (auto* const logs = context.invocation().logs()) logs->program_data(fields);
    return 0;
}

} // namespace fathom::syscalls
