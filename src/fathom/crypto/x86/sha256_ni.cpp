// SPDX-License-Identifier: Apache-2.0
// SHA-256 compression with the x86 SHA extensions.
#include "fathom/crypto/sha256_blocks.hpp"

#if defined(__x86_64__)
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_SHA_NI __attribute__((target("sha,sse4.1,ssse3")))

namespace fathom::crypto::detail {
namespace {

/// Four message words, big-endian in memory.
FATHOM_SHA_NI inline __m128i load_words(const std::uint8_t* source) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(source)), swap);
}

/// Four rounds. The instruction does two at a time and swaps the roles of the two halves.
FATHOM_SHA_NI inline void four_rounds(__m128i& abef, __m128i& cdgh, __m128i words, std::size_t i) {
    const auto* constants = reinterpret_cast<const __m128i*>(kSha256Round.data() + i);
    const __m128i sum = _mm_add_epi32(words, _mm_loadu_si128(constants));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/// The four schedule words that follow w0..w3 (sixteen words); they replace w0.
FATHOM_SHA_NI inline __m128i next_words(__m128i w0, __m128i w1, __m128i w2, __m128i w3) {
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
    return _mm_sha256msg2_epu32(sum, w3);
}

} // namespace

FATHOM_SHA_NI void sha256_blocks_ni(std::uint32_t* state, const std::uint8_t* blocks,
                                    std::size_t count) {
    auto* words = reinterpret_cast<__m128i*>(state);
    // The instructions want the state as (a,b,e,f) and (c,d,g,h), high to low.
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
    for (; count != 0; --count, blocks += 64) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i w[4] = {load_words(blocks), load_words(blocks + 16), load_words(blocks + 32),
                        load_words(blocks + 48)};
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 16; i += 4) four_rounds(abef, cdgh, w[i / 4], i);
#pragma GCC unroll 12
        for (std::size_t i = 16; i < 64; i += 4) {
            const std::size_t at = (i / 4) % 4;
            w[at] = next_words(w[at], w[(at + 1) % 4], w[(at + 2) % 4], w[(at + 3) % 4]);
            four_rounds(abef, cdgh, w[at], i);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

} // namespace fathom::crypto::detail

#endif
