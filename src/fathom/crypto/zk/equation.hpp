// SPDX-License-Identifier: Apache-2.0
// A claim that a sum of products scalar·point is zero, over the two Pedersen bases and a few
// points.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/ristretto255.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto::zk {

/// The base that commitments blind with: SHA3-512 of the encoded base point, mapped to the group
/// (solana-zk-sdk encryption/pedersen.rs).
[[nodiscard]] const RistrettoPoint& pedersen_h();

/// Encodings that are decompressed together.
class PointBatch {
public:
    /// Of the largest range proof: 8 commitments, 4 points and 8 pairs.
    static constexpr std::size_t kCapacity = 28;

    /// The pointer stays valid until decompress().
    void add(const std::uint8_t* bytes32) { encoding_[size_++] = bytes32; }
    void decompress();

    [[nodiscard]] bool is_valid(std::size_t i) const { return (valid_ >> i & 1) != 0; }
    [[nodiscard]] const RistrettoPoint& operator[](std::size_t i) const { return point_[i]; }

private:
    std::array<const std::uint8_t*, kCapacity> encoding_{};
    /// In whole groups of eight.
    std::array<RistrettoPoint, (kCapacity + 7) / 8 * 8> point_;
    std::size_t size_ = 0;
    std::uint32_t valid_ = 0;
};

class Equation {
public:
    static constexpr std::size_t kCapacity = 16;

    void add_g(const Scalar25519& scalar) { g_ = g_ + scalar; }
    void add_h(const Scalar25519& scalar) { h_ = h_ + scalar; }
    /// At most kCapacity times.
    void add(const Scalar25519& scalar, const RistrettoPoint& point) {
        scalar_[size_] = scalar;
        point_[size_++] = point;
    }

    [[nodiscard]] bool holds() const;

private:
    Scalar25519 g_;
    Scalar25519 h_;
    std::array<Scalar25519, kCapacity + 2> scalar_;
    std::array<RistrettoPoint, kCapacity + 2> point_;
    std::size_t size_ = 0;
};

} // namespace fathom::crypto::zk
