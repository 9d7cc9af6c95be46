// SPDX-License-Identifier: Apache-2.0
// Manifests of recorded snapshots against what is known of them, and hostile bytes.
#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "fathom/ledger/manifest.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/block_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fathom::ledger {
namespace {

Bytes manifest_in(const std::filesystem::path& archive, const std::string& name) {
    const auto tar = harness::read_file(archive);
    if (!tar) return {};
    const auto files = harness::read_tar(*tar);
    for (const auto& file : files.value()) {
        if (file.name == name) return {file.bytes.begin(), file.bytes.end()};
    }
    return {};
}

/// How a bank hash comes from the manifest's fields (agave runtime/src/bank.rs
/// hash_internal_state); without hard forks.
Hash bank_hash(const Manifest& manifest) {
    std::array<std::uint8_t, 8> signatures;
    store_le(signatures.data(), manifest.bank.signature_count);
    const auto first = crypto::sha256([&] {
        Bytes bytes;
        for (const ByteView part : {manifest.bank.parent_hash.view(), ByteView(signatures),
                                    manifest.bank.blockhash_queue.last_hash->view()}) {
            bytes.insert(bytes.end(), part.begin(), part.end());
        }
        return bytes;
    }());
    return Hash{
        crypto::Sha256().update(first).update(manifest.accounts_lt_hash->to_bytes()).finish()};
}

TEST(Manifest, OfATestnetBankHasItsFieldsAndItsHash) {
    FATHOM_REQUIRE_SHARED(path, "data/blocks/testnet-417955322/manifest.bin.gz");
    const auto bytes = harness::read_file(path);
    ASSERT_TRUE(bytes);
    const auto manifest = decode_manifest(*bytes);
    ASSERT_TRUE(manifest) << manifest.error().message;
    const BankFields& bank = manifest->bank;
    EXPECT_EQ(manifest->trailing_bytes, 0u);
    EXPECT_EQ(bank.slot, 417955321u);
    EXPECT_EQ(bank.parent_slot, 417955320u);
    EXPECT_EQ(bank.hash.to_base58(), "FNXFoVCF57hQsQkGZUL8qBEAvpiyRKFAoSECpWgaaqfp");
    EXPECT_EQ(bank_hash(*manifest), bank.hash);
    EXPECT_EQ(bank.blockhash_queue.last_hash->to_base58(),
              "67TBWCoT7EGNWCoJep2FY8pdU85tgs3CnGa29Pm8i2Bz");
    EXPECT_EQ(bank.blockhash_queue.hashes.size(), 301u);
    EXPECT_EQ(bank.hashes_per_tick, 62500u);
    EXPECT_EQ(bank.ticks_per_slot, 64u);
    EXPECT_EQ(bank.tick_height, bank.max_tick_height);
    EXPECT_EQ(bank.max_tick_height, (bank.slot + 1) * 64);
    ASSERT_EQ(manifest->epoch_stakes.size(), 2u);
    // As many vote accounts with their nodes and voters, whose stakes sum up.
    for (const EpochStakesFields& epoch : manifest->epoch_stakes) {
        Lamports sum = 0;
        for (const auto& vote : epoch.stakes.vote_accounts) {
            EXPECT_EQ(vote.account.owner, ids::kVoteProgram);
            sum += vote.stake;
        }
        EXPECT_EQ(sum, epoch.total_stake);
        EXPECT_EQ(epoch.nodes.size(), epoch.authorized_voters.size());
    }
}

void expect_vote_accounts(const StakesFields& stakes, const harness::JsonValue& expected) {
    const auto votes = expected.field("vote_accounts")->array();
    ASSERT_EQ(stakes.vote_accounts.size(), votes->size());
    for (const auto& each : *votes) {
        const auto key = each.field("vote_pubkey")->pubkey();
        const auto at = std::ranges::find(stakes.vote_accounts, *key, &StakedVoteAccount::address);
        ASSERT_NE(at, stakes.vote_accounts.end());
        EXPECT_EQ(at->stake, each.field("stake")->unsigned_integer());
        EXPECT_EQ(at->account.lamports, each.field("lamports")->unsigned_integer());
        EXPECT_EQ(at->account.owner, each.field("owner")->pubkey());
    }
}

void expect_delegations(const StakesFields& stakes, const harness::JsonValue& expected) {
    const auto delegations = expected.field("stake_delegations")->array();
    ASSERT_EQ(stakes.delegations.size(), delegations->size());
    for (const auto& each : *delegations) {
        const auto key = each.field("stake_pubkey")->pubkey();
        const auto at = std::ranges::find(stakes.delegations, *key, &StakeEntry::address);
        ASSERT_NE(at, stakes.delegations.end());
        const StakeDelegation& delegation = at->stake.delegation;
        EXPECT_EQ(delegation.voter, each.field("voter_pubkey")->pubkey());
        EXPECT_EQ(delegation.stake, each.field("stake")->unsigned_integer());
        EXPECT_EQ(delegation.activation_epoch, each.field("activation_epoch")->unsigned_integer());
        EXPECT_EQ(delegation.deactivation_epoch,
                  each.field("deactivation_epoch")->unsigned_integer());
    }
}

void expect_bank(const BankFields& bank, const harness::JsonValue& expected) {
    const auto number = [&](std::string_view name) {
        return expected.field(name)->unsigned_integer().value();
    };
    EXPECT_EQ(bank.slot, number("slot"));
    EXPECT_EQ(bank.parent_slot, number("parent_slot"));
    EXPECT_EQ(bank.block_height, number("block_height"));
    EXPECT_EQ(bank.hash, expected.field("hash")->hash());
    EXPECT_EQ(bank.parent_hash, expected.field("parent_hash")->hash());
    EXPECT_EQ(bank.leader_id, expected.field("leader_id")->pubkey());
    EXPECT_EQ(bank.transaction_count, number("transaction_count"));
    EXPECT_EQ(bank.signature_count, number("signature_count"));
    EXPECT_EQ(bank.tick_height, number("tick_height"));
    EXPECT_EQ(bank.max_tick_height, number("max_tick_height"));
    EXPECT_EQ(bank.ticks_per_slot, number("ticks_per_slot"));
    EXPECT_EQ(bank.hashes_per_tick, number("hashes_per_tick"));
    EXPECT_EQ(static_cast<std::uint64_t>(bank.ns_per_slot), number("ns_per_slot"));
    EXPECT_EQ(bank.slots_per_year, expected.field("slots_per_year")->number());
    EXPECT_EQ(bank.genesis_creation_time,
              expected.field("genesis_creation_time")->signed_integer());
    EXPECT_EQ(bank.accounts_data_len, number("accounts_data_len"));
    EXPECT_EQ(bank.capitalization, number("capitalization"));
    EXPECT_EQ(bank.is_delta, expected.field("is_delta")->boolean());
    const auto forks = expected.field("hard_forks")->array();
    ASSERT_EQ(bank.hard_forks.size(), forks->size());
    for (std::size_t i = 0; i < forks->size(); ++i) {
        EXPECT_EQ(bank.hard_forks[i].first, (*forks)[i].field("slot")->unsigned_integer());
        EXPECT_EQ(bank.hard_forks[i].second, (*forks)[i].field("count")->unsigned_integer());
    }
}

void expect_rates(const BankFields& bank, const harness::JsonValue& expected) {
    const auto schedule = expected.field("epoch_schedule").value();
    EXPECT_EQ(bank.epoch_schedule.slots_per_epoch,
              schedule.field("slots_per_epoch")->unsigned_integer());
    EXPECT_EQ(bank.epoch_schedule.warmup, schedule.field("warmup")->boolean());
    EXPECT_EQ(bank.epoch_schedule.first_normal_epoch,
              schedule.field("first_normal_epoch")->unsigned_integer());
    EXPECT_EQ(bank.epoch_schedule.first_normal_slot,
              schedule.field("first_normal_slot")->unsigned_integer());
    const auto inflation = expected.field("inflation").value();
    EXPECT_EQ(bank.inflation.initial, inflation.field("initial")->number());
    EXPECT_EQ(bank.inflation.taper, inflation.field("taper")->number());
    EXPECT_EQ(bank.inflation.foundation_term, inflation.field("foundation_term")->number());
    const auto fees = expected.field("fee_rate_governor").value();
    const FeeRateGovernor& governor = bank.fee_rate_governor;
    EXPECT_EQ(governor.target_lamports_per_signature,
              fees.field("target_lamports_per_signature")->unsigned_integer());
    EXPECT_EQ(governor.target_signatures_per_slot,
              fees.field("target_signatures_per_slot")->unsigned_integer());
    EXPECT_EQ(governor.min_lamports_per_signature,
              fees.field("min_lamports_per_signature")->unsigned_integer());
    EXPECT_EQ(governor.max_lamports_per_signature,
              fees.field("max_lamports_per_signature")->unsigned_integer());
    EXPECT_EQ(governor.burn_percent, fees.field("burn_percent")->unsigned_integer());
}

void expect_blockhashes(const BlockhashQueueFields& queue, const harness::JsonValue& expected) {
    EXPECT_EQ(queue.last_hash_index, expected.field("last_hash_index")->unsigned_integer());
    EXPECT_EQ(queue.last_hash, expected.field("last_hash")->hash());
    EXPECT_EQ(queue.max_age, expected.field("max_age")->unsigned_integer());
    const auto hashes = expected.field("hashes")->array();
    ASSERT_EQ(queue.hashes.size(), hashes->size());
    for (const auto& each : *hashes) {
        const auto hash = each.field("hash")->hash();
        const auto at = std::ranges::find(queue.hashes, *hash, &BlockhashInfo::hash);
        ASSERT_NE(at, queue.hashes.end());
        EXPECT_EQ(at->hash_index, each.field("hash_index")->unsigned_integer());
        EXPECT_EQ(at->timestamp_ms, each.field("timestamp_ms")->unsigned_integer());
        EXPECT_EQ(at->lamports_per_signature,
                  each.field("lamports_per_signature")->unsigned_integer());
    }
}

TEST(Manifest, OfAnAgaveSnapshotHasWhatAgaveSaysOfIt) {
    const std::string folder = "data/snapshots/agave-4.2.0-beta.1/test-snapshot-v4.2.0-beta.1";
    FATHOM_REQUIRE_SHARED(archive, folder + ".tar.zst");
    FATHOM_REQUIRE_SHARED(description, folder + ".json.zst");
    const Bytes bytes = manifest_in(archive, "snapshots/100/100");
    const auto manifest = decode_manifest(bytes);
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_EQ(manifest->trailing_bytes, 0u);
    const auto json = harness::read_file(description);
    const auto document = harness::JsonDocument::parse(as_text(json.value()));
    ASSERT_TRUE(document) << document.error().message;
    const auto fields = document->root().field("bank_fields").value();
    expect_bank(manifest->bank, fields);
    expect_rates(manifest->bank, fields);
    expect_blockhashes(manifest->bank.blockhash_queue, fields.field("blockhash_queue").value());
    expect_vote_accounts(manifest->bank.stakes, fields.field("stakes").value());
    expect_delegations(manifest->bank.stakes, fields.field("stakes").value());
    EXPECT_EQ(manifest->bank.stakes.unused, 42u);
    EXPECT_EQ(manifest->bank.stakes.epoch, 2u);

    const auto extra = document->root().field("extra_fields").value();
    EXPECT_EQ(manifest->bank.fee_rate_governor.lamports_per_signature,
              extra.field("lamports_per_signature")->unsigned_integer());
    EXPECT_EQ(manifest->block_id, extra.field("block_id")->hash());
    const auto lattice = manifest->accounts_lt_hash->to_bytes();
    EXPECT_EQ(base::to_hex(lattice), extra.field("accounts_lt_hash")->text());
    const auto epochs = extra.field("versioned_epoch_stakes")->array();
    ASSERT_EQ(manifest->epoch_stakes.size(), epochs->size());
    for (const auto& each : *epochs) {
        const auto* stakes = manifest->find_epoch_stakes(*each.field("epoch")->unsigned_integer());
        ASSERT_NE(stakes, nullptr);
        EXPECT_EQ(stakes->total_stake, each.field("total_stake")->unsigned_integer());
        // The file has none of their delegations, for nobody reads them (agave
        // runtime/src/epoch_stakes.rs).
        expect_vote_accounts(stakes->stakes, each);
        const auto nodes = each.field("node_id_to_vote_accounts")->array();
        for (const auto& node : *nodes) {
            const auto id = node.field("node_id")->pubkey();
            const auto at = std::ranges::find(stakes->nodes, *id, &NodeVoteAccounts::node);
            ASSERT_NE(at, stakes->nodes.end());
            EXPECT_EQ(at->total_stake, node.field("total_stake")->unsigned_integer());
            EXPECT_EQ(at->vote_accounts.size(), node.field("vote_pubkeys")->array()->size());
        }
        EXPECT_EQ(stakes->authorized_voters.size(),
                  each.field("epoch_authorized_voters")->array()->size());
    }
    EXPECT_EQ(manifest->find_epoch_stakes(77), nullptr);
    ASSERT_EQ(manifest->accounts_db.slots.size(), 3u);
    for (const SlotStorages& slot : manifest->accounts_db.slots) {
        EXPECT_EQ(slot.storages.size(), 1u);
    }
}

TEST(Manifest, OfOlderSnapshotsEndWhereTheirFormatEnded) {
    struct Case {
        const char* archive;
        const char* name;
        Slot slot;
        std::size_t legacy_epochs;
        bool has_lt_hash;
    };
    const Case cases[] = {
        {"lthash/snapshot-1-5pgMpQj4MZYWauD1VnoNfmGAdUQCe6VVCSCQMNbDoxf7.tar.zst", "snapshots/1/1",
         1, 0, true},
        {"lthash/incremental-snapshot-1-4-43FT6mnmRW9XbxpCzqH3ogYexHXboG7d8vmf3gBLvLrR.tar.zst",
         "snapshots/4/4", 4, 0, true},
        {"legacy-merkle/snapshot-269-EAHHZCVccCdAoCXH8RWxvv9edcwjY2boqni9MJuh3TCn.tar.zst",
         "snapshots/269/269", 269, 2, false},
        {"legacy-merkle/snapshot-500-ACaAhqFND5pjXtB4zdaq4Ym5K2Kas3NFbri4tveP114w.tar.zst",
         "snapshots/500/500", 500, 0, true},
    };
    for (const Case& each : cases) {
        FATHOM_REQUIRE_SHARED(path, std::string("data/snapshots/") + each.archive);
        const auto manifest = decode_manifest(manifest_in(path, each.name));
        ASSERT_TRUE(manifest) << each.name << ": " << manifest.error().message;
        EXPECT_EQ(manifest->bank.slot, each.slot);
        EXPECT_EQ(manifest->trailing_bytes, 0u) << each.name;
        EXPECT_EQ(manifest->bank.legacy_epoch_stakes.size(), each.legacy_epochs) << each.name;
        EXPECT_EQ(manifest->accounts_lt_hash.has_value(), each.has_lt_hash) << each.name;
    }
}

Bytes small_manifest() {
    const auto path = tests::shared_data(
        "data/snapshots/lthash/snapshot-1-5pgMpQj4MZYWauD1VnoNfmGAdUQCe6VVCSCQMNbDoxf7.tar.zst");
    return path ? manifest_in(*path, "snapshots/1/1") : Bytes{};
}

TEST(Manifest, TruncationIsRefusedUnlessAPartOfTheTailIsAbsent) {
    const Bytes bytes = small_manifest();
    if (bytes.empty()) GTEST_SKIP() << "needs shared test data: snapshots/lthash";
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        accepted += decode_manifest(ByteView(bytes).first(size)).has_value() ? 1 : 0;
    }
    // Before the historical roots, the roots with hashes, the fee, the persistence, the epoch
    // accounts hash, the epoch stakes and the lattice hash.
    EXPECT_EQ(accepted, 7u);
}

