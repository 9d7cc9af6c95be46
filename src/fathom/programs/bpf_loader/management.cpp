// SPDX-License-Identifier: Apache-2.0
// Loader v3: dispatch, buffers, authorities, closing (Agave programs/bpf_loader/src/lib.rs).
#include "fathom/programs/bpf_loader/management.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/types/program_ids.hpp"

#include <cstring>
#include <memory>

namespace fathom::programs::bpf_loader {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Kind = LoaderState::Kind;
using Outcome = Result<void, InstructionError>;

/// SIMD-0500: an ELF header that names a version before V3.
bool is_old_version(ByteView elf) {
    constexpr std::size_t kFlagsOffset = 48;
    return elf.size() >= kFlagsOffset + 4 && load_le<std::uint32_t>(elf.data() + kFlagsOffset) < 3;
}

/// Moves all lamports of one account to another, and nothing else.
Outcome move_all_lamports(BorrowedAccount& from, BorrowedAccount& to) {
    FATHOM_CHECK(to.checked_add_lamports(from.lamports()));
    return from.set_lamports(0);
}

Outcome close_with_authority(InvokeContext& context, const InstructionContext& instruction,
                             const std::optional<Pubkey>& authority) {
    FATHOM_CHECK(require_authority(context, instruction, authority, 2,
                                   {.immutable = "Account is immutable",
                                    .incorrect = "Incorrect authority provided",
                                    .unsigned_ = "Authority did not sign"}));
    BorrowedAccount closed = FATHOM_TRY(instruction.borrow_account(0));
    BorrowedAccount recipient = FATHOM_TRY(instruction.borrow_account(1));
    FATHOM_CHECK(move_all_lamports(closed, recipient));
    return write_state(closed, LoaderState{}.encode());
}

/// The program whose data is closed is no longer runnable, from this instruction on.
Outcome close_program_data(InvokeContext& context, const InstructionContext& instruction,
                           const Pubkey& programdata_key, const LoaderState& state) {
    FATHOM_CHECK(instruction.check_number_of_accounts(4));
    Pubkey program_key;
    {
        const BorrowedAccount program = FATHOM_TRY(instruction.borrow_account(3));
        program_key = program.key();
        if (!program.is_writable()) {
            return refuse(context, "Program account is not writable",
                          InstructionError::InvalidArgument);
        }
        if (program.owner() != instruction.program_key()) {
            return refuse(context, "Program account not owned by loader",
                          InstructionError::IncorrectProgramId);
        }
        const Clock clock = FATHOM_TRY(cached_clock(context));
        if (clock.slot == state.slot) {
            return refuse(context, "Program was deployed in this block already",
                          InstructionError::InvalidArgument);
        }
        const LoaderState program_state = FATHOM_TRY(LoaderState::decode(program.data()));
        if (program_state.kind != Kind::Program) {
            return refuse(context, "Invalid Program account", InstructionError::InvalidArgument);
        }
        if (program_state.programdata_address != programdata_key) {
            return refuse(context, "ProgramData account does not match ProgramData account",
                          InstructionError::InvalidArgument);
        }
    }
    FATHOM_CHECK(close_with_authority(context, instruction, state.authority));
    const Clock clock = FATHOM_TRY(cached_clock(context));
    context.programs().store_modified(
        program_key, std::make_shared<const invoke::ProgramCacheEntry>(
                         invoke::ProgramCacheEntry{.state = invoke::ProgramState::Closed,
                                                   .owner = ids::kBpfLoaderUpgradeable,
                                                   .executable = nullptr,
                                                   .deployment_slot = clock.slot,
                                                   .effective_slot = clock.slot}));
    log(context, "Closed Program ", program_key);
    return {};
}

} // namespace

std::unexpected<InstructionError> refuse(InvokeContext& context, std::string_view message,
                                         InstructionError error) {
    context.log(message);
    return std::unexpected(error);
}

Outcome require_authority(InvokeContext& context, const InstructionContext& instruction,
                          const std::optional<Pubkey>& authority, std::size_t index,
                          const AuthorityMessages& messages) {
    if (!authority) return refuse(context, messages.immutable, InstructionError::Immutable);
    if (*authority != FATHOM_TRY(instruction.key_of_account(index))) {
        return refuse(context, messages.incorrect, InstructionError::IncorrectAuthority);
    }
    if (!FATHOM_TRY(instruction.is_signer(index))) {
        return refuse(context, messages.unsigned_, InstructionError::MissingRequiredSignature);
    }
    return {};
}

Outcome initialize_buffer(InvokeContext& context, const InstructionContext& instruction) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(0));
    const LoaderState state = FATHOM_TRY(LoaderState::decode(buffer.data()));
    if (state.kind != Kind::Uninitialized) {
        return refuse(context, "Buffer account already initialized",
                      InstructionError::AccountAlreadyInitialized);
    }
    const Pubkey authority = FATHOM_TRY(instruction.key_of_account(1));
    return write_state(buffer, LoaderState::buffer(authority).encode());
}

Outcome write_buffer(InvokeContext& context, const InstructionContext& instruction,
                     std::uint32_t offset, ByteView bytes) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(0));
    const LoaderState state = FATHOM_TRY(LoaderState::decode(buffer.data()));
    if (state.kind != Kind::Buffer) {
        return refuse(context, "Invalid Buffer account", InstructionError::InvalidAccountData);
    }
    FATHOM_CHECK(
        require_authority(context, instruction, state.authority, 1, kBufferAuthorityMessages));
    const MutableByteView data = FATHOM_TRY(buffer.data_mut());
    // At most 37 + 2³² + 1232: cannot wrap.
    const std::uint64_t start = LoaderState::kSizeOfBufferMetadata + offset;
    const std::uint64_t end = start + bytes.size();
    if (data.size() < end) {
        log(context, "Write overflow: ", data.size(), " < ", end);
        return std::unexpected(InstructionError::AccountDataTooSmall);
    }
    if (!bytes.empty()) std::memcpy(data.data() + start, bytes.data(), bytes.size());
    return {};
}

