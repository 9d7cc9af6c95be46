// SPDX-License-Identifier: Apache-2.0
// The nonce instructions of the System program (agave programs/system/src/system_instruction.rs).
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/sysvars.hpp"

namespace fathom::programs::system {

using Outcome = Result<void, InstructionError>;

[[nodiscard]] Outcome advance_nonce(invoke::InvokeContext& context,
                                    const invoke::InstructionContext& instruction,
                                    invoke::BorrowedAccount& account);
/// Takes from instruction account 0, gives to instruction account 1.
[[nodiscard]] Outcome withdraw_nonce(invoke::InvokeContext& context,
                                     const invoke::InstructionContext& instruction,
                                     Lamports lamports, const Rent& rent);
[[nodiscard]] Outcome initialize_nonce(invoke::InvokeContext& context,
                                       invoke::BorrowedAccount& account, const Pubkey& authority,
                                       const Rent& rent);
[[nodiscard]] Outcome authorize_nonce(invoke::InvokeContext& context,
                                      const invoke::InstructionContext& instruction,
                                      invoke::BorrowedAccount& account, const Pubkey& authority);
[[nodiscard]] Outcome upgrade_nonce(invoke::BorrowedAccount& account);

} // namespace fathom::programs::system
