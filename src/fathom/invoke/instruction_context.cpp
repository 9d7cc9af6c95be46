// SPDX-License-Identifier: Apache-2.0
// Reading one instruction of the trace (Agave transaction-context/src/instruction.rs).
#include "fathom/invoke/transaction_context.hpp"

namespace fathom::invoke {

std::uint16_t InstructionContext::index_of_caller() const {
    return entry().caller_index;
}

const Pubkey& InstructionContext::program_key() const {
    static constexpr Pubkey kNone;
    return has_program() ? transaction_->accounts_[entry().program_index].key : kNone;
}

Result<Pubkey, InstructionError> InstructionContext::key_of_account(std::size_t index) const {
    const std::uint16_t position = FATHOM_TRY(index_in_transaction(index));
    if (position >= transaction_->accounts_.size()) {
        return std::unexpected(InstructionError::MissingAccount);
    }
    return transaction_->accounts_[position].key;
}

Result<std::uint16_t, InstructionError>
InstructionContext::index_of_account_in_instruction(std::uint16_t index_in_transaction) const {
    const auto all = accounts();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].index_in_transaction == index_in_transaction) {
            return static_cast<std::uint16_t>(i);
        }
    }
    return std::unexpected(InstructionError::MissingAccount);
}

Result<std::optional<std::uint16_t>, InstructionError>
InstructionContext::is_duplicate(std::size_t index) const {
    const std::uint16_t position = FATHOM_TRY(index_in_transaction(index));
    const std::uint16_t first = FATHOM_TRY(index_of_account_in_instruction(position));
    if (first == index) return std::nullopt;
    return first;
}

Result<void, InstructionError>
InstructionContext::check_number_of_accounts(std::size_t expected) const {
    if (accounts().size() < expected) return std::unexpected(InstructionError::MissingAccount);
    return {};
}

Result<BorrowedAccount, InstructionError>
InstructionContext::borrow_account(std::size_t index) const {
    const auto all = accounts();
    if (index >= all.size()) return std::unexpected(InstructionError::MissingAccount);
    const InstructionAccount account = all[index];
    if (account.index_in_transaction >= transaction_->accounts_.size()) {
        return std::unexpected(InstructionError::MissingAccount);
    }
    if (transaction_->accounts_[account.index_in_transaction].is_borrowed) {
        return std::unexpected(InstructionError::AccountBorrowFailed);
    }
    return BorrowedAccount(*transaction_, has_program() ? &program_key() : nullptr, account);
}

bool InstructionContext::has_signer(const Pubkey& key) const {
    for (const InstructionAccount& account : accounts()) {
        if (account.is_signer && account.index_in_transaction < transaction_->accounts_.size() &&
            transaction_->accounts_[account.index_in_transaction].key == key) {
            return true;
        }
    }
    return false;
}

} // namespace fathom::invoke
