// SPDX-License-Identifier: Apache-2.0
#include "fathom/crypto/modular_exponentiation.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/crypto/montgomery.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#include "fathom/crypto/x86/limb_row.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

// Everything is Montgomery multiplication with R = 2^(64n), n the words of the modulus without its
// leading zeros; there is no division. R mod m comes from doubling a power of two below m, at most
// 64 times; R² from doubling that n times, which gives 2^n·R, and squaring six times. A base longer
// than the modulus is read as digits to the base R, so that each digit costs two products.

namespace fathom::crypto {

namespace {

constexpr std::size_t kMaxWords = kMaxModularExponentiationBytes / 8;
constexpr unsigned kMaxWindow = 6;

using Number = std::array<std::uint64_t, kMaxWords>;
using detail::high_word;
using detail::low_word;

std::uint64_t multiply_add_row(std::uint64_t* sum, const std::uint64_t* row, std::size_t count,
                               std::uint64_t word) {
#if defined(__x86_64__)
    if (x86::kCpu.adx) return x86::multiply_add_row_adx(sum, row, count, word);
#endif
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const uint128_t step = uint128_t{word} * row[i] + sum[i] + carry;
        sum[i] = low_word(step);
        carry = high_word(step);
    }
    return carry;
}

Number load_number(ByteView bytes) {
    Number number{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        number[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
    }
    return number;
}

std::size_t bit_length(const Number& number) {
    for (std::size_t i = kMaxWords; i-- > 0;) {
        if (number[i] != 0) return 64 * i + static_cast<std::size_t>(std::bit_width(number[i]));
    }
    return 0;
}

bool bit(const Number& number, std::size_t index) {
    return (number[index / 64] >> (index % 64) & 1) != 0;
}

/// Arithmetic modulo one odd number above 1. Words of results above the modulus' are unspecified.
class Modulus {
public:
    explicit Modulus(const Number& modulus)
        : modulus_(modulus), bits_(bit_length(modulus)), words_((bits_ + 63) / 64),
          inverse_(detail::negative_inverse(modulus[0])) {
        Number power{};
        power[(bits_ - 1) / 64] = std::uint64_t{1} << ((bits_ - 1) % 64);
        for (std::size_t i = bits_ - 1; i < 64 * words_; ++i) add(power, power, power);
        one_ = power;
        for (std::size_t i = 0; i < words_; ++i) add(power, power, power);
        for (int i = 0; i < 6; ++i) square(power, power);
        r_squared_ = power;
    }

    [[nodiscard]] std::size_t words() const { return words_; }
    /// R mod m, which stands for 1.
    [[nodiscard]] const Number& one() const { return one_; }

    /// a·b/R for a < R and b < m.
    void multiply(Number& result, const Number& a, const Number& b) const {
        std::array<std::uint64_t, 2 * kMaxWords> product;
        std::fill_n(product.begin(), words_, 0);
        for (std::size_t i = 0; i < words_; ++i) {
            product[i + words_] = multiply_add_row(&product[i], b.data(), words_, a[i]);
        }
        reduce(result, product);
    }

    /// a·a/R for a < m: each product of two different words once, doubled, then the squares.
    void square(Number& result, const Number& a) const {
        std::array<std::uint64_t, 2 * kMaxWords> product;
        std::fill_n(product.begin(), 2 * words_, 0);
        for (std::size_t i = 0; i + 1 < words_; ++i) {
            product[i + words_] =
                multiply_add_row(&product[2 * i + 1], &a[i + 1], words_ - 1 - i, a[i]);
        }
        std::uint64_t carry = 0;
        std::uint64_t shifted_out = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            const uint128_t own = uint128_t{a[i]} * a[i];
            const std::uint64_t low = product[2 * i];
            const std::uint64_t high = product[2 * i + 1];
            const uint128_t first = uint128_t{low << 1 | shifted_out} + low_word(own) + carry;
            const uint128_t second =
                uint128_t{high << 1 | low >> 63} + high_word(own) + high_word(first);
            product[2 * i] = low_word(first);
            product[2 * i + 1] = low_word(second);
            shifted_out = high >> 63;
            carry = high_word(second);
        }
        reduce(result, product);
    }

    /// a + b for both below the modulus.
    void add(Number& result, const Number& a, const Number& b) const {
        uint128_t carry = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            carry += uint128_t{a[i]} + b[i];
            result[i] = low_word(carry);
            carry >>= 64;
        }
        subtract_once(result, low_word(carry));
    }

