// SPDX-License-Identifier: Apache-2.0
// Eight chains of SHA-256 in the lanes of AVX2, for processors without the SHA extensions.
#if defined(__x86_64__)
#include "fathom/crypto/sha256_repeat.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#include <bit>

#define FATHOM_AVX2 __attribute__((target("avx2")))
#define FATHOM_LANES_INLINE FATHOM_AVX2 inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

using Lanes = __m256i;

FATHOM_LANES_INLINE Lanes every(std::uint32_t value) {
    return _mm256_set1_epi32(static_cast<int>(value));
}
FATHOM_LANES_INLINE Lanes load(const std::uint32_t* source) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(source));
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
FATHOM_LANES_INLINE Lanes choose(Lanes x, Lanes y, Lanes z) {
    return both(z, _mm256_and_si256(x, both(y, z)));
}
FATHOM_LANES_INLINE Lanes majority(Lanes x, Lanes y, Lanes z) {
    return _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)));
}
FATHOM_LANES_INLINE Lanes right(Lanes x, int bits) {
    return _mm256_srli_epi32(x, bits);
}
FATHOM_LANES_INLINE Lanes rotated(Lanes x, int bits) {
    return both(_mm256_srli_epi32(x, bits), _mm256_slli_epi32(x, 32 - bits));
}
FATHOM_LANES_INLINE Lanes big_first(Lanes x) {
    return both(both(rotated(x, 2), rotated(x, 13)), rotated(x, 22));
}
FATHOM_LANES_INLINE Lanes big_second(Lanes x) {
    return both(both(rotated(x, 6), rotated(x, 11)), rotated(x, 25));
}
FATHOM_LANES_INLINE Lanes small_first(Lanes x) {
    return both(both(rotated(x, 7), rotated(x, 18)), right(x, 3));
}
FATHOM_LANES_INLINE Lanes small_second(Lanes x) {
    return both(both(rotated(x, 17), rotated(x, 19)), right(x, 10));
}

#include "fathom/crypto/x86/sha256_lanes_kernel.hpp"

} // namespace

FATHOM_AVX2 void sha256_repeat_avx2(Sha256LaneWords& lanes, std::uint64_t count) {
    lanes_repeat(lanes, count);
}

} // namespace fathom::crypto::detail

#endif
