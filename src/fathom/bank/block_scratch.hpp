// SPDX-License-Identifier: Apache-2.0
// The memory in which a runtime's blocks are executed, one after the other: megabytes that the
// system would otherwise have to clear for every block.
#pragma once

#include "fathom/bank/block_accounts.hpp"
#include "fathom/sched/conflict_graph.hpp"
#include "fathom/svm/cost_model.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/transaction_error.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace fathom::bank {

/// A transaction before it may run.
struct PreparedTransaction {
    static constexpr std::uint32_t kNone = 0xffffffff;

    svm::SanitizedTransaction transaction;
    /// Why it may not run.
    std::optional<TransactionError> error;
    bool is_in_status_cache = false;
    /// The transaction of the block that has the same message and comes before it, or kNone.
    std::uint32_t repeats = kNone;
};

struct BlockScratch {
    std::vector<PreparedTransaction> prepared; // as many as the largest block has had
    sched::ConflictGraph graph;
    BlockAccounts accounts;
    std::vector<svm::TransactionCost> costs;
};

} // namespace fathom::bank
