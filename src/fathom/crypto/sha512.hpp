// SPDX-License-Identifier: Apache-2.0
// SHA-512 (FIPS 180-4), one-shot and streaming.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto {

using Sha512Digest = std::array<std::uint8_t, 64>;

/// A hash in progress. A plain value: copying it forks the hash.
class Sha512 {
public:
    static constexpr std::size_t kBlockSize = 128;

    Sha512& update(ByteView bytes);

    /// Digest of everything absorbed. The object is spent afterwards; assign a fresh one to reuse.
    [[nodiscard]] Sha512Digest finish();

private:
    std::array<std::uint64_t, 8> state_{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                        0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                        0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    std::uint64_t length_ = 0;
    std::array<std::uint8_t, kBlockSize> pending_;
};

[[nodiscard]] Sha512Digest sha512(ByteView bytes);

} // namespace fathom::crypto
