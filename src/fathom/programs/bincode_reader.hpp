// SPDX-License-Identifier: Apache-2.0
// Bounded reading of bincode (fixed-width integers, u64 lengths) from untrusted bytes.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace fathom::programs {

/// Reads from the front. After the first failure every further read fails; nothing is ever read
/// outside.
class BincodeReader {
public:
    /// Instruction data counts for at most a packet: what lies beyond does not exist
    /// (limited_deserialize).
    static constexpr std::size_t kInstructionLimit = 1232;

    explicit BincodeReader(ByteView bytes, std::size_t limit = kInstructionLimit)
        : bytes_(bytes.first(bytes.size() < limit ? bytes.size() : limit)) {}

    template <class T> [[nodiscard]] std::optional<T> integer() {
        const auto piece = take(sizeof(T));
        if (!piece) return std::nullopt;
        return load_le<T>(piece->data());
    }
    [[nodiscard]] std::optional<std::uint8_t> u8() { return integer<std::uint8_t>(); }
    [[nodiscard]] std::optional<std::uint32_t> u32() { return integer<std::uint32_t>(); }
    [[nodiscard]] std::optional<std::uint64_t> u64() { return integer<std::uint64_t>(); }
    [[nodiscard]] std::optional<Pubkey> pubkey() {
        const auto piece = take(32);
        if (!piece) return std::nullopt;
        return Pubkey::from_bytes(piece->data());
    }
    /// u64 length, then that many bytes.
    [[nodiscard]] std::optional<ByteView> bytes() {
        const auto length = u64();
        return length ? take(*length) : std::nullopt;
    }
    /// bytes() that are valid UTF-8.
    [[nodiscard]] std::optional<std::string_view> text();
    /// The next `count` bytes.
    [[nodiscard]] std::optional<ByteView> take(std::uint64_t count) {
        if (has_failed_ || count > bytes_.size()) {
            has_failed_ = true;
            return std::nullopt;
        }
        const ByteView piece = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return piece;
    }

private:
    ByteView bytes_;
    bool has_failed_ = false;
};

} // namespace fathom::programs
