// SPDX-License-Identifier: Apache-2.0
// Guest memory as syscalls read and write it (Agave program-runtime/src/memory.rs, syscalls/src
// translate_mut).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/syscalls/context.hpp"
#include "fathom/vm/memory_map.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace fathom::syscalls {

/// Where the input region starts: account data and all else that a program was given.
inline constexpr std::uint64_t kInputStart = 0x400000000;
inline constexpr std::uint64_t kHeapStart = 0x300000000;

/// A slice as programs hand it over.
struct VmSlice {
    std::uint64_t address;
    std::uint64_t length;
};
static_assert(sizeof(VmSlice) == 16 && alignof(VmSlice) == 8);

/// Ts in host memory, read by copy, because they may be unaligned. Valid until a region moves.
template <class T> class HostSlice {
public:
    HostSlice() = default;
    HostSlice(const std::uint8_t* host, std::size_t count) : host_(host), count_(count) {}

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] T operator[](std::size_t index) const {
        return load_le<T>(host_ + index * sizeof(T));
    }

private:
    const std::uint8_t* host_ = nullptr;
    std::size_t count_ = 0;
};

/// Host bytes behind `size` guest bytes, without the access handler; the host address is aligned
/// unless the program belongs to loader v1.
[[nodiscard]] Outcome<std::uint8_t*> translate(SyscallContext& context, vm::Access access,
                                               std::uint64_t address, std::uint64_t size,
                                               std::size_t alignment);
/// Same for `count` elements. None need no memory; their pointer is null.
[[nodiscard]] Outcome<std::uint8_t*> translate_slice(SyscallContext& context, vm::Access access,
                                                     std::uint64_t address, std::uint64_t count,
                                                     std::size_t size, std::size_t alignment);

template <class T>
[[nodiscard]] Outcome<T> load_value(SyscallContext& context, std::uint64_t address) {
    const auto host = translate(context, vm::Access::Load, address, sizeof(T), alignof(T));
    if (!host) return std::unexpected(host.error());
    return load_le<T>(*host);
}

template <class T>
[[nodiscard]] Outcome<HostSlice<T>> load_slice(SyscallContext& context, std::uint64_t address,
                                               std::uint64_t count) {
    const auto host =
        translate_slice(context, vm::Access::Load, address, count, sizeof(T), alignof(T));
    if (!host) return std::unexpected(host.error());
    return HostSlice<T>(*host, count);
}

[[nodiscard]] Outcome<ByteView> load_bytes(SyscallContext& context, std::uint64_t address,
                                           std::uint64_t length);
[[nodiscard]] inline Outcome<ByteView> load_bytes(SyscallContext& context, const VmSlice& slice) {
    return load_bytes(context, slice.address, slice.length);
}
/// InvalidString if the bytes are not UTF-8.
[[nodiscard]] Outcome<std::string_view> load_string(SyscallContext& context, std::uint64_t address,
                                                    std::uint64_t length);

/// Guest memory that a syscall is going to write.
struct Output {
    std::uint64_t address;
    std::uint64_t count;
    std::size_t size;
    std::size_t alignment;
    /// A slice of no elements needs no memory; a value always does.
    bool is_slice;
};

[[nodiscard]] inline Output output_bytes(std::uint64_t address, std::uint64_t length) {
    return {address, length, 1, 1, true};
}
template <class T> [[nodiscard]] Output output_slice(std::uint64_t address, std::uint64_t count) {
    return {address, count, sizeof(T), alignof(T), true};
}
template <class T> [[nodiscard]] Output output_value(std::uint64_t address) {
    return {address, 1, sizeof(T), alignof(T), false};
}

/// Makes the memory writable through the access handler, then translates it. Earlier translations
/// may be stale afterwards.
[[nodiscard]] Outcome<MutableByteView> map_output(SyscallContext& context, const Output& output);

inline constexpr std::size_t kMaxOutputs = 4;

/// Same for several at once: all through the handler first, then all translated, then
/// CopyOverlapping if host ranges of two overlap. Results in order; unused ones are empty.
[[nodiscard]] Outcome<std::array<MutableByteView, kMaxOutputs>>
map_outputs(SyscallContext& context, std::initializer_list<Output> outputs);

/// True if [a, a+a_length) and [b, b+b_length) share nothing; neither sum is formed.
[[nodiscard]] constexpr bool are_disjoint(std::uint64_t a, std::uint64_t a_length, std::uint64_t b,
                                          std::uint64_t b_length) {
    return a > b ? a - b >= b_length : b - a >= a_length;
}

} // namespace fathom::syscalls
