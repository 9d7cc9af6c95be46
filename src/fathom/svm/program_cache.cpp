// SPDX-License-Identifier: Apache-2.0
// Shards of a map, loading without locks, eviction by use.
#include "fathom/svm/program_cache.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/base/flat_map.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/types/account.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace fathom::svm {
namespace {

using invoke::ProgramCacheEntry;
using invoke::ProgramState;

/// Agave program-runtime/src/loaded_programs.rs DELAY_VISIBILITY_SLOT_OFFSET.
constexpr Slot kDelayVisibility = 1;
constexpr std::size_t kShards = 16;
/// What an entry without code takes, about.
constexpr std::uint64_t kEntryBytes = 512;
/// Of a text slot, decoded (vm/decoded_program.hpp).
constexpr std::uint64_t kBytesPerSlot = 17;
/// Eviction goes on until so much of the budget is free, in eighths.
constexpr std::uint64_t kFreedEighths = 1;

struct Key {
    Pubkey program;
    Slot deployment_slot = 0;
    Hash rules;

    friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
    using is_avalanching = void;
    std::size_t operator()(const Key& key) const {
        return PubkeyHash{}(key.program) ^ key.deployment_slot * 0x9e3779b97f4a7c15 ^
               load_le<std::uint64_t>(key.rules.bytes.data());
    }
};

struct Stored {
    AccountData elf_account;                        // empty while unloaded
    std::shared_ptr<const ProgramCacheEntry> entry; // null: unloaded, or being loaded
    Pubkey loader;
    std::uint64_t bytes = 0;
    std::uint64_t uses = 0;
    std::uint64_t last_use = 0;
    bool is_loading = false;
};

/// Whether the entry was made from this code. Sharing a buffer proves it, because while the entry
/// holds the buffer nobody changes it.
bool is_made_from(const Stored& stored, const ProgramLocation& location) {
    return stored.entry && stored.loader == location.loader &&
           stored.elf_account == location.elf_account;
}

std::uint64_t bytes_of(const ProgramCacheEntry& entry, const ProgramLocation& location) {
    if (!entry.executable) return kEntryBytes;
    return kEntryBytes + location.elf_account.size() +
           entry.executable->program().slot_count() * kBytesPerSlot;
}

std::shared_ptr<const ProgramCacheEntry> make_entry(const ProgramLocation& location,
                                                    const invoke::ProgramRuntime& runtime) {
    auto entry = std::make_shared<ProgramCacheEntry>();
    entry->owner = location.loader;
    entry->deployment_slot = location.deployment_slot;
    entry->effective_slot = location.deployment_slot;
    entry->state = ProgramState::FailedVerification;
    const ByteView code = location.elf_account.view();
    if (code.size() < location.elf_offset) return entry;
    auto executable = runtime.load(code.subspan(location.elf_offset));
    if (!executable) return entry;
    entry->state = ProgramState::Loaded;
    entry->executable = *std::move(executable);
    entry->account_size = location.account_size;
    entry->effective_slot = saturating_add(location.deployment_slot, kDelayVisibility);
    return entry;
}

} // namespace

struct ProgramCache::State {
    /// One lock for every sixteenth of the programs.
    struct Shard {
        std::mutex mutex;
        std::condition_variable loaded;
        FlatMap<Key, Stored, KeyHash> entries;
        ProgramCacheStatistics counts; // but entries and bytes
    };

    explicit State(const ProgramCacheConfig& settings) : config(settings) {}

    Shard& shard_of(const Pubkey& program) { return shards[program.bytes[31] % kShards]; }
    std::uint64_t next_use() { return uses.fetch_add(1, std::memory_order_relaxed) + 1; }

    void make_room();
    [[nodiscard]] std::uint64_t oldest_use_to_keep();
    void unload(Shard& shard, Stored& stored);

    ProgramCacheConfig config;
    std::array<Shard, kShards> shards;
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> uses{0};
    std::mutex evicting;
};

// Called with the shard's lock.
void ProgramCache::State::unload(Shard& shard, Stored& stored) {
    ++shard.counts.evictions;
    if (stored.uses == 1) ++shard.counts.one_hit_wonders;
    bytes.fetch_sub(stored.bytes, std::memory_order_relaxed);
    stored.bytes = 0;
    stored.entry = nullptr;
    stored.elf_account = AccountData();
}

// The use before which entries must go so that enough is free.
std::uint64_t ProgramCache::State::oldest_use_to_keep() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> by_use; // last use, bytes
    std::uint64_t held = 0;
    for (Shard& shard : shards) {
        const std::lock_guard lock(shard.mutex);
        for (const auto& [key, stored] : shard.entries) {
            if (!stored.entry) continue;
            by_use.emplace_back(stored.last_use, stored.bytes);
            held += stored.bytes;
        }
    }
    std::ranges::sort(by_use);
    const std::uint64_t target = config.byte_budget - config.byte_budget / 8 * kFreedEighths;
    std::uint64_t limit = 0;
    for (const auto& [use, size] : by_use) {
        if (held <= target) break;
        held -= size;
        limit = use + 1;
    }
    return limit;
}

