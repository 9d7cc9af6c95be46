// SPDX-License-Identifier: Apache-2.0
// Initialization, authorities and lockups of stake accounts (solana-program/stake
// program/src/processor.rs, interface/src/state.rs, 5.1.0).
#include "fathom/programs/stake/authority.hpp"

#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs::stake {

namespace {

using Kind = StakeState::Kind;

/// What an instruction that gives an authority away states besides the account.
struct Handover {
    Pubkey to;
    Role role = Role::Staker;
    std::optional<Pubkey> custodian;
};

Outcome hand_over_withdrawer(StakeMeta& meta, const Handover& handover, const Signers& signers,
                             const Clock& clock) {
    if (is_in_force(meta.lockup, clock, std::nullopt)) {
        if (!handover.custodian) return std::unexpected(StakeError::CustodianMissing);
        if (!signers.contains(*handover.custodian)) {
            return std::unexpected(StakeError::CustodianSignatureMissing);
        }
        if (is_in_force(meta.lockup, clock, handover.custodian)) {
            return std::unexpected(StakeError::LockupInForce);
        }
    }
    FATHOM_CHECK(check_signed(meta, Role::Withdrawer, signers));
    meta.authorized.withdrawer = handover.to;
    return {};
}

Outcome hand_over(StakeProgram& program, const AccountInfo& account, const Handover& handover,
                  const Signers& signers) {
    const Clock clock = FATHOM_TRY(program.clock());
    StakeState state = FATHOM_TRY(StakeProgram::state(account));
    if (state.kind != Kind::Initialized && state.kind != Kind::Stake) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    StakeAuthorized& authorized = state.meta.authorized;
    if (handover.role == Role::Withdrawer) {
        FATHOM_CHECK(hand_over_withdrawer(state.meta, handover, signers, clock));
    } else {
        if (!signers.contains(authorized.staker) && !signers.contains(authorized.withdrawer)) {
            return std::unexpected(InstructionError::MissingRequiredSignature);
        }
        authorized.staker = handover.to;
    }
    return program.set_state(account, state);
}

Outcome store_initialized(StakeProgram& program, const AccountInfo& account,
                          const StakeAuthorized& authorized, const StakeLockup& lockup) {
    if (account.data().size() != StakeState::kSize) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    if (FATHOM_TRY(StakeProgram::state(account)).kind != Kind::Uninitialized) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    const Rent rent = FATHOM_TRY(program.rent());
    if (account.lamports() < rent.minimum_balance(account.data().size())) {
        return std::unexpected(InstructionError::InsufficientFunds);
    }
    StakeState state;
    state.kind = Kind::Initialized;
    state.meta = {.rent_exempt_reserve = kPseudoRentExemptReserve,
                  .authorized = authorized,
                  .lockup = lockup};
    return program.set_state(account, state);
}

/// The clock may be named first, as it once had to be; then the authority follows, wherever it is.
Outcome skip_clock_and_authority(StakeProgram& program) {
    const AccountInfo first = FATHOM_TRY(program.next());
    if (first.key() == ids::kClock) {
        FATHOM_CHECK(program.next());
    } else if (!first.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return {};
}

std::optional<Pubkey> key_if_signed(const std::optional<AccountInfo>& account) {
    if (!account || !account->is_signer()) return std::nullopt;
    return account->key();
}

/// nullopt if there is no account; MissingRequiredSignature if it does not sign.
Result<std::optional<Pubkey>, Failure> key_of_signer(const std::optional<AccountInfo>& account) {
    if (account && !account->is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return key_if_signed(account);
}

/// The address that the base signs for counts as a signer.
Outcome add_derived_signer(const AccountInfo& base, const StakeInstruction& instruction,
                           Signers& signers) {
    if (!base.is_signer()) return {};
    const auto derived =
        create_with_seed(base.key(), as_bytes(instruction.seed), instruction.seed_owner);
    if (derived) {
        signers.insert(*derived);
        return {};
    }
    return std::unexpected(derived.error() == PubkeyError::IllegalOwner
                               ? InstructionError::IllegalOwner
                               : InstructionError::MaxSeedLengthExceeded);
}

Outcome change_lockup(StakeProgram& program, const AccountInfo& account, const LockupChange& change,
                      const Clock& clock) {
    const Signers signers = program.signers();
    StakeState state = FATHOM_TRY(StakeProgram::state(account));
    if (state.kind != Kind::Initialized && state.kind != Kind::Stake) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    StakeLockup& lockup = state.meta.lockup;
    const Pubkey& authority = is_in_force(lockup, clock, std::nullopt)
                                  ? lockup.custodian
                                  : state.meta.authorized.withdrawer;
    if (!signers.contains(authority)) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    lockup.unix_timestamp = change.unix_timestamp.value_or(lockup.unix_timestamp);
    lockup.epoch = change.epoch.value_or(lockup.epoch);
    lockup.custodian = change.custodian.value_or(lockup.custodian);
    return program.set_state(account, state);
}

} // namespace

bool is_in_force(const StakeLockup& lockup, const Clock& clock,
                 const std::optional<Pubkey>& custodian) {
    if (custodian == lockup.custodian) return false;
    return lockup.unix_timestamp > clock.unix_timestamp || lockup.epoch > clock.epoch;
}

Outcome check_signed(const StakeMeta& meta, Role role, const Signers& signers) {
    const StakeAuthorized& authorized = meta.authorized;
    if (!signers.contains(role == Role::Staker ? authorized.staker : authorized.withdrawer)) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return {};
}

Outcome initialize(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    return store_initialized(program, account, instruction.authorized, instruction.lockup);
}

Outcome initialize_checked(StakeProgram& program) {
    const AccountInfo account = FATHOM_TRY(program.next());
    AccountInfo staker = FATHOM_TRY(program.next());
    if (staker.key() == ids::kRent) staker = FATHOM_TRY(program.next());
    const AccountInfo withdrawer = FATHOM_TRY(program.next());
    if (!withdrawer.is_signer()) {
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return store_initialized(program, account,
                             {.staker = staker.key(), .withdrawer = withdrawer.key()}, {});
}

Outcome authorize(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    FATHOM_CHECK(skip_clock_and_authority(program));
    const auto custodian = key_if_signed(program.next_if_any());
    return hand_over(
        program, account,
        {.to = instruction.new_authority, .role = instruction.role, .custodian = custodian},
        program.signers());
}

Outcome authorize_with_seed(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    const AccountInfo base = FATHOM_TRY(program.next());
    auto last = program.next_if_any();
    if (last && last->key() == ids::kClock) last = program.next_if_any();
    const auto custodian = FATHOM_TRY(key_of_signer(last));
    Signers signers;
    if (custodian) signers.insert(*custodian);
    FATHOM_CHECK(add_derived_signer(base, instruction, signers));
    return hand_over(
        program, account,
        {.to = instruction.new_authority, .role = instruction.role, .custodian = custodian},
        signers);
}

Outcome authorize_checked(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    FATHOM_CHECK(skip_clock_and_authority(program));
    const AccountInfo to = FATHOM_TRY(program.next());
    const auto custodian = key_if_signed(program.next_if_any());
    if (!to.is_signer()) return std::unexpected(InstructionError::MissingRequiredSignature);
    return hand_over(program, account,
                     {.to = to.key(), .role = instruction.role, .custodian = custodian},
                     program.signers());
}

Outcome authorize_checked_with_seed(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    const AccountInfo base = FATHOM_TRY(program.next());
    AccountInfo to = FATHOM_TRY(program.next());
    if (to.key() == ids::kClock) to = FATHOM_TRY(program.next());
    const auto last = program.next_if_any();
    if (!to.is_signer()) return std::unexpected(InstructionError::MissingRequiredSignature);
    const auto custodian = FATHOM_TRY(key_of_signer(last));
    Signers signers;
    signers.insert(to.key());
    if (custodian) signers.insert(*custodian);
    FATHOM_CHECK(add_derived_signer(base, instruction, signers));
    return hand_over(program, account,
                     {.to = to.key(), .role = instruction.role, .custodian = custodian}, signers);
}

Outcome set_lockup(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    const Clock clock = FATHOM_TRY(program.clock());
    return change_lockup(program, account, instruction.lockup_change, clock);
}

Outcome set_lockup_checked(StakeProgram& program, const StakeInstruction& instruction) {
    const AccountInfo account = FATHOM_TRY(program.next());
    static_cast<void>(program.next_if_any()); // the authority, if it is there
    const auto custodian = program.next_if_any();
    const Clock clock = FATHOM_TRY(program.clock());
    LockupChange change = instruction.lockup_change;
    change.custodian = FATHOM_TRY(key_of_signer(custodian));
    return change_lockup(program, account, change, clock);
}

} // namespace fathom::programs::stake
