// SPDX-License-Identifier: Apache-2.0
// The quadratic character modulo 2^255 - 19, by a binary greatest common divisor.
#include "fathom/base/bytes.hpp"
#include "fathom/crypto/field25519.hpp"

#include <bit>

#if defined(__GNUC__) && !defined(__clang__)
// The words live in carry chains; moving pairs of them through vector registers costs half as much
// again.
#pragma GCC optimize("no-tree-vectorize", "no-tree-slp-vectorize")
#endif

namespace fathom::crypto {
namespace {

// For odd positive a and b, the Jacobi symbol obeys
//   (a/b) = (a-b / b)                      if a ≥ b,
//   (a/b) = (b/a), negated if both are 3 mod 4, so (b-a / a) follows,
//   (2/b) = -1 exactly if b is 3 or 5 mod 8.
// One step subtracts the smaller from the larger, keeps the smaller and strips the factors of two
// of the difference. About 180 steps of a dozen cycles replace 254 dependent squarings. Which of
// the two is smaller is a coin toss that no predictor wins, so it is decided by masks.

template <std::size_t N> using Words = std::array<std::uint64_t, N>;

template <std::size_t N> struct Pair {
    Words<N> a; ///< odd
    Words<N> b; ///< odd
    /// Bit 0: the symbol has been negated an odd number of times.
    std::uint64_t negated = 0;
};

/// x -= y; all ones if it wrapped.
template <std::size_t N> inline std::uint64_t subtract(Words<N>& x, const Words<N>& y) {
    std::uint64_t wrapped;
#if defined(__x86_64__)
    // GCC 12 does not keep a borrow in the flags from one word to the next.
    if constexpr (N == 4) {
        __asm__("subq %5, %0\n\tsbbq %6, %1\n\tsbbq %7, %2\n\tsbbq %8, %3\n\tsbbq %4, %4"
                : "+&r"(x[0]), "+&r"(x[1]), "+&r"(x[2]), "+&r"(x[3]), "=&r"(wrapped)
                : "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3])
                : "cc");
        return wrapped;
    } else if constexpr (N == 3) {
        __asm__("subq %4, %0\n\tsbbq %5, %1\n\tsbbq %6, %2\n\tsbbq %3, %3"
                : "+&r"(x[0]), "+&r"(x[1]), "+&r"(x[2]), "=&r"(wrapped)
                : "r"(y[0]), "r"(y[1]), "r"(y[2])
                : "cc");
        return wrapped;
    } else if constexpr (N == 2) {
        __asm__("subq %3, %0\n\tsbbq %4, %1\n\tsbbq %2, %2"
                : "+&r"(x[0]), "+&r"(x[1]), "=&r"(wrapped)
                : "r"(y[0]), "r"(y[1])
                : "cc");
        return wrapped;
    }
#endif
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const uint128_t difference = uint128_t{x[i]} - y[i] - borrow;
        x[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
    }
    wrapped = std::uint64_t{0} - borrow;
    return wrapped;
}

/// x >>= count, from 1 to 63.
template <std::size_t N> inline void shift_right(Words<N>& x, int count) {
    for (std::size_t i = 0; i + 1 < N; ++i) {
        x[i] = (x[i] >> count) | (x[i + 1] << (64 - count));
    }
    x[N - 1] >>= count;
}

/// Strips the factors of two of an even a. False if a is zero.
template <std::size_t N> inline bool make_odd(Pair<N>& pair) {
    auto& a = pair.a;
    // Whole words of zeros are rare, and an even number of twos leaves the symbol alone.
    for (std::size_t moved = 0; a[0] == 0; ++moved) [[unlikely]] {
        if (moved == N) return false;
        for (std::size_t i = 0; i + 1 < N; ++i) a[i] = a[i + 1];
        a[N - 1] = 0;
    }
    const int twos = std::countr_zero(a[0]);
    if (twos != 0) [[likely]]
        shift_right(a, twos);
    pair.negated ^= static_cast<std::uint64_t>(twos) & ((pair.b[0] >> 1) ^ (pair.b[0] >> 2));
    return true;
}

/// One step; false once a has become zero, when b is the greatest common divisor.
template <std::size_t N> inline bool step(Pair<N>& pair) {
    const std::uint64_t both_three = (pair.a[0] & pair.b[0]) >> 1;
    const std::uint64_t smaller = subtract(pair.a, pair.b);
    pair.negated ^= smaller & both_three;
    // Where a was the smaller, b - (b - a) and b - a follow from the wrapped difference.
    Words<N> mask;
    Words<N> taken;
    for (std::size_t i = 0; i < N; ++i) {
        mask[i] = smaller;
        pair.a[i] ^= smaller;
    }
    subtract(pair.a, mask);
    for (std::size_t i = 0; i < N; ++i) taken[i] = pair.a[i] & smaller;
    subtract(pair.b, taken);
    return make_odd(pair);
}

/// The symbol (a/b), or 0 if they have a common divisor. Drops to fewer words as both shrink.
template <std::size_t N> int jacobi(Pair<N> pair) {
    if constexpr (N > 1) {
        while ((pair.a[N - 1] | pair.b[N - 1]) != 0) {
            if (!step(pair)) return 0;
        }
        Pair<N - 1> shorter;
        for (std::size_t i = 0; i + 1 < N; ++i) {
            shorter.a[i] = pair.a[i];
            shorter.b[i] = pair.b[i];
        }
        shorter.negated = pair.negated;
        return jacobi(shorter);
    } else {
        while (step(pair)) {
        }
        if (pair.b[0] != 1) return 0;
        return (pair.negated & 1) != 0 ? -1 : 1;
    }
}

} // namespace

int Field25519::legendre() const {
    const auto bytes = to_bytes();
    Pair<4> pair;
    for (std::size_t i = 0; i < 4; ++i) pair.a[i] = load_le<std::uint64_t>(bytes.data() + 8 * i);
    pair.b = {0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff};
    return make_odd(pair) ? jacobi(pair) : 0;
}

} // namespace fathom::crypto
