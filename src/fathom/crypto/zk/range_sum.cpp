// SPDX-License-Identifier: Apache-2.0
// The sum of a range proof.
#include "fathom/crypto/zk/range_sum.hpp"

#include "fathom/crypto/multiscalar25519.hpp"

#include <vector>

namespace fathom::crypto::zk {

bool RangeSum::is_zero() const {
    const RangeGenerators& generators = range_generators();
    std::vector<Scalar25519> scalars(fixed_.begin(), fixed_.begin() + 2 * bits_ + 2);
    std::vector<RistrettoPoint> points(generators.g.begin(), generators.g.begin() + bits_);
    points.insert(points.end(), generators.h.begin(), generators.h.begin() + bits_);
    points.push_back(RistrettoPoint::base());
    points.push_back(pedersen_h());
    scalars.insert(scalars.end(), scalar_.begin(), scalar_.begin() + size_);
    points.insert(points.end(), point_.begin(), point_.begin() + size_);
    return multiscalar_multiply(scalars, std::span<const RistrettoPoint>(points)).is_identity();
}

} // namespace fathom::crypto::zk
