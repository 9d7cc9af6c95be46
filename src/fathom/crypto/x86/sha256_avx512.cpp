// SPDX-License-Identifier: Apache-2.0
// Sixteen chains of SHA-256 in the lanes of AVX-512, where a rotation is one instruction and so is
// any function of three bits.
#if defined(__x86_64__)
#include "fathom/crypto/sha256_repeat.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#include <bit>

#define FATHOM_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define FATHOM_LANES_INLINE FATHOM_AVX512 inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

using Lanes = __m512i;

constexpr int kXor = 0x96;
constexpr int kChoose = 0xca;
constexpr int kMajority = 0xe8;

FATHOM_LANES_INLINE Lanes every(std::uint32_t value) {
    return _mm512_set1_epi32(static_cast<int>(value));
}
FATHOM_LANES_INLINE Lanes load(const std::uint32_t* source) {
    return _mm512_loadu_si512(source);
}
FATHOM_LANES_INLINE void store(std::uint32_t* target, Lanes value) {
    _mm512_storeu_si512(target, value);
}
FATHOM_LANES_INLINE Lanes add(Lanes x, Lanes y) {
    return _mm512_add_epi32(x, y);
}
FATHOM_LANES_INLINE Lanes choose(Lanes x, Lanes y, Lanes z) {
    return _mm512_ternarylogic_epi32(x, y, z, kChoose);
}
FATHOM_LANES_INLINE Lanes majority(Lanes x, Lanes y, Lanes z) {
    return _mm512_ternarylogic_epi32(x, y, z, kMajority);
}
FATHOM_LANES_INLINE Lanes big_first(Lanes x) {
    return _mm512_ternarylogic_epi32(_mm512_ror_epi32(x, 2), _mm512_ror_epi32(x, 13),
                                     _mm512_ror_epi32(x, 22), kXor);
}
FATHOM_LANES_INLINE Lanes big_second(Lanes x) {
    return _mm512_ternarylogic_epi32(_mm512_ror_epi32(x, 6), _mm512_ror_epi32(x, 11),
                                     _mm512_ror_epi32(x, 25), kXor);
}
FATHOM_LANES_INLINE Lanes small_first(Lanes x) {
    return _mm512_ternarylogic_epi32(_mm512_ror_epi32(x, 7), _mm512_ror_epi32(x, 18),
                                     _mm512_srli_epi32(x, 3), kXor);
}
FATHOM_LANES_INLINE Lanes small_second(Lanes x) {
    return _mm512_ternarylogic_epi32(_mm512_ror_epi32(x, 17), _mm512_ror_epi32(x, 19),
                                     _mm512_srli_epi32(x, 10), kXor);
}

#include "fathom/crypto/x86/sha256_lanes_kernel.hpp"

} // namespace

FATHOM_AVX512 void sha256_repeat_avx512(Sha256LaneWords& lanes, std::uint64_t count) {
    lanes_repeat(lanes, count);
}

} // namespace fathom::crypto::detail

#endif
