// SPDX-License-Identifier: Apache-2.0
// Which messages a chain of blocks has processed, so that none is processed twice (agave
// runtime/src/status_cache.rs).
#pragma once

#include "fathom/bank/blockhash_queue.hpp"
#include "fathom/base/flat_map.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction_error.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>

namespace fathom::bank {

/// Shared by all forks. Statuses are kept by blockhash, since with its blockhash a message's
/// status expires, and by slot, since forks do not see each other. Any thread.
class StatusCache {
public:
    /// Roots whose statuses are kept: as many as blockhashes are.
    static constexpr std::size_t kMaxRoots = 300;

    /// nullopt: processed successfully.
    using Status = std::optional<TransactionError>;

    /// One message that was processed.
    struct Processed {
        Hash blockhash;
        Hash message;
        Status status;
    };
    void insert(Slot slot, std::span<const Processed> messages);

    /// Sees what was processed in slots that are rooted or among `ancestors`. Nothing is added as
    /// long as it lives; any thread may use it.
    class Reader {
    public:
        Reader(const StatusCache& cache, const std::set<Slot>& ancestors)
            : cache_(cache), ancestors_(ancestors), lock_(cache.mutex_) {}
        /// nullopt: not processed.
        [[nodiscard]] std::optional<Status> find(const Hash& blockhash, const Hash& message) const;

    private:
        const StatusCache& cache_;
        const std::set<Slot>& ancestors_;
        std::shared_lock<std::shared_mutex> lock_;
    };

    /// From now on every fork sees the slot. Forgets blockhashes that only slots before the oldest
    /// root that is kept have used.
    void add_root(Slot slot);
    /// Forgets what a slot has added, because it is dead or was given up.
    void forget_slot(Slot slot);
    [[nodiscard]] std::size_t size() const;

private:
    /// Twenty bytes of the message's hash tell messages apart.
    using Key = std::array<std::uint8_t, 20>;
    struct KeyHash {
        using is_avalanching = void;
        [[nodiscard]] std::size_t operator()(const Key& key) const {
            return load_le<std::uint64_t>(key.data());
        }
    };
    struct Entry {
        Slot slot = 0;
        Status status;
    };
    struct Statuses {
        Slot newest_slot = 0;
        FlatMap<Key, Entry, KeyHash> by_message;
        /// The same message on another fork.
        std::multimap<Key, Entry> more;
    };

    [[nodiscard]] static Key key_of(const Hash& message);

    mutable std::shared_mutex mutex_;
    FlatMap<Hash, Statuses, HashOfHash> by_blockhash_;
    std::set<Slot> roots_;
};

} // namespace fathom::bank
