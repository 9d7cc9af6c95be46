// SPDX-License-Identifier: Apache-2.0
// The manifest of a snapshot: everything about a bank that is not an account.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/crypto/lthash.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/stake_state.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fathom::ledger {

// Maps of the file are lists in the file's order, which is any order; of two entries with one key
// Agave keeps the later. Fields that Agave no longer reads are called unused. Amounts are lamports
// where nothing else is said.

/// One blockhash that transactions may name.
struct BlockhashInfo {
    Hash hash;
    Lamports lamports_per_signature = 0; ///< what a signature costs with this blockhash
    std::uint64_t hash_index = 0;        ///< its age is last_hash_index less this
    std::uint64_t timestamp_ms = 0;      ///< when the writer of the file registered it
};

struct BlockhashQueueFields {
    std::uint64_t last_hash_index = 0; ///< blockhashes registered since genesis
    std::optional<Hash> last_hash;     ///< the bank's own: the last tick of its slot
    std::vector<BlockhashInfo> hashes; ///< at most max_age and one
    std::uint64_t max_age = 0;         ///< in blocks; older ones are dropped
};

/// From what the fee of a signature follows the load. Cluster fees have stood still since 2020.
struct FeeRateGovernor {
    /// The fee of this bank. Not beside the others in the file but in its tail.
    Lamports lamports_per_signature = 0;
    Lamports target_lamports_per_signature = 0;
    std::uint64_t target_signatures_per_slot = 0;
    Lamports min_lamports_per_signature = 0;
    Lamports max_lamports_per_signature = 0;
    std::uint8_t burn_percent = 0; ///< of the fees
};

struct Inflation {
    double initial = 0;         ///< yearly rate of the first year
    double terminal = 0;        ///< where the rate ends
    double taper = 0;           ///< by what part the rate falls each year
    double foundation = 0;      ///< part of the rate for the foundation
    double foundation_term = 0; ///< for how many years
    double unused = 0;
};

/// Today's validators write zeros and take the rent from its sysvar.
struct RentCollectorFields {
    Epoch epoch = 0;
    EpochSchedule epoch_schedule;
    double slots_per_year = 0;
    Rent rent;
};

struct StakedVoteAccount {
    Pubkey address;
    Lamports stake = 0; ///< delegated to it and effective in the epoch
    Account account;    ///< as it was when the stakes were taken
};

struct StakeEntry {
    Pubkey address;
    Stake stake; ///< credits_observed is zero where the file has none
};

struct StakesFields {
    std::vector<StakedVoteAccount> vote_accounts;
    std::vector<StakeEntry> delegations; ///< empty in epoch stakes of today
    std::uint64_t unused = 0;
    Epoch epoch = 0; ///< for which the stakes are effective
    StakeHistory history;
};

struct NodeVoteAccounts {
    Pubkey node; ///< identity of a validator
    std::vector<Pubkey> vote_accounts;
    Lamports total_stake = 0; ///< of these vote accounts
};

/// The stakes that decide an epoch: leader schedule, votes. Frozen an epoch before it begins.
struct EpochStakesFields {
    Epoch epoch = 0; ///< the key under which they are
    StakesFields stakes;
    Lamports total_stake = 0;
    std::vector<NodeVoteAccounts> nodes;
    std::vector<std::pair<Pubkey, Pubkey>> authorized_voters; ///< by vote account
};

