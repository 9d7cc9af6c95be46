// SPDX-License-Identifier: Apache-2.0
#include "fathom/syscalls/translate.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/text.hpp"
#include "fathom/syscalls/text.hpp"

#include <limits>

namespace fathom::syscalls {

namespace {

constexpr std::uint64_t kMaxSliceBytes = std::numeric_limits<std::int64_t>::max();

Outcome<void> touch(SyscallContext& context, const Output& output) {
    if (output.is_slice && output.count == 0) return {};
    const auto size = saturating_mul<std::uint64_t>(output.count, output.size);
    if (context.memory().host_of(vm::Access::Store, output.address, size)) return {};
    FATHOM_CHECK(context.memory().translate_or_handle(vm::Access::Store, output.address, size));
    return {};
}

Outcome<MutableByteView> translate_output(SyscallContext& context, const Output& output) {
    if (!output.is_slice) {
        auto* const host = FATHOM_TRY(
            translate(context, vm::Access::Store, output.address, output.size, output.alignment));
        return MutableByteView{host, output.size};
    }
    auto* const host = FATHOM_TRY(translate_slice(context, vm::Access::Store, output.address,
                                                  output.count, output.size, output.alignment));
    return MutableByteView{host, output.count * output.size};
}

bool are_disjoint_in_host(MutableByteView a, MutableByteView b) {
    return are_disjoint(reinterpret_cast<std::uintptr_t>(a.data()), a.size(),
                        reinterpret_cast<std::uintptr_t>(b.data()), b.size());
}

} // namespace

std::unexpected<ProgramError> fail_unsupported(std::string_view what) {
    return fail(SyscallErrorKind::InvalidAttribute, std::string(what) + " is not supported yet");
}

Outcome<std::uint8_t*> translate(SyscallContext& context, vm::Access access, std::uint64_t address,
                                 std::uint64_t size, std::size_t alignment) {
    std::uint8_t* const host = context.memory().host_of(access, address, size);
    if (!host) {
        return std::unexpected(ProgramError(context.memory().violation(access, address, size)));
    }
    if (alignment > 1 && reinterpret_cast<std::uintptr_t>(host) % alignment != 0 &&
        context.check_aligned()) {
        return fail(SyscallErrorKind::UnalignedPointer);
    }
    return host;
}

Outcome<std::uint8_t*> translate_slice(SyscallContext& context, vm::Access access,
                                       std::uint64_t address, std::uint64_t count, std::size_t size,
                                       std::size_t alignment) {
    if (count == 0) return nullptr;
    const auto total = saturating_mul<std::uint64_t>(count, size);
    if (total > kMaxSliceBytes) return fail(SyscallErrorKind::InvalidLength);
    return translate(context, access, address, total, alignment);
}

Outcome<ByteView> load_bytes(SyscallContext& context, std::uint64_t address, std::uint64_t length) {
    const auto* const host =
        FATHOM_TRY(translate_slice(context, vm::Access::Load, address, length, 1, 1));
    return ByteView{host, length};
}

Outcome<std::string_view> load_string(SyscallContext& context, std::uint64_t address,
                                      std::uint64_t length) {
    const ByteView bytes = FATHOM_TRY(load_bytes(context, address, length));
    if (!base::is_utf8(bytes)) {
        const std::string reason = utf8_error_text(bytes).value_or("");
        return fail(SyscallErrorKind::InvalidString, reason + ": " + debug_text(bytes));
    }
    return as_text(bytes);
}

Outcome<MutableByteView> map_output(SyscallContext& context, const Output& output) {
    FATHOM_CHECK(touch(context, output));
    return translate_output(context, output);
}

Outcome<std::array<MutableByteView, kMaxOutputs>>
map_outputs(SyscallContext& context, std::initializer_list<Output> outputs) {
    FATHOM_ASSERT(outputs.size() <= kMaxOutputs);
    for (const Output& output : outputs) FATHOM_CHECK(touch(context, output));
    std::array<MutableByteView, kMaxOutputs> mapped{};
    std::size_t count = 0;
    for (const Output& output : outputs) {
        mapped[count++] = FATHOM_TRY(translate_output(context, output));
    }
    for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = a + 1; b < count; ++b) {
            if (!are_disjoint_in_host(mapped[a], mapped[b])) {
                return fail(SyscallErrorKind::CopyOverlapping);
            }
        }
    }
    return mapped;
}

} // namespace fathom::syscalls
