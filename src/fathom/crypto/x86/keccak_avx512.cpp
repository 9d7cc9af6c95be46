// SPDX-License-Identifier: Apache-2.0
// Keccak-f[1600] on AVX-512VL: one lane of the state in each of 25 vector registers.
//
// Half of every register is idle, but there are 32 of them, so that little is spilled; a rotation
// is one instruction, and so is chi. Parities are plain additions: those run on all vector units.
#if defined(__x86_64__)
#include "fathom/crypto/keccak_rounds.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_KECCAK __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define FATHOM_KECCAK_INLINE FATHOM_KECCAK inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

/// a ^ (~b & c).
FATHOM_KECCAK_INLINE __m128i chi(__m128i a, __m128i b, __m128i c) {
    return _mm_ternarylogic_epi64(a, b, c, 0xd2);
}

/// The lane that pi brings to x + 5·y, out of row x, after theta and rho.
template <int kX, int kY> FATHOM_KECCAK_INLINE __m128i moved(const __m128i* a, const __m128i* mix) {
    constexpr int column = (kX + 3 * kY) % 5;
    constexpr int lane = column + 5 * kX;
    constexpr int rotation = kKeccakRotation[lane];
    const __m128i sum = _mm_xor_si128(a[lane], mix[column]);
    if constexpr (rotation == 0) return sum;
    return _mm_rol_epi64(sum, rotation);
}

template <int kY>
FATHOM_KECCAK_INLINE void make_row(__m128i* out, const __m128i* a, const __m128i* mix) {
    const __m128i b0 = moved<0, kY>(a, mix);
    const __m128i b1 = moved<1, kY>(a, mix);
    const __m128i b2 = moved<2, kY>(a, mix);
    const __m128i b3 = moved<3, kY>(a, mix);
    const __m128i b4 = moved<4, kY>(a, mix);
    out[5 * kY] = chi(b0, b1, b2);
    out[5 * kY + 1] = chi(b1, b2, b3);
    out[5 * kY + 2] = chi(b2, b3, b4);
    out[5 * kY + 3] = chi(b3, b4, b0);
    out[5 * kY + 4] = chi(b4, b0, b1);
}

FATHOM_KECCAK_INLINE void add_round(__m128i* a, const std::uint64_t& constant) {
    __m128i parity[5];
#pragma GCC unroll 5
    for (int x = 0; x < 5; ++x) {
        parity[x] = _mm_xor_si128(
            _mm_xor_si128(_mm_xor_si128(a[x], a[x + 5]), _mm_xor_si128(a[x + 10], a[x + 15])),
            a[x + 20]);
    }
    // What theta adds to the lanes of each column.
    __m128i mix[5];
#pragma GCC unroll 5
    for (int x = 0; x < 5; ++x) {
        mix[x] = _mm_xor_si128(parity[(x + 4) % 5], _mm_rol_epi64(parity[(x + 1) % 5], 1));
    }
    __m128i out[25];
    make_row<0>(out, a, mix);
    out[0] = _mm_xor_si128(out[0], _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&constant)));
    make_row<1>(out, a, mix);
    make_row<2>(out, a, mix);
    make_row<3>(out, a, mix);
    make_row<4>(out, a, mix);
#pragma GCC unroll 25
    for (int i = 0; i < 25; ++i) a[i] = out[i];
}

} // namespace

FATHOM_KECCAK void keccak_f1600_avx512(KeccakState& state) {
    __m128i a[25];
#pragma GCC unroll 25
    for (std::size_t i = 0; i < 25; ++i) {
        a[i] = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&state[i]));
    }
    for (const std::uint64_t& constant : kKeccakRound) add_round(a, constant);
#pragma GCC unroll 25
    for (std::size_t i = 0; i < 25; ++i) {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(&state[i]), a[i]);
    }
}

} // namespace fathom::crypto::detail

#undef FATHOM_KECCAK
#undef FATHOM_KECCAK_INLINE

#endif
