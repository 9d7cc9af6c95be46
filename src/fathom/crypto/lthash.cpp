// SPDX-License-Identifier: Apache-2.0
// Lattice hash: lanes from BLAKE3's extended output.
#include "fathom/crypto/lthash.hpp"

#include <cstring>

namespace fathom::crypto {

LtHash LtHash::of(const Blake3& element) {
    std::array<std::uint8_t, kSize> bytes;
    element.finish(bytes);
    return from_bytes(bytes);
}

LtHash LtHash::of(ByteView element) {
    return of(Blake3().update(element));
}

LtHash LtHash::from_bytes(std::span<const std::uint8_t, kSize> bytes) {
    LtHash hash;
    std::memcpy(hash.lanes_.data(), bytes.data(), kSize);
    return hash;
}

LtHash& LtHash::operator+=(const LtHash& other) {
    for (std::size_t i = 0; i < kLanes; ++i) {
        lanes_[i] = static_cast<std::uint16_t>(lanes_[i] + other.lanes_[i]);
    }
    return *this;
}

LtHash& LtHash::operator-=(const LtHash& other) {
    for (std::size_t i = 0; i < kLanes; ++i) {
        lanes_[i] = static_cast<std::uint16_t>(lanes_[i] - other.lanes_[i]);
    }
    return *this;
}

std::array<std::uint8_t, LtHash::kSize> LtHash::to_bytes() const {
    std::array<std::uint8_t, kSize> bytes;
    std::memcpy(bytes.data(), lanes_.data(), kSize);
    return bytes;
}

Blake3Digest LtHash::checksum() const {
    return blake3(to_bytes());
}

} // namespace fathom::crypto
