// SPDX-License-Identifier: Apache-2.0
// The blockhashes that transactions may name, with their age (agave
// accounts-db/src/blockhash_queue.rs).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/flat_map.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace fathom::bank {

/// Blockhashes come from leaders and are uniform: some of their bits are hash enough.
struct HashOfHash {
    using is_avalanching = void;
    [[nodiscard]] std::size_t operator()(const Hash& hash) const {
        return load_le<std::uint64_t>(hash.bytes.data() + 8);
    }
};

class BlockhashQueue {
public:
    /// Hashes older than this many registrations are dropped.
    static constexpr std::uint64_t kMaxAge = 300;
    /// A transaction's blockhash may be this old.
    static constexpr std::uint64_t kMaxProcessingAge = 150;

    struct Entry {
        Hash blockhash;
        Lamports lamports_per_signature = 0;
        /// Counts registrations.
        std::uint64_t index = 0;
    };

    BlockhashQueue() = default;
    /// As a snapshot has it. `last_index` belongs to the last hash that was registered.
    BlockhashQueue(std::vector<Entry> entries, std::uint64_t last_index, Hash last_hash);

    /// The hash that a chain starts with: index 0.
    void set_genesis(const Hash& hash, Lamports lamports_per_signature);
    void add(const Hash& hash, Lamports lamports_per_signature);

    [[nodiscard]] const Hash& last_hash() const { return last_hash_; }
    [[nodiscard]] std::optional<Lamports> lamports_per_signature(const Hash& hash) const;
    /// True if it was registered at most `max_age` registrations before the last one.
    [[nodiscard]] bool is_valid(const Hash& hash, std::uint64_t max_age = kMaxProcessingAge) const;
    /// All that are at most `max_age` old, newest first; equal ages (which only a crafted queue
    /// has) by hash.
    [[nodiscard]] std::vector<Entry> recent(std::uint64_t max_age = kMaxProcessingAge) const;
    /// The 150 newest.
    [[nodiscard]] RecentBlockhashes sysvar() const;

private:
    struct Info {
        Lamports lamports_per_signature = 0;
        std::uint64_t index = 0;
    };
    FlatMap<Hash, Info, HashOfHash> hashes_;
    std::uint64_t last_index_ = 0;
    Hash last_hash_;
};

} // namespace fathom::bank
