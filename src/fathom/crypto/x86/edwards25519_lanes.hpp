// SPDX-License-Identifier: Apache-2.0
// Points of edwards25519 side by side, eight at once, on AVX-512 IFMA; private. The formulas are
// those of edwards25519_formulas.hpp.
#pragma once

#include "fathom/crypto/edwards25519.hpp"
#include "fathom/crypto/x86/field25519_ifma.hpp"

#include <cstddef>
#include <cstring>

namespace fathom::crypto::x86 {

struct Point8 {
    Field8 x, y, z, t;
};

/// Y+X, Y-X, 2Z, 2d·T.
struct Prepared8 {
    Field8 sum, difference, z2, t2d;
};

/// y+x, y-x, 2d·x·y of one point, in a row of two cache lines.
struct alignas(128) AffineRow {
    std::uint64_t word[16];

    /// `inverse` is 1/Z.
    static AffineRow from(const EdwardsPoint& point, const Field25519& inverse) {
        const Field25519 x = point.x * inverse;
        const Field25519 y = point.y * inverse;
        const Field25519 parts[3] = {(y + x).carried(), (y - x).carried(), x * y * kEdwards2D};
        AffineRow row{};
        for (std::size_t part = 0; part < 3; ++part) {
            for (std::size_t i = 0; i < 5; ++i) row.word[5 * part + i] = parts[part].limb[i];
        }
        return row;
    }
};

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
FATHOM_IFMA_INLINE void fill_multiples(const Point8& point, Prepared8* multiples) {
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

/// Adds to each lane the point of its row, negated in the lanes of the mask.
FATHOM_IFMA_INLINE Point8 add_rows(const Point8& p, const AffineRow* const* rows,
                                   __mmask8 negative) {
    __m512i word[16];
    for (std::size_t lane = 0; lane < 8; ++lane) {
        word[lane] = _mm512_load_si512(rows[lane]->word);
        word[lane + 8] = _mm512_load_si512(rows[lane]->word + 8);
    }
    transpose(word);
    transpose(word + 8);
    Field8 sum{{word[0], word[1], word[2], word[3], word[4]}};
    Field8 difference{{word[5], word[6], word[7], word[8], word[9]}};
    Field8 t2d{{word[10], word[11], word[12], word[13], word[14]}};
    negate_lanes(sum, difference, t2d, negative);
    return finish(raw_product(p.y + p.x, sum), raw_product(p.y - p.x, difference),
                  raw_product(p.t, t2d), raw_sum(p.z, p.z));
}

} // namespace fathom::crypto::x86
