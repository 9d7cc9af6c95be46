// SPDX-License-Identifier: Apache-2.0
// Eight Ed25519 verification equations side by side on AVX-512 IFMA.
#if defined(__x86_64__)
#include "fathom/crypto/x86/ed25519_ifma.hpp"

#include "fathom/crypto/x86/edwards25519_lanes.hpp"

#include <cstddef>
#include <cstring>

// Every lane runs the same schedule: k in 64 signed digits of four bits, each adding one of eight
// multiples of -A that lie lane by lane, and s in 32 signed digits of eight bits, each adding one
// of 128 multiples of B that all lanes share.

namespace fathom::crypto::x86 {
namespace {

/// Multiples 0 to 128 of B.
struct BaseTable {
    std::array<AffineRow, 129> row;
};

const BaseTable& base_table() {
    static const BaseTable table = [] {
        BaseTable rows;
        EdwardsPoint multiple = EdwardsPoint::identity();
        for (AffineRow& row : rows.row) {
            row = AffineRow::from(multiple, multiple.z.invert());
            multiple = multiple + EdwardsPoint::base();
        }
        return rows;
    }();
    return table;
}

FATHOM_IFMA_INLINE Point8 add_base(const Point8& p, const BaseTable& table,
                                   const std::int8_t* digits) {
    const AffineRow* rows[8];
    for (std::size_t lane = 0; lane < 8; ++lane) {
        const int digit = digits[lane];
        rows[lane] = &table.row[static_cast<std::size_t>(digit < 0 ? -digit : digit)];
    }
    return add_rows(p, rows, load_digits(digits).negative);
}

/// The points of eight encodings, negated, and the lanes in which there is one.
FATHOM_IFMA __mmask8 decompress_negated(const std::array<const std::uint8_t*, 8>& bytes,
                                        Point8& point) {
    Field25519 encoded[8];
    __mmask8 sign = 0;
    for (std::size_t lane = 0; lane < 8; ++lane) {
        encoded[lane] = Field25519::from_bytes(bytes[lane]);
        sign = static_cast<__mmask8>(sign | (bytes[lane][31] >> 7) << lane);
    }
    const Field8 one = all_lanes(Field25519::one());
    const Field8 root_of_minus_one = all_lanes(kSqrtMinusOne);
    const Field8 y = gather(encoded);
    const Field8 yy = square(y);
    const Field8 u = yy - one;
    const Field8 v = yy * all_lanes(kEdwardsD) + one;
    const Field8 v3 = square(v) * v;
    const Field8 v7 = square(v3) * v;
    const Field8 root = (u * v3) * pow_p58(u * v7);
    const Field8 check = v * square(root);
    const __mmask8 correct = zero_lanes(check - u);
    const __mmask8 flipped = zero_lanes(check + u);
    const Field8 x = canonical(select(root, root * root_of_minus_one, flipped));
    const __mmask8 odd = _mm512_test_epi64_mask(x.limb[0], all_lanes(1));
    // The sign asked for is that of -A.
    const auto wrong = static_cast<__mmask8>(~(odd ^ sign));
    const Field8 signed_x = select(x, negate(x), wrong);
    point = {signed_x, y, one, signed_x * y};
    return static_cast<__mmask8>(correct | flipped);
}

FATHOM_IFMA __mmask8 small_order_lanes(const Point8& point) {
    Point8 p = point;
    for (int i = 0; i < 3; ++i) p = doubled(p, false);
    return static_cast<__mmask8>(zero_lanes(p.x) & zero_lanes(p.y - p.z));
}

/// Lanes whose point has this encoding.
FATHOM_IFMA __mmask8 encoded_lanes(const Point8& point,
                                   const std::array<const std::uint8_t*, 8>& expected) {
    const Field8 inverse = invert(point.z);
    Field25519 x[8];
    Field25519 y[8];
    scatter(point.x * inverse, x);
    scatter(point.y * inverse, y);
    __mmask8 equal = 0;
    for (std::size_t lane = 0; lane < 8; ++lane) {
        auto bytes = y[lane].to_bytes();
        bytes[31] = static_cast<std::uint8_t>(bytes[31] | (x[lane].is_negative() ? 0x80 : 0));
        const bool same = std::memcmp(bytes.data(), expected[lane], bytes.size()) == 0;
        equal = static_cast<__mmask8>(equal | (same ? 1u : 0u) << lane);
    }
    return equal;
}

/// Digit i of every lane in row i: signed digits of `width` bits, from -2^(width-1).
template <std::size_t Count> struct DigitRows {
    std::int8_t row[Count][8];

    DigitRows(const std::array<Scalar25519, 8>& scalars, unsigned width) {
        for (std::size_t lane = 0; lane < 8; ++lane) {
            std::uint64_t carry_in = 0;
            for (std::size_t i = 0; i < Count; ++i) {
                const std::size_t position = i * width;
                const std::uint64_t bits = scalars[lane].word[position / 64] >> (position % 64);
                const std::uint64_t window = std::uint64_t{1} << width;
                const std::uint64_t value = (bits & (window - 1)) + carry_in;
                carry_in = value >= window / 2 ? 1 : 0;
                row[i][lane] = static_cast<std::int8_t>(static_cast<int>(value) -
                                                        static_cast<int>(carry_in * window));
            }
        }
    }
};

FATHOM_IFMA Point8 combine(const Point8& minus_key, const Ed25519Lanes& lanes) {
    const DigitRows<64> k_digits(lanes.k, 4);
    const DigitRows<32> s_digits(lanes.s, 8);
    const BaseTable& base = base_table();
    Prepared8 multiples[8];
    fill_multiples(minus_key, multiples);
    const Field8 zero = all_lanes(Field25519::zero());
    const Field8 one = all_lanes(Field25519::one());
    Point8 sum{zero, one, one, zero};
    for (std::size_t i = 64; i-- != 0;) {
        for (int turn = 0; turn < 3; ++turn) sum = doubled(sum, false);
        sum = doubled(sum, true);
        sum = add_multiple(sum, multiples, load_digits(k_digits.row[i]));
        if (i % 2 == 0) sum = add_base(sum, base, s_digits.row[i / 2]);
    }
    return sum;
}

} // namespace

FATHOM_IFMA std::uint8_t ed25519_verify_lanes(const Ed25519Lanes& lanes) {
    Point8 minus_key;
    const __mmask8 decompressed = decompress_negated(lanes.public_key, minus_key);
    const Point8 r = combine(minus_key, lanes);
    const auto refused = static_cast<__mmask8>(small_order_lanes(minus_key) | small_order_lanes(r));
    return static_cast<std::uint8_t>(decompressed & encoded_lanes(r, lanes.r) & ~refused);
}

} // namespace fathom::crypto::x86

#endif
