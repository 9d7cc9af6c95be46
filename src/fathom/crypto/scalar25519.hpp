// SPDX-License-Identifier: Apache-2.0
// Integers modulo l = 2^252 + 27742317777372353535851937790883648493, the order of the base point.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace fathom::crypto {

/// A scalar, always fully reduced. All operations are variable time: nothing secret belongs here.
struct Scalar25519 {
    /// Little-endian words of a value below l.
    std::array<std::uint64_t, 4> word{};

    [[nodiscard]] static constexpr Scalar25519 from_u64(std::uint64_t value) {
        return {{value, 0, 0, 0}};
    }

    /// From 32 little-endian bytes, or nullopt if they are not below l.
    [[nodiscard]] static std::optional<Scalar25519> from_canonical_bytes(const std::uint8_t* bytes);

    /// From 32 little-endian bytes, reduced.
    [[nodiscard]] static Scalar25519 from_bytes_reduced(const std::uint8_t* bytes);

    /// From 64 little-endian bytes, reduced.
    [[nodiscard]] static Scalar25519 from_wide_bytes(const std::uint8_t* bytes);

    [[nodiscard]] std::array<std::uint8_t, 32> to_bytes() const;

    [[nodiscard]] bool is_zero() const { return (word[0] | word[1] | word[2] | word[3]) == 0; }

    /// The inverse; zero for zero.
    [[nodiscard]] Scalar25519 invert() const;

    friend bool operator==(const Scalar25519&, const Scalar25519&) = default;
};

[[nodiscard]] Scalar25519 operator+(const Scalar25519& a, const Scalar25519& b);
[[nodiscard]] Scalar25519 operator-(const Scalar25519& a, const Scalar25519& b);
[[nodiscard]] Scalar25519 operator*(const Scalar25519& a, const Scalar25519& b);
[[nodiscard]] Scalar25519 operator-(const Scalar25519& a);

/// Signed digits of a scalar: the sum of digit[i]·2^i, where non-zero digits are odd, below
/// 2^(width-1) in magnitude, and at least `width` places apart.
using NonAdjacentForm = std::array<std::int8_t, 256>;

/// `width` from 2 to 8. Variable time.
[[nodiscard]] NonAdjacentForm non_adjacent_form(const Scalar25519& scalar, unsigned width);

} // namespace fathom::crypto
