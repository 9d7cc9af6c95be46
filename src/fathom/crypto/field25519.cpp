// SPDX-License-Identifier: Apache-2.0
// Encoding, inversion and square roots modulo 2^255 - 19.
#include "fathom/crypto/field25519.hpp"

#include "fathom/base/bytes.hpp"

namespace fathom::crypto {

Field25519 Field25519::from_bytes(const std::uint8_t* bytes) {
    const auto word = [bytes](std::size_t at) { return load_le<std::uint64_t>(bytes + at); };
    return {{word(0) & kMask, (word(6) >> 3) & kMask, (word(12) >> 6) & kMask,
             (word(19) >> 1) & kMask, (word(24) >> 12) & kMask}};
}

std::array<std::uint8_t, 32> Field25519::to_bytes() const {
    auto a = carried().limb;
    // The value is below 2p now; the carry out of value + 19 says whether it reaches p.
    std::uint64_t excess = (a[0] + 19) >> 51;
    for (std::size_t i = 1; i < 5; ++i) excess = (a[i] + excess) >> 51;
    a[0] += 19 * excess;
    for (std::size_t i = 0; i < 4; ++i) {
        a[i + 1] += a[i] >> 51;
        a[i] &= kMask;
    }
    a[4] &= kMask;
    std::array<std::uint8_t, 32> bytes;
    store_le(bytes.data(), a[0] | (a[1] << 51));
    store_le(bytes.data() + 8, (a[1] >> 13) | (a[2] << 38));
    store_le(bytes.data() + 16, (a[2] >> 26) | (a[3] << 25));
    store_le(bytes.data() + 24, (a[3] >> 39) | (a[4] << 12));
    return bytes;
}

bool Field25519::is_zero() const {
    std::uint8_t any = 0;
    for (const std::uint8_t byte : to_bytes()) any = static_cast<std::uint8_t>(any | byte);
    return any == 0;
}

bool Field25519::is_negative() const {
    return (to_bytes()[0] & 1) != 0;
}

bool operator==(const Field25519& a, const Field25519& b) {
    return (a - b).is_zero();
}

Field25519 Field25519::square_times(unsigned count) const {
    Field25519 result = square();
    while (--count != 0) result = result.square();
    return result;
}

namespace {

/// a^(2^250 - 1) and a^11, the common part of the two chains below.
struct ChainStart {
    Field25519 pow_2_250_1;
    Field25519 pow_11;
};

ChainStart chain_start(const Field25519& a) {
    const Field25519 pow_2 = a.square();
    const Field25519 pow_9 = pow_2.square_times(2) * a;
    const Field25519 pow_11 = pow_9 * pow_2;
    const Field25519 ones_5 = pow_11.square() * pow_9;
    const Field25519 ones_10 = ones_5.square_times(5) * ones_5;
    const Field25519 ones_20 = ones_10.square_times(10) * ones_10;
    const Field25519 ones_40 = ones_20.square_times(20) * ones_20;
    const Field25519 ones_50 = ones_40.square_times(10) * ones_10;
    const Field25519 ones_100 = ones_50.square_times(50) * ones_50;
    const Field25519 ones_200 = ones_100.square_times(100) * ones_100;
    return {ones_200.square_times(50) * ones_50, pow_11};
}

} // namespace

Field25519 Field25519::invert() const {
    const ChainStart start = chain_start(*this);
    return start.pow_2_250_1.square_times(5) * start.pow_11;
}

Field25519 Field25519::pow_p58() const {
    return chain_start(*this).pow_2_250_1.square_times(2) * *this;
}

SqrtRatio sqrt_ratio(const Field25519& u, const Field25519& v) {
    // r = u·v³·(u·v⁷)^((p-5)/8) satisfies v·r² = u times a fourth root of one (RFC 9496, 4.2).
    const Field25519 v3 = v.square() * v;
    const Field25519 v7 = v3.square() * v;
    const Field25519 r = (u * v3) * (u * v7).pow_p58();
    const Field25519 check = v * r.square();
    const Field25519 minus_u = -u;
    const bool correct = check == u;
    const bool flipped = check == minus_u;
    const bool flipped_i = check == minus_u * kSqrtMinusOne;
    const Field25519 root = select(r, r * kSqrtMinusOne, flipped || flipped_i);
    return {select(root, -root, root.is_negative()), correct || flipped};
}

bool is_square_ratio(const Field25519& u, const Field25519& v) {
    // u/v is a square exactly if u·v is, for v ≠ 0.
    return u.is_zero() || (u * v).legendre() == 1;
}

} // namespace fathom::crypto
