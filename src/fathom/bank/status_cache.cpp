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

void StatusCache::insert(Slot slot, std::span<const Processed> messages) {
    const std::unique_lock lock(mutex_);
    for (const Processed& processed : messages) {
        Statuses& statuses = by_blockhash_[processed.blockhash];
        statuses.newest_slot = std::max(statuses.newest_slot, slot);
        const Key key = key_of(processed.message);
        const Entry entry{slot, processed.status};
        if (!statuses.by_message.try_emplace(key, entry).second) statuses.more.emplace(key, entry);
    }
}

std::optional<StatusCache::Status> StatusCache::Reader::find(const Hash& blockhash,
                                                             const Hash& message) const {
    const auto statuses = cache_.by_blockhash_.find(blockhash);
    if (statuses == cache_.by_blockhash_.end()) return std::nullopt;
    const Key key = key_of(message);
    const auto sees = [this](const Entry& entry) {
        return ancestors_.contains(entry.slot) || cache_.roots_.contains(entry.slot);
    };
    const auto first = statuses->second.by_message.find(key);
    if (first == statuses->second.by_message.end()) return std::nullopt;
    if (sees(first->second)) return first->second.status;
    const auto [begin, end] = statuses->second.more.equal_range(key);
    for (auto entry = begin; entry != end; ++entry) {
        if (sees(entry->second)) return entry->second.status;
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
        std::erase_if(statuses.more, [&](const auto& entry) { return entry.second.slot == slot; });
        erase_if(statuses.by_message, [&](auto& entry) {
            if (entry.second.slot != slot) return false;
            // Another fork's takes its place.
            const auto other = statuses.more.find(entry.first);
            if (other == statuses.more.end()) return true;
            entry.second = other->second;
            statuses.more.erase(other);
            return false;
        });
    }
}

std::size_t StatusCache::size() const {
    const std::shared_lock lock(mutex_);
    std::size_t count = 0;
    for (const auto& [blockhash, statuses] : by_blockhash_) count += statuses.by_message.size();
    return count;
}

} // namespace fathom::bank
