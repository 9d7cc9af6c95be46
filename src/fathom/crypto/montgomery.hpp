// SPDX-License-Identifier: Apache-2.0
// Prime fields of a fixed number of 64-bit limbs, elements kept in Montgomery form.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/crypto/byte_order.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#include "fathom/crypto/x86/montgomery_adx.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fathom::crypto {

/// Little-endian limbs of an unsigned integer.
template <std::size_t N> using Limbs = std::array<std::uint64_t, N>;

/// Reads 8·N bytes.
template <std::size_t N>
[[nodiscard]] inline Limbs<N> load_limbs(const std::uint8_t* bytes, ByteOrder order) {
    Limbs<N> integer;
    for (std::size_t i = 0; i < N; ++i) {
        integer[i] = order == ByteOrder::Little
                         ? load_le<std::uint64_t>(bytes + 8 * i)
                         : __builtin_bswap64(load_le<std::uint64_t>(bytes + 8 * (N - 1 - i)));
    }
    return integer;
}

namespace detail {

constexpr std::uint64_t low_word(uint128_t value) {
    return static_cast<std::uint64_t>(value);
}
constexpr std::uint64_t high_word(uint128_t value) {
    return static_cast<std::uint64_t>(value >> 64);
}

/// a + b; the carry is the caller's to rule out.
template <std::size_t N> constexpr Limbs<N> add_limbs(const Limbs<N>& a, const Limbs<N>& b) {
    Limbs<N> sum{};
    uint128_t carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
        carry += uint128_t{a[i]} + b[i];
        sum[i] = low_word(carry);
        carry >>= 64;
    }
    return sum;
}

template <std::size_t N> struct Difference {
    Limbs<N> value;
    std::uint64_t borrow;
};

/// a - b modulo 2^(64·N), and whether it wrapped.
template <std::size_t N>
constexpr Difference<N> subtract_limbs(const Limbs<N>& a, const Limbs<N>& b) {
    Difference<N> result{};
    for (std::size_t i = 0; i < N; ++i) {
        const uint128_t word = uint128_t{a[i]} - b[i] - result.borrow;
        result.value[i] = low_word(word);
        result.borrow = high_word(word) & 1;
    }
    return result;
}

/// a if a < modulus, else a - modulus.
template <std::size_t N>
constexpr Limbs<N> subtract_once(const Limbs<N>& a, const Limbs<N>& modulus) {
    const Difference<N> reduced = subtract_limbs(a, modulus);
    const std::uint64_t keep = std::uint64_t{0} - reduced.borrow;
    Limbs<N> result{};
    for (std::size_t i = 0; i < N; ++i) {
        result[i] = (a[i] & keep) | (reduced.value[i] & ~keep);
    }
    return result;
}

/// Whole powers of two modulo `modulus`: 2^exponent.
template <std::size_t N>
constexpr Limbs<N> power_of_two(unsigned exponent, const Limbs<N>& modulus) {
    Limbs<N> power{1};
    for (unsigned i = 0; i < exponent; ++i) {
        power = subtract_once(add_limbs(power, power), modulus);
    }
    return power;
}

/// -modulus^-1 mod 2^64, by Newton's iteration: each step doubles the number of right bits.
constexpr std::uint64_t negative_inverse(std::uint64_t modulus) {
    std::uint64_t inverse = modulus;
    for (int i = 0; i < 5; ++i) inverse *= 2 - modulus * inverse;
    return std::uint64_t{0} - inverse;
}

/// a / 2^shift for shift below 64.
template <std::size_t N> constexpr Limbs<N> shift_right(const Limbs<N>& a, unsigned shift) {
    Limbs<N> result{};
    for (std::size_t i = 0; i < N; ++i) {
        const std::uint64_t above = i + 1 < N ? a[i + 1] : 0;
        result[i] = low_word(((uint128_t{above} << 64) | a[i]) >> shift);
    }
    return result;
}

template <std::size_t N>
constexpr std::strong_ordering compare_limbs(const Limbs<N>& a, const Limbs<N>& b) {
    for (std::size_t i = N; i-- > 0;) {
        if (a[i] != b[i]) return a[i] <=> b[i];
    }
    return std::strong_ordering::equal;
}

