// SPDX-License-Identifier: Apache-2.0
// Blocks of a made-up chain as a leader makes them: entries with Proof of History, and what a log
// keeps of them.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/harness/chain/block_maker.hpp"
#include "fathom/harness/chain/made_up_chain.hpp"
#include "fathom/ledger/block_log.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace fathom::harness {

struct ProducedBlock {
    ledger::BlockRecord record;
    Bytes component; // its entries
    std::size_t transactions = 0;
    std::shared_ptr<bank::Bank> bank; // frozen
};

/// The frozen bank of slot 0.
[[nodiscard]] std::shared_ptr<bank::Bank> genesis_of(const MadeUpChain& chain,
                                                     std::shared_ptr<bank::Runtime> runtime);
[[nodiscard]] ledger::LogStart log_start_of(const MadeUpChain& chain, const bank::Bank& genesis);

/// The block of `slot` on top of `parent`. Of the transactions that the maker gives, those that may
/// not stand in a block are left out.
[[nodiscard]] ProducedBlock produce_block(const std::shared_ptr<bank::Bank>& parent, Slot slot,
                                          BlockMaker& maker, std::size_t transactions);

} // namespace fathom::harness
