// SPDX-License-Identifier: Apache-2.0
// The keyed hash of account addresses that all tables of the scheduler share.
#pragma once

#include "fathom/types/pubkey.hpp"

#include <cstddef>
#include <cstdint>

namespace fathom::sched {

/// Whoever names accounts can choose their bytes, so the hash is keyed: every byte of the key
/// passes through a multiplication with a secret, and knowing other keys and their order does not
/// let anyone aim at a slot. A caller whose peers are not trusted passes a random seed; no result
/// depends on it.
class KeyHash {
public:
    using is_avalanching = void;
    static constexpr std::uint64_t kDefaultSeed = 0x9e3779b97f4a7c15;

    explicit KeyHash(std::uint64_t seed = kDefaultSeed) {
        for (std::uint64_t& word : secret_) {
            // splitmix64
            seed += 0x9e3779b97f4a7c15;
            std::uint64_t z = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word = z ^ (z >> 31);
        }
    }

    // The halves' products are folded once more because tables use low bits and their tags high
    // ones.
    [[nodiscard]] std::size_t operator()(const Pubkey& key) const {
        const std::uint8_t* bytes = key.data();
        const std::uint64_t low = fold(load_le<std::uint64_t>(bytes) ^ secret_[0],
                                       load_le<std::uint64_t>(bytes + 8) ^ secret_[1]);
        const std::uint64_t high = fold(load_le<std::uint64_t>(bytes + 16) ^ secret_[2],
                                        load_le<std::uint64_t>(bytes + 24) ^ secret_[3]);
        return fold(low ^ secret_[2], high ^ secret_[1]);
    }

private:
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::uint64_t secret_[4];
};

} // namespace fathom::sched
