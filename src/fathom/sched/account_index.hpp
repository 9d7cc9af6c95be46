// SPDX-License-Identifier: Apache-2.0
// The keys of one block as numbers 0..n-1, so that every later stage uses arrays.
#pragma once

#include "fathom/sched/key_hash.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fathom::sched {

/// An account of the block at hand: its place in order of first appearance.
using AccountNumber = std::uint32_t;

/// Open addressing over (hash tag, number) words, keys in a separate array. Numbers depend on the
/// order of insertion alone, never on the seed. Buffers outlive `reset`, so a second block of the
/// same size allocates nothing. Not thread-safe.
class AccountIndex {
public:
    /// The seed of the keyed hash (`KeyHash`).
    explicit AccountIndex(std::uint64_t seed = kDefaultSeed);

    /// Forgets all keys. Room for `expected_keys` is made at once.
    void reset(std::size_t expected_keys = 0);

    [[nodiscard]] std::uint64_t hash(const Pubkey& key) const { return hash_(key); }

    /// Two steps that bring what `insert` will touch into the cache: the place of a key some keys
    /// ahead, then, when that has arrived, the key found there. Returns its number, or nothing that
    /// is worth fetching.
    void prefetch_place(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_], 1); }
    [[nodiscard]] std::optional<AccountNumber> prefetch_key(std::uint64_t hash) const;

    /// The key's number, given now if it has none.
    AccountNumber insert(const Pubkey& key) { return insert(key, hash(key)); }
    /// Same with `hash(key)` at hand.
    AccountNumber insert(const Pubkey& key, std::uint64_t hash);

    [[nodiscard]] std::optional<AccountNumber> find(const Pubkey& key) const;

    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    [[nodiscard]] const Pubkey& key(AccountNumber number) const { return keys_[number]; }
    [[nodiscard]] std::span<const Pubkey> keys() const { return keys_; }

    static constexpr std::uint64_t kDefaultSeed = KeyHash::kDefaultSeed;

private:
    void resize_table(std::size_t slot_count);
    void grow();

    // High half: tag, the high half of the key's hash. Low half: number + 1; zero is an empty slot.
    std::vector<std::uint64_t> slots_;
    std::uint64_t mask_ = 0;
    std::vector<Pubkey> keys_;
    KeyHash hash_;
};

} // namespace fathom::sched
