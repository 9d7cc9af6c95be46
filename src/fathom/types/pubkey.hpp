// SPDX-License-Identifier: Apache-2.0
// 32-byte keys and hashes, and 64-byte signatures: distinct types, same shape.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/base58.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace fathom {

namespace types {

/// Word by word: keys mostly differ in the first, and no call is made.
[[nodiscard]] constexpr bool are_equal(const std::array<std::uint8_t, 32>& a,
                                       const std::array<std::uint8_t, 32>& b) {
    if (std::is_constant_evaluated()) return a == b;
    const auto word = [](const std::array<std::uint8_t, 32>& bytes, std::size_t i) {
        return load_le<std::uint64_t>(bytes.data() + 8 * i);
    };
    return word(a, 0) == word(b, 0) && word(a, 1) == word(b, 1) && word(a, 2) == word(b, 2) &&
           word(a, 3) == word(b, 3);
}

} // namespace types

/// An account address: an Ed25519 public key or a program-derived address.
struct Pubkey {
    std::array<std::uint8_t, 32> bytes{};

    friend constexpr auto operator<=>(const Pubkey&, const Pubkey&) = default;
    friend constexpr bool operator==(const Pubkey& a, const Pubkey& b) {
        return types::are_equal(a.bytes, b.bytes);
    }

    [[nodiscard]] constexpr const std::uint8_t* data() const { return bytes.data(); }
    [[nodiscard]] ByteView view() const { return {bytes.data(), bytes.size()}; }
    [[nodiscard]] std::string to_base58() const { return types::encode_base58(view()); }

    /// `source` must have at least 32 bytes.
    [[nodiscard]] static Pubkey from_bytes(const std::uint8_t* source) {
        Pubkey key;
        std::memcpy(key.bytes.data(), source, 32);
        return key;
    }
    [[nodiscard]] static std::optional<Pubkey> from_base58(std::string_view text) {
        Pubkey key;
        if (!types::decode_base58_exact(text, key.bytes)) return std::nullopt;
        return key;
    }
};

/// A 32-byte digest (SHA-256 unless a name says otherwise).
struct Hash {
    std::array<std::uint8_t, 32> bytes{};

    friend constexpr auto operator<=>(const Hash&, const Hash&) = default;
    friend constexpr bool operator==(const Hash& a, const Hash& b) {
        return types::are_equal(a.bytes, b.bytes);
    }

    [[nodiscard]] ByteView view() const { return {bytes.data(), bytes.size()}; }
    [[nodiscard]] std::string to_base58() const { return types::encode_base58(view()); }
    [[nodiscard]] static Hash from_bytes(const std::uint8_t* source) {
        Hash hash;
        std::memcpy(hash.bytes.data(), source, 32);
        return hash;
    }
    [[nodiscard]] static std::optional<Hash> from_base58(std::string_view text) {
        Hash hash;
        if (!types::decode_base58_exact(text, hash.bytes)) return std::nullopt;
        return hash;
    }
};

/// An Ed25519 signature.
struct Signature {
    std::array<std::uint8_t, 64> bytes{};

    friend constexpr auto operator<=>(const Signature&, const Signature&) = default;

    [[nodiscard]] ByteView view() const { return {bytes.data(), bytes.size()}; }
    [[nodiscard]] std::string to_base58() const { return types::encode_base58(view()); }
};

namespace literals {

/// "Vote111…"_pubkey: decoded at compile time; a bad literal does not compile.
consteval Pubkey operator""_pubkey(const char* text, std::size_t length) {
    Pubkey key;
    if (!types::decode_base58_exact(std::string_view(text, length), key.bytes)) {
        throw "not the base58 text of 32 bytes";
    }
    return key;
}

} // namespace literals

/// Keys are uniformly distributed, so eight bytes of them are the hash.
struct PubkeyHash {
    using is_avalanching = void;
    [[nodiscard]] std::size_t operator()(const Pubkey& key) const {
        return load_le<std::uint64_t>(key.bytes.data() + 8) ^
               load_le<std::uint64_t>(key.bytes.data() + 16);
    }
};

} // namespace fathom
