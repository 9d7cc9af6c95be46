// SPDX-License-Identifier: Apache-2.0
// Syscalls that copy, compare and fill memory. A range must lie in one region; nothing is split at
// region ends.
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fathom::syscalls {

namespace {

Result<void, InstructionError> charge_for(SyscallContext& context, std::uint64_t length) {
    return context.charge(std::max(cost::kMemoryOperationBase, length / cost::kBytesPerUnit));
}

/// The usual case of an output; null if anything is to be said about it.
std::uint8_t* plain_output(SyscallContext& context, u64 address, u64 length) {
    return context.memory().host_of(vm::Access::Store, address, length);
}
const std::uint8_t* plain_input(SyscallContext& context, u64 address, u64 length) {
    return context.memory().host_of(vm::Access::Load, address, length);
}

Value move_bytes(SyscallContext& context, u64 target, u64 source, u64 length) {
    if (std::uint8_t* const to = plain_output(context, target, length)) [[likely]] {
        if (const std::uint8_t* const from = plain_input(context, source, length)) [[likely]] {
            std::memmove(to, from, length);
            return 0;
        }
    }
    const auto to = FATHOM_TRY(map_output(context, output_bytes(target, length)));
    const auto from = FATHOM_TRY(load_bytes(context, source, length));
    // Distinct guest ranges may share host bytes, hence never memcpy.
    if (length != 0) std::memmove(to.data(), from.data(), length);
    return 0;
}

/// Of the first bytes that are not the same; both have the same length.
std::int32_t first_difference(ByteView a, ByteView b) {
    std::size_t at = 0;
    for (; at + 8 <= a.size(); at += 8) {
        const auto bits =
            load_le<std::uint64_t>(a.data() + at) ^ load_le<std::uint64_t>(b.data() + at);
        if (bits == 0) continue;
        at += static_cast<std::size_t>(std::countr_zero(bits)) / 8;
        return std::int32_t{a[at]} - std::int32_t{b[at]};
    }
    for (; at < a.size(); ++at) {
        if (a[at] != b[at]) return std::int32_t{a[at]} - std::int32_t{b[at]};
    }
    return 0;
}

} // namespace

Value sol_memcpy_(SyscallContext& context, u64 target, u64 source, u64 length) {
    FATHOM_CHECK(charge_for(context, length));
    if (!are_disjoint(source, length, target, length)) {
        return fail(SyscallErrorKind::CopyOverlapping);
    }
    return move_bytes(context, target, source, length);
}

Value sol_memmove_(SyscallContext& context, u64 target, u64 source, u64 length) {
    FATHOM_CHECK(charge_for(context, length));
    return move_bytes(context, target, source, length);
}

Value sol_memcmp_(SyscallContext& context, u64 left, u64 right, u64 length, u64 result) {
    FATHOM_CHECK(charge_for(context, length));
    const std::uint8_t* const plain_left = plain_input(context, left, length);
    const std::uint8_t* const plain_right = plain_input(context, right, length);
    const bool is_plain = plain_left && plain_right;
    const ByteView a =
        is_plain ? ByteView{plain_left, length} : FATHOM_TRY(load_bytes(context, left, length));
    const ByteView b =
        is_plain ? ByteView{plain_right, length} : FATHOM_TRY(load_bytes(context, right, length));
    const std::int32_t difference = first_difference(a, b);
    const auto output = FATHOM_TRY(map_output(context, output_value<std::int32_t>(result)));
    store_le(output.data(), difference);
    return 0;
}

Value sol_memset_(SyscallContext& context, u64 target, u64 byte, u64 length) {
    FATHOM_CHECK(charge_for(context, length));
    if (std::uint8_t* const to = plain_output(context, target, length)) [[likely]] {
        std::memset(to, static_cast<std::uint8_t>(byte), length);
        return 0;
    }
    const auto to = FATHOM_TRY(map_output(context, output_bytes(target, length)));
    if (length != 0) std::memset(to.data(), static_cast<std::uint8_t>(byte), length);
    return 0;
}

} // namespace fathom::syscalls
