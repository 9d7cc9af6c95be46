// SPDX-License-Identifier: Apache-2.0
// Writes bincode with fixed-width integers: account state and the instructions that native programs
// send.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

namespace fathom::programs {

/// Appends values to a buffer of its own. Each call names the width that the format has.
class BincodeWriter {
public:
    template <std::integral T> BincodeWriter& integer(T value) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        store_le(bytes_.data() + at, value);
        return *this;
    }
    BincodeWriter& u8(std::uint8_t value) { return integer(value); }
    BincodeWriter& u16(std::uint16_t value) { return integer(value); }
    BincodeWriter& u32(std::uint32_t value) { return integer(value); }
    BincodeWriter& u64(std::uint64_t value) { return integer(value); }
    BincodeWriter& i64(std::int64_t value) { return integer(value); }
    BincodeWriter& raw(ByteView bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    BincodeWriter& pubkey(const Pubkey& key) { return raw(key.view()); }
    BincodeWriter& optional_pubkey(const std::optional<Pubkey>& key) {
        u8(key ? 1 : 0);
        return key ? pubkey(*key) : *this;
    }
    BincodeWriter& optional_u64(const std::optional<std::uint64_t>& value) {
        u8(value ? 1 : 0);
        return value ? u64(*value) : *this;
    }
    BincodeWriter& byte_vector(ByteView bytes) { return u64(bytes.size()).raw(bytes); }

    [[nodiscard]] Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

} // namespace fathom::programs
