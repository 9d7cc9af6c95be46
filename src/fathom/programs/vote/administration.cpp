// SPDX-License-Identifier: Apache-2.0
// Vote account administration (Agave programs/vote/src/vote_state/mod.rs and vote_processor.rs).
#include "fathom/programs/vote/administration.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/programs/vote/bls.hpp"
#include "fathom/programs/vote/error.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <utility>

namespace fathom::programs::vote {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Outcome = Result<void, InstructionError>;

constexpr std::uint16_t kWholeBlockRevenue = 10'000;

Outcome require_uninitialized(const BorrowedAccount& account) {
    if (account.data().size() != VoteState::kSize) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const auto versioned = FATHOM_TRY(VersionedVoteState::decode(account.data(), account.key()));
    if (!versioned.is_uninitialized()) {
        return std::unexpected(InstructionError::AccountAlreadyInitialized);
    }
    return {};
}

/// An account that shall receive commissions: the vote account itself, or another one, which stays
/// borrowed.
class Collector {
public:
    [[nodiscard]] static Result<Collector, InstructionError>
    at(const InstructionContext& instruction, std::size_t index, const Pubkey& vote_account) {
        if (FATHOM_TRY(instruction.key_of_account(index)) == vote_account) {
            return Collector(vote_account, std::nullopt);
        }
        BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(index));
        const Pubkey key = account.key();
        return Collector(key, std::move(account));
    }

    [[nodiscard]] const Pubkey& key() const { return key_; }
    /// SIMD-0232. Reserved accounts show by not being writable.
    [[nodiscard]] Outcome check(const Rent& rent) const {
        if (!account_) return {};
        if (account_->owner() != ids::kSystemProgram) {
            return std::unexpected(InstructionError::InvalidAccountOwner);
        }
        if (!rent.is_exempt(account_->lamports(), account_->data().size())) {
            return std::unexpected(InstructionError::InsufficientFunds);
        }
        if (!account_->is_writable()) return std::unexpected(InstructionError::InvalidArgument);
        return {};
    }

private:
    Collector(const Pubkey& key, std::optional<BorrowedAccount> account)
        : key_(key), account_(std::move(account)) {}

    Pubkey key_;
    std::optional<BorrowedAccount> account_;
};

Outcome set_authorized_voter(VoteState& state, const Pubkey& voter, const Signers& signers,
                             bool withdrawer_signs, const Clock& clock) {
    const auto target_epoch = checked_add<Epoch>(clock.leader_schedule_epoch, 1);
    if (!target_epoch) return std::unexpected(InstructionError::InvalidAccountData);
    const Pubkey current = FATHOM_TRY(state.take_authorized_voter(clock.epoch));
    if (!withdrawer_signs) FATHOM_CHECK(signers.require(current));
    if (!state.authorized_voters.try_emplace(*target_epoch, voter).second) {
        return std::unexpected(to_instruction_error(VoteError::TooSoonToReauthorize));
    }
    return {};
}

} // namespace

Outcome write_vote_state(BorrowedAccount& account, const VoteState& state) {
    if (account.data().size() < VoteState::kSize &&
        (!account.is_rent_exempt_at_data_length(VoteState::kSize) ||
         !account.set_data_length(VoteState::kSize))) {
        return std::unexpected(InstructionError::AccountNotRentExempt);
    }
    return write_state(account, state.encode());
}

Outcome initialize_account(const InstructionContext& instruction, BorrowedAccount& account,
                           const VoteInstruction& args, const Clock& clock) {
    FATHOM_CHECK(require_uninitialized(account));
    FATHOM_CHECK(Signers::of(instruction).require(args.node_pubkey));
    VoteState state;
    state.node_pubkey = args.node_pubkey;
    state.authorized_withdrawer = args.authorized_withdrawer;
    state.inflation_rewards_collector = account.key();
    state.block_revenue_collector = args.node_pubkey;
    state.inflation_rewards_commission_bps = static_cast<std::uint16_t>(args.commission * 100);
    state.block_revenue_commission_bps = kWholeBlockRevenue;
    state.authorized_voters.emplace(clock.epoch, args.authorized_voter);
    return write_vote_state(account, state);
}

