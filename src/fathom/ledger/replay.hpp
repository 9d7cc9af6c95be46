// SPDX-License-Identifier: Apache-2.0
// A block that somebody else made: checked and executed on the bank of its slot.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/base/result.hpp"
#include "fathom/ledger/block_error.hpp"
#include "fathom/ledger/entry.hpp"
#include "fathom/types/transaction_error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace fathom::ledger {

struct ReplayOptions {
    bool verify_signatures = true;
    /// Ticks, and that every entry's hash follows from the one before.
    bool verify_entries = true;
    /// What all transactions together may cost, and those that write one account.
    bool check_limits = true;
    /// What the first entry follows; nullopt: the parent's last blockhash.
    std::optional<Hash> start = {};
    /// What the first entry follows is not known: its hash is taken as right.
    bool first_entry_is_given = false;
    // See bank::BlockOptions.
    bool collect_logs = false;
    std::function<void(std::size_t index, const TransactionEffects& effects)> observer = {};
    bank::BlockTimes::Nanoseconds (*clock)() = nullptr;
    bank::BlockTimes* times = nullptr;
};

/// Why a block is no block. The bank has seen some of it and must be given up.
struct ReplayError {
    /// Set if it is not a transaction's fault.
    std::optional<BlockError> block;
    /// Set otherwise: the first transaction, in block order, that nobody may put into a block.
    std::optional<TransactionError> transaction;
    /// Of the transaction in the block, or of the entry with a wrong hash.
    std::size_t index = 0;

    [[nodiscard]] std::string message() const;
};

struct ReplayStatistics {
    std::size_t entries = 0;
    std::size_t transactions = 0;
    std::size_t failed_transactions = 0; ///< that paid and changed nothing else
    std::size_t signatures = 0;
    ComputeUnits compute_units = 0;
};

/// All entries of the bank's slot. Checks run in the order in which Agave reports them: ticks,
/// transactions (signatures with them), hashes (ledger/src/blockstore_processor.rs
/// confirm_slot_entries). Hashes are checked while transactions execute. Afterwards the bank has
/// all of its ticks and may be frozen.
[[nodiscard]] Result<ReplayStatistics, ReplayError>
replay_block(bank::Bank& bank, std::span<const Entry> entries, const ReplayOptions& options = {});

} // namespace fathom::ledger
