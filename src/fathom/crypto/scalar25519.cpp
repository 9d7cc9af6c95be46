// SPDX-License-Identifier: Apache-2.0
// Arithmetic modulo the order of the base point, by folding at 2^252.
#include "fathom/crypto/scalar25519.hpp"

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"

#include <algorithm>
#include <cstddef>

namespace fathom::crypto {
namespace {

using Words = std::array<std::uint64_t, 4>;

constexpr Words kOrder{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};
/// l - 2^252.
constexpr std::array<std::uint64_t, 2> kTail{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6};

bool less(const Words& a, const Words& b) {
    for (std::size_t i = 4; i-- != 0;) {
        if (a[i] != b[i]) return a[i] < b[i];
    }
    return false;
}

/// a - b modulo 2^256.
Words subtract(const Words& a, const Words& b) {
    Words difference;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const uint128_t step = uint128_t{a[i]} - b[i] - borrow;
        difference[i] = static_cast<std::uint64_t>(step);
        borrow = static_cast<std::uint64_t>(step >> 64) & 1;
    }
    return difference;
}

/// a + b modulo 2^256.
Words add(const Words& a, const Words& b) {
    Words sum;
    uint128_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        carry += uint128_t{a[i]} + b[i];
        sum[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return sum;
}

template <std::size_t N, std::size_t M>
std::array<std::uint64_t, N + M> multiply(const std::array<std::uint64_t, N>& a,
                                          const std::array<std::uint64_t, M>& b) {
    std::array<std::uint64_t, N + M> product{};
    for (std::size_t i = 0; i < N; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < M; ++j) {
            const uint128_t step = uint128_t{a[i]} * b[j] + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(step);
            carry = static_cast<std::uint64_t>(step >> 64);
        }
        product[i + M] = carry;
    }
    return product;
}

/// The bits of `value` below 2^252.
template <std::size_t N> Words low_part(const std::array<std::uint64_t, N>& value) {
    static_assert(N >= 4);
    return {value[0], value[1], value[2], value[3] & (kOrder[3] - 1)};
}

/// value >> 252 in M words, which the caller has counted.
template <std::size_t M, std::size_t N>
std::array<std::uint64_t, M> high_part(const std::array<std::uint64_t, N>& value) {
    std::array<std::uint64_t, M> shifted{};
    for (std::size_t i = 0; i < M; ++i) {
        shifted[i] = value[i + 3] >> 60;
        if (i + 4 < N) shifted[i] |= value[i + 4] << 4;
    }
    return shifted;
}

/// Reduces any 512-bit number. With 2^252 = -t (mod l), t = kTail < 2^125:
/// x = x1·2^252 + x0 = x0 - t·x1, where t·x1 < 2^385 = y1·2^252 + y0 = y0 - t·y1, and so on until
/// the product is below 2^259. The four terms left are below 2^252 each but for t·z1 < 2^132.
Scalar25519 reduce(const std::array<std::uint64_t, 8>& x) {
    const auto y = multiply(high_part<5>(x), kTail);
    const auto z = multiply(high_part<3>(y), kTail);
    const auto last = multiply(high_part<1>(z), kTail);
    // x0 + z0 - y0 - t·z1 lies above -(2^252 + 2^132) > -2l, so 2l more makes it positive, and
    // below 2^253 + 2l < 4l + 2^252.
    const Words positive = add(add(low_part(x), low_part(z)), add(kOrder, kOrder));
    Words result = subtract(subtract(positive, low_part(y)), {last[0], last[1], last[2], 0});
    while (!less(result, kOrder)) result = subtract(result, kOrder);
    return {result};
}

} // namespace

std::optional<Scalar25519> Scalar25519::from_canonical_bytes(const std::uint8_t* bytes) {
    Words value;
    for (std::size_t i = 0; i < 4; ++i) value[i] = load_le<std::uint64_t>(bytes + 8 * i);
    if (!less(value, kOrder)) return std::nullopt;
    return Scalar25519{value};
}

Scalar25519 Scalar25519::from_bytes_reduced(const std::uint8_t* bytes) {
    std::array<std::uint64_t, 8> value{};
    for (std::size_t i = 0; i < 4; ++i) value[i] = load_le<std::uint64_t>(bytes + 8 * i);
    return reduce(value);
}

Scalar25519 Scalar25519::from_wide_bytes(const std::uint8_t* bytes) {
    std::array<std::uint64_t, 8> value;
    for (std::size_t i = 0; i < 8; ++i) value[i] = load_le<std::uint64_t>(bytes + 8 * i);
    return reduce(value);
}

std::array<std::uint8_t, 32> Scalar25519::to_bytes() const {
    std::array<std::uint8_t, 32> bytes;
    for (std::size_t i = 0; i < 4; ++i) store_le(bytes.data() + 8 * i, word[i]);
    return bytes;
}

Scalar25519 Scalar25519::invert() const {
    // a^(l-2) in windows of four bits, from the top.
    std::array<Scalar25519, 16> power;
    power[0] = from_u64(1);
    for (std::size_t i = 1; i < 16; ++i) power[i] = power[i - 1] * *this;
    const Words exponent = subtract(kOrder, {2, 0, 0, 0});
    Scalar25519 result = from_u64(1);
    for (std::size_t i = 64; i-- != 0;) {
        for (int square = 0; square < 4; ++square) result = result * result;
        result = result * power[(exponent[i / 16] >> (4 * (i % 16))) & 15];
    }
    return result;
}

Scalar25519 operator+(const Scalar25519& a, const Scalar25519& b) {
    const Words sum = add(a.word, b.word);
    return {less(sum, kOrder) ? sum : subtract(sum, kOrder)};
}

Scalar25519 operator-(const Scalar25519& a, const Scalar25519& b) {
    const Words difference = subtract(a.word, b.word);
    return {less(a.word, b.word) ? add(difference, kOrder) : difference};
}

Scalar25519 operator*(const Scalar25519& a, const Scalar25519& b) {
    return reduce(multiply(a.word, b.word));
}

Scalar25519 operator-(const Scalar25519& a) {
    return Scalar25519{} - a;
}

NonAdjacentForm non_adjacent_form(const Scalar25519& scalar, unsigned width) {
    NonAdjacentForm digits{};
    const std::array<std::uint64_t, 5> word{scalar.word[0], scalar.word[1], scalar.word[2],
                                            scalar.word[3], 0};
    const std::uint64_t window = std::uint64_t{1} << width;
    std::uint64_t carry = 0;
    for (std::size_t position = 0; position < 256;) {
        const std::size_t index = position / 64;
        const std::size_t shift = position % 64;
        std::uint64_t bits = word[index] >> shift;
        if (shift + width > 64) bits |= word[index + 1] << (64 - shift);
        const std::uint64_t value = carry + (bits & (window - 1));
        if (value % 2 == 0) {
            ++position;
            continue;
        }
        carry = value >= window / 2 ? 1 : 0;
        digits[position] =
            static_cast<std::int8_t>(static_cast<int>(value) - static_cast<int>(carry * window));
        position += width;
    }
    return digits;
}

} // namespace fathom::crypto
