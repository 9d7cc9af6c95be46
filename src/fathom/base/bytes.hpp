// SPDX-License-Identifier: Apache-2.0
// Byte sequences: the owning one, the two views, and little-endian access to them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fathom {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

static_assert(std::endian::native == std::endian::little, "Fathom assumes a little-endian host");

/// Reads a T stored little-endian at `source`, which need not be aligned.
template <class T>
    requires std::is_trivially_copyable_v<T>
[[nodiscard]] inline T load_le(const std::uint8_t* source) {
    T value;
    std::memcpy(&value, source, sizeof(T));
    return value;
}

/// Writes `value` little-endian at `target`, which need not be aligned.
template <class T>
    requires std::is_trivially_copyable_v<T>
inline void store_le(std::uint8_t* target, T value) {
    std::memcpy(target, &value, sizeof(T));
}

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace fathom
