// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/bank_hash.hpp"

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/lthash_batch.hpp"
#include "fathom/crypto/sha256.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace fathom::bank {

namespace {

template <class T> std::array<std::uint8_t, sizeof(T)> le_bytes(T value) {
    std::array<std::uint8_t, sizeof(T)> bytes;
    store_le(bytes.data(), value);
    return bytes;
}

} // namespace

crypto::LtHash account_lt_hash(const Pubkey& key, const Account& account) {
    if (account.lamports == 0) return {};
    crypto::Blake3 hasher;
    hasher.update(le_bytes(account.lamports));
    hasher.update(account.data.view());
    const std::uint8_t executable = account.executable ? 1 : 0;
    hasher.update({&executable, 1});
    hasher.update(account.owner.bytes);
    hasher.update(key.bytes);
    return crypto::LtHash::of(hasher);
}

void apply_steps(crypto::LtHash& set, std::span<const AccountStep> steps) {
    /// What stands before and behind the data.
    struct Frame {
        std::array<std::uint8_t, 8> head;
        std::array<std::uint8_t, 1 + 32 + 32> tail;
    };
    std::vector<Frame> frames;
    frames.reserve(2 * steps.size()); // elements point into it
    std::vector<crypto::LtHashElement> elements;
    elements.reserve(2 * steps.size());
    const auto add = [&](const Pubkey& key, const Account& account, bool is_removed) {
        if (account.lamports == 0) return;
        Frame& frame = frames.emplace_back();
        store_le(frame.head.data(), account.lamports);
        frame.tail[0] = account.executable ? 1 : 0;
        std::ranges::copy(account.owner.bytes, frame.tail.begin() + 1);
        std::ranges::copy(key.bytes, frame.tail.begin() + 33);
        elements.push_back({.parts = {ByteView(frame.head), account.data.view(), frame.tail},
                            .is_removed = is_removed});
    };
    for (const AccountStep& step : steps) {
        if (step.before) add(*step.key, *step.before, true);
        if (step.after) add(*step.key, *step.after, false);
    }
    crypto::lthash_apply(set, elements);
}

Hash bank_hash(const BankHashInput& input) {
    const auto hash_of = [](std::initializer_list<ByteView> parts) {
        crypto::Sha256 hasher;
        for (const ByteView part : parts) hasher.update(part);
        return Hash{hasher.finish()};
    };
    const auto signatures = le_bytes(input.signature_count);
    Hash hash = hash_of({input.parent_hash.bytes, signatures, input.last_blockhash.bytes});
    hash = hash_of({hash.bytes, input.accounts.to_bytes()});
    std::uint64_t restarts = 0;
    for (const auto& [slot, count] : input.hard_forks) {
        if (input.parent_slot < slot && slot <= input.slot) restarts += count;
    }
    if (restarts > 0) hash = hash_of({hash.bytes, le_bytes(restarts)});
    return hash;
}

} // namespace fathom::bank
