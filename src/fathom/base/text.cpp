// SPDX-License-Identifier: Apache-2.0
// Text codecs: hexadecimal, base64 and the UTF-8 check.
#include "fathom/base/text.hpp"

#include <array>

namespace fathom::base {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

consteval std::array<std::uint8_t, 256> values_of(std::string_view digits) {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}

consteval std::array<std::uint8_t, 256> hex_values() {
    auto values = values_of(kHexDigits);
    for (std::uint8_t i = 0; i < 6; ++i) values['A' + i] = static_cast<std::uint8_t>(10 + i);
    return values;
}

constexpr auto kHexValues = hex_values();
constexpr auto kBase64Values = values_of(kBase64Digits);

/// Bytes of the well-formed multi-byte sequence at the start of `bytes`, 0 if there is none.
/// Table 3-7 of the Unicode standard: the second byte's range depends on the first.
std::size_t sequence_length(ByteView bytes) {
    const std::uint8_t lead = bytes[0];
    std::size_t length = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        if (lead == 0xe0) low = 0xa0;  // overlong below
        if (lead == 0xed) high = 0x9f; // surrogates above
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        if (lead == 0xf0) low = 0x90;  // overlong below
        if (lead == 0xf4) high = 0x8f; // beyond U+10FFFF above
    }
    if (length == 0 || bytes.size() < length) return 0;
    if (bytes[1] < low || bytes[1] > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    }
    return length;
}

} // namespace

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kHexDigits[byte >> 4]);
        text.push_back(kHexDigits[byte & 0xf]);
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t high = kHexValues[static_cast<std::uint8_t>(text[2 * i])];
        const std::uint8_t low = kHexValues[static_cast<std::uint8_t>(text[2 * i + 1])];
        if (high == kNoDigit || low == kNoDigit) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0u);
        text.push_back(kBase64Digits[group >> 18]);
        text.push_back(kBase64Digits[group >> 12 & 63]);
        text.push_back(count > 1 ? kBase64Digits[group >> 6 & 63] : '=');
        text.push_back(count > 2 ? kBase64Digits[group & 63] : '=');
    }
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    const std::string_view digits = text.substr(0, text.size() - padding);
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t pending = 0;
    std::uint32_t pending_bits = 0;
    for (const char character : digits) {
        const std::uint8_t value = kBase64Values[static_cast<std::uint8_t>(character)];
        if (value == kNoDigit) return std::nullopt;
        pending = pending << 6 | value;
        pending_bits += 6;
        if (pending_bits < 8) continue;
        pending_bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(pending >> pending_bits));
        pending &= (1u << pending_bits) - 1;
    }
    if (pending != 0) return std::nullopt;
    return bytes;
}

bool is_utf8(ByteView bytes) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    std::size_t i = 0;
    while (i < bytes.size()) {
        if (bytes.size() - i >= 8 && (load_le<std::uint64_t>(bytes.data() + i) & kHighBits) == 0) {
            i += 8;
        } else if (bytes[i] < 0x80) {
            ++i;
        } else {
            const std::size_t length = sequence_length(bytes.subspan(i));
            if (length == 0) return false;
            i += length;
        }
    }
    return true;
}

} // namespace fathom::base
