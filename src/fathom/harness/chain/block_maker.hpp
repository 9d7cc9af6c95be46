// SPDX-License-Identifier: Apache-2.0
// Blocks of a made-up chain: signed transactions of many kinds, drawn from a seed.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/harness/chain/made_up_chain.hpp"
#include "fathom/sched/worker_pool.hpp"
#include "fathom/sched/workload.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace fathom::harness {

/// How often each kind is drawn, in relation to all of them.
struct BlockMix {
    // What a block that somebody produced consists of.
    unsigned transfers = 0;       // from any holder to any other
    unsigned crowd = 0;           // from any holder to one of a few
    unsigned token_transfers = 0; // between any two holders of one mint
    unsigned hot_mint = 0;        // writes a mint, low numbers more often
    unsigned one_mint = 0;        // writes the first mint
    unsigned program_calls = 0;   // the holder's counter; the first call creates it
    unsigned batches = 0;         // several transfers, with a budget and a price
    // What makes trouble.
    unsigned failures = 0;    // the last of several instructions fails
    unsigned unpayable = 0;   // a payer without an account
    unsigned stale = 0;       // a blockhash that never was
    unsigned repeats = 0;     // a transaction again, of this block or the one before
    unsigned nonces = 0;      // nonce accounts created, used, used twice, used and failed
    unsigned deployments = 0; // programs deployed, called, upgraded, closed
    unsigned shortlived = 0;  // accounts that come to be, or are emptied
    /// Whether every validator votes for the block before.
    bool votes = false;

    /// 70 % spread out, 30 % on a few accounts, all of them fine.
    [[nodiscard]] static BlockMix market();
    [[nodiscard]] static BlockMix transfers_only();
    [[nodiscard]] static BlockMix calls_only();
    /// Every transaction writes the same mint.
    [[nodiscard]] static BlockMix serial();
    /// Everything, trouble above all.
    [[nodiscard]] static BlockMix trouble();
};

class BlockMaker {
public:
    /// All must outlive it.
    BlockMaker(const MadeUpChain& chain, const BlockMix& mix, std::uint64_t seed,
               sched::WorkerPool& pool);

    /// The next block's transactions for a bank that has not executed any yet. What is drawn
    /// depends on the seed, the blocks made before and the accounts of the bank.
    [[nodiscard]] std::vector<Bytes> make(const bank::Bank& bank, std::size_t transactions);

private:
    struct Draft;
    struct Developer {
        std::uint64_t generation = 0;
    };
    using Kind = Draft (BlockMaker::*)(const bank::Bank&);

    void add_kind(unsigned weight, Kind kind);
    [[nodiscard]] std::size_t any_holder() { return random_.below(chain_.holders().size()); }
    [[nodiscard]] std::size_t partner_of(std::size_t holder);
    [[nodiscard]] Draft transfer(const bank::Bank& bank);
    [[nodiscard]] Draft crowd(const bank::Bank& bank);
    [[nodiscard]] Draft token_transfer(const bank::Bank& bank);
    [[nodiscard]] Draft hot_mint(const bank::Bank& bank);
    [[nodiscard]] Draft one_mint(const bank::Bank& bank);
    [[nodiscard]] Draft mint_to(std::size_t mint);
    [[nodiscard]] Draft program_call(const bank::Bank& bank);
    [[nodiscard]] Draft batch(const bank::Bank& bank);
    [[nodiscard]] Draft failure(const bank::Bank& bank);
    [[nodiscard]] Draft unpayable(const bank::Bank& bank);
    [[nodiscard]] Draft stale(const bank::Bank& bank);
    [[nodiscard]] Draft repeat(const bank::Bank& bank);
    [[nodiscard]] Draft nonce(const bank::Bank& bank);
    [[nodiscard]] Draft deployment(const bank::Bank& bank);
    [[nodiscard]] Draft shortlived(const bank::Bank& bank);
    void add_votes(const bank::Bank& bank, std::vector<Draft>& drafts);
    [[nodiscard]] Draft vote(const bank::Bank& bank, std::size_t validator);
    [[nodiscard]] Instruction some_transfer(std::size_t from);
    [[nodiscard]] Draft deploy(const bank::Bank& bank, std::size_t developer);
    [[nodiscard]] Draft write_buffer(const bank::Bank& bank, std::size_t developer);
    [[nodiscard]] Draft close_or_upgrade(const bank::Bank& bank, std::size_t developer);

    const MadeUpChain& chain_;
    BlockMix mix_;
    sched::Random random_;
    sched::WorkerPool& pool_;
    std::vector<std::pair<unsigned, Kind>> kinds_; // upper bounds of the draw
    unsigned weights_ = 0;
    std::uint64_t serial_ = 0; // makes transactions differ that would be equal
    std::vector<Developer> developers_;
    std::vector<Bytes> last_block_;
    std::vector<Slot> voted_; // by everybody, the tower
    std::optional<Slot> voted_root_;
};

} // namespace fathom::harness
