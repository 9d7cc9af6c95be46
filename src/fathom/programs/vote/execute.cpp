// SPDX-License-Identifier: Apache-2.0
// Instructions of the Vote program (Agave programs/vote/src/vote_processor.rs).
#include "fathom/programs/vote/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/vote/administration.hpp"
#include "fathom/programs/vote/tower.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <utility>

namespace fathom::programs::vote {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Kind = VoteInstructionKind;

/// One Vote instruction in progress; `account` is its account 0.
class Processor {
public:
    using Outcome = Result<void, InstructionError>;

    Processor(InvokeContext& context, const InstructionContext& instruction,
              BorrowedAccount& account)
        : context_(context), instruction_(instruction), account_(account) {}

    [[nodiscard]] Outcome run(VoteInstruction args);

private:
    [[nodiscard]] Outcome initialize(const VoteInstruction& args);
    [[nodiscard]] Outcome initialize_v2(const VoteInstruction& args);
    [[nodiscard]] Outcome authorize_plain(const VoteInstruction& args);
    [[nodiscard]] Outcome authorize_checked(const VoteInstruction& args);
    [[nodiscard]] Outcome authorize_with_seed(const VoteInstruction& args,
                                              const Pubkey& new_authority);
    [[nodiscard]] Outcome authorize_checked_with_seed(const VoteInstruction& args);
    [[nodiscard]] Outcome vote(const VoteInstruction& args);
    [[nodiscard]] Outcome update_tower(VoteInstruction args);
    /// The state, if the epoch's voter signs.
    [[nodiscard]] Result<VoteState, InstructionError> read_state_as_voter(const Clock& clock);
    [[nodiscard]] Outcome change_commission_bps(const VoteInstruction& args);
    [[nodiscard]] Outcome change_collector(const VoteInstruction& args);

    [[nodiscard]] bool has(Feature feature) const { return context_.feature(feature); }