/// a·b/R modulo p with R = 2^(64·N), for a < R and b < p < R/4.
///
/// Rows of the product and of the reduction are interleaved. The running value stays below 2p <
/// R/2, so that the two carries of a row sum to less than 2^64.
template <std::size_t N>
constexpr Limbs<N> montgomery_multiply(const Limbs<N>& a, const Limbs<N>& b,
                                       const Limbs<N>& modulus, std::uint64_t inverse) {
    Limbs<N> t{};
    for (std::size_t i = 0; i < N; ++i) {
        uint128_t product = uint128_t{a[i]} * b[0] + t[0];
        const std::uint64_t m = low_word(product) * inverse;
        uint128_t reduction = uint128_t{m} * modulus[0] + low_word(product);
        for (std::size_t j = 1; j < N; ++j) {
            product = uint128_t{a[i]} * b[j] + t[j] + high_word(product);
            reduction = uint128_t{m} * modulus[j] + low_word(product) + high_word(reduction);
            t[j - 1] = low_word(reduction);
        }
        t[N - 1] = high_word(product) + high_word(reduction);
    }
    return subtract_once(t, modulus);
}

} // namespace detail

/// An element of the integers modulo `Parameters::kModulus`, an odd prime whose two top bits are
/// clear. Always fully reduced, so equal elements have equal limbs.
///
/// Running time depends on values in inverse, square_root and power, and in nothing else; all
/// callers work on public data, so nobody may rely on that.
template <class Parameters> class MontgomeryField {
public:
    static constexpr std::size_t kLimbs = Parameters::kModulus.size();
    static constexpr std::size_t kBytes = 8 * kLimbs;
    using Integer = Limbs<kLimbs>;
    static constexpr Integer kModulus = Parameters::kModulus;

    static_assert((kModulus[0] & 1) == 1 && kModulus[kLimbs - 1] >> 62 == 0);

    /// Zero.
    constexpr MontgomeryField() = default;

    static constexpr MontgomeryField zero() { return {}; }
    static constexpr MontgomeryField one() { return MontgomeryField(kR); }
    static constexpr MontgomeryField from_u64(std::uint64_t value) {
        return product({value}, kRSquared);
    }

    /// nullopt if the integer is not below the modulus.
    static constexpr std::optional<MontgomeryField> from_integer(const Integer& integer) {
        if (detail::compare_limbs(integer, kModulus) >= 0) return std::nullopt;
        return product(integer, kRSquared);
    }

    /// The integer modulo the modulus, for any integer below 2^(64·kLimbs): the product with
    /// R² mod p is below 2p before its last subtraction whatever the left factor.
    static constexpr MontgomeryField reduced(const Integer& integer) {
        return product(integer, kRSquared);
    }

    /// From kBytes bytes; nullopt if they are not below the modulus.
    static std::optional<MontgomeryField> from_bytes(const std::uint8_t* bytes, ByteOrder order) {
        return from_integer(load_limbs<kLimbs>(bytes, order));
    }

    /// A constant written as up to 16·kLimbs hexadecimal digits, below the modulus.
    static consteval MontgomeryField from_hex(std::string_view digits) {
        Integer integer{};
        for (const char digit : digits) {
            for (std::size_t i = kLimbs; i-- > 1;) {
                integer[i] = (integer[i] << 4) | (integer[i - 1] >> 60);
            }
            const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
            integer[0] = (integer[0] << 4) | static_cast<std::uint64_t>(value);
        }
        return product(integer, kRSquared);
    }

    /// Writes kBytes bytes.
    void to_bytes(std::uint8_t* bytes, ByteOrder order) const {
        const Integer integer = to_integer();
        for (std::size_t i = 0; i < kLimbs; ++i) {
            if (order == ByteOrder::Little) {
                store_le(bytes + 8 * i, integer[i]);
            } else {
                store_le(bytes + kBytes - 8 - 8 * i, __builtin_bswap64(integer[i]));
            }
        }
    }

    [[nodiscard]] constexpr Integer to_integer() const { return product(limb_, {1}).limb_; }

    [[nodiscard]] constexpr bool is_zero() const { return limb_ == Integer{}; }

    /// The element, as an integer, is above (p-1)/2: it is the larger of itself and its negative.
    [[nodiscard]] constexpr bool is_larger_half() const {
        return detail::compare_limbs(to_integer(), kHalf) > 0;
    }

    [[nodiscard]] constexpr MontgomeryField doubled() const { return *this + *this; }
    [[nodiscard]] constexpr MontgomeryField square() const { return *this * *this; }

    /// The element to the power of an integer given in limbs.
    [[nodiscard]] constexpr MontgomeryField power(std::span<const std::uint64_t> exponent) const {
        std::array<MontgomeryField, 16> powers{one(), *this};
        for (std::size_t i = 2; i < 16; ++i) powers[i] = powers[i - 1] * *this;
        MontgomeryField result = one();
        for (std::size_t i = 16 * exponent.size(); i-- > 0;) {
            if (i + 1 < 16 * exponent.size()) {
                result = result.square().square().square().square();
            }
            const std::uint64_t digit = (exponent[i / 16] >> (4 * (i % 16))) & 15;
            if (digit != 0) result = result * powers[digit];
        }
        return result;
    }

    /// The inverse, and zero for zero (Fermat).
    [[nodiscard]] constexpr MontgomeryField inverse() const {
        return power(detail::subtract_limbs(kModulus, Integer{2}).value);
    }

    /// One of the square roots; nullopt if there is none. For primes that are 3 modulo 4.
    [[nodiscard]] constexpr std::optional<MontgomeryField> square_root() const {
        static_assert(kModulus[0] % 4 == 3);
        constexpr Integer exponent =
            detail::shift_right(detail::add_limbs(kModulus, Integer{1}), 2);
        const MontgomeryField root = power(exponent);
        if (root.square() != *this) return std::nullopt;
        return root;
    }

    friend constexpr MontgomeryField operator*(const MontgomeryField& a, const MontgomeryField& b) {
        return product(a.limb_, b.limb_);
    }

    friend constexpr MontgomeryField operator+(const MontgomeryField& a, const MontgomeryField& b) {
#if defined(FATHOM_X86_CARRY_CHAINS)
        if !consteval {
            MontgomeryField sum;
            x86::add_modulo(sum.limb_, a.limb_, b.limb_, kModulus);
            return sum;
        }
#endif
        return MontgomeryField(
            detail::subtract_once(detail::add_limbs(a.limb_, b.limb_), kModulus));
    }

    friend constexpr MontgomeryField operator-(const MontgomeryField& a, const MontgomeryField& b) {
#if defined(FATHOM_X86_CARRY_CHAINS)
        if !consteval {
            MontgomeryField difference;
            x86::subtract_modulo(difference.limb_, a.limb_, b.limb_, kModulus);
            return difference;
        }
#endif
        const auto difference = detail::subtract_limbs(a.limb_, b.limb_);
        Integer correction = kModulus;
        for (std::uint64_t& word : correction) word &= std::uint64_t{0} - difference.borrow;
        return MontgomeryField(detail::add_limbs(difference.value, correction));
    }

    friend constexpr MontgomeryField operator-(const MontgomeryField& a) {
        return MontgomeryField() - a;
    }

    friend constexpr bool operator==(const MontgomeryField&, const MontgomeryField&) = default;

private:
    static constexpr std::uint64_t kNegativeInverse = detail::negative_inverse(kModulus[0]);
    /// 2^(64·kLimbs) and its square, modulo the modulus.
    static constexpr Integer kR = detail::power_of_two(64 * kLimbs, kModulus);
    static constexpr Integer kRSquared = detail::power_of_two(128 * kLimbs, kModulus);
    static constexpr Integer kHalf = detail::shift_right(kModulus, 1);

    constexpr explicit MontgomeryField(const Integer& limb) : limb_(limb) {}

    /// a·b/R modulo p, for a < R and b < p.
    static constexpr MontgomeryField product(const Integer& a, const Integer& b) {
        MontgomeryField result;
#if defined(__x86_64__)
        if !consteval {
            if (x86::kCpu.adx) {
                x86::montgomery_multiply_adx(result.limb_, a, b, kModulus, kNegativeInverse);
                return result;
            }
        }
#endif
        result.limb_ = detail::montgomery_multiply(a, b, kModulus, kNegativeInverse);
        return result;
    }

    Integer limb_{};
};

} // namespace fathom::crypto
