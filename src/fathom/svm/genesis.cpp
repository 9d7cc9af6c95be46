// SPDX-License-Identifier: Apache-2.0
// Accounts of native programs and sysvars, as agave runtime/src/bank.rs creates them.
#include "fathom/svm/genesis.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <utility>

namespace fathom::svm {
namespace {

// Agave's INITIAL_RENT_EPOCH and RENT_UNADJUSTED_INITIAL_BALANCE.
constexpr Epoch kInitialRentEpoch = 0;
constexpr Lamports kUnadjustedBalance = 1;

constexpr std::int64_t kMillisecondsPerSlot = 400;

Account native_account(std::string_view name) {
    Account account;
    account.lamports = kUnadjustedBalance;
    account.data = AccountData(as_bytes(name));
    account.owner = ids::kNativeLoader;
    account.executable = true;
    account.rent_epoch = kInitialRentEpoch;
    return account;
}

/// Lists of bounded length have accounts of fixed size (Sysvar::size_of).
std::size_t account_size(const Pubkey& id, std::size_t value_size) {
    if (id == ids::kSlotHashes) return 8 + SlotHashes::kMaxEntries * 40;
    if (id == ids::kStakeHistory) return 8 + StakeHistory::kMaxEntries * 32;
    if (id == ids::kRecentBlockhashes) return 8 + RecentBlockhashes::kMaxEntries * 40;
    return value_size;
}

/// Slots times 0.4 s, whole seconds, without overflow.
UnixTimestamp seconds_between(Slot earlier, Slot later) {
    constexpr std::uint64_t kSlotsPerUnit = 5; // 2 s
    const std::uint64_t slots = later - earlier;
    const std::uint64_t seconds =
        slots / kSlotsPerUnit * 2 +
        slots % kSlotsPerUnit * static_cast<std::uint64_t>(kMillisecondsPerSlot) / 1000;
    return static_cast<UnixTimestamp>(seconds); // ≤ 2^64 · 2/5, below 2^63
}

} // namespace

std::vector<AccountChange> builtin_accounts(const FeatureSet& features,
                                            const NativePrograms& native) {
    std::vector<AccountChange> accounts;
    for (const programs::Builtin& builtin : programs::builtins()) {
        if (builtin.enabled_by && !features.is_active(*builtin.enabled_by)) continue;
        accounts.push_back({builtin.id, native_account(builtin.name)});
    }
    for (const programs::ChosenBuiltin& chosen : programs::chosen_builtins()) {
        if (native.*chosen.choice) {
            accounts.push_back({chosen.builtin.id, native_account(chosen.builtin.name)});
        }
    }
    for (const invoke::Precompile& precompile : programs::precompiles(features)) {
        accounts.push_back({precompile.id, native_account({})});
    }
    return accounts;
}

Account sysvar_account(const Pubkey& id, ByteView value) {
    Account account;
    account.data = AccountData(value);
    account.data.resize(std::max(account_size(id, value.size()), value.size()));
    account.owner = ids::kSysvarOwner;
    account.lamports = Rent{}.minimum_balance(account.data.size());
    account.rent_epoch = kInitialRentEpoch;
    return account;
}

Clock advance_clock(const Clock& previous, Slot slot) {
    const EpochSchedule schedule;
    Clock clock = previous;
    clock.slot = slot;
    clock.epoch = schedule.epoch(slot);
    clock.leader_schedule_epoch = saturating_add<Epoch>(clock.epoch, 1);
    clock.unix_timestamp =
        saturating_add(previous.unix_timestamp, seconds_between(previous.slot, slot));
    if (clock.epoch != previous.epoch) clock.epoch_start_timestamp = clock.unix_timestamp;
    return clock;
}

Account recent_blockhashes_account(const BankValues& bank) {
    RecentBlockhashes value;
    const auto& hashes = bank.environment.recent_blockhashes;
    for (std::size_t i = hashes.size(); i > 0; --i) {
        if (value.entries.size() == RecentBlockhashes::kMaxEntries) break;
        value.entries.push_back({hashes[i - 1], bank.environment.lamports_per_signature});
    }
    return sysvar_account(ids::kRecentBlockhashes, value.encode());
}

std::vector<AccountChange> sysvar_accounts(const BankValues& bank, UnixTimestamp unix_timestamp) {
    const EpochSchedule schedule;
    Clock clock;
    clock.slot = bank.slot;
    clock.epoch = schedule.epoch(bank.slot);
    clock.leader_schedule_epoch = saturating_add<Epoch>(clock.epoch, 1);
    clock.epoch_start_timestamp = unix_timestamp;
    clock.unix_timestamp = unix_timestamp;
    SlotHashes slot_hashes;
    slot_hashes.entries.emplace_back(bank.slot - 1, bank.environment.blockhash);

    std::vector<AccountChange> accounts;
    const auto add = [&](const Pubkey& id, const Bytes& value) {
        accounts.push_back({id, sysvar_account(id, value)});
    };
    add(ids::kClock, clock.encode());
    add(ids::kEpochRewards, EpochRewards{}.encode());
    add(ids::kEpochSchedule, schedule.encode());
    add(ids::kFees, Fees{bank.environment.lamports_per_signature}.encode());
    add(ids::kLastRestartSlot, LastRestartSlot{}.encode());
    add(ids::kRent, Rent{}.encode());
    add(ids::kSlotHashes, slot_hashes.encode());
    add(ids::kStakeHistory, StakeHistory{}.encode());
    accounts.push_back({ids::kRecentBlockhashes, recent_blockhashes_account(bank)});
    return accounts;
}

} // namespace fathom::svm
