// SPDX-License-Identifier: Apache-2.0
// The sum of a range proof: nearly all of its points are known beforehand.
#include "fathom/crypto/zk/range_sum.hpp"

#include "fathom/crypto/multiscalar25519.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#if defined(__x86_64__)
#include "fathom/crypto/x86/ristretto_ifma.hpp"
#endif

#include <vector>

namespace fathom::crypto::zk {
namespace {

#if defined(__x86_64__)
/// Longer digits would mean fewer additions, but a table that does not stay in the cache.
constexpr unsigned kDigitWidth = 5;

const x86::FixedMultiples& generator_multiples() {
    static const x86::FixedMultiples table(range_generators().point, kDigitWidth);
    return table;
}
#endif

} // namespace

bool RangeSum::is_zero() const {
    const auto fixed = std::span(fixed_).first(2 + 2 * bits_);
    const auto own_scalars = std::span(scalar_).first(size_);
    const auto own_points = std::span(point_).first(size_);
#if defined(__x86_64__)
    if (x86::kCpu.avx512_ifma) {
        return x86::sum_of_products(generator_multiples(), fixed, own_scalars, own_points)
            .is_identity();
    }
#endif
    const auto generators = std::span(range_generators().point).first(fixed.size());
    std::vector<Scalar25519> scalars(fixed.begin(), fixed.end());
    std::vector<RistrettoPoint> points(generators.begin(), generators.end());
    scalars.insert(scalars.end(), own_scalars.begin(), own_scalars.end());
    points.insert(points.end(), own_points.begin(), own_points.end());
    return multiscalar_multiply(scalars, std::span<const RistrettoPoint>(points)).is_identity();
}

} // namespace fathom::crypto::zk
