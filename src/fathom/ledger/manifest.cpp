// SPDX-License-Identifier: Apache-2.0
// The bincode of a snapshot's manifest (agave runtime/src/serde_snapshot.rs).
#include "fathom/ledger/manifest.hpp"

#include <algorithm>
#include <concepts>
#include <string>
#include <type_traits>

namespace fathom::ledger {
namespace {

using Status = Result<void>;

template <class T>
concept Plain = (std::is_arithmetic_v<T> && !std::same_as<T, bool>) || std::same_as<T, uint128_t> ||
                std::same_as<T, Hash> || std::same_as<T, Pubkey>;

/// Reads values of bincode with integers of fixed size, in order. Lists grow item by item, so that
/// a false count costs nothing.
class ManifestReader {
public:
    explicit ManifestReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }
    [[nodiscard]] std::unexpected<base::Error> fail(const char* why) const {
        return std::unexpected(
            base::Error(base::ErrorCode::InvalidInput,
                        "manifest: offset " + std::to_string(offset_) + ": " + why));
    }

    /// All of them, or the first error.
    template <class... T> Status fields(T&... values) {
        Status status;
        static_cast<void>(((status = read(values), status.has_value()) && ...));
        return status;
    }
    /// Same for a part of the tail, which may be absent.
    template <class... T> Status tail_fields(T&... values) {
        if (remaining() == 0) return {};
        return fields(values...);
    }

    Status read_stakes(StakesFields& stakes, bool has_credits) {
        FATHOM_CHECK(read(stakes.vote_accounts));
        FATHOM_CHECK(read_list(stakes.delegations, [&](StakeEntry& entry) {
            const Status status = fields(entry.address, entry.stake.delegation);
            return status && has_credits ? read(entry.stake.credits_observed) : status;
        }));
        return fields(stakes.unused, stakes.epoch, stakes.history.entries);
    }

    /// A map by epoch. The form with versions has a tag, and credits in its stakes.
    Status read_epoch_stakes(std::vector<EpochStakesFields>& list, bool is_versioned) {
        return read_list(list, [&](EpochStakesFields& entry) -> Status {
            std::uint32_t version = 0;
            FATHOM_CHECK(read(entry.epoch));
            if (is_versioned) FATHOM_CHECK(read(version));
            if (version != 0) return fail("unknown version of epoch stakes");
            FATHOM_CHECK(read_stakes(entry.stakes, is_versioned));
            return fields(entry.total_stake, entry.nodes, entry.authorized_voters);
        });
    }

    template <Plain T> Status read(T& value) {
        if (remaining() < sizeof(T)) return fail("cut off");
        value = load_le<T>(bytes_.data() + offset_);
        offset_ += sizeof(T);
        return {};
    }
    Status read(bool& value) {
        std::uint8_t byte = 0;
        FATHOM_CHECK(read(byte));
        if (byte > 1) return fail("a flag that is neither 0 nor 1");
        value = byte == 1;
        return {};
    }
    template <class T> Status read(std::optional<T>& value) {
        bool is_there = false;
        FATHOM_CHECK(read(is_there));
        if (!is_there) return {};
        return read(value.emplace());
    }
    template <class A, class B> Status read(std::pair<A, B>& value) {
        return fields(value.first, value.second);
    }
    template <class T> Status read(std::vector<T>& list) {
        return read_list(list, [&](T& item) { return read(item); });
    }
    Status read(AccountData& data) {
        std::uint64_t size = 0;
        FATHOM_CHECK(read(size));
        if (size > remaining()) return fail("cut off in an account's data");
        data = AccountData(bytes_.subspan(offset_, size));
        offset_ += size;
        return {};
    }
    Status read(crypto::LtHash& hash) {
        if (remaining() < crypto::LtHash::kSize) return fail("cut off in the lattice hash");
        hash = crypto::LtHash::from_bytes(bytes_.subspan(offset_).first<crypto::LtHash::kSize>());
        offset_ += crypto::LtHash::kSize;
        return {};
    }

