// SPDX-License-Identifier: Apache-2.0
// State of one transaction while its instructions run: accounts, instruction trace and stack,
// return data. Rules and error orders: Agave transaction-context/src.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/vm/memory_map.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace fathom::invoke {

inline constexpr std::size_t kMaxAccountsPerTransaction = 256;
inline constexpr std::size_t kMaxAccountsPerInstruction = 255;
inline constexpr std::size_t kMaxReturnData = 1024;

struct InstructionAccount {
    std::uint16_t index_in_transaction = 0;
    bool is_signer = false;
    bool is_writable = false;
};

/// An account of the transaction by key.
struct KeyedAccount {
    Pubkey key;
    Account account;
};

class TransactionContext;
class InstructionContext;
struct TraceEntry;

/// An account while its transaction runs.
struct AccountState {
    Pubkey key;
    Account account;
    bool is_touched = false;
    bool is_borrowed = false;
};

/// Exclusive access to one account from one instruction, with every rule of what the instruction
/// may do to it. Given back on destruction. Only one borrow of an account exists at a time.
class BorrowedAccount {
public:
    BorrowedAccount(BorrowedAccount&& other) noexcept;
    BorrowedAccount& operator=(BorrowedAccount&&) = delete;
    ~BorrowedAccount();

    [[nodiscard]] const Pubkey& key() const;
    [[nodiscard]] std::uint16_t index_in_transaction() const;
    [[nodiscard]] const Pubkey& owner() const;
    [[nodiscard]] Lamports lamports() const;
    [[nodiscard]] ByteView data() const;
    [[nodiscard]] bool is_executable() const;
    [[nodiscard]] Epoch rent_epoch() const;
    [[nodiscard]] bool is_signer() const;
    [[nodiscard]] bool is_writable() const;
    [[nodiscard]] bool is_owned_by_current_program() const;
    [[nodiscard]] bool is_shared() const;
    /// Rent-exempt at `data_length` under the transaction's rent.
    [[nodiscard]] bool is_rent_exempt_at_data_length(std::uint64_t data_length) const;

    [[nodiscard]] Result<void, InstructionError> set_owner(const Pubkey& owner);
    [[nodiscard]] Result<void, InstructionError> set_lamports(Lamports lamports);
    [[nodiscard]] Result<void, InstructionError> checked_add_lamports(Lamports lamports);
    [[nodiscard]] Result<void, InstructionError> checked_sub_lamports(Lamports lamports);
    [[nodiscard]] Result<void, InstructionError> set_executable(bool is_executable);
    [[nodiscard]] Result<void, InstructionError> can_data_be_changed() const;
    [[nodiscard]] Result<void, InstructionError>
    can_data_be_resized(std::uint64_t new_length) const;
    /// Checks can_data_be_changed, marks the account touched, unshares.
    [[nodiscard]] Result<MutableByteView, InstructionError> data_mut();
    /// Replaces contents and length.
    [[nodiscard]] Result<void, InstructionError> set_data_from_slice(ByteView data);
    /// New bytes are zero; same length is a no-op after the checks.
    [[nodiscard]] Result<void, InstructionError> set_data_length(std::uint64_t new_length);
    [[nodiscard]] Result<void, InstructionError> extend_from_slice(ByteView data);

    /// For the serializer: the account's own bytes, unchecked.
    [[nodiscard]] AccountData& raw_data();

private:
    friend class InstructionContext;
    BorrowedAccount(TransactionContext& transaction, const Pubkey* program_key,
                    InstructionAccount account);
    void touch();
    void count_resize(std::uint64_t new_length);

    TransactionContext* transaction_;
    AccountState* state_;
    const Pubkey* program_key_; // of the instruction that borrows; null if it has no program
    InstructionAccount account_;
};

