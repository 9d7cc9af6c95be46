// SPDX-License-Identifier: Apache-2.0
// Accounts, sysvars and changes of the Stake program.
#include "fathom/programs/stake/program.hpp"

#include "fathom/programs/account_access.hpp"
#include "fathom/programs/stake/history.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/stake_activation.hpp"

#include <algorithm>
#include <ranges>

namespace fathom::programs::stake {

namespace {

template <class T> Result<T, Failure> present(const Result<T, InstructionError>& sysvar) {
    if (!sysvar) return std::unexpected(Failure::of_runtime(sysvar.error()));
    return *sysvar;
}

Outcome from_runtime(const Result<void, InstructionError>& result) {
    if (!result) return std::unexpected(Failure::of_runtime(result.error()));
    return {};
}

} // namespace

AccountInfo::AccountInfo(invoke::InvokeContext& context,
                         const invoke::InstructionContext& instruction, std::size_t index)
    : index_(0) {
    const auto accounts = instruction.accounts();
    const std::uint16_t position = accounts[index].index_in_transaction;
    while (accounts[index_].index_in_transaction != position) ++index_;
    is_signer_ = accounts[index_].is_signer;
    is_writable_ = accounts[index_].is_writable;
    key_ = &context.transaction().key_of_account(position);
    account_ = &context.transaction().account(position);
}

bool Signers::contains(const Pubkey& key) const {
    return std::ranges::find(keys_, key) != keys_.end();
}

std::optional<AccountInfo> StakeProgram::next_if_any() {
    if (next_ >= core_.instruction().number_of_accounts()) return std::nullopt;
    return AccountInfo(core_.context(), core_.instruction(), next_++);
}

Result<AccountInfo, Failure> StakeProgram::next() {
    const auto account = next_if_any();
    if (!account) return std::unexpected(InstructionError::NotEnoughAccountKeys);
    return *account;
}

Signers StakeProgram::signers() const {
    Signers signers;
    for (std::size_t i = 0; i < core_.instruction().number_of_accounts(); ++i) {
        const AccountInfo account(core_.context(), core_.instruction(), i);
        if (account.is_signer()) signers.insert(account.key());
    }
    return signers;
}

Result<StakeState, Failure> StakeProgram::state(const AccountInfo& account) {
    if (account.owner() != ids::kStakeProgram) {
        return std::unexpected(InstructionError::InvalidAccountOwner);
    }
    const auto state = StakeState::decode(account.data());
    if (!state) return std::unexpected(InstructionError::InvalidAccountData);
    return *state;
}

Result<Clock, Failure> StakeProgram::clock() const {
    return present(cached_clock(core_.context()));
}

Result<Rent, Failure> StakeProgram::rent() const {
    return present(cached_rent(core_.context()));
}

Result<bool, Failure> StakeProgram::is_distributing_rewards() const {
    const auto& rewards = core_.context().environment().sysvars.epoch_rewards();
    if (!rewards) {
        return std::unexpected(Failure::of_runtime(InstructionError::UnsupportedSysvar));
    }
    return rewards->active;
}

Result<StakeHistoryEntry, Failure> StakeProgram::activation(const StakeDelegation& delegation,
                                                            const Clock& clock) const {
    HistoryByOffset history(core_.context().environment().sysvars.raw(ids::kStakeHistory),
                            clock.epoch);
    // The program takes the rate of 9 % for the only one there ever was.
    const StakeHistoryEntry status = stake_activation(delegation, clock.epoch, history, Epoch{0});
    if (!history.is_mismatched()) return status;
    return std::unexpected(Failure::of_runtime(invoke::SyscallError{
        invoke::SyscallErrorKind::Panic,
        "SBF program Panicked in interface/src/sysvar/stake_history.rs at 103:17"}));
}

Outcome StakeProgram::set_state(const AccountInfo& account, const StakeState& state) {
    Bytes bytes = state.encode();
    if (bytes.size() > account.data().size()) {
        return std::unexpected(InstructionError::AccountDataTooSmall);
    }
    // With a region per account, the write itself is refused.
    if (core_.context().feature(Feature::virtual_address_space_adjustments)) {
        const auto borrowed = FATHOM_TRY(core_.borrow(account.index()));
        FATHOM_CHECK(from_runtime(borrowed.can_data_be_changed()));
    }
    changes_[account.index()].state = std::move(bytes);
    return {};
}

Outcome StakeProgram::move_lamports(const AccountInfo& source, const AccountInfo& destination,
                                    Lamports lamports) {
    const auto left = checked_sub(source.lamports(), lamports);
    if (!left) return std::unexpected(InstructionError::InsufficientFunds);
    const auto sum = checked_add(destination.lamports(), lamports);
    if (!sum) return std::unexpected(InstructionError::ArithmeticOverflow);
    changes_[source.index()].lamports = *left;
    changes_[destination.index()].lamports = *sum;
    return {};
}

Outcome StakeProgram::commit() {
    for (const auto& [index, change] : changes_) FATHOM_CHECK(apply(index, change));
    return {};
}

Outcome StakeProgram::apply(std::size_t index, const Change& change) const {
    auto account = FATHOM_TRY(core_.borrow(index));
    if (change.lamports && *change.lamports != account.lamports()) {
        FATHOM_CHECK(from_runtime(account.set_lamports(*change.lamports)));
    }
    return apply_data(account, change);
}

Outcome StakeProgram::apply_data(invoke::BorrowedAccount& account, const Change& change) const {
    if (change.is_truncated) {
        if (account.data().empty()) return {};
        return from_runtime(account.set_data_length(0));
    }
    // Of an account that may not be changed, the runtime only minds a difference.
    if (std::ranges::equal(change.state, account.data().first(change.state.size()))) return {};
    return from_runtime(write_state(account, change.state));
}

void StakeProgram::set_return_data(ByteView data) const {
    const Pubkey& program = core_.instruction().program_key();
    core_.context().transaction().set_return_data(program, data);
    // The virtual machine says so once a program ends; this is the last that one does.
    if (core_.context().logs()) core_.context().logs()->program_return(program, data);
}

} // namespace fathom::programs::stake
