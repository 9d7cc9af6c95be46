// SPDX-License-Identifier: Apache-2.0
// Syscalls that set and read the transaction's return data.
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"
#include "fathom/types/pubkey.hpp"

#include <algorithm>

namespace fathom::syscalls {

Value sol_set_return_data(SyscallContext& context, u64 address, u64 length) {
    FATHOM_CHECK(context.charge(length / cost::kBytesPerUnit + cost::kSyscallBase));
    if (length > invoke::kMaxReturnData) {
        return fail(SyscallErrorKind::ReturnDataTooLarge,
                    "Return data too large (" + std::to_string(length) + " > " +
                        std::to_string(invoke::kMaxReturnData) + ")");
    }
    const auto data = FATHOM_TRY(load_bytes(context, address, length));
    const auto instruction = FATHOM_TRY(context.invocation().current_instruction());
    context.invocation().transaction().set_return_data(instruction.program_key(), data);
    return 0;
}

Value sol_get_return_data(SyscallContext& context, u64 address, u64 length, u64 program_id) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    const auto& transaction = context.invocation().transaction();
    const ByteView data = transaction.return_data();
    const std::uint64_t copied = std::min(length, static_cast<std::uint64_t>(data.size()));
    if (copied != 0) {
        FATHOM_CHECK(context.charge((copied + sizeof(Pubkey)) / cost::kBytesPerUnit));
        const auto outputs = FATHOM_TRY(map_outputs(
            context, {output_bytes(address, copied), output_value<Pubkey>(program_id)}));
        std::ranges::copy(data.first(copied), outputs[0].begin());
        std::ranges::copy(transaction.return_data_program().bytes, outputs[1].begin());
    }
    return data.size();
}

} // namespace fathom::syscalls
