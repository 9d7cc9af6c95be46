// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/chain/block_producer.hpp"

#include "fathom/bank/genesis.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/ledger/entry.hpp"

#include <algorithm>
#include <utility>

namespace fathom::harness {
namespace {

constexpr std::size_t kTransactionsPerEntry = 64;

/// Entries with transactions take one hash each; the tick that follows takes what is left of its
/// hashes.
class EntryChain {
public:
    EntryChain(const Hash& start, std::uint64_t hashes_per_tick)
        : last_(start), per_tick_(std::max<std::uint64_t>(hashes_per_tick, 2)) {}

    [[nodiscard]] bool has_room() const { return used_ + 1 < per_tick_; }
    void add(std::vector<TransactionView> transactions) {
        ++used_;
        append(1, std::move(transactions));
    }
    void tick() {
        append(per_tick_ - used_, {});
        used_ = 0;
    }
    [[nodiscard]] const std::vector<ledger::Entry>& entries() const { return entries_; }

private:
    void append(std::uint64_t hashes, std::vector<TransactionView> transactions) {
        last_ = ledger::next_hash(last_, hashes, transactions);
        entries_.push_back({hashes, last_, std::move(transactions)});
    }

    Hash last_;
    std::uint64_t per_tick_;
    std::uint64_t used_ = 0;
    std::vector<ledger::Entry> entries_;
};

/// Those that were committed, as views of `block`.
std::vector<TransactionView> committed(const std::vector<Bytes>& block,
                                       const std::vector<bank::TransactionOutcome>& outcomes) {
    std::vector<TransactionView> list;
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (outcomes[i].commit == Commit::None) continue;
        if (auto view = TransactionView::parse(block[i])) list.push_back(*std::move(view));
    }
    return list;
}

} // namespace

std::shared_ptr<bank::Bank> genesis_of(const MadeUpChain& chain,
                                       std::shared_ptr<bank::Runtime> runtime) {
    auto bank = bank::make_genesis_bank(chain.genesis(), std::move(runtime));
    bank->finish_ticks(chain.genesis().hash);
    bank->freeze();
    return bank;
}

ledger::LogStart log_start_of(const MadeUpChain& chain, const bank::Bank& genesis) {
    return {.genesis_hash = chain.genesis().hash,
            .slot = genesis.slot(),
            .blockhash = genesis.state().blockhashes.last_hash(),
            .bank_hash = genesis.hash()};
}

ProducedBlock produce_block(const std::shared_ptr<bank::Bank>& parent, Slot slot, BlockMaker& maker,
                            std::size_t transactions) {
    ProducedBlock produced;
    produced.bank = bank::Bank::child_of(parent, slot).value();
    bank::Bank& bank = *produced.bank;
    const Hash start = bank.state().blockhashes.last_hash();
    const std::vector<Bytes> block = maker.make(bank, transactions);
    const std::vector<ByteView> views(block.begin(), block.end());
    const auto list = committed(block, bank.execute(views));
    produced.transactions = list.size();

    EntryChain chain(start, bank.state().hashes_per_tick);
    std::size_t next = 0;
    // The ticks of the slots between parent and block are part of the block.
    while (bank.state().tick_height < bank.max_tick_height()) {
        while (next < list.size() && chain.has_room()) {
            const std::size_t end = std::min(next + kTransactionsPerEntry, list.size());
            chain.add({list.begin() + static_cast<std::ptrdiff_t>(next),
                       list.begin() + static_cast<std::ptrdiff_t>(end)});
            next = end;
        }
        chain.tick();
        bank.register_tick(chain.entries().back().hash);
    }
    produced.component = ledger::serialize_entries(chain.entries());
    produced.record = {.slot = slot,
                       .parent_slot = parent->slot(),
                       .parent_blockhash = start,
                       .parent_bank_hash = parent->hash(),
                       .blockhash = chain.entries().back().hash,
                       .bank_hash = bank.freeze(),
                       .block_id = std::nullopt};
    return produced;
}

} // namespace fathom::harness