/// One instruction of the trace, read through the transaction it belongs to. A light value; valid
/// while the trace entry exists.
class InstructionContext {
public:
    [[nodiscard]] std::size_t index_in_trace() const { return index_in_trace_; }
    /// 1 for top-level instructions.
    [[nodiscard]] std::size_t stack_height() const;
    /// Index in trace of the caller; 0xffff for top-level instructions.
    [[nodiscard]] std::uint16_t index_of_caller() const;
    [[nodiscard]] ByteView data() const;
    [[nodiscard]] std::span<const InstructionAccount> accounts() const;
    [[nodiscard]] std::size_t number_of_accounts() const { return accounts().size(); }

    [[nodiscard]] std::uint16_t program_index_in_transaction() const;
    /// False if the instruction names no account of the transaction as its program.
    [[nodiscard]] bool has_program() const;
    /// All zero if there is no program.
    [[nodiscard]] const Pubkey& program_key() const;
    /// Owner of the program account now.
    [[nodiscard]] Result<Pubkey, InstructionError> program_owner() const;

    /// Error for each of the following: MissingAccount if the index is out of range.
    [[nodiscard]] Result<std::uint16_t, InstructionError>
    index_in_transaction(std::size_t index) const;
    [[nodiscard]] Result<Pubkey, InstructionError> key_of_account(std::size_t index) const;
    [[nodiscard]] Result<bool, InstructionError> is_signer(std::size_t index) const;
    [[nodiscard]] Result<bool, InstructionError> is_writable(std::size_t index) const;
    /// First position in the instruction of a transaction account.
    [[nodiscard]] Result<std::uint16_t, InstructionError>
    index_of_account_in_instruction(std::uint16_t index_in_transaction) const;
    /// Position of the first occurrence if this account is a repeat, else nullopt.
    [[nodiscard]] Result<std::optional<std::uint16_t>, InstructionError>
    is_duplicate(std::size_t index) const;

    /// MissingAccount if there are fewer than `expected`.
    [[nodiscard]] Result<void, InstructionError>
    check_number_of_accounts(std::size_t expected) const;
    /// MissingAccount, or AccountBorrowFailed if it is borrowed already.
    [[nodiscard]] Result<BorrowedAccount, InstructionError> borrow_account(std::size_t index) const;
    /// True if some account of the instruction with this key signs.
    [[nodiscard]] bool has_signer(const Pubkey& key) const;

private:
    friend class TransactionContext;
    InstructionContext(TransactionContext& transaction, std::size_t index_in_trace)
        : transaction_(&transaction), index_in_trace_(index_in_trace) {}
    [[nodiscard]] const TraceEntry& entry() const;

    TransactionContext* transaction_;
    std::size_t index_in_trace_;
};

/// What a finished (or failed) instruction trace looked like: for inner-instruction recording.
struct TraceEntry {
    std::uint16_t program_index = 0;
    std::uint16_t nesting_level = 0; // 0 for top-level
    std::uint16_t caller_index = 0xffff;
    std::vector<InstructionAccount> accounts;
    Bytes owned_data; // CPI
    ByteView data;    // into owned_data, or into the transaction for top-level instructions
    bool is_configured = false;

    /// As new, but with the memory it had.
    void reset();
};

/// One per transaction; not thread-safe. Implements the access handler of direct-mapped accounts.
class TransactionContext final : public vm::AccessHandler {
public:
    /// For many transactions, one after the other, in the same memory: add_account() for each
    /// account, begin(), run, read what there is to read, clear().
    TransactionContext() = default;
    TransactionContext(std::vector<KeyedAccount> accounts, const Rent& rent,
                       std::size_t stack_capacity, std::size_t trace_capacity,
                       std::size_t number_of_top_level_instructions);
    TransactionContext(const TransactionContext&) = delete;
    TransactionContext& operator=(const TransactionContext&) = delete;

    /// The next account, to be filled. Valid until the next call.
    Account& add_account(const Pubkey& key);
    /// Nothing has run yet.
    void begin(const Rent& rent, std::size_t stack_capacity, std::size_t trace_capacity,
               std::size_t number_of_top_level_instructions);
    /// Lets go of all accounts.
    void clear() { accounts_.clear(); }

