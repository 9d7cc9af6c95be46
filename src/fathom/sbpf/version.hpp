// SPDX-License-Identifier: Apache-2.0
// The sBPF versions, and what differs between them, each property asked by name.
#pragma once

#include <cstdint>
#include <optional>

namespace fathom::sbpf {

/// e_flags of the ELF. V4 is known by number and refused by every current environment.
enum class Version : std::uint8_t { V0, V1, V2, V3, V4 };

/// nullopt for values that name no version.
[[nodiscard]] constexpr std::optional<Version> version_from_flags(std::uint32_t e_flags) {
    if (e_flags > 4) return std::nullopt;
    return static_cast<Version>(e_flags);
}

/// SIMD-0166 (V1, V2): the program moves r10 itself and the frame size is not fixed.
[[nodiscard]] constexpr bool manual_stack_frames(Version v) {
    return v == Version::V1 || v == Version::V2;
}
/// V0 only, and only if the environment asks for gaps: 4096 mapped bytes, then 4096 unmapped.
[[nodiscard]] constexpr bool stack_frame_gaps(Version v) {
    return v == Version::V0;
}
/// SIMD-0178: calls name syscalls and functions statically by the src field.
[[nodiscard]] constexpr bool static_syscalls(Version v) {
    return v >= Version::V3;
}
/// SIMD-0189: strict ELF, read-only data at address 0, text execute-only at 1 << 32.
[[nodiscard]] constexpr bool strict_elf(Version v) {
    return v >= Version::V3;
}

inline constexpr std::uint64_t kRegionSize = 1ull << 32;
inline constexpr std::uint64_t kBytecodeStart = kRegionSize;
inline constexpr std::uint64_t kStackStart = 2 * kRegionSize;
inline constexpr std::uint64_t kHeapStart = 3 * kRegionSize;
inline constexpr std::uint64_t kInputStart = 4 * kRegionSize;
inline constexpr std::uint64_t kStackFrameSize = 4096;
inline constexpr std::uint64_t kMaxCallDepth = 64;
inline constexpr std::uint64_t kStackSize = kStackFrameSize * kMaxCallDepth;

} // namespace fathom::sbpf
