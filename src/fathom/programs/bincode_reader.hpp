// SPDX-License-Identifier: Apache-2.0
// Reads bincode with fixed-width integers: instruction data and account state of native programs.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/text.hpp"
#include "fathom/types/compact_u16.hpp"
#include "fathom/types/pubkey.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fathom::programs {

/// Bytes that native programs read of an instruction; what follows is ignored (Agave
/// solana_bincode::limited_deserialize with PACKET_DATA_SIZE).
inline constexpr std::size_t kInstructionDataLimit = 1232;

/// Reads values one after the other. The first violation is remembered: every later read gives
/// zeros, and failed() says so. Whoever reads a counted sequence asks failed() per element, so that
/// a wrong count ends with the bytes. Bytes left over are no violation. Views the data.
class BincodeReader {
public:
    explicit BincodeReader(ByteView data) : data_(data) {}
    [[nodiscard]] static BincodeReader of_instruction(ByteView data) {
        return BincodeReader(data.first(std::min(data.size(), kInstructionDataLimit)));
    }

    [[nodiscard]] bool failed() const { return failed_; }
    void fail() { failed_ = true; }
    [[nodiscard]] std::size_t position() const { return position_; }

    template <std::integral T> [[nodiscard]] T integer() {
        const ByteView bytes = take(sizeof(T));
        return bytes.empty() ? T{} : load_le<T>(bytes.data());
    }
    [[nodiscard]] std::uint8_t u8() { return integer<std::uint8_t>(); }
    [[nodiscard]] std::uint16_t u16() { return integer<std::uint16_t>(); }
    [[nodiscard]] std::uint32_t u32() { return integer<std::uint32_t>(); }
    [[nodiscard]] std::uint64_t u64() { return integer<std::uint64_t>(); }
    [[nodiscard]] std::int64_t i64() { return integer<std::int64_t>(); }

    /// 0 or 1; also the tag of an Option.
    [[nodiscard]] bool boolean() {
        const std::uint8_t value = u8();
        if (value > 1) fail();
        return value == 1;
    }
    [[nodiscard]] Pubkey pubkey() {
        const ByteView bytes = take(32);
        return bytes.empty() ? Pubkey{} : Pubkey::from_bytes(bytes.data());
    }
    [[nodiscard]] Hash hash() {
        const ByteView bytes = take(32);
        return bytes.empty() ? Hash{} : Hash::from_bytes(bytes.data());
    }
    [[nodiscard]] std::optional<std::uint64_t> optional_u64() {
        if (!boolean()) return std::nullopt;
        return u64();
    }
    [[nodiscard]] std::optional<std::int64_t> optional_i64() {
        if (!boolean()) return std::nullopt;
        return i64();
    }
    [[nodiscard]] std::optional<Pubkey> optional_pubkey() {
        if (!boolean()) return std::nullopt;
        return pubkey();
    }
    /// N bytes without a length.
    template <std::size_t N> [[nodiscard]] std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> out{};
        const ByteView bytes = take(N);
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }
    /// Length of a short_vec.
    [[nodiscard]] std::uint16_t compact_u16() {
        if (failed_) return 0;
        const auto value = types::read_compact_u16(data_, position_);
        if (!value) fail();
        return value.value_or(0);
    }
    /// LEB128 in its only form: no bits beyond 64, no zero byte at the end of several (solana
    /// serde-varint).
    [[nodiscard]] std::uint64_t varint_u64() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            const std::uint64_t bits = byte & 0x7f;
            value |= bits << shift;
            if (byte & 0x80) continue;
            const bool is_truncated = value >> shift != bits;
            const bool is_padded = byte == 0 && shift != 0;
            if (is_truncated || is_padded) break;
            return value;
        }
        fail();
        return 0;
    }
    /// u64 length, then the bytes.
    [[nodiscard]] ByteView byte_vector() { return take(u64()); }
    /// u64 length, then UTF-8.
    [[nodiscard]] std::string_view string() {
        const ByteView bytes = byte_vector();
        if (!base::is_utf8(bytes)) fail();
        return as_text(bytes);
    }
    /// The next `count` bytes; none, and a violation, if there are fewer.
    [[nodiscard]] ByteView take(std::uint64_t count) {
        if (failed_ || data_.size() - position_ < count) {
            failed_ = true;
            return {};
        }
        const ByteView bytes = data_.subspan(position_, static_cast<std::size_t>(count));
        position_ += static_cast<std::size_t>(count);
        return bytes;
    }

private:
    ByteView data_;
    std::size_t position_ = 0;
    bool failed_ = false;
};

} // namespace fathom::programs
