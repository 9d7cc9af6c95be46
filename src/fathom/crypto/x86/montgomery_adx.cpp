// SPDX-License-Identifier: Apache-2.0
// Montgomery multiplication with MULX, ADCX and ADOX: two independent carry chains a row.
#include "fathom/crypto/x86/montgomery_adx.hpp"

#if defined(__x86_64__)

// A row adds a[i]·b to the running value in t0..; the low words of the products go along one carry
// chain and the high words along the other, and the word above the value ends in `top`.
#define FATHOM_FIRST_ROW "movq (%[a]), %%rdx; mulxq (%[b]), %[t0], %[t1]\n\t"
#define FATHOM_FIRST_STEP(add, j, low, high)                                                       \
    "mulxq " #j "(%[b]), %%rax, %[" #high "]; " add " %%rax, %[" #low "]\n\t"
#define FATHOM_BEGIN_ROW(i)                                                                        \
    "xorl %%eax, %%eax; movq " #i "(%[a]), %%rdx\n\t"                                              \
    "mulxq (%[b]), %%rax, %[top]; adoxq %%rax, %[t0]\n\t"
#define FATHOM_STEP(j, t)                                                                          \
    "adcxq %[top], %[" #t "]; mulxq " #j "(%[b]), %%rax, %[top]; adoxq %%rax, %[" #t "]\n\t"
#define FATHOM_END_ROW "movl $0, %%eax; adcxq %%rax, %[top]; adoxq %%rax, %[top]\n\t"

// A reduction adds the multiple of the modulus that clears t0, and moves everything down a word.
#define FATHOM_BEGIN_REDUCTION                                                                     \
    "movq %[inverse], %%rdx; imulq %[t0], %%rdx; xorl %%eax, %%eax\n\t"                            \
    "mulxq (%[m]), %%rax, %[carry]; adcxq %[t0], %%rax; movq %[carry], %[t0]\n\t"
#define FATHOM_REDUCE(j, below, t)                                                                 \
    "adcxq %[" #t "], %[" #below "]; mulxq " #j "(%[m]), %%rax, %[" #t "]; "                       \
    "adoxq %%rax, %[" #below "]\n\t"
#define FATHOM_END_REDUCTION(t)                                                                    \
    "movl $0, %%eax; adcxq %%rax, %[" #t "]; adoxq %[top], %[" #t "]\n\t"

#define FATHOM_REDUCTION_4                                                                         \
    FATHOM_BEGIN_REDUCTION                                                                         \
    FATHOM_REDUCE(8, t0, t1)                                                                       \
    FATHOM_REDUCE(16, t1, t2) FATHOM_REDUCE(24, t2, t3) FATHOM_END_REDUCTION(t3)
#define FATHOM_ROW_4(i)                                                                            \
    FATHOM_BEGIN_ROW(i)                                                                            \
    FATHOM_STEP(8, t1)                                                                             \
    FATHOM_STEP(16, t2) FATHOM_STEP(24, t3) FATHOM_END_ROW FATHOM_REDUCTION_4

#define FATHOM_REDUCTION_6                                                                         \
    FATHOM_BEGIN_REDUCTION                                                                         \
    FATHOM_REDUCE(8, t0, t1)                                                                       \
    FATHOM_REDUCE(16, t1, t2)                                                                      \
    FATHOM_REDUCE(24, t2, t3)                                                                      \
    FATHOM_REDUCE(32, t3, t4) FATHOM_REDUCE(40, t4, t5) FATHOM_END_REDUCTION(t5)
#define FATHOM_ROW_6(i)                                                                            \
    FATHOM_BEGIN_ROW(i)                                                                            \
    FATHOM_STEP(8, t1)                                                                             \
    FATHOM_STEP(16, t2)                                                                            \
    FATHOM_STEP(24, t3)                                                                            \
    FATHOM_STEP(32, t4) FATHOM_STEP(40, t5) FATHOM_END_ROW FATHOM_REDUCTION_6

