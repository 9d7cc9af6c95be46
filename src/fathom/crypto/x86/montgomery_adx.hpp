// SPDX-License-Identifier: Apache-2.0
// Montgomery arithmetic with the carry chains that compilers do not find.
#pragma once

#include <array>
#include <cstdint>

namespace fathom::crypto::x86 {

/// a·b/R modulo `modulus`, for a < R and b < modulus < R/4; `negative_inverse` is -modulus^-1
/// modulo 2^64. Only where kCpu.adx.
void montgomery_multiply_adx(std::array<std::uint64_t, 4>& result,
                             const std::array<std::uint64_t, 4>& a,
                             const std::array<std::uint64_t, 4>& b,
                             const std::array<std::uint64_t, 4>& modulus,
                             std::uint64_t negative_inverse);
void montgomery_multiply_adx(std::array<std::uint64_t, 6>& result,
                             const std::array<std::uint64_t, 6>& a,
                             const std::array<std::uint64_t, 6>& b,
                             const std::array<std::uint64_t, 6>& modulus,
                             std::uint64_t negative_inverse);

// Without optimisation, or if every access is instrumented, the operands below do not find enough
// registers.
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__)
#define FATHOM_X86_CARRY_CHAINS 1

// Results are stored word by word within the assembly: a compiler would pair the words in vector
// registers, which costs more than the addition.

/// a + b modulo `modulus`, both below it. `result` may be either of them.
inline void add_modulo(std::array<std::uint64_t, 4>& result, const std::array<std::uint64_t, 4>& a,
                       const std::array<std::uint64_t, 4>& b,
                       const std::array<std::uint64_t, 4>& modulus) {
    std::uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3];
    std::uint64_t s0, s1, s2, s3;
    __asm__("addq %[b0], %[t0]; adcq %[b1], %[t1]; adcq %[b2], %[t2]\n\t"
            "adcq %[b3], %[t3]\n\t"
            "movq %[t0], %[s0]; movq %[t1], %[s1]; movq %[t2], %[s2]\n\t"
            "movq %[t3], %[s3]\n\t"
            "subq %[m0], %[t0]; sbbq %[m1], %[t1]; sbbq %[m2], %[t2]\n\t"
            "sbbq %[m3], %[t3]\n\t"
            "cmovcq %[s0], %[t0]; cmovcq %[s1], %[t1]; cmovcq %[s2], %[t2]\n\t"
            "cmovcq %[s3], %[t3]\n\t"
            "movq %[t0], %[r0]; movq %[t1], %[r1]; movq %[t2], %[r2]\n\t"
            "movq %[t3], %[r3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [s0] "=&r"(s0),
              [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [r0] "=&m"(result[0]),
              [r1] "=&m"(result[1]), [r2] "=&m"(result[2]), [r3] "=&m"(result[3])
            : [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]), [m0] "m"(modulus[0]),
              [m1] "m"(modulus[1]), [m2] "m"(modulus[2]), [m3] "m"(modulus[3])
            : "cc");
}

/// a - b modulo `modulus`, as above.
inline void subtract_modulo(std::array<std::uint64_t, 4>& result,
                            const std::array<std::uint64_t, 4>& a,
                            const std::array<std::uint64_t, 4>& b,
                            const std::array<std::uint64_t, 4>& modulus) {
    std::uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3];
    std::uint64_t s0, s1, s2, s3;
    __asm__("movq %[m0], %[s0]; movq %[m1], %[s1]; movq %[m2], %[s2]\n\t"
            "movq %[m3], %[s3]\n\t"
            "subq %[b0], %[t0]; sbbq %[b1], %[t1]; sbbq %[b2], %[t2]\n\t"
            "sbbq %[b3], %[t3]\n\t"
            "cmovncq %[zero], %[s0]; cmovncq %[zero], %[s1]; cmovncq %[zero], %[s2]; cmovncq "
            "%[zero], %[s3]\n\t"
            "addq %[s0], %[t0]; adcq %[s1], %[t1]; adcq %[s2], %[t2]\n\t"
            "adcq %[s3], %[t3]\n\t"
            "movq %[t0], %[r0]; movq %[t1], %[r1]; movq %[t2], %[r2]\n\t"
            "movq %[t3], %[r3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [s0] "=&r"(s0),
              [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [r0] "=&m"(result[0]),
              [r1] "=&m"(result[1]), [r2] "=&m"(result[2]), [r3] "=&m"(result[3])
            : [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]), [m0] "m"(modulus[0]),
              [m1] "m"(modulus[1]), [m2] "m"(modulus[2]), [m3] "m"(modulus[3]),
              [zero] "r"(std::uint64_t{0})
            : "cc");
}