// One thread at a time; others go on with what there is.
void ProgramCache::State::make_room() {
    const std::unique_lock turn(evicting, std::try_to_lock);
    if (!turn.owns_lock()) return;
    const std::uint64_t limit = oldest_use_to_keep();
    for (Shard& shard : shards) {
        const std::lock_guard lock(shard.mutex);
        for (auto& [key, stored] : shard.entries) {
            if (stored.entry && stored.last_use < limit) unload(shard, stored);
        }
    }
}

ProgramCache::ProgramCache(const ProgramCacheConfig& config)
    : state_(std::make_unique<State>(config)) {}
ProgramCache::~ProgramCache() = default;

Hash ProgramCache::rules_of(const invoke::ProgramRuntime& runtime) {
    Bytes text;
    const auto add = [&](std::uint64_t value) {
        text.resize(text.size() + 8);
        store_le(text.data() + text.size() - 8, value);
    };
    add(static_cast<std::uint64_t>(runtime.min_version));
    add(static_cast<std::uint64_t>(runtime.max_version));
    add(runtime.reject_broken_elfs);
    add(runtime.vm.enable_stack_frame_gaps);
    add(static_cast<std::uint64_t>(runtime.vm.layout));
    add(runtime.vm.jit.seed);
    add(runtime.vm.jit.masks_speculation);
    add(runtime.vm.jit.audits_code);
    for (const vm::Syscall& syscall : runtime.syscalls->syscalls()) {
        add(reinterpret_cast<std::uintptr_t>(syscall.function));
    }
    for (const std::uint32_t key : runtime.syscalls->keys()) add(key);
    return {crypto::sha256(text)};
}

std::shared_ptr<const ProgramCacheEntry> ProgramCache::get(const Pubkey& program,
                                                           const ProgramLocation& location,
                                                           const Hash& rules,
                                                           const invoke::ProgramRuntime& runtime) {
    const Key key{program, location.deployment_slot, rules};
    State::Shard& shard = state_->shard_of(program);
    std::unique_lock lock(shard.mutex);
    bool has_waited = false;
    for (;;) {
        Stored& stored = shard.entries[key];
        if (is_made_from(stored, location)) {
            has_waited ? ++shard.counts.misses : ++shard.counts.hits;
            ++stored.uses;
            stored.last_use = state_->next_use();
            return stored.entry;
        }
        if (!stored.is_loading) {
            stored.is_loading = true;
            break;
        }
        if (!std::exchange(has_waited, true)) ++shard.counts.waits;
        shard.loaded.wait(lock);
    }
    lock.unlock();
    auto entry = make_entry(location, runtime);
    const std::uint64_t size = bytes_of(*entry, location);
    lock.lock();
    Stored& stored = shard.entries[key];
    ++shard.counts.misses;
    ++shard.counts.loads;
    if (entry->state == ProgramState::FailedVerification) ++shard.counts.failures;
    if (stored.entry) {
        ++shard.counts.replacements;
    } else if (stored.uses != 0) {
        ++shard.counts.reloads;
    }
    state_->bytes.fetch_add(size - stored.bytes, std::memory_order_relaxed);
    stored.elf_account = location.elf_account;
    stored.entry = entry;
    stored.loader = location.loader;
    stored.bytes = size;
    ++stored.uses;
    stored.last_use = state_->next_use();
    stored.is_loading = false;
    lock.unlock();
    shard.loaded.notify_all();
    if (state_->bytes.load(std::memory_order_relaxed) > state_->config.byte_budget) {
        state_->make_room();
    }
    return entry;
}

void ProgramCache::prune(Slot root, const Hash& rules) {
    for (State::Shard& shard : state_->shards) {
        const std::lock_guard lock(shard.mutex);
        FlatMap<Pubkey, Slot, PubkeyHash> rooted;
        for (const auto& [key, stored] : shard.entries) {
            if (key.deployment_slot > root) continue;
            Slot& last = rooted[key.program];
            last = std::max(last, key.deployment_slot);
        }
        shard.counts.prunes += erase_if(shard.entries, [&](const auto& item) {
            const auto& [key, stored] = item;
            if (stored.is_loading) return false;
            const bool is_current =
                key.rules == rules &&
                (key.deployment_slot > root || key.deployment_slot == rooted[key.program]);
            if (is_current) return false;
            state_->bytes.fetch_sub(stored.bytes, std::memory_order_relaxed);
            return true;
        });
    }
}

ProgramCacheStatistics ProgramCache::statistics() const {
    ProgramCacheStatistics sum;
    for (State::Shard& shard : state_->shards) {
        const std::lock_guard lock(shard.mutex);
        const ProgramCacheStatistics& counts = shard.counts;
        sum.hits += counts.hits;
        sum.misses += counts.misses;
        sum.waits += counts.waits;
        sum.loads += counts.loads;
        sum.reloads += counts.reloads;
        sum.failures += counts.failures;
        sum.evictions += counts.evictions;
        sum.one_hit_wonders += counts.one_hit_wonders;
        sum.replacements += counts.replacements;
        sum.prunes += counts.prunes;
        sum.entries += shard.entries.size();
    }
    sum.bytes = state_->bytes.load(std::memory_order_relaxed);
    return sum;
}

} // namespace fathom::svm
