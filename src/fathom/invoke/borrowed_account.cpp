// SPDX-License-Identifier: Apache-2.0
// What an instruction may do to an account (Agave
// transaction-context/src/instruction_accounts.rs).
#include "fathom/invoke/transaction_context.hpp"

#include <cstring>
#include <utility>

namespace fathom::invoke {

namespace {

bool is_zeroed(ByteView bytes) {
    // Each byte equals the one before it, and the first is zero.
    return bytes.empty() ||
           (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// Room for growth within the instruction comes with the first copy.
void unshare_with_room(AccountData& data) {
    if (data.is_shared()) {
        data.reserve(saturating_add(data.size(), kMaxAccountDataGrowthPerInstruction));
    }
}

} // namespace

bool BorrowedAccount::is_rent_exempt_at_data_length(std::uint64_t data_length) const {
    return transaction_->rent_.is_exempt(lamports(), data_length);
}

void BorrowedAccount::count_resize(std::uint64_t new_length) {
    transaction_->count_resize(state_->account.data.size(), new_length);
}

Result<void, InstructionError> BorrowedAccount::set_owner(const Pubkey& owner) {
    if (!is_owned_by_current_program() || !is_writable() || !is_zeroed(data())) {
        return std::unexpected(InstructionError::ModifiedProgramId);
    }
    if (state_->account.owner == owner) return {};
    touch();
    state_->account.owner = owner;
    return {};
}

Result<void, InstructionError> BorrowedAccount::set_lamports(Lamports lamports) {
    const Lamports old_lamports = state_->account.lamports;
    if (!is_owned_by_current_program() && lamports < old_lamports) {
        return std::unexpected(InstructionError::ExternalAccountLamportSpend);
    }
    if (!is_writable()) return std::unexpected(InstructionError::ReadonlyLamportChange);
    if (old_lamports == lamports) return {};
    const int128_t change = static_cast<int128_t>(lamports) - static_cast<int128_t>(old_lamports);
    if (__builtin_add_overflow(transaction_->lamports_delta_, change,
                               &transaction_->lamports_delta_)) {
        return std::unexpected(InstructionError::ArithmeticOverflow);
    }
    touch();
    state_->account.lamports = lamports;
    return {};
}

Result<void, InstructionError> BorrowedAccount::checked_add_lamports(Lamports lamports) {
    const auto sum = checked_add(state_->account.lamports, lamports);
    if (!sum) return std::unexpected(InstructionError::ArithmeticOverflow);
    return set_lamports(*sum);
}

Result<void, InstructionError> BorrowedAccount::checked_sub_lamports(Lamports lamports) {
    const auto difference = checked_sub(state_->account.lamports, lamports);
    if (!difference) return std::unexpected(InstructionError::ArithmeticOverflow);
    return set_lamports(*difference);
}

Result<void, InstructionError> BorrowedAccount::set_executable(bool is_executable) {
    if (!is_rent_exempt_at_data_length(state_->account.data.size())) {
        return std::unexpected(InstructionError::ExecutableAccountNotRentExempt);
    }
    if (!is_owned_by_current_program() || !is_writable()) {
        return std::unexpected(InstructionError::ExecutableModified);
    }
    if (state_->account.executable == is_executable) return {};
    touch();
    state_->account.executable = is_executable;
    return {};
}

Result<void, InstructionError> BorrowedAccount::can_data_be_changed() const {
    if (!is_writable()) return std::unexpected(InstructionError::ReadonlyDataModified);
    if (!is_owned_by_current_program()) {
        return std::unexpected(InstructionError::ExternalAccountDataModified);
    }
    return {};
}

Result<void, InstructionError>
BorrowedAccount::can_data_be_resized(std::uint64_t new_length) const {
    FATHOM_CHECK(transaction_->can_data_be_resized(state_->account.data.size(), new_length));
    return can_data_be_changed();
}

Result<MutableByteView, InstructionError> BorrowedAccount::data_mut() {
    FATHOM_CHECK(can_data_be_changed());
    touch();
    unshare_with_room(raw_data());
    return raw_data().mutable_view();
}

Result<void, InstructionError> BorrowedAccount::set_data_from_slice(ByteView data) {
    FATHOM_CHECK(can_data_be_resized(data.size()));
    touch();
    // Most programs leave most accounts as they are; comparing them saves the copy of shared data.
    const ByteView old_data = this->data();
    if (data.size() == old_data.size() &&
        (data.empty() || std::memcmp(data.data(), old_data.data(), data.size()) == 0)) {
        return {};
    }
    count_resize(data.size());
    raw_data().assign(data);
    return {};
}

Result<void, InstructionError> BorrowedAccount::set_data_length(std::uint64_t new_length) {
    FATHOM_CHECK(can_data_be_resized(new_length));
    if (data().size() == new_length) return {};
    touch();
    count_resize(new_length);
    raw_data().resize(new_length);
    return {};
}

Result<void, InstructionError> BorrowedAccount::extend_from_slice(ByteView data) {
    const std::uint64_t old_length = this->data().size();
    const std::uint64_t new_length = saturating_add<std::uint64_t>(old_length, data.size());
    FATHOM_CHECK(can_data_be_resized(new_length));
    if (data.empty()) return {};
    touch();
    count_resize(new_length);
    unshare_with_room(raw_data());
    raw_data().resize(new_length);
    std::memcpy(raw_data().mutable_view().data() + old_length, data.data(), data.size());
    return {};
}

} // namespace fathom::invoke