    // Accounts.
    [[nodiscard]] std::size_t number_of_accounts() const { return accounts_.size(); }
    [[nodiscard]] const Pubkey& key_of_account(std::uint16_t index) const;
    [[nodiscard]] const Account& account(std::uint16_t index) const;
    /// Leaves an empty one behind.
    [[nodiscard]] Account take_account(std::uint16_t index);
    [[nodiscard]] std::span<const AccountState> accounts() const { return accounts_; }
    [[nodiscard]] std::optional<std::uint16_t> find_account(const Pubkey& key) const;
    [[nodiscard]] bool was_touched(std::uint16_t index) const;
    [[nodiscard]] std::int64_t accounts_resize_delta() const { return resize_delta_; }
    [[nodiscard]] const Rent& rent() const { return rent_; }

    // Trace and stack.
    [[nodiscard]] std::size_t stack_height() const { return stack_.size(); }
    [[nodiscard]] std::size_t stack_capacity() const { return stack_capacity_; }
    [[nodiscard]] std::size_t trace_capacity() const { return trace_capacity_; }
    /// Entries of the trace, the pre-reserved next one not counted.
    [[nodiscard]] std::size_t trace_length() const;
    [[nodiscard]] std::size_t number_of_cpis_in_trace() const { return cpis_in_trace_; }
    [[nodiscard]] std::size_t next_top_level_index() const { return next_top_level_; }
    /// Running and finished ones; top-level instructions still to come do not count.
    [[nodiscard]] std::size_t number_of_called_instructions() const {
        return next_top_level_ + cpis_in_trace_;
    }
    [[nodiscard]] std::span<const TraceEntry> trace() const;
    /// CallDepth if nothing runs.
    [[nodiscard]] Result<InstructionContext, InstructionError> current_instruction();
    [[nodiscard]] Result<InstructionContext, InstructionError> next_instruction();
    [[nodiscard]] Result<InstructionContext, InstructionError>
    instruction_at_index_in_trace(std::size_t index);
    [[nodiscard]] Result<InstructionContext, InstructionError>
    instruction_at_nesting_level(std::size_t level);
    /// `data` must outlive the transaction.
    [[nodiscard]] Result<void, InstructionError>
    configure_top_level_instruction(std::size_t index, std::uint16_t program_index,
                                    std::span<const InstructionAccount> accounts, ByteView data);
    /// The same, for the caller to add the accounts. Null: MaxInstructionTraceLengthExceeded.
    [[nodiscard]] std::vector<InstructionAccount>*
    configure_top_level_instruction(std::size_t index, std::uint16_t program_index, ByteView data);
    [[nodiscard]] Result<void, InstructionError>
    configure_next_cpi(std::uint16_t program_index, std::vector<InstructionAccount> accounts,
                       Bytes data);
    [[nodiscard]] Result<void, InstructionError> push();
    [[nodiscard]] Result<void, InstructionError> pop();

    // Return data.
    [[nodiscard]] const Pubkey& return_data_program() const { return return_data_program_; }
    [[nodiscard]] ByteView return_data() const { return return_data_; }
    void set_return_data(const Pubkey& program, ByteView data);

    /// Access handler of account regions: account growth and copy on write (stores only).
    void enable_access_handler(bool address_space_adjustments, bool direct_mapping);
    void on_violation(vm::MemoryRegion& region, std::uint64_t reserved, vm::Access access,
                      std::uint64_t addr, std::uint64_t len) override;

    /// The accounts, in key order, when all is done.
    [[nodiscard]] std::vector<KeyedAccount> take_accounts();

private:
    friend class InstructionContext;
    friend class BorrowedAccount;

    [[nodiscard]] Result<void, InstructionError>
    can_data_be_resized(std::uint64_t old_length, std::uint64_t new_length) const;
    void count_resize(std::uint64_t old_length, std::uint64_t new_length);
    [[nodiscard]] TraceEntry& next_entry();
    [[nodiscard]] Result<void, InstructionError> store_instruction_index(std::uint16_t index);

