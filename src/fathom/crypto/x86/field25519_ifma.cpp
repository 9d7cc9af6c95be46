// SPDX-License-Identifier: Apache-2.0
// Powers, canonical form and lane access of the eight-lane field.
#if defined(__x86_64__)
#include "fathom/crypto/x86/field25519_ifma.hpp"

namespace fathom::crypto::x86 {
namespace {

/// a^(2^250 - 1), with a^11 given along.
FATHOM_IFMA Field8 pow_2_250_1(const Field8& a, Field8& pow_11) {
    const Field8 pow_2 = square(a);
    const Field8 pow_9 = square_times(pow_2, 2) * a;
    pow_11 = pow_9 * pow_2;
    const Field8 ones_5 = square(pow_11) * pow_9;
    const Field8 ones_10 = square_times(ones_5, 5) * ones_5;
    const Field8 ones_20 = square_times(ones_10, 10) * ones_10;
    const Field8 ones_40 = square_times(ones_20, 20) * ones_20;
    const Field8 ones_50 = square_times(ones_40, 10) * ones_10;
    const Field8 ones_100 = square_times(ones_50, 50) * ones_50;
    const Field8 ones_200 = square_times(ones_100, 100) * ones_100;
    return square_times(ones_200, 50) * ones_50;
}

} // namespace

FATHOM_IFMA Field8 square_times(const Field8& a, unsigned count) {
    Field8 result = square(a);
    while (--count != 0) result = square(result);
    return result;
}

FATHOM_IFMA Field8 pow_p58(const Field8& a) {
    Field8 pow_11;
    return square_times(pow_2_250_1(a, pow_11), 2) * a;
}

FATHOM_IFMA Field8 invert(const Field8& a) {
    Field8 pow_11;
    const Field8 ones = pow_2_250_1(a, pow_11);
    return square_times(ones, 5) * pow_11;
}

FATHOM_IFMA Field8 canonical(const Field8& a) {
    const __m512i mask = all_lanes(Field25519::kMask);
    Field8 r = carry(a);
    // The value is below 2p now; the carry out of value + 19 says whether it reaches p.
    __m512i excess = _mm512_srli_epi64(_mm512_add_epi64(r.limb[0], all_lanes(19)), 51);
    for (int i = 1; i < 5; ++i) {
        excess = _mm512_srli_epi64(_mm512_add_epi64(r.limb[i], excess), 51);
    }
    r.limb[0] = mad_low(r.limb[0], excess, all_lanes(19));
    for (int i = 0; i < 4; ++i) {
        r.limb[i + 1] = _mm512_add_epi64(r.limb[i + 1], _mm512_srli_epi64(r.limb[i], 51));
        r.limb[i] = _mm512_and_si512(r.limb[i], mask);
    }
    r.limb[4] = _mm512_and_si512(r.limb[4], mask);
    return r;
}

FATHOM_IFMA __mmask8 zero_lanes(const Field8& a) {
    const Field8 r = canonical(a);
    __m512i any = r.limb[0];
    for (int i = 1; i < 5; ++i) any = _mm512_or_si512(any, r.limb[i]);
    return _mm512_testn_epi64_mask(any, any);
}

FATHOM_IFMA Field8 gather(const Field25519* elements) {
    alignas(64) std::uint64_t words[5][8];
    for (std::size_t lane = 0; lane < 8; ++lane) {
        for (std::size_t i = 0; i < 5; ++i) words[i][lane] = elements[lane].limb[i];
    }
    Field8 result;
    for (int i = 0; i < 5; ++i) result.limb[i] = _mm512_load_si512(words[i]);
    return result;
}

FATHOM_IFMA void scatter(const Field8& a, Field25519* elements) {
    alignas(64) std::uint64_t words[5][8];
    for (int i = 0; i < 5; ++i) _mm512_store_si512(words[i], a.limb[i]);
    for (std::size_t lane = 0; lane < 8; ++lane) {
        for (std::size_t i = 0; i < 5; ++i) elements[lane].limb[i] = words[i][lane];
    }
}

} // namespace fathom::crypto::x86

#endif