/// For six limbs. What does not fit the registers waits in the result; `modulus` must be a
/// constant.
inline void add_modulo(std::array<std::uint64_t, 6>& result, const std::array<std::uint64_t, 6>& a,
                       const std::array<std::uint64_t, 6>& b,
                       const std::array<std::uint64_t, 6>& modulus) {
    std::uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = a[4], t5 = a[5];
    std::uint64_t s0, s1, s2;
    __asm__("addq %[b0], %[t0]; adcq %[b1], %[t1]; adcq %[b2], %[t2]\n\t"
            "adcq %[b3], %[t3]; adcq %[b4], %[t4]; adcq %[b5], %[t5]\n\t"
            "movq %[t0], %[s0]; movq %[t1], %[s1]; movq %[t2], %[s2]\n\t"
            "movq %[t3], %[r3]; movq %[t4], %[r4]; movq %[t5], %[r5]\n\t"
            "subq 0(%[m]), %[t0]; sbbq 8(%[m]), %[t1]; sbbq 16(%[m]), %[t2]\n\t"
            "sbbq 24(%[m]), %[t3]; sbbq 32(%[m]), %[t4]; sbbq 40(%[m]), %[t5]\n\t"
            "cmovcq %[s0], %[t0]; cmovcq %[s1], %[t1]; cmovcq %[s2], %[t2]\n\t"
            "cmovcq %[r3], %[t3]; cmovcq %[r4], %[t4]; cmovcq %[r5], %[t5]\n\t"
            "movq %[t0], %[r0]; movq %[t1], %[r1]; movq %[t2], %[r2]\n\t"
            "movq %[t3], %[r3]; movq %[t4], %[r4]; movq %[t5], %[r5]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
              [t5] "+&r"(t5), [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [r0] "=&m"(result[0]),
              [r1] "=&m"(result[1]), [r2] "=&m"(result[2]), [r3] "=&m"(result[3]),
              [r4] "=&m"(result[4]), [r5] "=&m"(result[5])
            : [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]), [b4] "m"(b[4]),
              [b5] "m"(b[5]), [m] "r"(modulus.data())
            : "cc");
}

inline void subtract_modulo(std::array<std::uint64_t, 6>& result,
                            const std::array<std::uint64_t, 6>& a,
                            const std::array<std::uint64_t, 6>& b,
                            const std::array<std::uint64_t, 6>& modulus) {
    std::uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = a[4], t5 = a[5];
    std::uint64_t s0, s1, mask;
    __asm__("subq %[b0], %[t0]; sbbq %[b1], %[t1]; sbbq %[b2], %[t2]\n\t"
            "sbbq %[b3], %[t3]; sbbq %[b4], %[t4]; sbbq %[b5], %[t5]\n\t"
            "sbbq %[mask], %[mask]\n\t"
            "movq %[t0], %[s0]; movq %[t1], %[s1]; movq %[t2], %[r2]\n\t"
            "movq %[t3], %[r3]; movq %[t4], %[r4]; movq %[t5], %[r5]\n\t"
            "addq 0(%[m]), %[t0]; adcq 8(%[m]), %[t1]; adcq 16(%[m]), %[t2]\n\t"
            "adcq 24(%[m]), %[t3]; adcq 32(%[m]), %[t4]; adcq 40(%[m]), %[t5]\n\t"
            "testq %[mask], %[mask]\n\t"
            "cmovzq %[s0], %[t0]; cmovzq %[s1], %[t1]; cmovzq %[r2], %[t2]\n\t"
            "cmovzq %[r3], %[t3]; cmovzq %[r4], %[t4]; cmovzq %[r5], %[t5]\n\t"
            "movq %[t0], %[r0]; movq %[t1], %[r1]; movq %[t2], %[r2]\n\t"
            "movq %[t3], %[r3]; movq %[t4], %[r4]; movq %[t5], %[r5]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
              [t5] "+&r"(t5), [s0] "=&r"(s0), [s1] "=&r"(s1), [mask] "=&r"(mask),
              [r0] "=&m"(result[0]), [r1] "=&m"(result[1]), [r2] "=&m"(result[2]),
              [r3] "=&m"(result[3]), [r4] "=&m"(result[4]), [r5] "=&m"(result[5])
            : [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]), [b4] "m"(b[4]),
              [b5] "m"(b[5]), [m] "r"(modulus.data())
            : "cc");
}

#endif

} // namespace fathom::crypto::x86
