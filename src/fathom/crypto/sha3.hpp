// SPDX-License-Identifier: Apache-2.0
// SHA3-512 and SHAKE256 (FIPS 202), which the proof code derives its generators with.
#pragma once

#include "fathom/crypto/keccak.hpp"

namespace fathom::crypto {

[[nodiscard]] inline std::array<std::uint8_t, 64> sha3_512(ByteView bytes) {
    KeccakSponge sponge(72, 0x06);
    sponge.absorb(bytes);
    std::array<std::uint8_t, 64> digest;
    sponge.squeeze(digest);
    return digest;
}

/// absorb() the input, then squeeze() as often as wanted.
class Shake256 : public KeccakSponge {
public:
    constexpr Shake256() : KeccakSponge(136, 0x1f) {}
};

} // namespace fathom::crypto
