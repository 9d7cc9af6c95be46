// SPDX-License-Identifier: Apache-2.0
// Base58 with the Bitcoin alphabet, as Solana prints keys, hashes and signatures.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fathom::types {

/// Any length; leading zero bytes become leading '1's.
[[nodiscard]] std::string encode_base58(ByteView bytes);
/// Any length up to 1232 bytes of result; nullopt on a character outside the alphabet.
[[nodiscard]] std::optional<Bytes> decode_base58(std::string_view text);

namespace detail {
constexpr std::string_view kBase58Alphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
} // namespace detail

/// Decodes into exactly N bytes; false if the text is not the canonical base58 of N bytes.
template <std::size_t N>
[[nodiscard]] constexpr bool decode_base58_exact(std::string_view text,
                                                 std::array<std::uint8_t, N>& out) {
    out.fill(0);
    if (text.empty() || text.size() > N * 138 / 100 + 1) return false;
    for (const char character : text) {
        const auto digit = detail::kBase58Alphabet.find(character);
        if (digit == std::string_view::npos) return false;
        std::uint32_t carry = static_cast<std::uint32_t>(digit);
        for (std::size_t i = N; i-- > 0;) {
            carry += 58u * out[i];
            out[i] = static_cast<std::uint8_t>(carry & 0xff);
            carry >>= 8;
        }
        if (carry != 0) return false;
    }
    std::size_t zeros = 0;
    while (zeros < N && out[zeros] == 0) ++zeros;
    std::size_t ones = 0;
    while (ones < text.size() && text[ones] == '1') ++ones;
    return zeros == ones;
}

} // namespace fathom::types
