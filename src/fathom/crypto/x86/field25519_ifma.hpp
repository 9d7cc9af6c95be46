// SPDX-License-Identifier: Apache-2.0
// Eight elements of the field modulo 2^255 - 19 side by side, on AVX-512 IFMA; private.
#pragma once

#include "fathom/crypto/field25519.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_IFMA __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma")))
#define FATHOM_IFMA_INLINE FATHOM_IFMA inline __attribute__((always_inline))

namespace fathom::crypto::x86 {

/// Lane i holds the five 51-bit limbs of element i.
///
/// Bounds: the multiplier reads 52 bits, so every operand must have limbs below 2^52. Unless they
/// say raw, functions take and give tight limbs, below 2^51 + 2^16; a bare sum of two would not
/// fit, which is why sums and differences carry. Raw limbs are below 2^60.4: a product before its
/// carry. Sums of products are formed raw, so that only the sum carries.
struct Field8 {
    __m512i limb[5];
};

/// The two halves of a 104-bit product, added to `sum`.
FATHOM_IFMA_INLINE __m512i mad_low(__m512i sum, __m512i a, __m512i b) {
    return _mm512_madd52lo_epu64(sum, a, b);
}
FATHOM_IFMA_INLINE __m512i mad_high(__m512i sum, __m512i a, __m512i b) {
    return _mm512_madd52hi_epu64(sum, a, b);
}
FATHOM_IFMA_INLINE __m512i twice(__m512i a) {
    return _mm512_add_epi64(a, a);
}

FATHOM_IFMA_INLINE __m512i all_lanes(std::uint64_t value) {
    return _mm512_set1_epi64(static_cast<long long>(value));
}

FATHOM_IFMA_INLINE Field8 all_lanes(const Field25519& value) {
    return {{all_lanes(value.limb[0]), all_lanes(value.limb[1]), all_lanes(value.limb[2]),
             all_lanes(value.limb[3]), all_lanes(value.limb[4])}};
}

/// Limbs below 2^62.5 to tight ones: what leaves a limb is below 2^11.5, 19 times that below 2^16.
FATHOM_IFMA_INLINE Field8 carry(const Field8& a) {
    const __m512i mask = all_lanes(Field25519::kMask);
    __m512i out[5];
    for (int i = 0; i < 5; ++i) out[i] = _mm512_srli_epi64(a.limb[i], 51);
    Field8 result;
    result.limb[0] = mad_low(_mm512_and_si512(a.limb[0], mask), out[4], all_lanes(19));
    for (int i = 1; i < 5; ++i) {
        result.limb[i] = _mm512_add_epi64(_mm512_and_si512(a.limb[i], mask), out[i - 1]);
    }
    return result;
}

/// a + b without the carry.
FATHOM_IFMA_INLINE Field8 raw_sum(const Field8& a, const Field8& b) {
    Field8 sum;
    for (int i = 0; i < 5; ++i) sum.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    return sum;
}

/// a - b for raw b: 2^10·p, whose limbs are above 2^60.9, keeps every limb positive.
FATHOM_IFMA_INLINE Field8 raw_minus_raw(const Field8& a, const Field8& b) {
    const __m512i low = all_lanes((Field25519::kMask - 18) << 10);
    const __m512i high = all_lanes(Field25519::kMask << 10);
    Field8 difference;
    for (int i = 0; i < 5; ++i) {
        const __m512i raised = _mm512_add_epi64(a.limb[i], i == 0 ? low : high);
        difference.limb[i] = _mm512_sub_epi64(raised, b.limb[i]);
    }
    return difference;
}

FATHOM_IFMA_INLINE Field8 operator+(const Field8& a, const Field8& b) {
    return carry(raw_sum(a, b));
}

/// a + 2p - b, as the limbs of 2p are above tight ones.
FATHOM_IFMA_INLINE Field8 operator-(const Field8& a, const Field8& b) {
    const __m512i low = all_lanes(2 * (Field25519::kMask - 18));
    const __m512i high = all_lanes(2 * Field25519::kMask);
    Field8 difference;
    for (int i = 0; i < 5; ++i) {
        const __m512i raised = _mm512_add_epi64(a.limb[i], i == 0 ? low : high);
        difference.limb[i] = _mm512_sub_epi64(raised, b.limb[i]);
    }
    return carry(difference);
}

/// Folds ten columns, each below 15·2^52, at 2^255 = 19: 20·15·2^52 < 2^60.3, raw.
FATHOM_IFMA_INLINE Field8 fold(const __m512i* column) {
    __m512i nineteen = all_lanes(19);
    // Hidden from the compiler, which would spell the product out in shifts and additions.
    __asm__("" : "+v"(nineteen));
    Field8 result;
    for (int i = 0; i < 5; ++i) {
        const __m512i wrapped = _mm512_mullo_epi64(column[i + 5], nineteen);
        result.limb[i] = _mm512_add_epi64(column[i], wrapped);
    }
    return result;
}

FATHOM_IFMA_INLINE Field8 raw_product(const Field8& a, const Field8& b) {
    // 2^52 · 2^(51·k) is 2 · 2^(51·(k+1)): the upper halves count twice, one column up.
    __m512i column[10];
    for (auto& sum : column) sum = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
        for (int j = 0; j < 5; ++j) {
            column[i + j + 1] = mad_high(column[i + j + 1], a.limb[i], b.limb[j]);
        }
    }
    for (int k = 1; k < 10; ++k) column[k] = twice(column[k]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
        for (int j = 0; j < 5; ++j) {
            column[i + j] = mad_low(column[i + j], a.limb[i], b.limb[j]);
        }
    }
    return fold(column);
}