    InvokeContext& context_;
    const InstructionContext& instruction_;
    BorrowedAccount& account_;
};

std::unexpected<InstructionError> not_enabled() {
    return std::unexpected(InstructionError(InstructionError::InvalidInstructionData));
}

Processor::Outcome Processor::initialize(const VoteInstruction& args) {
    const Rent rent = FATHOM_TRY(rent_at(context_, instruction_, 1));
    if (!rent.is_exempt(account_.lamports(), account_.data().size())) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    const Clock clock = FATHOM_TRY(clock_at(context_, instruction_, 2));
    return initialize_account(instruction_, account_, args, clock);
}

Processor::Outcome Processor::initialize_v2(const VoteInstruction& args) {
    if (!has(Feature::bls_pubkey_management_in_vote_account) ||
        !has(Feature::commission_rate_in_basis_points) ||
        !has(Feature::custom_commission_collector) || !has(Feature::block_revenue_sharing) ||
        !has(Feature::vote_account_initialize_v2)) {
        return not_enabled();
    }
    return initialize_account_v2(context_, instruction_, account_, args);
}

Processor::Outcome Processor::authorize_plain(const VoteInstruction& args) {
    const Clock clock = FATHOM_TRY(clock_at(context_, instruction_, 1));
    return authorize(context_, account_, args, args.new_authority, Signers::of(instruction_),
                     clock);
}

Processor::Outcome Processor::authorize_checked(const VoteInstruction& args) {
    FATHOM_CHECK(instruction_.check_number_of_accounts(4));
    const Pubkey new_authority = FATHOM_TRY(instruction_.key_of_account(3));
    if (!FATHOM_TRY(instruction_.is_signer(3))) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Clock clock = FATHOM_TRY(clock_at(context_, instruction_, 1));
    return authorize(context_, account_, args, new_authority, Signers::of(instruction_), clock);
}

Processor::Outcome Processor::authorize_with_seed(const VoteInstruction& args,
                                                  const Pubkey& new_authority) {
    const Clock clock = FATHOM_TRY(clock_at(context_, instruction_, 1));
    std::optional<Pubkey> derived;
    if (FATHOM_TRY(instruction_.is_signer(2))) {
        const Pubkey base = FATHOM_TRY(instruction_.key_of_account(2));
        const auto address = create_with_seed(base, as_bytes(args.seed), args.seed_owner);
        // A PubkeyError becomes a custom error with its own number.
        if (!address) {
            return std::unexpected(
                InstructionError::custom(static_cast<std::uint32_t>(address.error())));
        }
        derived = *address;
    }
    return authorize(context_, account_, args, new_authority, Signers::only(derived), clock);
}

Processor::Outcome Processor::authorize_checked_with_seed(const VoteInstruction& args) {
    FATHOM_CHECK(instruction_.check_number_of_accounts(4));
    const Pubkey new_authority = FATHOM_TRY(instruction_.key_of_account(3));
    if (!FATHOM_TRY(instruction_.is_signer(3))) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return authorize_with_seed(args, new_authority);
}

Result<VoteState, InstructionError> Processor::read_state_as_voter(const Clock& clock) {
    VoteState state = FATHOM_TRY(read_vote_state(account_.data(), account_.key()));
    const Pubkey voter = FATHOM_TRY(state.take_authorized_voter(clock.epoch));
    FATHOM_CHECK(Signers::of(instruction_).require(voter));
    return state;
}

Processor::Outcome Processor::vote(const VoteInstruction& args) {
    const SlotHashes* slot_hashes = FATHOM_TRY(slot_hashes_at(context_, instruction_, 1));
    const Clock clock = FATHOM_TRY(clock_at(context_, instruction_, 2));
    VoteState state = FATHOM_TRY(read_state_as_voter(clock));
    const auto applied = apply_slot_votes(state, args.votes, *slot_hashes, clock);
    if (!applied) return std::unexpected(to_instruction_error(applied.error()));
    return write_vote_state(account_, state);
}

Processor::Outcome Processor::update_tower(VoteInstruction args) {
    const SlotHashes* slot_hashes = context_.environment().sysvars.slot_hashes();
    if (!slot_hashes) return std::unexpected(InstructionError::UnsupportedSysvar);
    const Clock clock = FATHOM_TRY(cached_clock(context_));
    VoteState state = FATHOM_TRY(read_state_as_voter(clock));
    const auto applied = apply_tower_update(state, std::move(args.tower), *slot_hashes, clock);
    if (!applied) return std::unexpected(to_instruction_error(applied.error()));
    return write_vote_state(account_, state);
}

Processor::Outcome Processor::change_commission_bps(const VoteInstruction& args) {
    if (!has(Feature::commission_rate_in_basis_points) || !has(Feature::delay_commission_updates)) {
        return not_enabled();
    }
    return update_commission_bps(context_, instruction_, account_, args);
}

Processor::Outcome Processor::change_collector(const VoteInstruction& args) {
    if (!has(Feature::custom_commission_collector)) return not_enabled();
    return update_commission_collector(context_, instruction_, account_, args.commission_kind);
}

Processor::Outcome Processor::run(VoteInstruction args) {
    const bool has_migrated = context_.environment().alpenglow_migration_succeeded;
    const bool refuses_legacy = has_migrated || has(Feature::deprecate_legacy_vote_ixs);
    switch (args.kind) {
    case Kind::InitializeAccount: return initialize(args);
    case Kind::InitializeAccountV2: return initialize_v2(args);
    case Kind::Authorize: return authorize_plain(args);
    case Kind::AuthorizeChecked: return authorize_checked(args);
    case Kind::AuthorizeWithSeed:
        FATHOM_CHECK(instruction_.check_number_of_accounts(3));
        return authorize_with_seed(args, args.new_authority);
    case Kind::AuthorizeCheckedWithSeed: return authorize_checked_with_seed(args);
    case Kind::UpdateValidatorIdentity:
        return update_validator_identity(context_, instruction_, account_);
    case Kind::UpdateCommission:
        return update_commission(context_, instruction_, account_, args.commission);
    case Kind::UpdateCommissionBps: return change_commission_bps(args);
    case Kind::UpdateCommissionCollector: return change_collector(args);
    case Kind::Vote:
    case Kind::VoteSwitch: return refuses_legacy ? not_enabled() : vote(args);
    case Kind::UpdateVoteState:
    case Kind::UpdateVoteStateSwitch:
    case Kind::CompactUpdateVoteState:
    case Kind::CompactUpdateVoteStateSwitch:
        return refuses_legacy ? not_enabled() : update_tower(std::move(args));
    case Kind::TowerSync:
    case Kind::TowerSyncSwitch: return has_migrated ? not_enabled() : update_tower(std::move(args));
    case Kind::Withdraw:
    case Kind::DepositDelegatorRewards: break; // they borrow account 0 themselves
    }
    return not_enabled();
}

bool has_delegator_rewards(const InvokeContext& context) {
    return context.feature(Feature::commission_rate_in_basis_points) &&
           context.feature(Feature::custom_commission_collector) &&
           context.feature(Feature::block_revenue_sharing);
}

Result<void, InstructionError> process(InvokeContext& context,
                                       const InstructionContext& instruction) {
    VoteInstruction args;
    {
        BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
        if (account.owner() != ids::kVoteProgram) {
            return std::unexpected(InstructionError::InvalidAccountOwner);
        }
        args = FATHOM_TRY(VoteInstruction::decode(instruction.data()));
        if (args.kind != Kind::Withdraw && args.kind != Kind::DepositDelegatorRewards) {
            return Processor(context, instruction, account).run(std::move(args));
        }
    }
    if (args.kind == Kind::Withdraw) return withdraw(context, instruction, args.lamports);
    if (!has_delegator_rewards(context)) return not_enabled();
    return deposit_delegator_rewards(context, instruction, args.lamports);
}

} // namespace

Result<void, invoke::ProgramError> execute(InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    FATHOM_CHECK(process(context, instruction));
    return {};
}

} // namespace fathom::programs::vote
