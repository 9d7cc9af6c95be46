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
    static constexpr std::size_t kMaxBits = RangeGenerators::kMaxBits;

    explicit RangeSum(std::size_t bits) : bits_(bits) {}

    void set_g(std::size_t i, const Scalar25519& scalar) { fixed_[2 + 2 * i] = scalar; }
    void set_h(std::size_t i, const Scalar25519& scalar) { fixed_[3 + 2 * i] = scalar; }
    void set_pedersen_g(const Scalar25519& scalar) { fixed_[0] = scalar; }
    void set_pedersen_h(const Scalar25519& scalar) { fixed_[1] = scalar; }
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
    /// In the order of RangeGenerators.
    std::array<Scalar25519, RangeGenerators::kSize> fixed_;
    std::array<Scalar25519, PointBatch::kCapacity> scalar_;
    std::array<RistrettoPoint, PointBatch::kCapacity> point_;
};

} // namespace fathom::crypto::zk
