// SPDX-License-Identifier: Apache-2.0
// Keccak-256 with the original padding (not SHA3-256), one-shot and streaming.
#pragma once

#include "fathom/crypto/keccak.hpp"

namespace fathom::crypto {

using Keccak256Digest = std::array<std::uint8_t, 32>;

/// A hash in progress. A plain value: copying it forks the hash.
class Keccak256 {
public:
    Keccak256& update(ByteView bytes) {
        sponge_.absorb(bytes);
        return *this;
    }

    /// Digest of everything absorbed. The object is spent afterwards; assign a fresh one to reuse.
    [[nodiscard]] Keccak256Digest finish() {
        Keccak256Digest digest;
        sponge_.squeeze(digest);
        return digest;
    }

private:
    KeccakSponge sponge_{136, 0x01};
};

[[nodiscard]] inline Keccak256Digest keccak256(ByteView bytes) {
    return Keccak256().update(bytes).finish();
}

} // namespace fathom::crypto