Outcome set_authority(InvokeContext& context, const InstructionContext& instruction) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
    const auto named_authority = instruction.key_of_account(2);
    std::optional<Pubkey> new_authority;
    if (named_authority) new_authority = *named_authority;
    LoaderState state = FATHOM_TRY(LoaderState::decode(account.data()));
    if (state.kind == Kind::Buffer) {
        if (!new_authority) {
            return refuse(context, "Buffer authority is not optional",
                          InstructionError::IncorrectAuthority);
        }
        FATHOM_CHECK(
            require_authority(context, instruction, state.authority, 1, kBufferAuthorityMessages));
    } else if (state.kind == Kind::ProgramData) {
        FATHOM_CHECK(
            require_authority(context, instruction, state.authority, 1, kUpgradeAuthorityMessages));
        const ByteView data = account.data();
        if (context.feature(Feature::disable_sbpf_v0_v1_v2_deployment) && !new_authority &&
            data.size() >= LoaderState::kSizeOfProgramDataMetadata &&
            is_old_version(data.subspan(LoaderState::kSizeOfProgramDataMetadata))) {
            return std::unexpected(InstructionError::InvalidAccountData);
        }
    } else {
        return refuse(context, "Account does not support authorities",
                      InstructionError::InvalidArgument);
    }
    state.authority = new_authority;
    FATHOM_CHECK(write_state(account, state.encode()));
    if (new_authority) {
        log(context, "New authority Some(", *new_authority, ")");
    } else {
        log(context, "New authority None");
    }
    return {};
}

Outcome set_authority_checked(InvokeContext& context, const InstructionContext& instruction) {
    if (!context.feature(Feature::enable_bpf_loader_set_authority_checked_ix)) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    FATHOM_CHECK(instruction.check_number_of_accounts(3));
    BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
    const Pubkey new_authority = FATHOM_TRY(instruction.key_of_account(2));
    LoaderState state = FATHOM_TRY(LoaderState::decode(account.data()));
    if (state.kind != Kind::Buffer && state.kind != Kind::ProgramData) {
        return refuse(context, "Account does not support authorities",
                      InstructionError::InvalidArgument);
    }
    FATHOM_CHECK(require_authority(context, instruction, state.authority, 1,
                                   state.kind == Kind::Buffer ? kBufferAuthorityMessages
                                                              : kUpgradeAuthorityMessages));
    if (!FATHOM_TRY(instruction.is_signer(2))) {
        return refuse(context, "New authority did not sign",
                      InstructionError::MissingRequiredSignature);
    }
    state.authority = new_authority;
    FATHOM_CHECK(write_state(account, state.encode()));
    log(context, "New authority ", new_authority);
    return {};
}

Outcome close(InvokeContext& context, const InstructionContext& instruction) {
    FATHOM_CHECK(instruction.check_number_of_accounts(2));
    if (FATHOM_TRY(instruction.index_in_transaction(0)) ==
        FATHOM_TRY(instruction.index_in_transaction(1))) {
        return refuse(context, "Recipient is the same as the account being closed",
                      InstructionError::InvalidArgument);
    }
    Pubkey key;
    LoaderState state;
    {
        BorrowedAccount account = FATHOM_TRY(instruction.borrow_account(0));
        key = account.key();
        state = FATHOM_TRY(LoaderState::decode(account.data()));
        FATHOM_CHECK(account.set_data_length(LoaderState::kSizeOfUninitialized));
        if (state.kind == Kind::Uninitialized) {
            BorrowedAccount recipient = FATHOM_TRY(instruction.borrow_account(1));
            FATHOM_CHECK(move_all_lamports(account, recipient));
            log(context, "Closed Uninitialized ", key);
            return {};
        }
    }
    if (state.kind == Kind::Buffer) {
        FATHOM_CHECK(instruction.check_number_of_accounts(3));
        FATHOM_CHECK(close_with_authority(context, instruction, state.authority));
        log(context, "Closed Buffer ", key);
        return {};
    }
    if (state.kind == Kind::ProgramData) {
        return close_program_data(context, instruction, key, state);
    }
    return refuse(context, "Account does not support closing", InstructionError::InvalidArgument);
}

Outcome manage(InvokeContext& context) {
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    const LoaderInstruction args = FATHOM_TRY(LoaderInstruction::decode(instruction.data()));
    switch (args.kind) {
    case LoaderInstructionKind::InitializeBuffer: return initialize_buffer(context, instruction);
    case LoaderInstructionKind::Write:
        return write_buffer(context, instruction, args.offset, args.bytes);
    case LoaderInstructionKind::DeployWithMaxDataLen:
        return deploy_with_max_data_len(context, instruction, args.max_data_len);
    case LoaderInstructionKind::Upgrade: return upgrade(context, instruction);
    case LoaderInstructionKind::SetAuthority: return set_authority(context, instruction);
    case LoaderInstructionKind::Close: return close(context, instruction);
    case LoaderInstructionKind::ExtendProgram:
        return extend_program(context, instruction, args.additional_bytes);
    case LoaderInstructionKind::SetAuthorityChecked:
        return set_authority_checked(context, instruction);
    }
    return std::unexpected(InstructionError::InvalidInstructionData);
}

} // namespace fathom::programs::bpf_loader
