// SPDX-License-Identifier: Apache-2.0
// What the runtime knows about a program address, and the view of it that one transaction batch
// has.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"
#include "fathom/vm/machine.hpp"

#include <cstdint>
#include <memory>

namespace fathom::invoke {

class InvokeContext;

/// A native program. Charges its own compute units first.
using BuiltinFunction = Result<void, ProgramError> (*)(InvokeContext& context);

enum class ProgramState : std::uint8_t {
    Builtin,
    Loaded,
    FailedVerification, // tombstone: present, not runnable
    Closed,             // tombstone: no program there (any more)
    DelayVisibility,    // deployed in this very slot
};

/// One program at one deployment. Immutable and shareable.
struct ProgramCacheEntry {
    ProgramState state = ProgramState::Closed;
    Pubkey owner; // the loader
    BuiltinFunction builtin = nullptr;
    /// A builtin that runs even if its account belongs to a loader.
    bool replaces_elf = false;
    std::shared_ptr<const vm::Executable> executable; // Loaded only
    std::uint64_t account_size = 0;
    Slot deployment_slot = 0;
    Slot effective_slot = 0;
};

using ProgramEntries = FlatMap<Pubkey, std::shared_ptr<const ProgramCacheEntry>, PubkeyHash>;

/// The programs that one batch of transactions can reach, plus what the running transaction
/// deployed. Not thread-safe: one per worker.
class ProgramCacheForBatch {
public:
    /// `builtins` (may be null) is looked through last and must outlive this.
    explicit ProgramCacheForBatch(Slot slot, const ProgramEntries* builtins = nullptr)
        : slot_(slot), builtins_(builtins) {}

    /// The next batch, in the memory of the last.
    void begin(Slot slot, const ProgramEntries* builtins) {
        slot_ = slot;
        builtins_ = builtins;
        clear();
    }
    [[nodiscard]] Slot slot() const { return slot_; }
    /// Entry as seen at slot(): a DelayVisibility entry for a program that is not effective yet;
    /// null if absent. What the running transaction modified comes first.
    [[nodiscard]] std::shared_ptr<const ProgramCacheEntry> find(const Pubkey& program) const;
    /// The same for a native program, null if the entry is none; valid until one is inserted.
    [[nodiscard]] const ProgramCacheEntry* find_builtin(const Pubkey& program) const;
    /// For preloading; replaces an entry for the same key.
    void insert(const Pubkey& program, std::shared_ptr<const ProgramCacheEntry> entry);
    [[nodiscard]] bool contains(const Pubkey& program) const {
        return entries_.contains(program) || (builtins_ && builtins_->contains(program));
    }

    /// Deployments of the running transaction: visible to it, kept only if it succeeds.
    void store_modified(const Pubkey& program, std::shared_ptr<const ProgramCacheEntry> entry);
    void commit_modified();
    /// Forgets everything but the builtins: other batches may have changed programs since.
    void clear() {
        if (!entries_.empty()) entries_.clear();
        discard_modified();
    }
    void discard_modified() {
        if (!modified_.empty()) modified_.clear();
    }
    [[nodiscard]] const auto& modified() const { return modified_; }

private:
    Slot slot_;
    const ProgramEntries* builtins_;
    ProgramEntries entries_;
    ProgramEntries modified_;
};

} // namespace fathom::invoke
