// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/blockhash_queue.hpp"

#include <algorithm>

namespace fathom::bank {

BlockhashQueue::BlockhashQueue(std::vector<Entry> entries, std::uint64_t last_index, Hash last_hash)
    : last_index_(last_index), last_hash_(last_hash) {
    for (const Entry& entry : entries) {
        hashes_[entry.blockhash] = {entry.lamports_per_signature, entry.index};
    }
}

void BlockhashQueue::set_genesis(const Hash& hash, Lamports lamports_per_signature) {
    hashes_[hash] = {lamports_per_signature, 0};
    last_hash_ = hash;
}

void BlockhashQueue::add(const Hash& hash, Lamports lamports_per_signature) {
    ++last_index_;
    if (hashes_.size() >= kMaxAge) {
        erase_if(hashes_,
                 [this](const auto& entry) { return last_index_ - entry.second.index > kMaxAge; });
    }
    hashes_[hash] = {lamports_per_signature, last_index_};
    last_hash_ = hash;
}

std::optional<Lamports> BlockhashQueue::lamports_per_signature(const Hash& hash) const {
    const auto found = hashes_.find(hash);
    if (found == hashes_.end()) return std::nullopt;
    return found->second.lamports_per_signature;
}

bool BlockhashQueue::is_valid(const Hash& hash, std::uint64_t max_age) const {
    const auto found = hashes_.find(hash);
    return found != hashes_.end() && last_index_ - found->second.index <= max_age;
}

std::vector<BlockhashQueue::Entry> BlockhashQueue::recent(std::uint64_t max_age) const {
    std::vector<Entry> entries;
    for (const auto& [hash, info] : hashes_) {
        if (last_index_ - info.index > max_age) continue;
        entries.push_back({hash, info.lamports_per_signature, info.index});
    }
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return a.index != b.index ? a.index > b.index : a.blockhash < b.blockhash;
    });
    return entries;
}

RecentBlockhashes BlockhashQueue::sysvar() const {
    RecentBlockhashes result;
    for (const Entry& entry : recent(kMaxAge)) {
        if (result.entries.size() == RecentBlockhashes::kMaxEntries) break;
        result.entries.push_back({entry.blockhash, entry.lamports_per_signature});
    }
    return result;
}

} // namespace fathom::bank
