// SPDX-License-Identifier: Apache-2.0
// The Pedersen bases, and the sums that sigma proofs come down to.
#include "fathom/crypto/zk/equation.hpp"

#include "fathom/crypto/multiscalar25519.hpp"
#include "fathom/crypto/sha3.hpp"

namespace fathom::crypto::zk {

const RistrettoPoint& pedersen_h() {
    static const RistrettoPoint h = [] {
        const auto encoded = RistrettoPoint::base().compress();
        return RistrettoPoint::from_uniform_bytes(sha3_512(encoded).data());
    }();
    return h;
}

void PointBatch::decompress() {
    for (std::size_t i = 0; i < size_; ++i) {
        const auto point = RistrettoPoint::decompress(encoding_[i]);
        if (!point) continue;
        point_[i] = *point;
        valid_ |= std::uint32_t{1} << i;
    }
}

bool Equation::holds() const {
    auto scalars = scalar_;
    auto points = point_;
    scalars[size_] = g_;
    points[size_] = RistrettoPoint::base();
    scalars[size_ + 1] = h_;
    points[size_ + 1] = pedersen_h();
    return multiscalar_multiply(std::span(scalars).first(size_ + 2),
                                std::span<const RistrettoPoint>(points).first(size_ + 2))
        .is_identity();
}

} // namespace fathom::crypto::zk
