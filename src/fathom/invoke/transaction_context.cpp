// SPDX-License-Identifier: Apache-2.0
// Accounts, trace and stack of one transaction (Agave transaction-context/src/transaction.rs).
#include "fathom/invoke/transaction_context.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/types/instructions_sysvar.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <utility>

namespace fathom::invoke {

namespace {

// What the protocol allows; entries then never move.
constexpr std::size_t kTraceRoom = 64;

} // namespace

void TraceEntry::reset() {
    program_index = 0;
    nesting_level = 0;
    caller_index = 0xffff;
    accounts.clear();
    owned_data.clear();
    data = {};
    is_configured = false;
}

TransactionContext::TransactionContext(std::vector<KeyedAccount> accounts, const Rent& rent,
                                       std::size_t stack_capacity, std::size_t trace_capacity,
                                       std::size_t number_of_top_level_instructions) {
    accounts_.reserve(accounts.size());
    for (KeyedAccount& keyed : accounts) add_account(keyed.key) = std::move(keyed.account);
    begin(rent, stack_capacity, trace_capacity, number_of_top_level_instructions);
}

Account& TransactionContext::add_account(const Pubkey& key) {
    return accounts_.emplace_back(AccountState{.key = key, .account = {}}).account;
}

void TransactionContext::begin(const Rent& rent, std::size_t stack_capacity,
                               std::size_t trace_capacity,
                               std::size_t number_of_top_level_instructions) {
    FATHOM_ASSERT(accounts_.size() < vm::MemoryRegion::kNoPayload);
    instructions_sysvar_ = find_account(ids::kInstructionsSysvar);
    rent_ = rent;
    stack_capacity_ = stack_capacity;
    trace_capacity_ = trace_capacity;
    stack_.clear();
    stack_.reserve(stack_capacity);
    trace_size_ = number_of_top_level_instructions + 1;
    if (trace_.size() < trace_size_) {
        trace_.reserve(std::max(trace_size_, std::min(trace_capacity, kTraceRoom) + 1));
        trace_.resize(trace_size_);
    }
    for (std::size_t i = 0; i < trace_size_; ++i) trace_[i].reset();
    next_top_level_ = 0;
    cpis_in_trace_ = 0;
    lamports_delta_ = 0;
    resize_delta_ = 0;
    return_data_program_ = {};
    return_data_.clear();
    is_direct_mapping_ = false;
}

Account TransactionContext::take_account(std::uint16_t index) {
    FATHOM_ASSERT(index < accounts_.size());
    return std::exchange(accounts_[index].account, {});
}

const Pubkey& TransactionContext::key_of_account(std::uint16_t index) const {
    FATHOM_ASSERT(index < accounts_.size());
    return accounts_[index].key;
}

const Account& TransactionContext::account(std::uint16_t index) const {
    FATHOM_ASSERT(index < accounts_.size());
    return accounts_[index].account;
}

std::optional<std::uint16_t> TransactionContext::find_account(const Pubkey& key) const {
    const auto found = std::ranges::find(accounts_, key, &AccountState::key);
    if (found == accounts_.end()) return std::nullopt;
    return static_cast<std::uint16_t>(found - accounts_.begin());
}

bool TransactionContext::was_touched(std::uint16_t index) const {
    FATHOM_ASSERT(index < accounts_.size());
    return accounts_[index].is_touched;
}

std::size_t TransactionContext::trace_length() const {
    return trace_size_ - 1;
}

std::span<const TraceEntry> TransactionContext::trace() const {
    return {trace_.data(), trace_length()};
}

Result<InstructionContext, InstructionError> TransactionContext::current_instruction() {
    if (stack_.empty()) return std::unexpected(InstructionError::CallDepth);
    return instruction_at_index_in_trace(stack_.back());
}

Result<InstructionContext, InstructionError> TransactionContext::next_instruction() {
    return instruction_at_index_in_trace(stack_.empty() ? next_top_level_ : trace_length());
}

Result<InstructionContext, InstructionError>
TransactionContext::instruction_at_index_in_trace(std::size_t index) {
    if (index >= trace_size_) return std::unexpected(InstructionError::CallDepth);
    return InstructionContext(*this, index);
}

Result<InstructionContext, InstructionError>
TransactionContext::instruction_at_nesting_level(std::size_t level) {
    if (level >= stack_.size()) return std::unexpected(InstructionError::CallDepth);
    return instruction_at_index_in_trace(stack_[level]);
}

Result<void, InstructionError>
TransactionContext::configure_top_level_instruction(std::size_t index, std::uint16_t program_index,
                                                    std::span<const InstructionAccount> accounts,
                                                    ByteView data) {
    auto* const place = configure_top_level_instruction(index, program_index, data);
    if (!place) return std::unexpected(InstructionError::MaxInstructionTraceLengthExceeded);
    place->assign(accounts.begin(), accounts.end());
    return {};
}

std::vector<InstructionAccount>*
TransactionContext::configure_top_level_instruction(std::size_t index, std::uint16_t program_index,
                                                    ByteView data) {
    if (index >= trace_size_) return nullptr;
    TraceEntry& entry = trace_[index];
    entry.program_index = program_index;
    entry.accounts.clear();
    entry.data = data;
    entry.is_configured = true;
    return &entry.accounts;
}

Result<void, InstructionError>
TransactionContext::configure_next_cpi(std::uint16_t program_index,
                                       std::vector<InstructionAccount> accounts, Bytes data) {
    if (stack_.empty()) return std::unexpected(InstructionError::CallDepth);
    TraceEntry& entry = next_entry();
    entry.program_index = program_index;
    entry.caller_index = static_cast<std::uint16_t>(stack_.back());
    entry.accounts = std::move(accounts);
    // The bytes stay where they are when the trace moves its entries.
    entry.owned_data = std::move(data);
    entry.data = entry.owned_data;
    entry.is_configured = true;
    return {};
}

TraceEntry& TransactionContext::next_entry() {
    return trace_[trace_size_ - 1];
}

Result<void, InstructionError> TransactionContext::push() {
    const std::size_t nesting_level = stack_.size();
    const bool is_nested = nesting_level != 0;
    if (is_nested && lamports_delta_ != 0) {
        return std::unexpected(InstructionError::UnbalancedInstruction);
    }
    next_entry().nesting_level = static_cast<std::uint16_t>(nesting_level);
    if (number_of_called_instructions() >= trace_capacity_) {
        return std::unexpected(InstructionError::MaxInstructionTraceLengthExceeded);
    }
    const std::size_t index = is_nested ? trace_length() : next_top_level_;
    if (is_nested) {
        ++cpis_in_trace_;
        if (trace_size_ == trace_.size()) {
            trace_.emplace_back();
        } else {
            trace_[trace_size_].reset();
        }
        ++trace_size_;
    } else {
        ++next_top_level_;
    }
    if (nesting_level >= stack_capacity_) return std::unexpected(InstructionError::CallDepth);
    stack_.push_back(index);
    // Calls keep the index of the top-level instruction they belong to.
    return store_instruction_index(static_cast<std::uint16_t>(next_top_level_ - 1));
}

Result<void, InstructionError> TransactionContext::store_instruction_index(std::uint16_t index) {
    if (!instructions_sysvar_) return {};
    AccountState& sysvar = accounts_[*instructions_sysvar_];
    if (sysvar.is_borrowed) return std::unexpected(InstructionError::AccountBorrowFailed);
    if (sysvar.account.owner != ids::kSysvarOwner) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    if (!set_current_instruction_index(sysvar.account.data.mutable_view(), index)) {
        return std::unexpected(InstructionError::AccountDataTooSmall);
    }
    return {};
}

Result<void, InstructionError> TransactionContext::pop() {
    if (stack_.empty()) return std::unexpected(InstructionError::CallDepth);
    const std::uint16_t program = trace_[stack_.back()].program_index;
    stack_.pop_back();
    if (program >= accounts_.size()) return std::unexpected(InstructionError::MissingAccount);
    if (accounts_[program].is_borrowed) {
        return std::unexpected(InstructionError::AccountBorrowOutstanding);
    }
    if (lamports_delta_ != 0) return std::unexpected(InstructionError::UnbalancedInstruction);
    return {};
}

void TransactionContext::set_return_data(const Pubkey& program, ByteView data) {
    return_data_program_ = program;
    return_data_.assign(data.begin(), data.end());
}

Result<void, InstructionError>
TransactionContext::can_data_be_resized(std::uint64_t old_length, std::uint64_t new_length) const {
    if (new_length > kMaxAccountDataLen) return std::unexpected(InstructionError::InvalidRealloc);
    const std::int64_t change = saturating_sub(static_cast<std::int64_t>(new_length),
                                               static_cast<std::int64_t>(old_length));
    if (saturating_add(resize_delta_, change) >
        static_cast<std::int64_t>(kMaxAccountDataGrowthPerTransaction)) {
        return std::unexpected(InstructionError::MaxAccountsDataAllocationsExceeded);
    }
    return {};
}

void TransactionContext::count_resize(std::uint64_t old_length, std::uint64_t new_length) {
    resize_delta_ =
        saturating_add(resize_delta_, saturating_sub(static_cast<std::int64_t>(new_length),
                                                     static_cast<std::int64_t>(old_length)));
}

void TransactionContext::enable_access_handler(bool address_space_adjustments,
                                               bool direct_mapping) {
    is_direct_mapping_ = address_space_adjustments && direct_mapping;
}

void TransactionContext::on_violation(vm::MemoryRegion& region, std::uint64_t reserved,
                                      vm::Access access, std::uint64_t addr, std::uint64_t len) {
    if (access == vm::Access::Load || region.payload >= accounts_.size()) return;
    const std::uint64_t requested = saturating_sub(saturating_add(addr, len), region.vm_addr);
    if (requested > reserved) return;
    AccountState& state = accounts_[region.payload];
    if (state.is_borrowed) return;
    state.is_touched = true;
    AccountData& data = state.account.data;
    if (requested > region.length) {
        // All of the reserve at once; the length that the program stores settles it later.
        const auto remaining_growth = static_cast<std::uint64_t>(
            std::max(std::int64_t{0},
                     saturating_sub(static_cast<std::int64_t>(kMaxAccountDataGrowthPerTransaction),
                                    resize_delta_)));
        const std::uint64_t new_length =
            std::min({reserved, kMaxAccountDataLen, saturating_add(data.size(), remaining_growth)});
        count_resize(data.size(), new_length);
        data.resize(new_length);
        region.is_writable = true;
    }
    if (is_direct_mapping_) {
        const MutableByteView bytes = data.mutable_view();
        region = vm::MemoryRegion::writable(bytes, region.vm_addr);
        region.payload = static_cast<std::uint16_t>(&state - accounts_.data());
    }
}

std::vector<KeyedAccount> TransactionContext::take_accounts() {
    std::vector<KeyedAccount> taken;
    taken.reserve(accounts_.size());
    for (AccountState& state : accounts_) taken.push_back({state.key, std::move(state.account)});
    accounts_.clear();
    return taken;
}

} // namespace fathom::invoke