    std::vector<AccountState> accounts_;
    Rent rent_;
    std::size_t stack_capacity_ = 0;
    std::size_t trace_capacity_ = 0;
    std::vector<std::size_t> stack_; // indices in trace
    std::vector<TraceEntry> trace_;  // those behind trace_size_ are kept for their memory
    std::size_t trace_size_ = 1;     // one spare entry at the end
    std::size_t next_top_level_ = 0;
    std::size_t cpis_in_trace_ = 0;
    int128_t lamports_delta_ = 0;
    std::int64_t resize_delta_ = 0;
    Pubkey return_data_program_;
    Bytes return_data_;
    std::optional<std::uint16_t> instructions_sysvar_;
    bool is_direct_mapping_ = false;
};

// What every native program and every call asks for all the time.

inline const TraceEntry& InstructionContext::entry() const {
    return transaction_->trace_[index_in_trace_];
}

inline std::size_t InstructionContext::stack_height() const {
    return std::size_t{entry().nesting_level} + 1;
}

inline ByteView InstructionContext::data() const {
    return entry().data;
}

inline std::span<const InstructionAccount> InstructionContext::accounts() const {
    return entry().accounts;
}

inline std::uint16_t InstructionContext::program_index_in_transaction() const {
    return entry().program_index;
}

inline bool InstructionContext::has_program() const {
    return entry().program_index < transaction_->accounts_.size();
}

inline Result<Pubkey, InstructionError> InstructionContext::program_owner() const {
    if (!has_program()) return std::unexpected(InstructionError::MissingAccount);
    const auto& program = transaction_->accounts_[entry().program_index];
    if (program.is_borrowed) return std::unexpected(InstructionError::AccountBorrowFailed);
    return program.account.owner;
}

inline Result<bool, InstructionError> InstructionContext::is_signer(std::size_t index) const {
    if (index >= accounts().size()) return std::unexpected(InstructionError::MissingAccount);
    return accounts()[index].is_signer;
}

inline Result<bool, InstructionError> InstructionContext::is_writable(std::size_t index) const {
    if (index >= accounts().size()) return std::unexpected(InstructionError::MissingAccount);
    return accounts()[index].is_writable;
}

inline Result<std::uint16_t, InstructionError>
InstructionContext::index_in_transaction(std::size_t index) const {
    if (index >= accounts().size()) return std::unexpected(InstructionError::MissingAccount);
    return accounts()[index].index_in_transaction;
}

inline BorrowedAccount::BorrowedAccount(TransactionContext& transaction, const Pubkey* program_key,
                                        InstructionAccount account)
    : transaction_(&transaction), state_(&transaction.accounts_[account.index_in_transaction]),
      program_key_(program_key), account_(account) {
    state_->is_borrowed = true;
}

inline BorrowedAccount::BorrowedAccount(BorrowedAccount&& other) noexcept
    : transaction_(other.transaction_), state_(std::exchange(other.state_, nullptr)),
      program_key_(other.program_key_), account_(other.account_) {}

inline BorrowedAccount::~BorrowedAccount() {
    if (state_) state_->is_borrowed = false;
}

inline const Pubkey& BorrowedAccount::key() const {
    return state_->key;
}

inline std::uint16_t BorrowedAccount::index_in_transaction() const {
    return account_.index_in_transaction;
}

inline const Pubkey& BorrowedAccount::owner() const {
    return state_->account.owner;
}

inline Lamports BorrowedAccount::lamports() const {
    return state_->account.lamports;
}

inline ByteView BorrowedAccount::data() const {
    return state_->account.data.view();
}

inline bool BorrowedAccount::is_executable() const {
    return state_->account.executable;
}

inline Epoch BorrowedAccount::rent_epoch() const {
    return state_->account.rent_epoch;
}

inline bool BorrowedAccount::is_signer() const {
    return account_.is_signer;
}

inline bool BorrowedAccount::is_writable() const {
    return account_.is_writable;
}

inline bool BorrowedAccount::is_owned_by_current_program() const {
    return program_key_ && *program_key_ == owner();
}

inline AccountData& BorrowedAccount::raw_data() {
    return state_->account.data;
}

inline void BorrowedAccount::touch() {
    state_->is_touched = true;
}

inline bool BorrowedAccount::is_shared() const {
    return state_->account.data.is_shared();
}

} // namespace fathom::invoke
