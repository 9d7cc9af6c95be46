// SPDX-License-Identifier: Apache-2.0
// The Keccak-f[1600] permutation and a sponge over it: what Keccak, SHA-3, SHAKE and STROBE share.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto {

/// Lane (x, y) of the state is element x + 5·y; bytes are little-endian within a lane.
using KeccakState = std::array<std::uint64_t, 25>;

/// All 24 rounds, in place. Constant time.
void keccak_f1600(KeccakState& state);

/// Absorbs any number of bytes, then gives any number of bytes. A plain value: copying it forks it.
class KeccakSponge {
public:
    /// `rate` in bytes, at most 200 and a multiple of 8. `suffix` holds the domain bits with the
    /// first padding bit: 0x01 original Keccak, 0x06 SHA-3, 0x1f SHAKE.
    constexpr KeccakSponge(std::size_t rate, std::uint8_t suffix) : rate_(rate), suffix_(suffix) {}

    /// Not after the first squeeze.
    void absorb(ByteView bytes);

    /// The next bytes of output; the first call pads.
    void squeeze(MutableByteView output);

private:
    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(state_.data()); }

    KeccakState state_{};
    std::size_t rate_;
    std::size_t position_ = 0;
    std::uint8_t suffix_;
    bool squeezing_ = false;
};

} // namespace fathom::crypto