Outcome initialize_account_v2(InvokeContext& context, const InstructionContext& instruction,
                              BorrowedAccount& account, const VoteInstruction& args) {
    FATHOM_CHECK(instruction.check_number_of_accounts(4));
    const Collector inflation = FATHOM_TRY(Collector::at(instruction, 2, account.key()));
    const Collector block = FATHOM_TRY(Collector::at(instruction, 3, account.key()));
    const Clock clock = FATHOM_TRY(cached_clock(context));
    const Rent rent = FATHOM_TRY(cached_rent(context));
    FATHOM_CHECK(require_uninitialized(account));
    FATHOM_CHECK(Signers::of(instruction).require(args.node_pubkey));
    FATHOM_CHECK(inflation.check(rent));
    FATHOM_CHECK(block.check(rent));
    FATHOM_CHECK(verify_proof_of_possession(context, account.key(), args.bls));
    VoteState state;
    state.node_pubkey = args.node_pubkey;
    state.authorized_withdrawer = args.authorized_withdrawer;
    state.inflation_rewards_collector = inflation.key();
    state.block_revenue_collector = block.key();
    state.inflation_rewards_commission_bps = args.inflation_rewards_commission_bps;
    state.block_revenue_commission_bps = args.block_revenue_commission_bps;
    state.bls_pubkey = args.bls.public_key;
    state.authorized_voters.emplace(clock.epoch, args.authorized_voter);
    return write_vote_state(account, state);
}

Outcome authorize(InvokeContext& context, BorrowedAccount& account, const VoteInstruction& args,
                  const Pubkey& new_authority, const Signers& signers, const Clock& clock) {
    VoteState state = FATHOM_TRY(read_vote_state(account.data(), account.key()));
    const bool has_bls_feature = context.feature(Feature::bls_pubkey_management_in_vote_account);
    const bool withdrawer_signs = signers.contain(state.authorized_withdrawer);
    switch (args.authorize) {
    case VoteAuthorize::Voter:
        if (has_bls_feature && state.bls_pubkey) {
            return std::unexpected(InstructionError::InvalidInstructionData);
        }
        FATHOM_CHECK(set_authorized_voter(state, new_authority, signers, withdrawer_signs, clock));
        break;
    case VoteAuthorize::Withdrawer:
        if (!withdrawer_signs) return std::unexpected(InstructionError::MissingRequiredSignature);
        state.authorized_withdrawer = new_authority;
        break;
    case VoteAuthorize::VoterWithBls:
        if (!has_bls_feature) return std::unexpected(InstructionError::InvalidInstructionData);
        FATHOM_CHECK(verify_proof_of_possession(context, account.key(), args.bls));
        FATHOM_CHECK(set_authorized_voter(state, new_authority, signers, withdrawer_signs, clock));
        state.bls_pubkey = args.bls.public_key;
        break;
    }
    return write_vote_state(account, state);
}

Outcome update_validator_identity(InvokeContext& context, const InstructionContext& instruction,
                                  BorrowedAccount& account) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    const Pubkey node = FATHOM_TRY(instruction.key_of_account(1));
    VoteState state = FATHOM_TRY(read_vote_state(account.data(), account.key()));
    const Signers signers = Signers::of(instruction);
    FATHOM_CHECK(signers.require(state.authorized_withdrawer));
    FATHOM_CHECK(signers.require(node));
    state.node_pubkey = node;
    if (!context.feature(Feature::custom_commission_collector)) {
        state.block_revenue_collector = node;
    }
    return write_vote_state(account, state);
}

bool is_commission_update_allowed(Slot slot, const EpochSchedule& schedule) {
    if (schedule.slots_per_epoch == 0) return true;
    const Slot relative =
        saturating_sub(slot, schedule.first_normal_slot) % schedule.slots_per_epoch;
    return saturating_mul<std::uint64_t>(relative, 2) <= schedule.slots_per_epoch;
}

Outcome update_commission(InvokeContext& context, const InstructionContext& instruction,
                          BorrowedAccount& account, std::uint8_t commission) {
    const EpochSchedule schedule = FATHOM_TRY(cached_epoch_schedule(context));
    const Clock clock = FATHOM_TRY(cached_clock(context));
    auto state = read_vote_state(account.data(), account.key());
    // State that cannot be read counts as an increase.
    const bool is_increase = !state || commission > state->commission();
    if (is_increase && !context.feature(Feature::delay_commission_updates) &&
        !is_commission_update_allowed(clock.slot, schedule)) {
        return std::unexpected(to_instruction_error(VoteError::CommissionUpdateTooLate));
    }
    if (!state) return std::unexpected(state.error());
    FATHOM_CHECK(Signers::of(instruction).require(state->authorized_withdrawer));
    state->inflation_rewards_commission_bps = static_cast<std::uint16_t>(commission * 100);
    return write_vote_state(account, *state);
}

