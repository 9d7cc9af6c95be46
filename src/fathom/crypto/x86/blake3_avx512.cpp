// SPDX-License-Identifier: Apache-2.0
// BLAKE3 compression on AVX-512: one input in four rows, or sixteen inputs in sixteen lanes.
#if defined(__x86_64__)
#include "fathom/crypto/blake3_compress.hpp"
#include "fathom/crypto/blake3_jobs.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define FATHOM_LANES_INLINE FATHOM_AVX512 inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

/// Where the words of round r lie, ordered as the rows take them: first and second words of the
/// four columns, then of the four diagonals.
alignas(64) constexpr std::array<std::array<std::uint32_t, 16>, 7> kRowOrder = [] {
    std::array<std::array<std::uint32_t, 16>, 7> order{};
    for (std::size_t r = 0; r < 7; ++r) {
        for (std::size_t i = 0; i < 16; ++i) {
            order[r][i] = kBlake3Schedule[r][(i / 8) * 8 + (i % 4) * 2 + (i / 4) % 2];
        }
    }
    return order;
}();

using Lanes = __m512i;

FATHOM_LANES_INLINE Lanes every(std::uint32_t value) {
    return _mm512_set1_epi32(static_cast<int>(value));
}
FATHOM_LANES_INLINE Lanes load(const void* source) {
    return _mm512_loadu_si512(source);
}
FATHOM_LANES_INLINE void store(std::uint32_t* target, Lanes value) {
    _mm512_storeu_si512(target, value);
}
FATHOM_LANES_INLINE Lanes add(Lanes x, Lanes y) {
    return _mm512_add_epi32(x, y);
}
FATHOM_LANES_INLINE Lanes both(Lanes x, Lanes y) {
    return _mm512_xor_si512(x, y);
}
template <int kBits> FATHOM_LANES_INLINE Lanes rotated(Lanes x) {
    return _mm512_ror_epi32(x, kBits);
}
FATHOM_LANES_INLINE Lanes if_equal(Lanes x, Lanes y, Lanes yes, Lanes no) {
    return _mm512_mask_blend_epi32(_mm512_cmpeq_epi32_mask(x, y), no, yes);
}
FATHOM_LANES_INLINE Lanes if_greater(Lanes x, Lanes y, Lanes yes, Lanes no) {
    return _mm512_mask_blend_epi32(_mm512_cmpgt_epi32_mask(x, y), no, yes);
}
FATHOM_LANES_INLINE Lanes add_halves(Lanes x, Lanes y) {
    return _mm512_add_epi16(x, y);
}
FATHOM_LANES_INLINE Lanes subtract_halves(Lanes x, Lanes y) {
    return _mm512_sub_epi16(x, y);
}

struct Rows {
    __m128i a, b, c, d;
};

/// The mixing function on four columns at once.
FATHOM_LANES_INLINE void mix_rows(Rows& v, __m128i x, __m128i y) {
    v.a = _mm_add_epi32(_mm_add_epi32(v.a, x), v.b);
    v.d = _mm_ror_epi32(_mm_xor_si128(v.d, v.a), 16);
    v.c = _mm_add_epi32(v.c, v.d);
    v.b = _mm_ror_epi32(_mm_xor_si128(v.b, v.c), 12);
    v.a = _mm_add_epi32(_mm_add_epi32(v.a, y), v.b);
    v.d = _mm_ror_epi32(_mm_xor_si128(v.d, v.a), 8);
    v.c = _mm_add_epi32(v.c, v.d);
    v.b = _mm_ror_epi32(_mm_xor_si128(v.b, v.c), 7);
}

