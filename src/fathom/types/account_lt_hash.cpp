// SPDX-License-Identifier: Apache-2.0
// Accounts as elements of the lattice hash.
#include "fathom/types/account_lt_hash.hpp"

#include "fathom/crypto/lthash_batch.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace fathom {
namespace {

/// The bytes around the data: lamports before it; executable, owner and address behind.
struct Around {
    std::array<std::uint8_t, 8> lamports;
    std::array<std::uint8_t, 1 + 2 * sizeof(Pubkey)> rest;
};

/// Hashed together; enough to fill the lanes, few enough to stay in the cache.
constexpr std::size_t kTogether = 256;

} // namespace

void apply_account_changes(crypto::LtHash& set, std::span<const AccountChange> changes) {
    std::vector<Around> around;
    std::vector<crypto::LtHashElement> elements;
    around.reserve(2 * std::min(kTogether, changes.size())); // elements view it
    elements.reserve(around.capacity());
    const auto add = [&](const Pubkey& address, const Account* account, bool is_removed) {
        if (account == nullptr || account->lamports == 0) return;
        Around& bytes = around.emplace_back();
        store_le(bytes.lamports.data(), account->lamports);
        bytes.rest[0] = account->executable ? 1 : 0;
        std::ranges::copy(account->owner.bytes, bytes.rest.begin() + 1);
        std::ranges::copy(address.bytes, bytes.rest.begin() + 1 + sizeof(Pubkey));
        elements.push_back({{bytes.lamports, account->data.view(), bytes.rest}, is_removed});
    };
    while (!changes.empty()) {
        const auto some = changes.first(std::min(kTogether, changes.size()));
        changes = changes.subspan(some.size());
        for (const AccountChange& change : some) {
            add(*change.address, change.before, true);
            add(*change.address, change.after, false);
        }
        crypto::lthash_apply(set, elements);
        around.clear();
        elements.clear();
    }
}

} // namespace fathom
