// SPDX-License-Identifier: Apache-2.0
// The keys of one block as numbers 0..n-1: keyed hash, linear probing, at most half full.
#include "fathom/sched/account_index.hpp"

#include <algorithm>
#include <bit>

namespace fathom::sched {
namespace {

constexpr std::size_t kFewestSlots = 1024;

std::uint64_t slot_word(std::uint64_t hash, AccountNumber number) {
    return (hash & 0xffffffff00000000) | (std::uint64_t{number} + 1);
}

// In four words rather than by a call to memcmp, which does not know the length.
bool same(const Pubkey& a, const Pubkey& b) {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < 32; i += 8) {
        difference |= load_le<std::uint64_t>(a.data() + i) ^ load_le<std::uint64_t>(b.data() + i);
    }
    return difference == 0;
}

} // namespace

AccountIndex::AccountIndex(std::uint64_t seed) : hash_(seed) {
    resize_table(kFewestSlots);
}

void AccountIndex::resize_table(std::size_t slot_count) {
    slots_.assign(slot_count, 0);
    mask_ = slot_count - 1;
}

void AccountIndex::reset(std::size_t expected_keys) {
    // Without an expectation the block before is the best guess.
    const std::size_t expected = expected_keys != 0 ? expected_keys : keys_.size();
    keys_.clear();
    keys_.reserve(expected);
    resize_table(std::bit_ceil(std::max(kFewestSlots, 2 * expected)));
}

std::optional<AccountNumber> AccountIndex::prefetch_key(std::uint64_t hash) const {
    const std::uint64_t word = slots_[hash & mask_];
    if (word == 0 || (word >> 32) != (hash >> 32)) return std::nullopt;
    const auto number = static_cast<AccountNumber>(word) - 1;
    __builtin_prefetch(keys_[number].data());
    return number;
}

AccountNumber AccountIndex::insert(const Pubkey& key, std::uint64_t hash) {
    const std::uint64_t tag = hash >> 32;
    std::uint64_t place = hash & mask_;
    for (;; place = (place + 1) & mask_) {
        const std::uint64_t word = slots_[place];
        if (word == 0) break;
        const auto number = static_cast<AccountNumber>(word) - 1;
        if ((word >> 32) == tag && same(keys_[number], key)) return number;
    }
    const auto number = static_cast<AccountNumber>(keys_.size());
    slots_[place] = slot_word(hash, number);
    keys_.push_back(key);
    if (2 * keys_.size() > slots_.size()) grow();
    return number;
}

std::optional<AccountNumber> AccountIndex::find(const Pubkey& key) const {
    const std::uint64_t wanted = hash(key);
    for (std::uint64_t place = wanted & mask_;; place = (place + 1) & mask_) {
        const std::uint64_t word = slots_[place];
        if (word == 0) return std::nullopt;
        const auto number = static_cast<AccountNumber>(word) - 1;
        if ((word >> 32) == (wanted >> 32) && same(keys_[number], key)) return number;
    }
}

void AccountIndex::grow() {
    resize_table(2 * slots_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const std::uint64_t key_hash = hash(keys_[i]);
        std::uint64_t place = key_hash & mask_;
        while (slots_[place] != 0) place = (place + 1) & mask_;
        slots_[place] = slot_word(key_hash, static_cast<AccountNumber>(i));
    }
}

} // namespace fathom::sched
