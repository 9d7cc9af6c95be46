// SPDX-License-Identifier: Apache-2.0
// A bank hash from before SIMD-0215, when it covered a Merkle root of the accounts that the block
// wrote. The old rules, written out here, give the recorded values; Agave 4.3 has neither of them
// (runtime/src/bank.rs hash_internal_state), so that the record says nothing of today's hash.
#include "fathom/bank/bank_hash.hpp"
#include "fathom/base/text.hpp"
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace fathom {
namespace {

constexpr std::size_t kChildren = 16;

void append(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_number(Bytes& out, std::uint64_t value) {
    out.resize(out.size() + 8);
    store_le(out.data() + out.size() - 8, value);
}

Hash hash_of(const harness::JsonValue& value) {
    Hash hash;
    std::ranges::copy(*value.hex(), hash.bytes.begin());
    return hash;
}

struct HashedAccount {
    Pubkey key;
    Account account;
    Hash hash; // BLAKE3 of all that the account is
};

HashedAccount read_account(const harness::JsonValue& value) {
    HashedAccount entry;
    entry.key = *value.field("pubkey")->pubkey();
    entry.account.owner = *value.field("owner")->pubkey();
    entry.account.lamports = *value.field("lamports")->unsigned_integer();
    entry.account.executable = *value.field("executable")->boolean();
    // What a reader of doubles makes of the highest number is above it.
    entry.account.rent_epoch = value.field("rent_epoch")
                                   ->unsigned_integer()
                                   .value_or(std::numeric_limits<std::uint64_t>::max());
    if (const auto data = value.maybe_field("data")) {
        entry.account.data = AccountData(*data->hex());
    }
    Bytes input;
    append_number(input, entry.account.lamports);
    append_number(input, entry.account.rent_epoch);
    append(input, entry.account.data.view());
    input.push_back(entry.account.executable ? 1 : 0);
    append(input, entry.account.owner.view());
    append(input, entry.key.view());
    entry.hash = Hash{crypto::Blake3().update(input).finish()};
    return entry;
}

/// SHA-256 over up to sixteen at a time, until one is left.
Hash merkle_root(std::vector<Hash> hashes) {
    while (hashes.size() > 1) {
        std::vector<Hash> parents;
        for (std::size_t i = 0; i < hashes.size(); i += kChildren) {
            Bytes input;
            for (std::size_t j = i; j < std::min(i + kChildren, hashes.size()); ++j) {
                append(input, hashes[j].view());
            }
            parents.push_back(Hash{crypto::sha256(input)});
        }
        hashes = std::move(parents);
    }
    return hashes.empty() ? Hash{} : hashes[0];
}

TEST(RecordedBankHash, IsThatOfTheRulesBeforeTheLatticeHashAndNotOfTodays) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/bank_hash/mithril");
    const auto parse = [&](const char* name) {
        return *harness::JsonDocument::parse(as_text(*harness::read_file(folder / name)));
    };
    const auto accounts_document = parse("accts.json");
    const auto expected = parse("expected.json");
    const auto values = *accounts_document.root().array();
    ASSERT_EQ(values.size(), 6U);
    std::vector<HashedAccount> accounts;
    for (const auto& value : values) accounts.push_back(read_account(value));
    std::ranges::sort(accounts, {}, &HashedAccount::key);
    std::vector<Hash> hashes;
    crypto::LtHash lattice;
    for (const HashedAccount& entry : accounts) {
        hashes.push_back(entry.hash);
        lattice += bank::account_lt_hash(entry.key, entry.account);
    }
    EXPECT_EQ(merkle_root(hashes), hash_of(*expected.root().field("accounts_delta_hash_hex")));

    const auto legacy = *expected.root().field("legacy_bank_hash_case");
    const Hash parent = hash_of(*legacy.field("parent_bank_hash_hex"));
    const Hash blockhash = hash_of(*legacy.field("last_blockhash_hex"));
    const std::uint64_t signatures = *legacy.field("signature_count")->unsigned_integer();
    const Hash recorded = hash_of(*legacy.field("bank_hash_hex"));
    Bytes input;
    append(input, parent.view());
    append(input, hash_of(*legacy.field("accounts_delta_hash_hex")).view());
    append_number(input, signatures);
    append(input, blockhash.view());
    EXPECT_EQ(Hash{crypto::sha256(input)}, recorded);
    EXPECT_NE(bank::bank_hash({.parent_hash = parent,
                               .signature_count = signatures,
                               .last_blockhash = blockhash,
                               .accounts = lattice,
                               .parent_slot = 1,
                               .slot = 2,
                               .hard_forks = {}}),
              recorded);
}

} // namespace
} // namespace fathom
