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
constexpr std::size_t kBase58DigitsPerLimb = 5;
constexpr std::uint8_t kNoBase58Digit = 0xff;

/// Value of each character, kNoBase58Digit outside the alphabet.
constexpr auto kBase58Values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoBase58Digit);
    for (std::size_t i = 0; i < kBase58Alphabet.size(); ++i) {
        values[static_cast<std::uint8_t>(kBase58Alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}();

} // namespace detail

/// Decodes into exactly N bytes; false if the text is not the canonical base58 of N bytes. On
/// failure `out` is unspecified. Few steps, because compilers evaluate it for every address
/// literal.
template <std::size_t N>
    requires(N % 4 == 0)
[[nodiscard]] constexpr bool decode_base58_exact(std::string_view text,
                                                 std::array<std::uint8_t, N>& out) {
    out.fill(0);
    if (text.empty() || text.size() > N * 138 / 100 + 1) return false;
    std::array<std::uint32_t, N / 4> limbs{}; // least significant first
    std::size_t position = 0;
    while (position < text.size()) {
        std::uint64_t carry = 0;
        std::uint64_t factor = 1;
        for (std::size_t k = 0; k < detail::kBase58DigitsPerLimb && position < text.size(); ++k) {
            const auto character = static_cast<std::uint8_t>(text[position++]);
            const std::uint8_t digit = detail::kBase58Values[character];
            if (digit == detail::kNoBase58Digit) return false;
            carry = carry * 58 + digit;
            factor *= 58;
        }
        for (std::uint32_t& limb : limbs) {
            carry += limb * factor; // below 2^32 · 58^5 + 2^32
            limb = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) return false;
    }
    for (std::size_t i = 0; i < N; ++i) {
        out[N - 1 - i] = static_cast<std::uint8_t>(limbs[i / 4] >> (8 * (i % 4)));
    }
    std::size_t zeros = 0;
    while (zeros < N && out[zeros] == 0) ++zeros;
    std::size_t ones = 0;
    while (ones < text.size() && text[ones] == '1') ++ones;
    return zeros == ones;
}

} // namespace fathom::types