struct BankFields {
    BlockhashQueueFields blockhash_queue;
    /// Slots of the banks before; Agave makes them from its own forks.
    std::vector<std::pair<Slot, std::uint64_t>> unused_ancestors;
    Hash hash;        ///< of the bank: what validators vote on
    Hash parent_hash; ///< bank hash of the parent
    Slot parent_slot = 0;
    /// Slots of restarts, each with how many there were; they enter the bank hash.
    std::vector<std::pair<Slot, std::uint64_t>> hard_forks;
    std::uint64_t transaction_count = 0; ///< since genesis, failed ones included
    std::uint64_t tick_height = 0;       ///< ticks since genesis; max_tick_height if complete
    std::uint64_t signature_count = 0;   ///< in this bank alone; enters the bank hash
    Lamports capitalization = 0;         ///< all that exists
    std::uint64_t max_tick_height = 0;   ///< at which the slot ends
    std::optional<std::uint64_t> hashes_per_tick; ///< any number if there is none
    std::uint64_t ticks_per_slot = 0;
    uint128_t ns_per_slot = 0;
    UnixTimestamp genesis_creation_time = 0;
    double slots_per_year = 0;
    std::uint64_t accounts_data_len = 0; ///< bytes of data in all accounts
    Slot slot = 0;
    Epoch unused_epoch = 0;
    std::uint64_t block_height = 0; ///< slots that have a block, down to genesis
    Pubkey leader_id;               ///< identity of the leader, who collects the fees
    Lamports unused_collector_fees = 0;
    Lamports unused_fee_calculator = 0;
    FeeRateGovernor fee_rate_governor;
    Lamports unused_collected_rent = 0;
    RentCollectorFields unused_rent_collector;
    EpochSchedule epoch_schedule;
    Inflation inflation;
    StakesFields stakes; ///< as of this bank; the bases of the next epoch's stakes
    std::array<std::vector<Pubkey>, 2> unused_account_sets;
    std::vector<std::pair<Pubkey, std::uint64_t>> unused_account_map;
    /// In snapshots before 2.0 only; today's validators refuse a manifest that has any.
    std::vector<EpochStakesFields> legacy_epoch_stakes;
    bool is_delta = false; ///< whether anything was recorded into the bank
};

/// A file accounts/SLOT.ID of the snapshot.
struct StorageFields {
    std::uint64_t id = 0;
    std::uint64_t length = 0; ///< of the storage file, in bytes that count
};

struct SlotStorages {
    Slot slot = 0;
    std::vector<StorageFields> storages;
};

/// Of the bank's own slot.
struct BankHashStats {
    std::uint64_t updated_accounts = 0;
    std::uint64_t removed_accounts = 0;
    std::uint64_t lamports_stored = 0;
    std::uint64_t total_data_len = 0;
    std::uint64_t executable_accounts = 0;
};

struct AccountsDbFields {
    std::vector<SlotStorages> slots;
    std::uint64_t unused_write_version = 0;
    Slot slot = 0;
    Hash unused_accounts_delta_hash;
    Hash unused_accounts_hash;
    BankHashStats stats;
    std::vector<Slot> historical_roots; ///< rooted slots of the last epoch
    std::vector<std::pair<Slot, Hash>> historical_roots_with_hash;
};

struct IncrementalPersistence {
    Slot full_slot = 0;
    Hash full_hash;
    Lamports full_capitalization = 0;
    Hash incremental_hash;
    Lamports incremental_capitalization = 0;
};

struct Manifest {
    BankFields bank;
    AccountsDbFields accounts_db;
    // The tail; older files end earlier.
    std::optional<IncrementalPersistence> unused_incremental_persistence;
    std::optional<Hash> unused_epoch_accounts_hash;
    std::vector<EpochStakesFields> epoch_stakes;    ///< those that are set, up to the next epoch's
    std::optional<crypto::LtHash> accounts_lt_hash; ///< of all accounts after the bank
    std::optional<Hash> block_id;                   ///< chained Merkle root of its last shreds
    /// Bytes behind all that is known; Agave passes over them.
    std::size_t trailing_bytes = 0;

    /// Of the epoch's stakes, or null.
    [[nodiscard]] const EpochStakesFields* find_epoch_stakes(Epoch epoch) const;
};

/// Decodes a manifest. Parts of the tail may be absent, but one that begins must be whole. Nothing
/// is allocated that the bytes do not fill. The error names the offset.
[[nodiscard]] Result<Manifest> decode_manifest(ByteView bytes);

} // namespace fathom::ledger