FATHOM_IFMA_INLINE Field8 raw_square(const Field8& a) {
    // Products of two different limbs count twice; doubling sums keeps the operands small.
    __m512i column[10];
    for (auto& sum : column) sum = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
        for (int j = i + 1; j < 5; ++j) {
            column[i + j + 1] = mad_high(column[i + j + 1], a.limb[i], a.limb[j]);
        }
    }
    for (int k = 2; k < 9; ++k) column[k] = twice(column[k]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        column[2 * i + 1] = mad_high(column[2 * i + 1], a.limb[i], a.limb[i]);
#pragma GCC unroll 5
        for (int j = i + 1; j < 5; ++j) {
            column[i + j] = mad_low(column[i + j], a.limb[i], a.limb[j]);
        }
    }
    for (int k = 1; k < 10; ++k) column[k] = twice(column[k]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        column[2 * i] = mad_low(column[2 * i], a.limb[i], a.limb[i]);
    }
    return fold(column);
}

FATHOM_IFMA_INLINE Field8 operator*(const Field8& a, const Field8& b) {
    return carry(raw_product(a, b));
}

FATHOM_IFMA_INLINE Field8 square(const Field8& a) {
    return carry(raw_square(a));
}

/// `b` in the lanes of the mask, `a` in the others.
FATHOM_IFMA_INLINE Field8 select(const Field8& a, const Field8& b, __mmask8 second) {
    Field8 chosen;
    for (int i = 0; i < 5; ++i) {
        chosen.limb[i] = _mm512_mask_mov_epi64(a.limb[i], second, b.limb[i]);
    }
    return chosen;
}

FATHOM_IFMA_INLINE Field8 negate(const Field8& a) {
    return all_lanes(Field25519::zero()) - a;
}

/// a^(2^count), count ≥ 1.
FATHOM_IFMA Field8 square_times(const Field8& a, unsigned count);
/// a^((p-5)/8).
FATHOM_IFMA Field8 pow_p58(const Field8& a);
/// a^(p-2).
FATHOM_IFMA Field8 invert(const Field8& a);
/// The representative below p.
FATHOM_IFMA Field8 canonical(const Field8& a);
/// Lanes whose value is zero.
FATHOM_IFMA __mmask8 zero_lanes(const Field8& a);

/// Eight scalar elements, lane by lane; their limbs must be tight.
FATHOM_IFMA Field8 gather(const Field25519* elements);
/// The lanes of an element.
FATHOM_IFMA void scatter(const Field8& a, Field25519* elements);

} // namespace fathom::crypto::x86
