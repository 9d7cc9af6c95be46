// SPDX-License-Identifier: Apache-2.0
// Which host register holds what while compiled code runs.
#pragma once

#include "fathom/vm/jit/jit_program.hpp"
#include "fathom/vm/jit/x86_encoder.hpp"

#include <cstddef>
#include <cstdint>

namespace fathom::vm::jit {

inline constexpr Reg kGuest[] = {Reg::rax, Reg::rsi, Reg::rdx, Reg::rcx, Reg::r8, Reg::r9,
                                 Reg::rbx, Reg::r12, Reg::r13, Reg::r14, Reg::r15};
inline constexpr Reg kMeter = Reg::r10;
inline constexpr Reg kContext = Reg::rbp;
/// Host address of the current frame's end, unless programs move r10 themselves.
inline constexpr Reg kFrameEnd = Reg::r15;

inline constexpr auto kFrameSize = static_cast<std::int32_t>(sbpf::kStackFrameSize);

[[nodiscard]] constexpr Mem field(std::size_t offset) {
    return {kContext, static_cast<std::int32_t>(offset)};
}

/// Added to the constants that stand in the code less it; 32-bit forms read its lower half.
inline constexpr Mem kKey = field(offsetof(Context, key));

[[nodiscard]] constexpr std::uint64_t sign_extended(std::int32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

[[nodiscard]] constexpr Mem guest_register(std::size_t index) {
    return field(offsetof(Context, registers) + 8 * index);
}

} // namespace fathom::vm::jit