    /// n·R mod m: the form in which numbers are multiplied.
    [[nodiscard]] Number enter(const Number& number) const {
        Number sum{};
        for (std::size_t end = (kMaxWords + words_ - 1) / words_ * words_; end > 0; end -= words_) {
            Number digit{};
            const std::size_t start = end - words_;
            for (std::size_t i = start; i < std::min(end, kMaxWords); ++i) {
                digit[i - start] = number[i];
            }
            multiply(sum, sum, r_squared_);
            multiply(digit, digit, r_squared_);
            add(sum, sum, digit);
        }
        return sum;
    }
    [[nodiscard]] Number leave(const Number& number) const {
        Number result{};
        multiply(result, Number{1}, number);
        return result;
    }

private:
    /// product/R. The product is below m·R, so the quotient before subtraction is below 2m.
    void reduce(Number& result, std::array<std::uint64_t, 2 * kMaxWords>& product) const {
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            const std::uint64_t quotient = product[i] * inverse_;
            const std::uint64_t out =
                multiply_add_row(&product[i], modulus_.data(), words_, quotient);
            const uint128_t top = uint128_t{product[i + words_]} + out + carry;
            product[i + words_] = low_word(top);
            carry = high_word(top);
        }
        std::copy_n(product.begin() + static_cast<std::ptrdiff_t>(words_), words_, result.begin());
        subtract_once(result, carry);
    }

    /// Subtracts the modulus if 2^(64·words)·carry + value is not below it.
    void subtract_once(Number& value, std::uint64_t carry) const {
        Number difference;
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            const uint128_t word = uint128_t{value[i]} - modulus_[i] - borrow;
            difference[i] = low_word(word);
            borrow = high_word(word) & 1;
        }
        if (carry >= borrow) std::copy_n(difference.begin(), words_, value.begin());
    }

    Number modulus_;
    std::size_t bits_;
    std::size_t words_;
    std::uint64_t inverse_;
    Number one_{};
    Number r_squared_{};
};

/// How many bits of the exponent are worth one product, given 2^(window-1) products beforehand.
unsigned window_for(std::size_t exponent_bits) {
    if (exponent_bits > 671) return kMaxWindow;
    if (exponent_bits > 239) return 5;
    if (exponent_bits > 79) return 4;
    return exponent_bits > 23 ? 3 : 1;
}

/// base^exponent, both powers in Montgomery form, exponent not zero; sliding windows over the
/// exponent from its top.
Number power(const Modulus& modulus, const Number& base, const Number& exponent) {
    const std::size_t bits = bit_length(exponent);
    const unsigned window = window_for(bits);
    std::array<Number, 1U << (kMaxWindow - 1)> odd_powers;
    odd_powers[0] = base;
    if (window > 1) {
        Number squared{};
        modulus.square(squared, base);
        for (std::size_t i = 1; i < std::size_t{1} << (window - 1); ++i) {
            modulus.multiply(odd_powers[i], odd_powers[i - 1], squared);
        }
    }
    Number result = modulus.one();
    bool started = false;
    for (std::size_t end = bits; end > 0;) {
        if (!bit(exponent, end - 1)) {
            modulus.square(result, result);
            --end;
            continue;
        }
        std::size_t start = end > window ? end - window : 0;
        while (!bit(exponent, start)) ++start;
        std::size_t digit = 0;
        for (std::size_t i = end; i-- > start;) {
            digit = digit << 1 | (bit(exponent, i) ? 1 : 0);
            if (started) modulus.square(result, result);
        }
        if (started) {
            modulus.multiply(result, result, odd_powers[digit / 2]);
        } else {
            result = odd_powers[digit / 2];
        }
        started = true;
        end = start;
    }
    return result;
}

bool is_usable(ByteView modulus) {
    if (modulus.empty() || (modulus[0] & 1) == 0) return false;
    return modulus[0] > 1 || std::ranges::any_of(modulus.subspan(1), [](auto b) { return b != 0; });
}

} // namespace

bool modular_exponentiation(MutableByteView result, ByteView base, ByteView exponent,
                            ByteView modulus) {
    if (std::max({base.size(), exponent.size(), modulus.size()}) > kMaxModularExponentiationBytes ||
        result.size() != modulus.size() || !is_usable(modulus)) {
        return false;
    }
    Number value{1};
    const Number powers = load_number(exponent);
    std::size_t words = 1;
    if (bit_length(powers) != 0) {
        const Modulus field(load_number(modulus));
        value = field.leave(power(field, field.enter(load_number(base)), powers));
        words = field.words();
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::uint64_t word = i / 8 < words ? value[i / 8] : 0;
        result[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
    return true;
}

} // namespace fathom::crypto
