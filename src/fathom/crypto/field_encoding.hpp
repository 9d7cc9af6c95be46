// SPDX-License-Identifier: Apache-2.0
// Bytes of field elements: c0 then c1 in little-endian order, c1 then c0 in big-endian order.
#pragma once

#include "fathom/crypto/montgomery.hpp"
#include "fathom/crypto/tower/fp2.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace fathom::crypto {

template <class Field> struct FieldEncoding;

template <class Parameters> struct FieldEncoding<MontgomeryField<Parameters>> {
    using Field = MontgomeryField<Parameters>;

    static constexpr std::size_t kSize = Field::kBytes;

    /// nullopt if the integer is not below the modulus.
    static std::optional<Field> decode(const std::uint8_t* bytes, ByteOrder order) {
        return Field::from_bytes(bytes, order);
    }

    static void encode(const Field& value, std::uint8_t* bytes, ByteOrder order) {
        value.to_bytes(bytes, order);
    }
};

template <class Fp> struct FieldEncoding<tower::Fp2<Fp>> {
    using Field = tower::Fp2<Fp>;

    static constexpr std::size_t kSize = 2 * Fp::kBytes;

    static std::optional<Field> decode(const std::uint8_t* bytes, ByteOrder order) {
        const auto c0 = Fp::from_bytes(bytes + c0_at(order), order);
        const auto c1 = Fp::from_bytes(bytes + Fp::kBytes - c0_at(order), order);
        if (!c0 || !c1) return std::nullopt;
        return Field{*c0, *c1};
    }

    static void encode(const Field& value, std::uint8_t* bytes, ByteOrder order) {
        value.c0.to_bytes(bytes + c0_at(order), order);
        value.c1.to_bytes(bytes + Fp::kBytes - c0_at(order), order);
    }

private:
    static constexpr std::size_t c0_at(ByteOrder order) {
        return order == ByteOrder::Big ? Fp::kBytes : 0;
    }
};

template <class Field> inline constexpr std::size_t kEncodedSize = FieldEncoding<Field>::kSize;

/// Where the most significant byte of an encoded element lies: with c1 for a pair.
template <class Field> [[nodiscard]] constexpr std::size_t top_byte(ByteOrder order) {
    return order == ByteOrder::Big ? 0 : kEncodedSize<Field> - 1;
}

[[nodiscard]] inline bool is_all_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

} // namespace fathom::crypto
