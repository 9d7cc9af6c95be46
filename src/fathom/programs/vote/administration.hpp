// SPDX-License-Identifier: Apache-2.0
// What the Vote program does besides votes: initialization, authorities, commissions, lamports.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/vote/instruction.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/sysvars.hpp"

#include <optional>

namespace fathom::programs::vote {

/// Who counts as having signed: the instruction's signers, or one derived key at most.
class Signers {
public:
    [[nodiscard]] static Signers of(const invoke::InstructionContext& instruction) {
        return {&instruction, std::nullopt};
    }
    [[nodiscard]] static Signers only(std::optional<Pubkey> key) { return {nullptr, key}; }

    [[nodiscard]] bool contain(const Pubkey& key) const {
        return instruction_ ? instruction_->has_signer(key) : key_ == key;
    }
    /// MissingRequiredSignature if the key is not among them.
    [[nodiscard]] Result<void, InstructionError> require(const Pubkey& key) const {
        if (contain(key)) return {};
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }

private:
    Signers(const invoke::InstructionContext* instruction, std::optional<Pubkey> key)
        : instruction_(instruction), key_(key) {}

    const invoke::InstructionContext* instruction_;
    std::optional<Pubkey> key_;
};

/// Writes the state as version 4, growing the account if it must and can (AccountNotRentExempt).
[[nodiscard]] Result<void, InstructionError> write_vote_state(invoke::BorrowedAccount& account,
                                                              const VoteState& state);

// `account` is the vote account, borrowed; where it is missing, it is account 0 of the instruction.

[[nodiscard]] Result<void, InstructionError>
initialize_account(const invoke::InstructionContext& instruction, invoke::BorrowedAccount& account,
                   const VoteInstruction& args, const Clock& clock);
[[nodiscard]] Result<void, InstructionError>
initialize_account_v2(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                      invoke::BorrowedAccount& account, const VoteInstruction& args);
[[nodiscard]] Result<void, InstructionError> authorize(invoke::InvokeContext& context,
                                                       invoke::BorrowedAccount& account,
                                                       const VoteInstruction& args,
                                                       const Pubkey& new_authority,
                                                       const Signers& signers, const Clock& clock);
[[nodiscard]] Result<void, InstructionError>
update_validator_identity(invoke::InvokeContext& context,
                          const invoke::InstructionContext& instruction,
                          invoke::BorrowedAccount& account);
[[nodiscard]] Result<void, InstructionError>
update_commission(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                  invoke::BorrowedAccount& account, std::uint8_t commission);
[[nodiscard]] Result<void, InstructionError>
update_commission_bps(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                      invoke::BorrowedAccount& account, const VoteInstruction& args);
[[nodiscard]] Result<void, InstructionError>
update_commission_collector(invoke::InvokeContext& context,
                            const invoke::InstructionContext& instruction,
                            invoke::BorrowedAccount& account, CommissionKind kind);
[[nodiscard]] Result<void, InstructionError> withdraw(invoke::InvokeContext& context,
                                                      const invoke::InstructionContext& instruction,
                                                      Lamports lamports);
[[nodiscard]] Result<void, InstructionError>
deposit_delegator_rewards(invoke::InvokeContext& context,
                          const invoke::InstructionContext& instruction, Lamports deposit);

/// An increase in the second half of an epoch would surprise stakers.
[[nodiscard]] bool is_commission_update_allowed(Slot slot, const EpochSchedule& schedule);

} // namespace fathom::programs::vote
