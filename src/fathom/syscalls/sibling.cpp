// SPDX-License-Identifier: Apache-2.0
// The syscall that reads an earlier instruction at the same depth.
#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <optional>

namespace fathom::syscalls {

namespace {

using invoke::InstructionContext;

/// In: room that the program has. Out: what is needed.
struct SiblingMeta {
    std::uint64_t data_length;
    std::uint64_t account_count;
    friend bool operator==(const SiblingMeta&, const SiblingMeta&) = default;
};

/// The (index + 1)-th instruction before the current one with the same caller and depth.
Outcome<std::optional<InstructionContext>> find_sibling(invoke::InvokeContext& invocation,
                                                        std::uint64_t index) {
    auto& transaction = invocation.transaction();
    const std::size_t height = invocation.stack_height();
    const auto current = FATHOM_TRY(invocation.current_instruction());
    const std::uint16_t caller = current.index_of_caller();
    const bool is_top_level = height == 1;
    const std::size_t end =
        is_top_level ? transaction.next_top_level_index() : transaction.trace_length();
    const std::size_t start =
        is_top_level ? 0 : saturating_sub(end, transaction.number_of_cpis_in_trace());

    // The current instruction itself is at position 0.
    const std::uint64_t wanted = saturating_add<std::uint64_t>(index, 1);
    std::uint64_t position = 0;
    for (std::size_t at = end; at-- > start;) {
        const auto candidate = FATHOM_TRY(transaction.instruction_at_index_in_trace(at));
        if (candidate.index_of_caller() != caller) continue;
        if (candidate.stack_height() < height) break;
        if (candidate.stack_height() != height) continue;
        if (position == wanted) return candidate;
        ++position;
    }
    return std::nullopt;
}

Outcome<void> write_accounts(const InstructionContext& instruction, MutableByteView target) {
    for (std::size_t i = 0; i < instruction.number_of_accounts(); ++i) {
        RustAccountMeta meta{};
        meta.pubkey = FATHOM_TRY(instruction.key_of_account(i));
        meta.is_signer = FATHOM_TRY(instruction.is_signer(i));
        meta.is_writable = FATHOM_TRY(instruction.is_writable(i));
        store_le(target.data() + i * sizeof(RustAccountMeta), meta);
    }
    return {};
}

} // namespace

Value sol_get_processed_sibling_instruction(SyscallContext& context, u64 index, u64 meta,
                                            u64 program_id, u64 data, u64 accounts) {
    FATHOM_CHECK(context.charge(cost::kSyscallBase));
    const auto found = FATHOM_TRY(find_sibling(context.invocation(), index));
    if (!found) return 0;
    const SiblingMeta actual{found->data().size(), found->number_of_accounts()};
    const auto header = FATHOM_TRY(map_output(context, output_value<SiblingMeta>(meta)));
    if (load_le<SiblingMeta>(header.data()) != actual) {
        store_le(header.data(), actual);
        return 1;
    }
    const auto outputs = FATHOM_TRY(map_outputs(
        context, {output_value<Pubkey>(program_id), output_bytes(data, actual.data_length),
                  output_slice<RustAccountMeta>(accounts, actual.account_count),
                  output_value<SiblingMeta>(meta)}));
    std::ranges::copy(found->program_key().bytes, outputs[0].begin());
    std::ranges::copy(found->data(), outputs[1].begin());
    FATHOM_CHECK(write_accounts(*found, outputs[2]));
    return 1;
}

} // namespace fathom::syscalls
