// SPDX-License-Identifier: Apache-2.0
// Which instruction-set extensions this processor and operating system offer.
#pragma once

namespace fathom::crypto::x86 {

/// Extensions that have a faster variant here. All false on other architectures, and all false if
/// read before dynamic initialisation, so that the portable code is the safe default.
struct CpuFeatures {
    bool sha_ni = false;
    /// MULX, ADCX and ADOX.
    bool adx = false;
    bool avx2 = false;
    /// AVX-512 F, DQ, BW and VL together.
    bool avx512 = false;
    /// AVX-512 IFMA on top of `avx512`.
    bool avx512_ifma = false;
};

extern const CpuFeatures kCpu;

} // namespace fathom::crypto::x86
