// SPDX-License-Identifier: Apache-2.0
// Lock sets for tests, benchmarks and the simulator: reproducible from a seed.
#pragma once

#include "fathom/sched/account_lock.hpp"

#include <cstdint>
#include <vector>

namespace fathom::sched {

/// splitmix64: small, good enough, the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// Below `bound`, which is not zero; the bias of the remainder does not matter here.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
    std::uint64_t state_;
};

/// The key that stands for `number`: looks random, is always the same.
[[nodiscard]] inline Pubkey numbered_key(std::uint64_t number) {
    Random random(number * 0x2545f4914f6cdd1d + 1);
    Pubkey key;
    for (std::size_t i = 0; i < 32; i += 8) store_le(key.bytes.data() + i, random.next());
    return key;
}

using LockSet = std::vector<AccountLock>;

} // namespace fathom::sched
