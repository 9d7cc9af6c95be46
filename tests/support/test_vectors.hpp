// SPDX-License-Identifier: Apache-2.0
// Reading of test vectors: hexadecimal text and JSON files.
#pragma once

#include "fathom/base/bytes.hpp"
#include "tests/support/shared_data.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace fathom::tests {

inline std::uint8_t hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    return static_cast<std::uint8_t>((digit | 0x20) - 'a' + 10);
}

inline Bytes from_hex(std::string_view text) {
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] =
            static_cast<std::uint8_t>(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    }
    return bytes;
}

inline std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

inline nlohmann::json read_json(const std::filesystem::path& path) {
    std::ifstream file(path);
    return nlohmann::json::parse(file);
}

inline Bytes read_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline Bytes hex_field(const nlohmann::json& object, const char* name) {
    return from_hex(object.at(name).get<std::string>());
}

} // namespace fathom::tests