    Status read(BlockhashInfo& info) {
        return fields(info.hash, info.lamports_per_signature, info.hash_index, info.timestamp_ms);
    }
    Status read(BlockhashQueueFields& queue) {
        return fields(queue.last_hash_index, queue.last_hash, queue.hashes, queue.max_age);
    }
    Status read(FeeRateGovernor& governor) {
        return fields(governor.target_lamports_per_signature, governor.target_signatures_per_slot,
                      governor.min_lamports_per_signature, governor.max_lamports_per_signature,
                      governor.burn_percent);
    }
    Status read(EpochSchedule& schedule) {
        return fields(schedule.slots_per_epoch, schedule.leader_schedule_slot_offset,
                      schedule.warmup, schedule.first_normal_epoch, schedule.first_normal_slot);
    }
    Status read(Rent& rent) {
        return fields(rent.lamports_per_byte, rent.exemption_threshold, rent.burn_percent);
    }
    Status read(RentCollectorFields& rent) {
        return fields(rent.epoch, rent.epoch_schedule, rent.slots_per_year, rent.rent);
    }
    Status read(Inflation& inflation) {
        return fields(inflation.initial, inflation.terminal, inflation.taper, inflation.foundation,
                      inflation.foundation_term, inflation.unused);
    }
    Status read(Account& account) {
        return fields(account.lamports, account.data, account.owner, account.executable,
                      account.rent_epoch);
    }
    Status read(StakedVoteAccount& account) {
        return fields(account.address, account.stake, account.account);
    }
    Status read(StakeDelegation& delegation) {
        return fields(delegation.voter, delegation.stake, delegation.activation_epoch,
                      delegation.deactivation_epoch, delegation.reserved);
    }
    Status read(StakeHistoryEntry& entry) {
        return fields(entry.effective, entry.activating, entry.deactivating);
    }
    Status read(NodeVoteAccounts& node) {
        return fields(node.node, node.vote_accounts, node.total_stake);
    }
    Status read(StorageFields& storage) { return fields(storage.id, storage.length); }
    Status read(SlotStorages& slot) { return fields(slot.slot, slot.storages); }
    Status read(BankHashStats& stats) {
        return fields(stats.updated_accounts, stats.removed_accounts, stats.lamports_stored,
                      stats.total_data_len, stats.executable_accounts);
    }
    Status read(IncrementalPersistence& persistence) {
        return fields(persistence.full_slot, persistence.full_hash, persistence.full_capitalization,
                      persistence.incremental_hash, persistence.incremental_capitalization);
    }

private:
    template <class T, class Read> Status read_list(std::vector<T>& list, const Read& read_item) {
        std::uint64_t count = 0;
        FATHOM_CHECK(read(count));
        for (std::uint64_t i = 0; i < count; ++i) FATHOM_CHECK(read_item(list.emplace_back()));
        return {};
    }

    ByteView bytes_;
    std::size_t offset_ = 0;
};

Status read_bank(ManifestReader& reader, BankFields& bank) {
    FATHOM_CHECK(reader.fields(
        bank.blockhash_queue, bank.unused_ancestors, bank.hash, bank.parent_hash, bank.parent_slot,
        bank.hard_forks, bank.transaction_count, bank.tick_height, bank.signature_count,
        bank.capitalization, bank.max_tick_height, bank.hashes_per_tick, bank.ticks_per_slot,
        bank.ns_per_slot, bank.genesis_creation_time, bank.slots_per_year, bank.accounts_data_len,
        bank.slot, bank.unused_epoch, bank.block_height, bank.leader_id, bank.unused_collector_fees,
        bank.unused_fee_calculator, bank.fee_rate_governor, bank.unused_collected_rent,
        bank.unused_rent_collector, bank.epoch_schedule, bank.inflation));
    FATHOM_CHECK(reader.read_stakes(bank.stakes, false));
    FATHOM_CHECK(reader.fields(bank.unused_account_sets[0], bank.unused_account_sets[1],
                               bank.unused_account_map));
    FATHOM_CHECK(reader.read_epoch_stakes(bank.legacy_epoch_stakes, false));
    return reader.read(bank.is_delta);
}

Status read_accounts_db(ManifestReader& reader, AccountsDbFields& fields) {
    FATHOM_CHECK(reader.fields(fields.slots, fields.unused_write_version, fields.slot,
                               fields.unused_accounts_delta_hash, fields.unused_accounts_hash,
                               fields.stats));
    FATHOM_CHECK(reader.tail_fields(fields.historical_roots));
    return reader.tail_fields(fields.historical_roots_with_hash);
}

} // namespace

const EpochStakesFields* Manifest::find_epoch_stakes(Epoch epoch) const {
    const auto at = std::ranges::find(epoch_stakes, epoch, &EpochStakesFields::epoch);
    return at == epoch_stakes.end() ? nullptr : &*at;
}

Result<Manifest> decode_manifest(ByteView bytes) {
    ManifestReader reader(bytes);
    Manifest manifest;
    FATHOM_CHECK(read_bank(reader, manifest.bank));
    FATHOM_CHECK(read_accounts_db(reader, manifest.accounts_db));
    FATHOM_CHECK(reader.tail_fields(manifest.bank.fee_rate_governor.lamports_per_signature));
    FATHOM_CHECK(reader.tail_fields(manifest.unused_incremental_persistence));
    FATHOM_CHECK(reader.tail_fields(manifest.unused_epoch_accounts_hash));
    if (reader.remaining() != 0) {
        FATHOM_CHECK(reader.read_epoch_stakes(manifest.epoch_stakes, true));
    }
    FATHOM_CHECK(reader.tail_fields(manifest.accounts_lt_hash));
    FATHOM_CHECK(reader.tail_fields(manifest.block_id));
    manifest.trailing_bytes = reader.remaining();
    return manifest;
}

} // namespace fathom::ledger
