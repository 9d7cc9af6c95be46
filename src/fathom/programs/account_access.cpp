// SPDX-License-Identifier: Apache-2.0
// State writes and sysvar reads of native programs.
#include "fathom/programs/account_access.hpp"

#include "fathom/types/program_ids.hpp"

#include <cstring>
#include <optional>

namespace fathom::programs {

namespace {

using invoke::InstructionContext;
using invoke::InvokeContext;

template <class T> Result<T, InstructionError> present(const std::optional<T>& value) {
    if (!value) return std::unexpected(InstructionError::UnsupportedSysvar);
    return *value;
}

template <class T> Result<const T*, InstructionError> present(const T* value) {
    if (!value) return std::unexpected(InstructionError::UnsupportedSysvar);
    return value;
}

} // namespace

Result<void, InstructionError> write_state(invoke::BorrowedAccount& account, ByteView state) {
    const MutableByteView data = FATHOM_TRY(account.data_mut());
    if (state.size() > data.size()) return std::unexpected(InstructionError::AccountDataTooSmall);
    if (!state.empty()) std::memcpy(data.data(), state.data(), state.size());
    return {};
}

Result<Rent, InstructionError> cached_rent(const InvokeContext& context) {
    return present(context.environment().sysvars.rent());
}

Result<Clock, InstructionError> cached_clock(const InvokeContext& context) {
    return present(context.environment().sysvars.clock());
}

Result<EpochSchedule, InstructionError> cached_epoch_schedule(const InvokeContext& context) {
    return present(context.environment().sysvars.epoch_schedule());
}

Result<Rent, InstructionError> rent_at(InvokeContext& context,
                                       const InstructionContext& instruction, std::size_t index) {
    FATHOM_CHECK(context.check_sysvar_account(instruction, index, ids::kRent));
    return cached_rent(context);
}

Result<Clock, InstructionError> clock_at(InvokeContext& context,
                                         const InstructionContext& instruction, std::size_t index) {
    FATHOM_CHECK(context.check_sysvar_account(instruction, index, ids::kClock));
    return cached_clock(context);
}

Result<const SlotHashes*, InstructionError>
slot_hashes_at(InvokeContext& context, const InstructionContext& instruction, std::size_t index) {
    FATHOM_CHECK(context.check_sysvar_account(instruction, index, ids::kSlotHashes));
    return present(context.environment().sysvars.slot_hashes());
}

Result<const RecentBlockhashes*, InstructionError>
recent_blockhashes_at(InvokeContext& context, const InstructionContext& instruction,
                      std::size_t index) {
    FATHOM_CHECK(context.check_sysvar_account(instruction, index, ids::kRecentBlockhashes));
    return present(context.environment().sysvars.recent_blockhashes());
}

} // namespace fathom::programs