TEST(Manifest, BytesBehindItAreCounted) {
    Bytes bytes = small_manifest();
    if (bytes.empty()) GTEST_SKIP() << "needs shared test data: snapshots/lthash";
    bytes.push_back(0); // no block id
    bytes.resize(bytes.size() + 5);
    const auto manifest = decode_manifest(bytes);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->trailing_bytes, 5u);
}

TEST(Manifest, RandomChangesNeverDoMoreThanFail) {
    const Bytes bytes = small_manifest();
    if (bytes.empty()) GTEST_SKIP() << "needs shared test data: snapshots/lthash";
    std::mt19937_64 random(1);
    for (int i = 0; i < 3000; ++i) {
        Bytes changed = bytes;
        for (int k = 0; k < 3; ++k) {
            changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
        }
        static_cast<void>(decode_manifest(changed));
    }
}

TEST(Manifest, FalseCountsAllocateNothing) {
    Bytes bytes(8 + 1 + 8);
    store_le<std::uint64_t>(bytes.data() + 9, ~std::uint64_t{0}); // blockhashes
    const auto manifest = decode_manifest(bytes);
    ASSERT_FALSE(manifest);
    EXPECT_EQ(manifest.error().message, "manifest: offset 17: cut off");
}

} // namespace
} // namespace fathom::ledger
