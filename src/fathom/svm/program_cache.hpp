// SPDX-License-Identifier: Apache-2.0
// Programs that are verified once for all processors and threads of a process (Agave
// program-runtime/src/loaded_programs.rs).
//
// An entry belongs to a program, the slot of its deployment and the rules that it was loaded under;
// the bytes that it was made from stay with it, so that two forks which deployed different programs
// in one slot never get each other's. What the account state says decides which entry is asked for:
// a program that was upgraded or closed is never found by mistake, only forgotten later.
//
// Entries are shared, so dropping one never disturbs whoever runs it. When all of them together
// exceed the budget, those that were used longest ago give up what they hold and keep only their
// count of uses ("unloaded"); the next one that asks loads them again.
#pragma once

#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace fathom {
class AccountData;
namespace invoke {
struct ProgramCacheEntry;
struct ProgramRuntime;
} // namespace invoke
} // namespace fathom

namespace fathom::svm {

struct ProgramCacheConfig {
    /// For ELF images and decoded instructions of all entries together. Machine code has a budget
    /// of its own (CodeConfig).
    std::uint64_t byte_budget = 1ull << 30;
};

/// Counts since the cache was made.
struct ProgramCacheStatistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;  // of which loads were made or waited for
    std::uint64_t waits = 0;   // for a load by another thread
    std::uint64_t loads = 0;   // ELFs read and verified
    std::uint64_t reloads = 0; // of entries that had been unloaded
    std::uint64_t failures = 0;
    std::uint64_t evictions = 0;
    std::uint64_t one_hit_wonders = 0; // evicted after a single use
    std::uint64_t replacements = 0;    // other bytes under the same program, slot and rules
    std::uint64_t prunes = 0;
    // Now:
    std::uint64_t entries = 0; // unloaded ones included
    std::uint64_t bytes = 0;
};

/// Where a program account's code lies.
struct ProgramLocation {
    const AccountData& elf_account;
    std::size_t elf_offset = 0;
    Slot deployment_slot = 0;
    std::uint64_t account_size = 0; // of program and program data
    const Pubkey& loader;
};

/// Thread-safe. Locks one sixteenth of itself for as long as a lookup takes, nothing while it
/// loads.
class ProgramCache {
public:
    explicit ProgramCache(const ProgramCacheConfig& config = {});
    ProgramCache(const ProgramCache&) = delete;
    ProgramCache& operator=(const ProgramCache&) = delete;
    ~ProgramCache();

    /// Equal for runtimes under which a program loads to the same entry.
    [[nodiscard]] static Hash rules_of(const invoke::ProgramRuntime& runtime);

    /// The entry for the code at `location`: Loaded or FailedVerification, never null. Of many
    /// threads that ask at once one loads and the others wait for it. `rules` is rules_of(runtime).
    [[nodiscard]] std::shared_ptr<const invoke::ProgramCacheEntry>
    get(const Pubkey& program, const ProgramLocation& location, const Hash& rules,
        const invoke::ProgramRuntime& runtime);

    /// Forgets what nobody can ask for any more: of each program all deployments but the last one
    /// at or before `root`, and everything that was loaded under other rules than `rules`.
    void prune(Slot root, const Hash& rules);

    [[nodiscard]] ProgramCacheStatistics statistics() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace fathom::svm
