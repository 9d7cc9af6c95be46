// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/recorded_replay.hpp"

#include "fathom/ledger/snapshot_bank.hpp"
#include "fathom/types/program_ids.hpp"

#include <set>
#include <utility>

namespace fathom::harness {
namespace {

constexpr Lamports kLamportsPerSignature = 5'000;

std::shared_ptr<bank::ForkAccounts> to_fork_accounts(const RecordedBlock& block) {
    auto accounts = std::make_shared<bank::ForkAccounts>(std::make_shared<bank::RootedAccounts>());
    for (const RecordedAccount& entry : block.accounts) {
        accounts->put(entry.address, entry.account);
    }
    accounts->make_root();
    return accounts;
}

/// A parent of which nothing is known but the accounts.
std::shared_ptr<bank::Bank> bank_of_accounts(const RecordedBlock& block,
                                             std::shared_ptr<bank::Runtime> runtime) {
    ledger::Manifest manifest;
    ledger::BankFields& fields = manifest.bank;
    fields.slot = block.bytes.parent;
    fields.hash.bytes.fill(1);
    fields.ticks_per_slot = 64;
    fields.tick_height = (fields.slot + 1) * fields.ticks_per_slot;
    fields.epoch_schedule = EpochSchedule{};
    fields.blockhash_queue.last_hash_index = 1;
    std::set<Hash> named;
    for (const ledger::Entry& entry : block.entries) {
        for (const TransactionView& transaction : entry.transactions) {
            named.insert(transaction.recent_blockhash());
        }
    }
    for (const Hash& hash : named) {
        fields.blockhash_queue.hashes.push_back({.hash = hash,
                                                 .lamports_per_signature = kLamportsPerSignature,
                                                 .hash_index = 1,
                                                 .timestamp_ms = 0});
    }
    if (!named.empty()) fields.blockhash_queue.last_hash = *named.begin();
    manifest.accounts_lt_hash.emplace();
    auto bank = ledger::bank_of_snapshot(manifest, to_fork_accounts(block), std::move(runtime));
    return bank ? *bank : nullptr;
}

} // namespace

Result<std::shared_ptr<bank::Bank>> bank_of_recorded_block(const RecordedBlock& block,
                                                           std::shared_ptr<bank::Runtime> runtime) {
    const auto parent =
        block.parent ? FATHOM_TRY(ledger::bank_of_snapshot(*block.parent, to_fork_accounts(block),
                                                           std::move(runtime)))
                     : bank_of_accounts(block, std::move(runtime));
    if (!parent) {
        return std::unexpected(base::Error(base::ErrorCode::InvalidInput,
                                           "recorded block: its accounts make no parent bank"));
    }
    return bank::Bank::child_of(parent, block.bytes.slot);
}

} // namespace fathom::harness