/// Transposes a 16 by 16 matrix of words.
FATHOM_LANES_INLINE void transpose(__m512i* v) {
    __m512i quads[4][4];
    for (std::size_t g = 0; g < 4; ++g) {
        const __m512i* row = v + 4 * g;
        const __m512i low01 = _mm512_unpacklo_epi32(row[0], row[1]);
        const __m512i low23 = _mm512_unpacklo_epi32(row[2], row[3]);
        const __m512i high01 = _mm512_unpackhi_epi32(row[0], row[1]);
        const __m512i high23 = _mm512_unpackhi_epi32(row[2], row[3]);
        quads[g][0] = _mm512_unpacklo_epi64(low01, low23);
        quads[g][1] = _mm512_unpackhi_epi64(low01, low23);
        quads[g][2] = _mm512_unpacklo_epi64(high01, high23);
        quads[g][3] = _mm512_unpackhi_epi64(high01, high23);
    }
    for (std::size_t k = 0; k < 4; ++k) {
        const __m512i even01 = _mm512_shuffle_i32x4(quads[0][k], quads[1][k], 0x88);
        const __m512i odd01 = _mm512_shuffle_i32x4(quads[0][k], quads[1][k], 0xdd);
        const __m512i even23 = _mm512_shuffle_i32x4(quads[2][k], quads[3][k], 0x88);
        const __m512i odd23 = _mm512_shuffle_i32x4(quads[2][k], quads[3][k], 0xdd);
        v[k] = _mm512_shuffle_i32x4(even01, even23, 0x88);
        v[k + 4] = _mm512_shuffle_i32x4(odd01, odd23, 0x88);
        v[k + 8] = _mm512_shuffle_i32x4(even01, even23, 0xdd);
        v[k + 12] = _mm512_shuffle_i32x4(odd01, odd23, 0xdd);
    }
}

FATHOM_LANES_INLINE void load_blocks(const Blake3Jobs& jobs, std::uint32_t block, Lanes* words) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
        words[lane] = load(jobs.input[lane] + 64 * std::size_t{block});
    }
    transpose(words);
}

#include "fathom/crypto/x86/blake3_lanes_kernel.hpp"

/// The lower and upper words of sixteen counters, each `step` above the one before.
struct Counters {
    __m512i low;
    __m512i high;
};

FATHOM_LANES_INLINE Counters counters(std::uint64_t first, std::uint64_t step) {
    alignas(64) std::uint32_t low[16];
    alignas(64) std::uint32_t high[16];
    for (std::size_t lane = 0; lane < 16; ++lane) {
        const std::uint64_t counter = first + lane * step;
        low[lane] = static_cast<std::uint32_t>(counter);
        high[lane] = static_cast<std::uint32_t>(counter >> 32);
    }
    return {load(low), load(high)};
}

} // namespace

FATHOM_AVX512 Blake3State blake3_compress_avx512(const Blake3Input& input) {
    const auto* chaining = reinterpret_cast<const __m128i*>(input.chaining);
    const __m512i message = load(input.block);
    const __m128i first = _mm_loadu_si128(chaining);
    const __m128i second = _mm_loadu_si128(chaining + 1);
    Rows v{first, second, _mm_loadu_si128(reinterpret_cast<const __m128i*>(kBlake3Initial.data())),
           _mm_set_epi32(static_cast<int>(input.flags), static_cast<int>(input.length),
                         static_cast<int>(input.counter >> 32), static_cast<int>(input.counter))};
#pragma GCC unroll 7
    for (std::size_t r = 0; r < 7; ++r) {
        const __m512i words = _mm512_permutexvar_epi32(load(kRowOrder[r].data()), message);
        mix_rows(v, _mm512_castsi512_si128(words), _mm512_extracti32x4_epi32(words, 1));
        v.b = _mm_shuffle_epi32(v.b, 0x39);
        v.c = _mm_shuffle_epi32(v.c, 0x4e);
        v.d = _mm_shuffle_epi32(v.d, 0x93);
        mix_rows(v, _mm512_extracti32x4_epi32(words, 2), _mm512_extracti32x4_epi32(words, 3));
        v.b = _mm_shuffle_epi32(v.b, 0x93);
        v.c = _mm_shuffle_epi32(v.c, 0x4e);
        v.d = _mm_shuffle_epi32(v.d, 0x39);
    }
    Blake3State result;
    auto* out = reinterpret_cast<__m128i*>(result.data());
    _mm_storeu_si128(out, _mm_xor_si128(v.a, v.c));
    _mm_storeu_si128(out + 1, _mm_xor_si128(v.b, v.d));
    _mm_storeu_si128(out + 2, _mm_xor_si128(v.c, first));
    _mm_storeu_si128(out + 3, _mm_xor_si128(v.d, second));
    return result;
}

