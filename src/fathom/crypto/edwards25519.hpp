// SPDX-License-Identifier: Apache-2.0
// Points of edwards25519, -x² + y² = 1 + d·x²·y² over Field25519, in extended coordinates.
#pragma once

#include "fathom/crypto/field25519.hpp"
#include "fathom/crypto/scalar25519.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace fathom::crypto {

/// A point of the full group of order 8·l: torsion is kept, nothing is cleared. (X:Y:Z:T) stands
/// for x = X/Z, y = Y/Z, x·y = T/Z; coordinates are tight.
struct EdwardsPoint {
    Field25519 x;
    Field25519 y;
    Field25519 z;
    Field25519 t;

    static constexpr EdwardsPoint identity() {
        return {Field25519::zero(), Field25519::one(), Field25519::one(), Field25519::zero()};
    }
    static EdwardsPoint base();

    /// Accepts what curve25519-dalek 4.1.3 (src/edwards.rs) accepts: the encoded y may be p or
    /// above, and x = 0 may carry a sign bit. Variable time.
    [[nodiscard]] static std::optional<EdwardsPoint> decompress(const std::uint8_t* bytes32);

    /// The canonical encoding.
    [[nodiscard]] std::array<std::uint8_t, 32> compress() const;

    [[nodiscard]] bool is_identity() const;
    /// 8·P is the identity.
    [[nodiscard]] bool is_small_order() const;

    [[nodiscard]] EdwardsPoint doubled() const;
    [[nodiscard]] EdwardsPoint times_cofactor() const { return doubled().doubled().doubled(); }
};

[[nodiscard]] bool operator==(const EdwardsPoint& a, const EdwardsPoint& b);
[[nodiscard]] EdwardsPoint operator+(const EdwardsPoint& a, const EdwardsPoint& b);
[[nodiscard]] EdwardsPoint operator-(const EdwardsPoint& a, const EdwardsPoint& b);
[[nodiscard]] EdwardsPoint operator-(const EdwardsPoint& a);

/// scalar·P. Variable time.
[[nodiscard]] EdwardsPoint operator*(const Scalar25519& scalar, const EdwardsPoint& point);

/// a·A + b·B for the base point B. Variable time.
[[nodiscard]] EdwardsPoint double_multiply_base(const Scalar25519& a, const EdwardsPoint& point,
                                                const Scalar25519& b);

/// Whether 32 bytes decompress to a point: what makes an address not program-derived.
/// Variable time, faster than decompressing.
[[nodiscard]] bool is_on_curve(const std::uint8_t* bytes32);

} // namespace fathom::crypto
