// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/block_schedule.hpp"

#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/base58.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <utility>

namespace fathom::harness {
namespace {

constexpr std::size_t kLabelSize = 12;

std::vector<sched::AccountLock> locks_of(const svm::SanitizedTransaction& transaction) {
    std::vector<sched::AccountLock> locks;
    for (std::size_t i = 0; i < transaction.keys.size(); ++i) {
        locks.push_back({transaction.keys[i], transaction.is_writable[i]});
    }
    return locks;
}

} // namespace

sched::NamedWorkload work_of_block(const bank::Bank& bank, std::span<const ByteView> transactions,
                                   std::span<const ComputeUnits> units) {
    std::optional<SlotHashes> slot_hashes;
    if (const auto account = bank.account(ids::kSlotHashes)) {
        slot_hashes = SlotHashes::decode(account->data.view());
    }
    const FeatureSet& features = bank.state().features;
    sched::NamedWorkload block;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        std::vector<sched::AccountLock> locks;
        std::string label;
        if (auto view = svm::admit(transactions[i], features, svm::AdmissionLimits::Ignore)) {
            if (!view->signatures().empty()) {
                label = types::encode_base58(view->signatures()[0].bytes).substr(0, kLabelSize);
            }
            const auto resolved = svm::resolve(*std::move(view), features, bank.accounts(),
                                               slot_hashes ? &*slot_hashes : nullptr, bank.slot());
            if (resolved) locks = locks_of(*resolved);
        }
        block.work.add(locks, std::max<ComputeUnits>(i < units.size() ? units[i] : 0, 1));
        block.labels.push_back(std::move(label));
    }
    return block;
}

std::vector<ByteView> transactions_of(std::span<const ledger::Entry> entries) {
    std::vector<ByteView> all;
    for (const ledger::Entry& entry : entries) {
        for (const TransactionView& transaction : entry.transactions) {
            all.push_back(transaction.bytes());
        }
    }
    return all;
}

} // namespace fathom::harness
