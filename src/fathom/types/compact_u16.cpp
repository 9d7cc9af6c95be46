// SPDX-License-Identifier: Apache-2.0
// The compact-u16 length codec.
#include "fathom/types/compact_u16.hpp"

namespace fathom::types {

std::optional<std::uint16_t> read_compact_u16(ByteView bytes, std::size_t& offset) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        if (offset >= bytes.size() || bytes.size() - offset <= i) return std::nullopt;
        const std::uint8_t byte = bytes[offset + i];
        if (i > 0 && byte == 0) return std::nullopt;
        if (i == 2 && byte > 3) return std::nullopt;
        value |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            offset += i + 1;
            return static_cast<std::uint16_t>(value);
        }
    }
    return std::nullopt;
}

void append_compact_u16(Bytes& out, std::uint16_t value) {
    std::uint32_t rest = value;
    while (rest >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(rest | 0x80));
        rest >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(rest));
}

} // namespace fathom::types
