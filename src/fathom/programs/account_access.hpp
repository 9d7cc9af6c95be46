// SPDX-License-Identifier: Apache-2.0
// What native programs do to accounts and sysvars in the same way everywhere.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/sysvars.hpp"

namespace fathom::programs {

/// Writes encoded state over the front of the account data. Errors: what may not be changed, then
/// AccountDataTooSmall.
[[nodiscard]] Result<void, InstructionError> write_state(invoke::BorrowedAccount& account,
                                                         ByteView state);

// A sysvar that the instruction must also name at `index`: MissingAccount, InvalidArgument for
// another key, UnsupportedSysvar if there is no value.
[[nodiscard]] Result<Rent, InstructionError> rent_at(invoke::InvokeContext& context,
                                                     const invoke::InstructionContext& instruction,
                                                     std::size_t index);
[[nodiscard]] Result<Clock, InstructionError>
clock_at(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
         std::size_t index);
/// Lives as long as the context's environment.
[[nodiscard]] Result<const SlotHashes*, InstructionError>
slot_hashes_at(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
               std::size_t index);
/// Lives as long as the context's environment.
[[nodiscard]] Result<const RecentBlockhashes*, InstructionError>
recent_blockhashes_at(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                      std::size_t index);

// A sysvar without an account: UnsupportedSysvar if there is no value.
[[nodiscard]] Result<Rent, InstructionError> cached_rent(const invoke::InvokeContext& context);
[[nodiscard]] Result<Clock, InstructionError> cached_clock(const invoke::InvokeContext& context);
[[nodiscard]] Result<EpochSchedule, InstructionError>
cached_epoch_schedule(const invoke::InvokeContext& context);

} // namespace fathom::programs