FATHOM_AVX512 void blake3_hash_lanes_avx512(const Blake3Lanes& lanes, std::uint32_t* chaining) {
    const Counters counter = counters(lanes.counter, lanes.counter_step);
    __m512i h[8];
    for (std::size_t i = 0; i < 8; ++i) h[i] = every(kBlake3Initial[i]);
    for (std::size_t block = 0; block < lanes.blocks; ++block) {
        __m512i m[16];
        for (std::size_t lane = 0; lane < 16; ++lane)
            m[lane] = load(lanes.input[lane] + 64 * block);
        transpose(m);
        const std::uint32_t flags = lanes.flags | (block == 0 ? lanes.first_flags : 0) |
                                    (block + 1 == lanes.blocks ? lanes.last_flags : 0);
        __m512i v[16];
        for (std::size_t i = 0; i < 8; ++i) v[i] = h[i];
        for (std::size_t i = 0; i < 4; ++i) v[8 + i] = every(kBlake3Initial[i]);
        v[12] = counter.low;
        v[13] = counter.high;
        v[14] = every(64);
        v[15] = every(flags);
        rounds(v, m);
        for (std::size_t i = 0; i < 8; ++i) h[i] = _mm512_xor_si512(v[i], v[i + 8]);
    }
    __m512i rows[16];
    for (std::size_t i = 0; i < 8; ++i) rows[i] = h[i];
    for (std::size_t i = 8; i < 16; ++i) rows[i] = _mm512_setzero_si512();
    transpose(rows);
    for (std::size_t lane = 0; lane < 16; ++lane) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(chaining + 8 * lane),
                            _mm512_castsi512_si256(rows[lane]));
    }
}

FATHOM_AVX512 void blake3_output_lanes_avx512(const Blake3Input& input, std::uint8_t* output) {
    const Counters counter = counters(input.counter, 1);
    __m512i m[16];
    __m512i v[16];
    for (std::size_t i = 0; i < 16; ++i) {
        std::uint32_t word;
        __builtin_memcpy(&word, input.block + 4 * i, sizeof(word));
        m[i] = every(word);
    }
    for (std::size_t i = 0; i < 8; ++i) v[i] = every(input.chaining[i]);
    for (std::size_t i = 0; i < 4; ++i) v[8 + i] = every(kBlake3Initial[i]);
    v[12] = counter.low;
    v[13] = counter.high;
    v[14] = every(input.length);
    v[15] = every(input.flags);
    rounds(v, m);
    for (std::size_t i = 0; i < 8; ++i) {
        v[i] = _mm512_xor_si512(v[i], v[i + 8]);
        v[i + 8] = _mm512_xor_si512(v[i + 8], every(input.chaining[i]));
    }
    transpose(v);
    for (std::size_t lane = 0; lane < 16; ++lane) _mm512_storeu_si512(output + 64 * lane, v[lane]);
}

FATHOM_AVX512 void blake3_hash_jobs_avx512(const Blake3Jobs& jobs, Blake3JobValues& values) {
    hash_jobs(jobs, values);
}

FATHOM_AVX512 void blake3_add_output_avx512(const Blake3Input& root, Blake3OutputSums& sums) {
    sum_output<false>(root, sums);
}

FATHOM_AVX512 void blake3_subtract_output_avx512(const Blake3Input& root, Blake3OutputSums& sums) {
    sum_output<true>(root, sums);
}

} // namespace fathom::crypto::detail

#endif