namespace fathom::crypto::x86 {

void montgomery_multiply_adx(std::array<std::uint64_t, 4>& result,
                             const std::array<std::uint64_t, 4>& a,
                             const std::array<std::uint64_t, 4>& b,
                             const std::array<std::uint64_t, 4>& modulus,
                             std::uint64_t negative_inverse) {
    std::uint64_t t0, t1, t2, t3, top, carry;
    std::uint64_t* const target = result.data();
    __asm__ volatile(
        FATHOM_FIRST_ROW FATHOM_FIRST_STEP("addq", 8, t1, t2) FATHOM_FIRST_STEP("adcq", 16, t2, t3)
            FATHOM_FIRST_STEP("adcq", 24, t3,
                              top) "adcq $0, %[top]\n\t" FATHOM_REDUCTION_4 FATHOM_ROW_4(8)
                FATHOM_ROW_4(16) FATHOM_ROW_4(
                    24) "movq %[t0], %%rax; movq %[t1], %%rdx; movq %[t2], %[top]; movq %[t3], "
                        "%[carry]\n\t"
                        "subq (%[m]), %[t0]; sbbq 8(%[m]), %[t1]; sbbq 16(%[m]), %[t2]; sbbq "
                        "24(%[m]), %[t3]\n\t"
                        "cmovcq %%rax, %[t0]; cmovcq %%rdx, %[t1]\n\t"
                        "cmovcq %[top], %[t2]; cmovcq %[carry], %[t3]\n\t"
                        "movq %[result], %%rax; movq %[t0], (%%rax); movq %[t1], 8(%%rax)\n\t"
                        "movq %[t2], 16(%%rax); movq %[t3], 24(%%rax)"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [top] "=&r"(top),
          [carry] "=&r"(carry)
        : [a] "r"(a.data()), [b] "r"(b.data()), [m] "r"(modulus.data()),
          [inverse] "m"(negative_inverse), [result] "m"(target)
        : "rax", "rdx", "cc", "memory");
}

void montgomery_multiply_adx(std::array<std::uint64_t, 6>& result,
                             const std::array<std::uint64_t, 6>& a,
                             const std::array<std::uint64_t, 6>& b,
                             const std::array<std::uint64_t, 6>& modulus,
                             std::uint64_t negative_inverse) {
    std::uint64_t t0, t1, t2, t3, t4, t5, top, carry;
    std::uint64_t* const target = result.data();
    // The pointers to the factors are done with before the last subtraction, which keeps two of the
    // unreduced words in their registers.
    const std::uint64_t* left = a.data();
    const std::uint64_t* right = b.data();
    __asm__ volatile(
        FATHOM_FIRST_ROW FATHOM_FIRST_STEP("addq", 8, t1, t2) FATHOM_FIRST_STEP("adcq", 16, t2, t3)
            FATHOM_FIRST_STEP("adcq", 24, t3, t4) FATHOM_FIRST_STEP("adcq", 32, t4, t5)
                FATHOM_FIRST_STEP("adcq", 40, t5,
                                  top) "adcq $0, %[top]\n\t" FATHOM_REDUCTION_6 FATHOM_ROW_6(8)
                    FATHOM_ROW_6(16) FATHOM_ROW_6(24) FATHOM_ROW_6(32) FATHOM_ROW_6(
                        40) "movq %[t0], %%rax; movq %[t1], %%rdx; movq %[t2], %[top]; movq %[t3], "
                            "%[carry]\n\t"
                            "movq %[t4], %[a]; movq %[t5], %[b]\n\t"
                            "subq (%[m]), %[t0]; sbbq 8(%[m]), %[t1]; sbbq 16(%[m]), %[t2]\n\t"
                            "sbbq 24(%[m]), %[t3]; sbbq 32(%[m]), %[t4]; sbbq 40(%[m]), %[t5]\n\t"
                            "cmovcq %%rax, %[t0]; cmovcq %%rdx, %[t1]; cmovcq %[top], %[t2]\n\t"
                            "cmovcq %[carry], %[t3]; cmovcq %[a], %[t4]; cmovcq %[b], %[t5]\n\t"
                            "movq %[result], %%rax; movq %[t0], (%%rax); movq %[t1], 8(%%rax)\n\t"
                            "movq %[t2], 16(%%rax); movq %[t3], 24(%%rax)\n\t"
                            "movq %[t4], 32(%%rax); movq %[t5], 40(%%rax)"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [top] "=&r"(top), [carry] "=&r"(carry), [a] "+&r"(left), [b] "+&r"(right)
        : [m] "r"(modulus.data()), [inverse] "m"(negative_inverse), [result] "m"(target)
        : "rax", "rdx", "cc", "memory");
}

} // namespace fathom::crypto::x86

#endif
