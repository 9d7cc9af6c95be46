// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/status_cache.hpp"

#include <algorithm>
#include <mutex>

namespace fathom::bank {

StatusCache::Key StatusCache::key_of(const Hash& message) {
    Key key;
    std::copy_n(message.bytes.begin(), key.size(), key.begin());
    return key;
}

void StatusCache::insert(const Hash& blockhash, const Hash& message, Slot slot,
                         const Status& status) {
    const std::unique_lock lock(mutex_);
    Statuses& statuses = by_blockhash_[blockhash];
    statuses.newest_slot = std::max(statuses.newest_slot, slot);
    statuses.by_message[key_of(message)].push_back({slot, status});
}

std::optional<StatusCache::Status> StatusCache::find(const Hash& blockhash, const Hash& message,
                                                     const std::set<Slot>& ancestors) const {
    const std::shared_lock lock(mutex_);
    const auto statuses = by_blockhash_.find(blockhash);
    if (statuses == by_blockhash_.end()) return std::nullopt;
    const auto entries = statuses->second.by_message.find(key_of(message));
    if (entries == statuses->second.by_message.end()) return std::nullopt;
    for (const Entry& entry : entries->second) {
        if (ancestors.contains(entry.slot) || roots_.contains(entry.slot)) return entry.status;
    }
    return std::nullopt;
}

void StatusCache::add_root(Slot slot) {
    const std::unique_lock lock(mutex_);
    roots_.insert(slot);
    if (roots_.size() <= kMaxRoots) return;
    const Slot oldest = *roots_.begin();
    roots_.erase(roots_.begin());
    erase_if(by_blockhash_, [&](const auto& entry) { return entry.second.newest_slot <= oldest; });
}

void StatusCache::forget_slot(Slot slot) {
    const std::unique_lock lock(mutex_);
    for (auto& [blockhash, statuses] : by_blockhash_) {
        for (auto& [key, entries] : statuses.by_message) {
            std::erase_if(entries, [&](const Entry& entry) { return entry.slot == slot; });
        }
        erase_if(statuses.by_message, [](const auto& entry) { return entry.second.empty(); });
    }
}

std::size_t StatusCache::size() const {
    const std::shared_lock lock(mutex_);
    std::size_t count = 0;
    for (const auto& [blockhash, statuses] : by_blockhash_) count += statuses.by_message.size();
    return count;
}

} // namespace fathom::bank
