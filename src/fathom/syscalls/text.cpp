// SPDX-License-Identifier: Apache-2.0
#include "fathom/syscalls/text.hpp"

#include <charconv>

namespace fathom::syscalls {

namespace {

/// A byte and the range in which its successor must lie.
struct Lead {
    std::size_t width; // 0: no sequence starts with this byte
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xbf;
};

Lead lead_of(std::uint8_t byte) {
    if (byte < 0x80) return {1};
    if (byte >= 0xc2 && byte <= 0xdf) return {2};
    if (byte == 0xe0) return {3, 0xa0, 0xbf};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte >= 0xe1 && byte <= 0xef) return {3};
    if (byte == 0xf0) return {4, 0x90, 0xbf};
    if (byte >= 0xf1 && byte <= 0xf3) return {4};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {0};
}

} // namespace

std::string hex_text(std::uint64_t value) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    return "0x" + std::string(digits, end);
}

std::string debug_text(ByteView bytes) {
    std::string text = "[";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i != 0) text += ", ";
        text += std::to_string(bytes[i]);
    }
    return text + "]";
}

std::optional<std::string> utf8_error_text(ByteView bytes) {
    std::size_t start = 0;
    while (start < bytes.size()) {
        const Lead lead = lead_of(bytes[start]);
        const auto where = [start] { return " from index " + std::to_string(start); };
        if (lead.width == 0) return "invalid utf-8 sequence of 1 bytes" + where();
        for (std::size_t good = 1; good < lead.width; ++good) {
            if (start + good == bytes.size()) return "incomplete utf-8 byte sequence" + where();
            const std::uint8_t low = good == 1 ? lead.low : 0x80;
            const std::uint8_t high = good == 1 ? lead.high : 0xbf;
            const std::uint8_t next = bytes[start + good];
            if (next < low || next > high) {
                return "invalid utf-8 sequence of " + std::to_string(good) + " bytes" + where();
            }
        }
        start += lead.width;
    }
    return std::nullopt;
}

} // namespace fathom::syscalls
