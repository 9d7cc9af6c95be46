// SPDX-License-Identifier: Apache-2.0
// ristretto255 on AVX-512 IFMA: decompression of eight points at once, and sums of products spread
// over eight lanes; private. Call only where kCpu.avx512_ifma is set.
#pragma once

#include "fathom/crypto/ristretto255.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace fathom::crypto::x86 {

struct AffineRow;

/// Decompresses eight encodings; every pointer is valid. Bit i says that point i is one.
[[nodiscard]] std::uint8_t ristretto_decompress_lanes(const std::uint8_t* const* encodings,
                                                      RistrettoPoint* points);

/// Multiples of points that are known beforehand, for signed digits of `width` bits.
class FixedMultiples {
public:
    FixedMultiples(std::span<const RistrettoPoint> points, unsigned width);
    ~FixedMultiples();
    FixedMultiples(const FixedMultiples&) = delete;
    FixedMultiples& operator=(const FixedMultiples&) = delete;

    [[nodiscard]] unsigned width() const { return width_; }
    /// magnitude·point, magnitude ≤ 2^(width-1).
    [[nodiscard]] const AffineRow* row(std::size_t point, std::size_t magnitude) const;

private:
    unsigned width_;
    std::unique_ptr<AffineRow[]> rows_;
};

/// The sum of fixed[i]·(point i of the table) and of scalars[i]·points[i]. Variable time.
[[nodiscard]] RistrettoPoint sum_of_products(const FixedMultiples& table,
                                             std::span<const Scalar25519> fixed,
                                             std::span<const Scalar25519> scalars,
                                             std::span<const RistrettoPoint> points);

} // namespace fathom::crypto::x86
