// SPDX-License-Identifier: Apache-2.0
#include "fathom/crypto/x86/limb_row.hpp"

#include "fathom/base/integers.hpp"

namespace fathom::crypto::x86 {

#if defined(__x86_64__)

// One step: low(word·row[i]) + high of the step before in the CF chain, + sum[i] in the OF chain.
#define FATHOM_ROW_STEP(offset, carry, high)                                                       \
    "mulxq " #offset "(%[row]), %[low], %[" #high "]\n\t"                                          \
    "adcxq %[" #carry "], %[low]\n\t"                                                              \
    "adoxq " #offset "(%[sum]), %[low]\n\t"                                                        \
    "movq %[low], " #offset "(%[sum])\n\t"
#define FATHOM_ROW_FOUR(o0, o1, o2, o3)                                                            \
    FATHOM_ROW_STEP(o0, even, odd)                                                                 \
    FATHOM_ROW_STEP(o1, odd, even)                                                                 \
    FATHOM_ROW_STEP(o2, even, odd)                                                                 \
    FATHOM_ROW_STEP(o3, odd, even)
// Both carries end in the high word: sum + word·row + carry < 2^64·2^(64·count).
#define FATHOM_ROW_END                                                                             \
    "movl $0, %k[low]\n\t"                                                                         \
    "adcxq %[low], %[even]\n\t"                                                                    \
    "adoxq %[low], %[even]\n\t"

namespace {

inline std::uint64_t eight(std::uint64_t* sum, const std::uint64_t* row, std::uint64_t word,
                           std::uint64_t carry) {
    std::uint64_t low;
    std::uint64_t odd;
    __asm__ volatile("xorl %k[low], %k[low]\n\t" FATHOM_ROW_FOUR(0, 8, 16, 24)
                         FATHOM_ROW_FOUR(32, 40, 48, 56) FATHOM_ROW_END
                     : [even] "+&r"(carry), [odd] "=&r"(odd), [low] "=&r"(low)
                     : [sum] "r"(sum), [row] "r"(row), "d"(word)
                     : "cc", "memory");
    return carry;
}

inline std::uint64_t four(std::uint64_t* sum, const std::uint64_t* row, std::uint64_t word,
                          std::uint64_t carry) {
    std::uint64_t low;
    std::uint64_t odd;
    __asm__ volatile("xorl %k[low], %k[low]\n\t" FATHOM_ROW_FOUR(0, 8, 16, 24) FATHOM_ROW_END
                     : [even] "+&r"(carry), [odd] "=&r"(odd), [low] "=&r"(low)
                     : [sum] "r"(sum), [row] "r"(row), "d"(word)
                     : "cc", "memory");
    return carry;
}

} // namespace

std::uint64_t multiply_add_row_adx(std::uint64_t* sum, const std::uint64_t* row, std::size_t count,
                                   std::uint64_t word) {
    std::uint64_t carry = 0;
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) carry = eight(sum + i, row + i, word, carry);
    if (i + 4 <= count) {
        carry = four(sum + i, row + i, word, carry);
        i += 4;
    }
    for (; i < count; ++i) {
        const uint128_t step = uint128_t{word} * row[i] + sum[i] + carry;
        sum[i] = static_cast<std::uint64_t>(step);
        carry = static_cast<std::uint64_t>(step >> 64);
    }
    return carry;
}

#undef FATHOM_ROW_STEP
#undef FATHOM_ROW_FOUR
#undef FATHOM_ROW_END

#endif

} // namespace fathom::crypto::x86
