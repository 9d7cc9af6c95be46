// SPDX-License-Identifier: Apache-2.0
// Proof of History as chains of SHA-256 (agave entry/src/entry.rs next_hash_with_signatures).
#include "fathom/ledger/poh.hpp"

#include "fathom/crypto/sha256_chains.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace fathom::ledger {
namespace {

/// Hashes of the entry that only the one before matters for; a record's last one takes in the
/// transactions too.
std::uint64_t chain_length(const Entry& entry) {
    if (entry.is_tick()) return entry.num_hashes;
    return entry.num_hashes == 0 ? 0 : entry.num_hashes - 1;
}

} // namespace

PohCheck::PohCheck(const Hash& start, std::span<const Entry> entries, std::size_t groups)
    : start_(start), entries_(entries),
      groups_(std::clamp<std::size_t>(groups, 1, std::max<std::size_t>(entries.size(), 1))) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::size_t i) { return entries[i].num_hashes; });
    // The longest left goes to the group with the least work.
    std::vector<std::uint64_t> work(groups_.size());
    for (const std::size_t entry : order) {
        const auto least = std::ranges::min_element(work) - work.begin();
        groups_[static_cast<std::size_t>(least)].entries.push_back(entry);
        // The transactions count as a hash; sums of counts may wrap, which costs only balance.
        work[static_cast<std::size_t>(least)] += entries[entry].num_hashes + 1;
    }
}

void PohCheck::run(std::size_t group) {
    Group& own = groups_[group];
    std::vector<crypto::Sha256Chain> chains;
    chains.reserve(own.entries.size());
    for (const std::size_t i : own.entries) {
        const Hash& before = i == 0 ? start_ : entries_[i - 1].hash;
        chains.push_back({before.bytes, chain_length(entries_[i])});
    }
    crypto::sha256_chains(chains);
    for (std::size_t k = 0; k < chains.size(); ++k) {
        const std::size_t i = own.entries[k];
        const Entry& entry = entries_[i];
        Hash hash{chains[k].value};
        if (!entry.is_tick()) hash = next_hash(hash, 1, entry.transactions);
        if (hash == entry.hash) continue;
        own.first_invalid = std::min(own.first_invalid.value_or(i), i);
    }
}

std::optional<std::size_t> PohCheck::first_invalid() const {
    std::optional<std::size_t> first;
    for (const Group& group : groups_) {
        if (!group.first_invalid) continue;
        first = std::min(first.value_or(*group.first_invalid), *group.first_invalid);
    }
    return first;
}

std::optional<std::size_t> find_invalid_entry(const Hash& start, std::span<const Entry> entries) {
    PohCheck check(start, entries, 1);
    check.run(0);
    return check.first_invalid();
}

} // namespace fathom::ledger
