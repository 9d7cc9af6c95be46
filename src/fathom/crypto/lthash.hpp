// SPDX-License-Identifier: Apache-2.0
// Lattice hash over BLAKE3: a hash of a set that changes as elements come and go.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/blake3.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace fathom::crypto {

/// 1024 integers of 16 bits, added and subtracted lane by lane modulo 2^16. The default is the hash
/// of the empty set. 2 KiB: pass by reference.
class LtHash {
public:
    static constexpr std::size_t kLanes = 1024;
    static constexpr std::size_t kSize = 2 * kLanes;

    /// Of the set with one element: the extended output of its BLAKE3.
    [[nodiscard]] static LtHash of(const Blake3& element);
    [[nodiscard]] static LtHash of(ByteView element);

    [[nodiscard]] static LtHash from_bytes(std::span<const std::uint8_t, kSize> bytes);

    /// Adds the elements of another set.
    LtHash& operator+=(const LtHash& other);
    /// Removes them.
    LtHash& operator-=(const LtHash& other);

    /// Lanes little-endian.
    [[nodiscard]] std::array<std::uint8_t, kSize> to_bytes() const;
    /// BLAKE3 of those bytes.
    [[nodiscard]] Blake3Digest checksum() const;

    friend bool operator==(const LtHash&, const LtHash&) = default;

private:
    std::array<std::uint16_t, kLanes> lanes_{};
};

} // namespace fathom::crypto
