// SPDX-License-Identifier: Apache-2.0
// The one sum of products that a range proof comes down to.
#pragma once

#include "fathom/crypto/ristretto255.hpp"
#include "fathom/crypto/zk/equation.hpp"
#include "fathom/crypto/zk/range_generators.hpp"

#include <array>
#include <cstddef>

namespace fathom::crypto::zk {

/// Over the first `bits` generators of each chain, both Pedersen bases and the proof's own points.
class RangeSum {
public:
    static constexpr std::size_t kMaxBits = RangeGenerators::kCount;

    explicit RangeSum(std::size_t bits) : bits_(bits) {}

    void set_g(std::size_t i, const Scalar25519& scalar) { fixed_[i] = scalar; }
    void set_h(std::size_t i, const Scalar25519& scalar) { fixed_[bits_ + i] = scalar; }
    void set_pedersen_g(const Scalar25519& scalar) { fixed_[2 * bits_] = scalar; }
    void set_pedersen_h(const Scalar25519& scalar) { fixed_[2 * bits_ + 1] = scalar; }
    /// At most PointBatch::kCapacity times.
    void add(const Scalar25519& scalar, const RistrettoPoint& point) {
        scalar_[size_] = scalar;
        point_[size_++] = point;
    }

    /// All generators' factors are set.
    [[nodiscard]] bool is_zero() const;

private:
    std::size_t bits_;
    std::size_t size_ = 0;
    std::array<Scalar25519, 2 * kMaxBits + 2> fixed_;
    std::array<Scalar25519, PointBatch::kCapacity> scalar_;
    std::array<RistrettoPoint, PointBatch::kCapacity> point_;
};

} // namespace fathom::crypto::zk
