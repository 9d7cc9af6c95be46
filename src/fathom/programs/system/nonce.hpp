// SPDX-License-Identifier: Apache-2.0
// What the System program does to durable nonce accounts.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

namespace fathom::programs::system {

// Each expects the nonce account as account 0 of the instruction, borrowed where it is passed.

[[nodiscard]] Result<void, InstructionError>
advance_nonce(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
              invoke::BorrowedAccount& account);
/// Moves lamports from account 0 to account 1.
[[nodiscard]] Result<void, InstructionError>
withdraw_nonce(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
               Lamports lamports, const Rent& rent);
[[nodiscard]] Result<void, InstructionError> initialize_nonce(invoke::InvokeContext& context,
                                                              invoke::BorrowedAccount& account,
                                                              const Pubkey& authority,
                                                              const Rent& rent);
[[nodiscard]] Result<void, InstructionError>
authorize_nonce(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                invoke::BorrowedAccount& account, const Pubkey& authority);
/// Legacy to Current.
[[nodiscard]] Result<void, InstructionError> upgrade_nonce(invoke::BorrowedAccount& account);

} // namespace fathom::programs::system
