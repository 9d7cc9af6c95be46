// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), one-shot and streaming.
#pragma once

#include "fathom/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// A hash in progress. A plain value: copying it forks the hash.
class Sha256 {
public:
    static constexpr std::size_t kBlockSize = 64;

    Sha256& update(ByteView bytes);

    /// Digest of everything absorbed. The object is spent afterwards; assign a fresh one to reuse.
    [[nodiscard]] Sha256Digest finish();

private:
    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::uint64_t length_ = 0;
    std::array<std::uint8_t, kBlockSize> pending_;
};

[[nodiscard]] Sha256Digest sha256(ByteView bytes);

} // namespace fathom::crypto
