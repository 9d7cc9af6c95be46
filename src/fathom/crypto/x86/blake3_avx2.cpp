// SPDX-License-Identifier: Apache-2.0
// BLAKE3 of eight inputs in the lanes of AVX2, for the lattice hash.
#if defined(__x86_64__)
#include "fathom/crypto/blake3_jobs.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_AVX2 __attribute__((target("avx2")))
#define FATHOM_LANES_INLINE FATHOM_AVX2 inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

using Lanes = __m256i;

FATHOM_LANES_INLINE Lanes every(std::uint32_t value) {
    return _mm256_set1_epi32(static_cast<int>(value));
}
FATHOM_LANES_INLINE Lanes load(const void* source) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(source));
}
FATHOM_LANES_INLINE void store(std::uint32_t* target, Lanes value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(target), value);
}
FATHOM_LANES_INLINE Lanes add(Lanes x, Lanes y) {
    return _mm256_add_epi32(x, y);
}
FATHOM_LANES_INLINE Lanes both(Lanes x, Lanes y) {
    return _mm256_xor_si256(x, y);
}
template <int kBits> FATHOM_LANES_INLINE Lanes rotated(Lanes x) {
    if constexpr (kBits == 16) {
        return _mm256_shuffle_epi8(x, _mm256_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15,
                                                       12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9,
                                                       14, 15, 12, 13));
    } else if constexpr (kBits == 8) {
        return _mm256_shuffle_epi8(x, _mm256_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14,
                                                       15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8,
                                                       13, 14, 15, 12));
    } else {
        return _mm256_or_si256(_mm256_srli_epi32(x, kBits), _mm256_slli_epi32(x, 32 - kBits));
    }
}
FATHOM_LANES_INLINE Lanes if_equal(Lanes x, Lanes y, Lanes yes, Lanes no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpeq_epi32(x, y));
}
FATHOM_LANES_INLINE Lanes if_greater(Lanes x, Lanes y, Lanes yes, Lanes no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi32(x, y));
}
FATHOM_LANES_INLINE Lanes add_halves(Lanes x, Lanes y) {
    return _mm256_add_epi16(x, y);
}
FATHOM_LANES_INLINE Lanes subtract_halves(Lanes x, Lanes y) {
    return _mm256_sub_epi16(x, y);
}

/// Transposes an 8 by 8 matrix of words.
FATHOM_LANES_INLINE void transpose(const Lanes* row, Lanes* column) {
    Lanes quads[2][4];
    for (std::size_t g = 0; g < 2; ++g) {
        const Lanes low01 = _mm256_unpacklo_epi32(row[4 * g], row[4 * g + 1]);
        const Lanes low23 = _mm256_unpacklo_epi32(row[4 * g + 2], row[4 * g + 3]);
        const Lanes high01 = _mm256_unpackhi_epi32(row[4 * g], row[4 * g + 1]);
        const Lanes high23 = _mm256_unpackhi_epi32(row[4 * g + 2], row[4 * g + 3]);
        quads[g][0] = _mm256_unpacklo_epi64(low01, low23);
        quads[g][1] = _mm256_unpackhi_epi64(low01, low23);
        quads[g][2] = _mm256_unpacklo_epi64(high01, high23);
        quads[g][3] = _mm256_unpackhi_epi64(high01, high23);
    }
    for (std::size_t k = 0; k < 4; ++k) {
        column[k] = _mm256_permute2x128_si256(quads[0][k], quads[1][k], 0x20);
        column[k + 4] = _mm256_permute2x128_si256(quads[0][k], quads[1][k], 0x31);
    }
}

FATHOM_LANES_INLINE void load_blocks(const Blake3Jobs& jobs, std::uint32_t block, Lanes* words) {
    for (std::size_t half = 0; half < 2; ++half) {
        Lanes rows[8];
        for (std::size_t lane = 0; lane < 8; ++lane) {
            rows[lane] = load(jobs.input[lane] + 64 * std::size_t{block} + 32 * half);
        }
        transpose(rows, words + 8 * half);
    }
}

#include "fathom/crypto/x86/blake3_lanes_kernel.hpp"

} // namespace

FATHOM_AVX2 void blake3_hash_jobs_avx2(const Blake3Jobs& jobs, Blake3JobValues& values) {
    hash_jobs(jobs, values);
}

FATHOM_AVX2 void blake3_add_output_avx2(const Blake3Input& root, Blake3OutputSums& sums) {
    sum_output<false>(root, sums);
}

FATHOM_AVX2 void blake3_subtract_output_avx2(const Blake3Input& root, Blake3OutputSums& sums) {
    sum_output<true>(root, sums);
}

} // namespace fathom::crypto::detail

#endif
