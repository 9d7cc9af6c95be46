// SPDX-License-Identifier: Apache-2.0
// Program lookup of one batch, with delayed visibility (Agave
// program-runtime/src/loaded_programs.rs).
#include "fathom/invoke/program_cache.hpp"

#include "fathom/base/integers.hpp"

#include <utility>

namespace fathom::invoke {

namespace {

/// Deployed in a slot, runnable from the next one on. Tombstones and builtins are effective at
/// once.
bool is_delayed(const ProgramCacheEntry& entry, Slot slot) {
    constexpr Slot kDelay = 1;
    return entry.state != ProgramState::Builtin &&
           saturating_sub(entry.effective_slot, entry.deployment_slot) == kDelay &&
           slot >= entry.deployment_slot && slot < entry.effective_slot;
}

} // namespace

std::shared_ptr<const ProgramCacheEntry> ProgramCacheForBatch::find(const Pubkey& program) const {
    auto found = modified_.find(program);
    if (found == modified_.end()) {
        found = entries_.find(program);
        if (found == entries_.end()) {
            if (!builtins_) return nullptr;
            const auto builtin = builtins_->find(program);
            return builtin == builtins_->end() ? nullptr : builtin->second;
        }
    }
    const ProgramCacheEntry& entry = *found->second;
    if (!is_delayed(entry, slot_)) [[likely]]
        return found->second;
    ProgramCacheEntry tombstone;
    tombstone.state = ProgramState::DelayVisibility;
    tombstone.owner = entry.owner;
    tombstone.deployment_slot = entry.deployment_slot;
    tombstone.effective_slot = entry.deployment_slot;
    return std::make_shared<const ProgramCacheEntry>(std::move(tombstone));
}

const ProgramCacheEntry* ProgramCacheForBatch::find_builtin(const Pubkey& program) const {
    const ProgramCacheEntry* entry = nullptr;
    const auto look_in = [&](const ProgramEntries& entries) {
        if (entry || entries.empty()) return;
        const auto found = entries.find(program);
        if (found != entries.end()) entry = found->second.get();
    };
    look_in(modified_);
    look_in(entries_);
    if (builtins_) look_in(*builtins_);
    return entry && entry->state == ProgramState::Builtin ? entry : nullptr;
}

void ProgramCacheForBatch::insert(const Pubkey& program,
                                  std::shared_ptr<const ProgramCacheEntry> entry) {
    entries_.insert_or_assign(program, std::move(entry));
}

void ProgramCacheForBatch::store_modified(const Pubkey& program,
                                          std::shared_ptr<const ProgramCacheEntry> entry) {
    modified_.insert_or_assign(program, std::move(entry));
}

void ProgramCacheForBatch::commit_modified() {
    if (modified_.empty()) return;
    for (auto& [program, entry] : modified_) entries_.insert_or_assign(program, std::move(entry));
    modified_.clear();
}

} // namespace fathom::invoke
