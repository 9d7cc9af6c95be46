// SPDX-License-Identifier: Apache-2.0
// The Pedersen bases, and the sums that sigma proofs come down to.
#include "fathom/crypto/zk/equation.hpp"

#include "fathom/crypto/multiscalar25519.hpp"
#include "fathom/crypto/sha3.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#if defined(__x86_64__)
#include "fathom/crypto/x86/ristretto_ifma.hpp"
#endif

#include <algorithm>

namespace fathom::crypto::zk {

const RistrettoPoint& pedersen_h() {
    static const RistrettoPoint h = [] {
        const auto encoded = RistrettoPoint::base().compress();
        return RistrettoPoint::from_uniform_bytes(sha3_512(encoded).data());
    }();
    return h;
}

void PointBatch::decompress() {
#if defined(__x86_64__)
    if (x86::kCpu.avx512_ifma) {
        for (std::size_t first = 0; first < size_; first += 8) {
            std::array<const std::uint8_t*, 8> lanes;
            for (std::size_t i = 0; i < 8; ++i) {
                lanes[i] = encoding_[std::min(first + i, size_ - 1)];
            }
            const std::uint32_t valid =
                x86::ristretto_decompress_lanes(lanes.data(), point_.data() + first);
            valid_ |= valid << first;
        }
        return;
    }
#endif
    for (std::size_t i = 0; i < size_; ++i) {
        const auto point = RistrettoPoint::decompress(encoding_[i]);
        if (!point) continue;
        point_[i] = *point;
        valid_ |= std::uint32_t{1} << i;
    }
}

bool Equation::holds() const {
    // Lanes pay off for the many points of a range proof only.
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
