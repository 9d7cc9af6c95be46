// SPDX-License-Identifier: Apache-2.0
// Made-up blocks for tests, benchmarks and the simulator: reproducible from a seed.
#pragma once

#include "fathom/sched/account_lock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
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

/// Many lock sets and costs in two flat arrays, as a block has them.
class Workload {
public:
    void add(std::span<const AccountLock> locks, std::uint64_t cost) {
        locks_.insert(locks_.end(), locks.begin(), locks.end());
        starts_.push_back(locks_.size());
        costs_.push_back(cost);
    }
    [[nodiscard]] std::size_t size() const { return costs_.size(); }
    [[nodiscard]] std::size_t lock_count() const { return locks_.size(); }
    [[nodiscard]] std::span<const AccountLock> locks(std::size_t task) const {
        return std::span(locks_).subspan(starts_[task], starts_[task + 1] - starts_[task]);
    }
    [[nodiscard]] std::uint64_t cost(std::size_t task) const { return costs_[task]; }

private:
    std::vector<AccountLock> locks_;
    std::vector<std::size_t> starts_{0};
    std::vector<std::uint64_t> costs_;
};

/// What a made-up block consists of. Shares are in hundredths of the transactions; what they leave
/// are transfers between accounts of one holder each.
struct MixOptions {
    std::size_t transactions = 50'000;
    std::uint64_t seed = 1;
    std::uint64_t holders = 40'000; // who pays, each with a wallet and a token account
    unsigned swaps = 35;            // write a pool drawn from `pools`, low numbers much more often
    std::uint64_t pools = 2'000;
    unsigned mints = 2;  // write the one hot account
    unsigned crowd = 10; // transfers from many to one of 20 exchanges
};

/// Three to five accounts each; costs as such transactions have on the network, 450 to 90,000
/// units. The numbers of the keys: holder h is 2h and 2h + 1, pool p is 10^9 + p, exchange e is
/// 2 * 10^9 + e, the hot account is `kHotAccount`.
[[nodiscard]] Workload make_mix(const MixOptions& options);

/// Mixes with a name: "usual" (the above), "transfers" (nothing else), "trading" (swaps over 40
/// pools), "mint" (four in ten write one account), "serial" (all do).
[[nodiscard]] std::optional<MixOptions> named_mix(std::string_view name);

inline constexpr std::uint64_t kHotAccount = 3'000'000'000;

} // namespace fathom::sched
