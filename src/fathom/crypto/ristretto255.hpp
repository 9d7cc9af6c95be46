// SPDX-License-Identifier: Apache-2.0
// The ristretto255 group (RFC 9496) over edwards25519.
#pragma once

#include "fathom/crypto/edwards25519.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace fathom::crypto {

/// An element of the prime-order group, held as one of its four Edwards representatives.
struct RistrettoPoint {
    EdwardsPoint representative;

    static constexpr RistrettoPoint identity() { return {EdwardsPoint::identity()}; }
    static RistrettoPoint base() { return {EdwardsPoint::base()}; }

    /// Accepts canonical encodings only. Variable time.
    [[nodiscard]] static std::optional<RistrettoPoint> decompress(const std::uint8_t* bytes32);

    [[nodiscard]] std::array<std::uint8_t, 32> compress() const;

    /// The one-way map of RFC 9496 section 4.3.4. The top bit of either half is ignored.
    [[nodiscard]] static RistrettoPoint from_uniform_bytes(const std::uint8_t* bytes64);

    [[nodiscard]] bool is_identity() const;
};

/// Equal as group elements.
[[nodiscard]] bool operator==(const RistrettoPoint& a, const RistrettoPoint& b);

[[nodiscard]] inline RistrettoPoint operator+(const RistrettoPoint& a, const RistrettoPoint& b) {
    return {a.representative + b.representative};
}

[[nodiscard]] inline RistrettoPoint operator-(const RistrettoPoint& a, const RistrettoPoint& b) {
    return {a.representative - b.representative};
}

[[nodiscard]] inline RistrettoPoint operator-(const RistrettoPoint& a) {
    return {-a.representative};
}

/// scalar·P. Variable time.
[[nodiscard]] inline RistrettoPoint operator*(const Scalar25519& scalar,
                                              const RistrettoPoint& point) {
    return {scalar * point.representative};
}

} // namespace fathom::crypto
