// SPDX-License-Identifier: Apache-2.0
// Chains of SHA-256 with the SHA extensions: each round waits for the one before, so that several
// chains fit into the time of one.
#if defined(__x86_64__)
#include "fathom/crypto/sha256_repeat.hpp"
#include "fathom/crypto/x86/intrinsics.hpp"

#define FATHOM_SHA_NI __attribute__((target("sha,sse4.1,ssse3")))
#define FATHOM_SHA_NI_INLINE FATHOM_SHA_NI inline __attribute__((always_inline))

namespace fathom::crypto::detail {
namespace {

/// As in sha256_ni.cpp.
struct State {
    __m128i abef;
    __m128i cdgh;
};

FATHOM_SHA_NI_INLINE State initial_state() {
    constexpr auto& h = kSha256Initial;
    const auto word = [](std::uint32_t value) { return static_cast<int>(value); };
    return {_mm_set_epi32(word(h[0]), word(h[1]), word(h[4]), word(h[5])),
            _mm_set_epi32(word(h[2]), word(h[3]), word(h[6]), word(h[7]))};
}

FATHOM_SHA_NI_INLINE void four_rounds(State& state, __m128i sum) {
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

FATHOM_SHA_NI_INLINE __m128i constants(std::size_t i) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(kSha256Round.data() + i));
}

FATHOM_SHA_NI_INLINE __m128i next_words(const __m128i* w, std::size_t at) {
    const __m128i near = w[(at + 3) % 4];
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[at], w[(at + 1) % 4]),
                                      _mm_alignr_epi8(near, w[(at + 2) % 4], 4));
    return _mm_sha256msg2_epu32(sum, near);
}

/// One hash of each message; the digests replace them.
template <std::size_t kWidth> FATHOM_SHA_NI_INLINE void hash_each(__m128i (*message)[2]) {
    const State initial = initial_state();
    State state[kWidth];
    __m128i w[kWidth][4];
#pragma GCC unroll 4
    for (std::size_t s = 0; s < kWidth; ++s) {
        state[s] = initial;
        w[s][0] = message[s][0];
        w[s][1] = message[s][1];
        w[s][2] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kSha256Padding.data()));
        w[s][3] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kSha256Padding.data() + 4));
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 16; i += 4) {
#pragma GCC unroll 4
        for (std::size_t s = 0; s < kWidth; ++s) {
            four_rounds(state[s], _mm_add_epi32(w[s][i / 4], constants(i)));
        }
    }
#pragma GCC unroll 12
    for (std::size_t i = 16; i < 64; i += 4) {
#pragma GCC unroll 4
        for (std::size_t s = 0; s < kWidth; ++s) {
            const std::size_t at = (i / 4) % 4;
            w[s][at] = next_words(w[s], at);
            four_rounds(state[s], _mm_add_epi32(w[s][at], constants(i)));
        }
    }
#pragma GCC unroll 4
    for (std::size_t s = 0; s < kWidth; ++s) {
        const __m128i feba = _mm_shuffle_epi32(_mm_add_epi32(state[s].abef, initial.abef), 0x1b);
        const __m128i dchg = _mm_shuffle_epi32(_mm_add_epi32(state[s].cdgh, initial.cdgh), 0xb1);
        message[s][0] = _mm_blend_epi16(feba, dchg, 0xf0);
        message[s][1] = _mm_alignr_epi8(dchg, feba, 8);
    }
}

template <std::size_t kWidth> FATHOM_SHA_NI void repeat(Sha256Words* states, std::uint64_t count) {
    __m128i message[kWidth][2];
    for (std::size_t s = 0; s < kWidth; ++s) {
        const auto* source = reinterpret_cast<const __m128i*>(states[s].data());
        message[s][0] = _mm_loadu_si128(source);
        message[s][1] = _mm_loadu_si128(source + 1);
    }
    for (; count != 0; --count) hash_each<kWidth>(message);
    for (std::size_t s = 0; s < kWidth; ++s) {
        auto* target = reinterpret_cast<__m128i*>(states[s].data());
        _mm_storeu_si128(target, message[s][0]);
        _mm_storeu_si128(target + 1, message[s][1]);
    }
}

} // namespace

void sha256_repeat_ni(Sha256Words* states, std::size_t width, std::uint64_t count) {
    switch (width) {
    case 1: return repeat<1>(states, count);
    case 2: return repeat<2>(states, count);
    case 3: return repeat<3>(states, count);
    default: return repeat<4>(states, count);
    }
}

} // namespace fathom::crypto::detail

#endif