Outcome update_commission_bps(InvokeContext& context, const InstructionContext& instruction,
                              BorrowedAccount& account, const VoteInstruction& args) {
    const bool is_block_revenue = args.commission_kind == CommissionKind::BlockRevenue;
    if (is_block_revenue && !context.feature(Feature::block_revenue_sharing)) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    VoteState state = FATHOM_TRY(read_vote_state(account.data(), account.key()));
    FATHOM_CHECK(Signers::of(instruction).require(state.authorized_withdrawer));
    (is_block_revenue ? state.block_revenue_commission_bps
                      : state.inflation_rewards_commission_bps) = args.commission_bps;
    return write_vote_state(account, state);
}

Outcome update_commission_collector(InvokeContext& context, const InstructionContext& instruction,
                                    BorrowedAccount& account, CommissionKind kind) {
    FATHOM_CHECK(instruction.check_number_of_accounts(3));
    const Collector collector = FATHOM_TRY(Collector::at(instruction, 1, account.key()));
    const Rent rent = FATHOM_TRY(cached_rent(context));
    VoteState state = FATHOM_TRY(read_vote_state(account.data(), account.key()));
    FATHOM_CHECK(Signers::of(instruction).require(state.authorized_withdrawer));
    FATHOM_CHECK(collector.check(rent));
    (kind == CommissionKind::BlockRevenue ? state.block_revenue_collector
                                          : state.inflation_rewards_collector) = collector.key();
    return write_vote_state(account, state);
}

namespace {

/// All lamports leave: allowed once nothing is owed and no credits were earned since the last epoch
/// began.
Outcome close_vote_account(BorrowedAccount& account, const VoteState& state, const Clock& clock) {
    if (state.pending_delegator_rewards > 0) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    if (!state.epoch_credits.empty() &&
        saturating_sub(clock.epoch, state.epoch_credits.back().epoch) < 2) {
        return std::unexpected(to_instruction_error(VoteError::ActiveVoteAccountClose));
    }
    std::ranges::fill(FATHOM_TRY(account.data_mut()), std::uint8_t{0});
    return {};
}

} // namespace

Outcome withdraw(InvokeContext& context, const InstructionContext& instruction, Lamports lamports) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    const Rent rent = FATHOM_TRY(cached_rent(context));
    const Clock clock = FATHOM_TRY(cached_clock(context));
    {
        BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
        const VoteState state = FATHOM_TRY(read_vote_state(account.data(), account.key()));
        FATHOM_CHECK(Signers::of(instruction).require(state.authorized_withdrawer));
        const auto remaining = checked_sub(account.lamports(), lamports);
        if (!remaining) return std::unexpected(InstructionError::InsufficientFunds);
        if (*remaining == 0) {
            FATHOM_CHECK(close_vote_account(account, state, clock));
        } else {
            const auto minimum = checked_add(rent.minimum_balance(account.data().size()),
                                             state.pending_delegator_rewards);
            if (!minimum) return std::unexpected(InstructionError::ArithmeticOverflow);
            if (*remaining < *minimum) return std::unexpected(InstructionError::InsufficientFunds);
        }
        FATHOM_CHECK(account.checked_sub_lamports(lamports));
    }
    BorrowedAccount to = FATHOM_TRY(instruction.borrow_account(1));
    return to.checked_add_lamports(lamports);
}

Outcome deposit_delegator_rewards(InvokeContext& context, const InstructionContext& instruction,
                                  Lamports deposit) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    const Pubkey vote_account = FATHOM_TRY(instruction.key_of_account(0));
    const Pubkey source = FATHOM_TRY(instruction.key_of_account(1));
    FATHOM_CHECK(Signers::of(instruction).require(source));
    VoteState state;
    {
        const BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
        auto versioned = FATHOM_TRY(VersionedVoteState::decode(account.data(), vote_account));
        if (versioned.version != VersionedVoteState::Version::V4) {
            return std::unexpected(InstructionError::InvalidAccountData);
        }
        state = std::move(versioned.state);
    }
    FATHOM_CHECK(context.native_invoke_signed(system::transfer(source, vote_account, deposit), {}));
    BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
    const auto pending = checked_add(state.pending_delegator_rewards, deposit);
    if (!pending) return std::unexpected(InstructionError::ArithmeticOverflow);
    state.pending_delegator_rewards = *pending;
    return write_vote_state(account, state);
}

} // namespace fathom::programs::vote
