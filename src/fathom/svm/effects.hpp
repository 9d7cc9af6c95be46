// SPDX-License-Identifier: Apache-2.0
// What a transaction did, as a value: the same type on success and on failure. Nothing has been
// written.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction_error.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fathom {

/// How much of a transaction a bank may commit.
enum class Commit : std::uint8_t {
    All,  // succeeded: every changed account
    Fees, // failed or could not be loaded: fee payer, and the advanced nonce
    None, // not processable: no state change, no fee
};

/// One call made by a program.
struct InnerInstruction {
    std::uint8_t program_index = 0; // into the transaction's accounts
    Bytes accounts;                 // indices into the transaction's accounts
    Bytes data;
    std::uint8_t stack_height = 2; // 2: called by a top-level instruction
};

struct ReturnData {
    Pubkey program;
    Bytes data;
};

/// An account as it shall be after commit. Zero lamports: it is gone.
struct AccountChange {
    Pubkey key;
    Account account;
};

struct FeeDetails {
    Lamports transaction_fee = 0;
    Lamports prioritization_fee = 0;
    [[nodiscard]] Lamports total() const { return transaction_fee + prioritization_fee; }
};

/// Tokens of one account of a transaction.
struct TokenBalance {
    std::uint8_t account_index = 0;
    Pubkey mint;
    Pubkey owner;
    Pubkey program_id; // Token or Token-2022
    std::uint64_t amount = 0;
    std::uint8_t decimals = 0; // of the mint

    friend bool operator==(const TokenBalance&, const TokenBalance&) = default;
};

struct Balances {
    std::vector<Lamports> lamports; // of every key; 0 if there is no account
    std::vector<TokenBalance> tokens;
};

/// Before the fee, and after everything that is committed.
struct RecordedBalances {
    Balances before;
    Balances after;
};

struct TransactionEffects {
    /// nullopt: success.
    std::optional<TransactionError> error;
    Commit commit = Commit::None;
    /// Sum over top-level instructions, a failing last one included.
    ComputeUnits compute_units = 0;
    /// What commit charges; meaningless if commit is None.
    FeeDetails fee;
    std::vector<std::string> logs;
    /// nullopt if empty. Present on failure too.
    std::optional<ReturnData> return_data;
    /// Calls per top-level instruction, in order. Present on failure too (the trace so far).
    std::vector<std::vector<InnerInstruction>> inner_instructions;
    /// Accounts to write back, in the transaction's account order (payer, then nonce, after a
    /// failure).
    std::vector<AccountChange> accounts;
    /// Writable accounts as they were when execution ended, whatever the outcome; empty if nothing
    /// was executed or ExecutionOptions::collect_final_accounts is off. Not for committing.
    std::vector<AccountChange> final_accounts;
    std::uint64_t loaded_accounts_data_size = 0;
    /// Change of the total size of account data; meaningful on success.
    std::int64_t accounts_resize_delta = 0;
    /// If ExecutionOptions::collect_balances is on and all keys are known.
    std::optional<RecordedBalances> balances;

    [[nodiscard]] bool succeeded() const { return !error; }
    /// As new, but with the memory that its lists have.
    void reset() {
        error.reset();
        commit = Commit::None;
        compute_units = 0;
        fee = {};
        logs.clear();
        return_data.reset();
        inner_instructions.clear();
        accounts.clear();
        final_accounts.clear();
        loaded_accounts_data_size = 0;
        accounts_resize_delta = 0;
        balances.reset();
    }
};

} // namespace fathom
