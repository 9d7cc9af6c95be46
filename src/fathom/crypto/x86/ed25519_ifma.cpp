// SPDX-License-Identifier: Apache-2.0
// Eight Ed25519 verification equations side by side on AVX-512 IFMA.
#if defined(__x86_64__)
#include "fathom/crypto/x86/ed25519_ifma.hpp"

#include "fathom/crypto/edwards25519.hpp"
#include "fathom/crypto/x86/field25519_ifma.hpp"

#include <cstddef>
#include <cstring>

// Every lane runs the same schedule: k in 64 signed digits of four bits, each adding one of eight
// multiples of -A that lie lane by lane, and s in 32 signed digits of eight bits, each adding one
// of 128 multiples of B that all lanes share. The formulas are those of edwards25519_formulas.hpp.

namespace fathom::crypto::x86 {
namespace {

struct Point8 {
    Field8 x, y, z, t;
};

/// Y+X, Y-X, 2Z, 2d·T.
struct Prepared8 {
    Field8 sum, difference, z2, t2d;
};

/// y+x, y-x, 2d·x·y of one multiple of B, in a row of two cache lines.
struct alignas(128) BaseRow {
    std::uint64_t word[16];
};

/// Multiples 0 to 128 of B.
struct BaseTable {
    std::array<BaseRow, 129> row;
};

BaseRow base_row(const EdwardsPoint& point) {
    const Field25519 inverse = point.z.invert();
    const Field25519 x = point.x * inverse;
    const Field25519 y = point.y * inverse;
    const Field25519 parts[3] = {(y + x).carried(), (y - x).carried(), x * y * kEdwards2D};
    BaseRow row{};
    for (std::size_t part = 0; part < 3; ++part) {
        for (std::size_t i = 0; i < 5; ++i) row.word[5 * part + i] = parts[part].limb[i];
    }
    return row;
}

const BaseTable& base_table() {
    static const BaseTable table = [] {
        BaseTable rows;
        EdwardsPoint multiple = EdwardsPoint::identity();
        for (BaseRow& row : rows.row) {
            row = base_row(multiple);
            multiple = multiple + EdwardsPoint::base();
        }
        return rows;
    }();
    return table;
}

FATHOM_IFMA_INLINE Prepared8 prepare(const Point8& p) {
    return {p.y + p.x, p.y - p.x, p.z + p.z, p.t * all_lanes(kEdwards2D)};
}

/// Sets T only if asked to, as a doubling does not read it.
FATHOM_IFMA_INLINE Point8 doubled(const Point8& p, bool with_t) {
    const Field8 xx = raw_square(p.x);
    const Field8 yy = raw_square(p.y);
    const Field8 zz = raw_square(p.z);
    const Field8 xy = raw_product(p.x, p.y);
    const Field8 e = carry(raw_sum(xy, xy));
    const Field8 h = carry(raw_sum(yy, xx));
    const Field8 g = carry(raw_minus_raw(yy, xx));
    const Field8 f = carry(raw_minus_raw(raw_sum(raw_sum(zz, zz), xx), yy));
    return {e * f, h * g, g * f, with_t ? e * h : p.t};
}

/// The last multiplications of an addition; all four operands raw.
FATHOM_IFMA_INLINE Point8 finish(const Field8& plus, const Field8& minus, const Field8& t2d,
                                 const Field8& z2) {
    const Field8 e = carry(raw_minus_raw(plus, minus));
    const Field8 h = carry(raw_sum(plus, minus));
    const Field8 g = carry(raw_sum(z2, t2d));
    const Field8 f = carry(raw_minus_raw(z2, t2d));
    return {e * f, h * g, g * f, e * h};
}

FATHOM_IFMA_INLINE Point8 add(const Point8& p, const Prepared8& q) {
    return finish(raw_product(p.y + p.x, q.sum), raw_product(p.y - p.x, q.difference),
                  raw_product(p.t, q.t2d), raw_product(p.z, q.z2));
}

/// -q in the lanes of the mask.
FATHOM_IFMA_INLINE void negate_lanes(Field8& sum, Field8& difference, Field8& t2d, __mmask8 lanes) {
    const Field8 kept = sum;
    sum = select(sum, difference, lanes);
    difference = select(difference, kept, lanes);
    t2d = select(t2d, negate(t2d), lanes);
}

/// One digit of each lane: its magnitude and whether it is negative.
struct Digits8 {
    __m512i magnitude;
    __mmask8 negative;
};

FATHOM_IFMA_INLINE Digits8 load_digits(const std::int8_t* digits) {
    std::uint64_t packed;
    std::memcpy(&packed, digits, sizeof(packed));
    const __m512i wide = _mm512_cvtepi8_epi64(_mm_cvtsi64_si128(static_cast<long long>(packed)));
    return {_mm512_abs_epi64(wide), _mm512_movepi64_mask(wide)};
}

/// Multiples 1 to 8 of the point of each lane.
FATHOM_IFMA void fill_multiples(const Point8& point, Prepared8* multiples) {
    multiples[0] = prepare(point);
    Point8 current = point;
    for (std::size_t i = 1; i < 8; ++i) {
        current = add(current, multiples[0]);
        multiples[i] = prepare(current);
    }
}

FATHOM_IFMA_INLINE Point8 add_multiple(const Point8& p, const Prepared8* multiples,
                                       const Digits8& digit) {
    const Field8 one = all_lanes(Field25519::one());
    const Field8 zero = all_lanes(Field25519::zero());
    Prepared8 chosen{one, one, one + one, zero};
    for (std::size_t i = 0; i < 8; ++i) {
        const __mmask8 here = _mm512_cmpeq_epi64_mask(digit.magnitude, all_lanes(i + 1));
        chosen.sum = select(chosen.sum, multiples[i].sum, here);
        chosen.difference = select(chosen.difference, multiples[i].difference, here);
        chosen.z2 = select(chosen.z2, multiples[i].z2, here);
        chosen.t2d = select(chosen.t2d, multiples[i].t2d, here);
    }
    negate_lanes(chosen.sum, chosen.difference, chosen.t2d, digit.negative);
    return add(p, chosen);
}

/// Eight rows of eight words to eight vectors of one word each.
FATHOM_IFMA_INLINE void transpose(__m512i* v) {
    __m512i pair[8];
    for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm512_unpacklo_epi64(v[i], v[i + 1]);
        pair[i + 1] = _mm512_unpackhi_epi64(v[i], v[i + 1]);
    }
    for (int half = 0; half < 2; ++half) {
        const __m512i low = _mm512_shuffle_i64x2(pair[half], pair[half + 2], 0x88);
        const __m512i high = _mm512_shuffle_i64x2(pair[half], pair[half + 2], 0xdd);
        const __m512i low2 = _mm512_shuffle_i64x2(pair[half + 4], pair[half + 6], 0x88);
        const __m512i high2 = _mm512_shuffle_i64x2(pair[half + 4], pair[half + 6], 0xdd);
        v[half] = _mm512_shuffle_i64x2(low, low2, 0x88);
        v[half + 4] = _mm512_shuffle_i64x2(low, low2, 0xdd);
        v[half + 2] = _mm512_shuffle_i64x2(high, high2, 0x88);
        v[half + 6] = _mm512_shuffle_i64x2(high, high2, 0xdd);
    }
}

FATHOM_IFMA_INLINE Point8 add_base(const Point8& p, const BaseTable& table,
                                   const std::int8_t* digits) {
    __m512i word[16];
    for (std::size_t lane = 0; lane < 8; ++lane) {
        const int digit = digits[lane];
        const auto& row = table.row[static_cast<std::size_t>(digit < 0 ? -digit : digit)];
        word[lane] = _mm512_load_si512(row.word);
        word[lane + 8] = _mm512_load_si512(row.word + 8);
    }
    transpose(word);
    transpose(word + 8);
    Field8 sum{{word[0], word[1], word[2], word[3], word[4]}};
    Field8 difference{{word[5], word[6], word[7], word[8], word[9]}};
    Field8 t2d{{word[10], word[11], word[12], word[13], word[14]}};
    negate_lanes(sum, difference, t2d, load_digits(digits).negative);
    return finish(raw_product(p.y + p.x, sum), raw_product(p.y - p.x, difference),
                  raw_product(p.t, t2d), raw_sum(p.z, p.z));
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
