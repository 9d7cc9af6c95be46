// SPDX-License-Identifier: Apache-2.0
// Reads CPUID and XGETBV once at start.
#include "fathom/crypto/x86/cpu.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>

namespace fathom::crypto::x86 {
namespace {

#if defined(__x86_64__)
std::uint64_t enabled_state() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
}

bool all(std::uint64_t word, std::uint64_t bits) {
    return (word & bits) == bits;
}

CpuFeatures detect() {
    CpuFeatures features;
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return features;
    const bool sse = all(ecx, bit_SSSE3 | bit_SSE4_1);
    const std::uint64_t state = (ecx & bit_OSXSAVE) != 0 ? enabled_state() : 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return features;
    features.sha_ni = sse && all(ebx, bit_SHA);
    features.adx = all(ebx, bit_BMI2 | bit_ADX);
    features.avx2 = all(state, 0x6) && all(ebx, bit_AVX2 | bit_BMI | bit_BMI2);
    features.avx512 =
        features.avx2 && all(state, 0xe6) &&
        all(ebx, std::uint64_t{bit_AVX512F} | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL);
    features.avx512_ifma = features.avx512 && all(ebx, bit_AVX512IFMA);
    return features;
}
#else
CpuFeatures detect() {
    return {};
}
#endif

} // namespace

const CpuFeatures kCpu = detect();

} // namespace fathom::crypto::x86
