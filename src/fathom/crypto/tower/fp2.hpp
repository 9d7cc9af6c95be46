// SPDX-License-Identifier: Apache-2.0
// The quadratic extension Fp[u]/(u² + 1), over primes that are 3 modulo 4.
#pragma once

#include <optional>
#include <span>

namespace fathom::crypto::tower {

/// c0 + c1·u.
template <class Fp> struct Fp2 {
    using Base = Fp;

    Fp c0;
    Fp c1;

    static constexpr Fp2 zero() { return {}; }
    static constexpr Fp2 one() { return {Fp::one(), Fp::zero()}; }

    [[nodiscard]] constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }

    /// Of the element and its negative, the larger: by c1 first, then by c0.
    [[nodiscard]] constexpr bool is_larger_half() const {
        return c1.is_zero() ? c0.is_larger_half() : c1.is_larger_half();
    }

    [[nodiscard]] constexpr Fp2 doubled() const { return {c0.doubled(), c1.doubled()}; }

    [[nodiscard]] constexpr Fp2 square() const {
        const Fp product = c0 * c1;
        return {(c0 + c1) * (c0 - c1), product.doubled()};
    }

    /// The p-th power.
    [[nodiscard]] constexpr Fp2 conjugate() const { return {c0, -c1}; }

    [[nodiscard]] constexpr Fp norm() const { return c0.square() + c1.square(); }

    /// The inverse, and zero for zero.
    [[nodiscard]] constexpr Fp2 inverse() const {
        const Fp scale = norm().inverse();
        return {c0 * scale, -(c1 * scale)};
    }

    [[nodiscard]] constexpr Fp2 power(std::span<const std::uint64_t> exponent) const {
        Fp2 result = one();
        for (std::size_t i = 64 * exponent.size(); i-- > 0;) {
            result = result.square();
            if (((exponent[i / 64] >> (i % 64)) & 1) != 0) result = result * *this;
        }
        return result;
    }

    /// One of the square roots; nullopt if there is none.
    ///
    /// With a = x + y·u and n = sqrt(norm), one of (x ± n)/2 is a square c² and the root is
    /// c + y/(2c)·u; an element is a square exactly if its norm is.
    [[nodiscard]] constexpr std::optional<Fp2> square_root() const {
        if (c1.is_zero()) {
            if (const auto root = c0.square_root()) return Fp2{*root, Fp::zero()};
            // -1 is not a square, so -c0 is one.
            const auto root = (-c0).square_root();
            return Fp2{Fp::zero(), *root};
        }
        const auto norm_root = norm().square_root();
        if (!norm_root) return std::nullopt;
        constexpr Fp half = Fp::from_u64(2).inverse();
        auto real = ((c0 + *norm_root) * half).square_root();
        if (!real) real = ((c0 - *norm_root) * half).square_root();
        if (!real) return std::nullopt;
        return Fp2{*real, c1 * half * real->inverse()};
    }

    friend constexpr Fp2 operator+(const Fp2& a, const Fp2& b) {
        return {a.c0 + b.c0, a.c1 + b.c1};
    }
    friend constexpr Fp2 operator-(const Fp2& a, const Fp2& b) {
        return {a.c0 - b.c0, a.c1 - b.c1};
    }
    friend constexpr Fp2 operator-(const Fp2& a) { return {-a.c0, -a.c1}; }

    friend constexpr Fp2 operator*(const Fp2& a, const Fp2& b) {
        const Fp real = a.c0 * b.c0;
        const Fp imaginary = a.c1 * b.c1;
        return {real - imaginary, (a.c0 + a.c1) * (b.c0 + b.c1) - real - imaginary};
    }
    friend constexpr Fp2 operator*(const Fp2& a, const Fp& b) { return {a.c0 * b, a.c1 * b}; }

    friend constexpr bool operator==(const Fp2&, const Fp2&) = default;
};

} // namespace fathom::crypto::tower
