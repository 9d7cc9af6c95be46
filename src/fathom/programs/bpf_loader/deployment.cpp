// SPDX-License-Identifier: Apache-2.0
// Loader v3: first deployment, upgrade and extension of a program (Agave
// programs/bpf_loader/src/lib.rs).
#include "fathom/base/integers.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/bpf_loader/deploy.hpp"
#include "fathom/programs/bpf_loader/management.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/types/pda.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fathom::programs::bpf_loader {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Kind = LoaderState::Kind;
using Outcome = Result<void, InstructionError>;

/// SIMD-0431.
constexpr std::uint32_t kMinimumExtension = 10'240;

constexpr std::uint64_t size_of_programdata(std::uint64_t program_length) {
    return saturating_add(LoaderState::kSizeOfProgramDataMetadata, program_length);
}

constexpr std::uint64_t cached_account_size(std::uint64_t programdata_length) {
    return saturating_add(LoaderState::kSizeOfProgram, programdata_length);
}

Result<ByteView, InstructionError> bytes_from(ByteView data, std::uint64_t offset) {
    if (data.size() < offset) return std::unexpected(InstructionError::AccountDataTooSmall);
    return data.subspan(offset);
}

/// A buffer that is about to become a program.
struct BufferFacts {
    Pubkey key;
    Lamports lamports = 0;
    std::uint64_t program_length = 0;
};

Result<BufferFacts, InstructionError> check_buffer(InvokeContext& context,
                                                   const InstructionContext& instruction,
                                                   std::size_t buffer_index,
                                                   std::size_t authority_index) {
    const Pubkey authority = FATHOM_TRY(instruction.key_of_account(authority_index));
    const BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(buffer_index));
    if (!buffer.is_writable()) {
        return refuse(context, "Buffer account not writeable", InstructionError::InvalidArgument);
    }
    if (buffer.owner() != instruction.program_key()) {
        return refuse(context, "Buffer account not owned by loader",
                      InstructionError::IncorrectProgramId);
    }
    const LoaderState state = FATHOM_TRY(LoaderState::decode(buffer.data()));
    if (state.kind != Kind::Buffer) {
        return refuse(context, "Invalid Buffer account", InstructionError::InvalidArgument);
    }
    if (state.authority != authority) {
        return refuse(context, "Buffer and upgrade authority don't match",
                      InstructionError::IncorrectAuthority);
    }
    if (!FATHOM_TRY(instruction.is_signer(authority_index))) {
        return refuse(context, "Upgrade authority did not sign",
                      InstructionError::MissingRequiredSignature);
    }
    const std::uint64_t length = buffer.data().size();
    if (length <= LoaderState::kSizeOfBufferMetadata) {
        return refuse(context, "Buffer account too small", InstructionError::InvalidAccountData);
    }
    return BufferFacts{.key = buffer.key(),
                       .lamports = buffer.lamports(),
                       .program_length = length - LoaderState::kSizeOfBufferMetadata};
}

/// Verifies and caches what the buffer holds.
Outcome deploy_buffer(InvokeContext& context, const InstructionContext& instruction,
                      std::size_t buffer_index, Deployment deployment) {
    const BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(buffer_index));
    deployment.elf = FATHOM_TRY(bytes_from(buffer.data(), LoaderState::kSizeOfBufferMetadata));
    return deploy_program(context, deployment);
}

/// Writes the state of `programdata` and the program behind it.
Outcome copy_program(BorrowedAccount& programdata, const BorrowedAccount& buffer,
                     std::uint64_t program_length) {
    const MutableByteView target = FATHOM_TRY(programdata.data_mut());
    const ByteView source =
        FATHOM_TRY(bytes_from(buffer.data(), LoaderState::kSizeOfBufferMetadata));
    if (target.size() < size_of_programdata(program_length) || source.size() != program_length) {
        return std::unexpected(InstructionError::AccountDataTooSmall);
    }
    std::memcpy(target.data() + LoaderState::kSizeOfProgramDataMetadata, source.data(),
                source.size());
    return {};
}

// Accounts of DeployWithMaxDataLen: payer, programdata, program, buffer, rent, clock, system
// program, authority.

Result<Pubkey, InstructionError>
check_new_program(InvokeContext& context, const InstructionContext& instruction, const Rent& rent) {
    const BorrowedAccount program = FATHOM_TRY(instruction.borrow_account(2));
    const LoaderState state = FATHOM_TRY(LoaderState::decode(program.data()));
    if (state.kind != Kind::Uninitialized) {
        return refuse(context, "Program account already initialized",
                      InstructionError::AccountAlreadyInitialized);
    }
    if (program.data().size() < LoaderState::kSizeOfProgram) {
        return refuse(context, "Program account too small", InstructionError::AccountDataTooSmall);
    }
    if (program.lamports() < rent.minimum_balance(program.data().size())) {
        return refuse(context, "Program account not rent-exempt",
                      InstructionError::ExecutableAccountNotRentExempt);
    }
    return program.key();
}

/// The buffer's lamports go to the payer first: they may be what pays for the programdata account.
Outcome create_programdata(InvokeContext& context, const InstructionContext& instruction,
                           const Pubkey& program_key, std::uint64_t length, const Rent& rent) {
    const Pubkey loader = instruction.program_key();
    const Pubkey programdata_key = FATHOM_TRY(instruction.key_of_account(1));
    const ByteView program_seed = program_key.view();
    const auto derived = find_program_address({&program_seed, 1}, loader);
    if (!derived || derived->first != programdata_key) {
        return refuse(context, "ProgramData address is not derived",
                      InstructionError::InvalidArgument);
    }
    Pubkey buffer_key;
    {
        BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(3));
        BorrowedAccount payer = FATHOM_TRY(instruction.borrow_account(0));
        buffer_key = buffer.key();
        FATHOM_CHECK(payer.checked_add_lamports(buffer.lamports()));
        FATHOM_CHECK(buffer.set_lamports(0));
    }
    Instruction creation =
        system::create_account(FATHOM_TRY(instruction.key_of_account(0)), programdata_key,
                               std::max<Lamports>(1, rent.minimum_balance(length)), length, loader);
    // Lets the balance check of the call see where the payer's new lamports came from.
    creation.accounts.push_back({.pubkey = buffer_key, .is_signer = false, .is_writable = true});
    const std::uint8_t bump = derived->second;
    const std::vector<ByteView> seeds{program_seed, ByteView(&bump, 1)};
    return context.native_invoke_signed(std::move(creation), {&seeds, 1});
}

// Accounts of Upgrade: programdata, program, buffer, spill, rent, clock, authority.

Result<Pubkey, InstructionError> check_upgraded_program(InvokeContext& context,
                                                        const InstructionContext& instruction) {
    const Pubkey programdata_key = FATHOM_TRY(instruction.key_of_account(0));
    const BorrowedAccount program = FATHOM_TRY(instruction.borrow_account(1));
    if (!program.is_writable()) {
        return refuse(context, "Program account not writeable", InstructionError::InvalidArgument);
    }
    if (program.owner() != instruction.program_key()) {
        return refuse(context, "Program account not owned by loader",
                      InstructionError::IncorrectProgramId);
    }
    const LoaderState state = FATHOM_TRY(LoaderState::decode(program.data()));
    if (state.kind != Kind::Program) {
        return refuse(context, "Invalid Program account", InstructionError::InvalidAccountData);
    }
    if (state.programdata_address != programdata_key) {
        return refuse(context, "Program and ProgramData account mismatch",
                      InstructionError::InvalidArgument);
    }
    return program.key();
}

struct ProgramDataFacts {
    std::uint64_t length = 0;
    Lamports required_balance = 0;
};

Result<ProgramDataFacts, InstructionError>
check_upgraded_programdata(InvokeContext& context, const InstructionContext& instruction,
                           const BufferFacts& buffer, const Rent& rent, Slot slot) {
    const BorrowedAccount programdata = FATHOM_TRY(instruction.borrow_account(0));
    const std::uint64_t length = programdata.data().size();
    const Lamports required = std::max<Lamports>(1, rent.minimum_balance(length));
    if (length < size_of_programdata(buffer.program_length)) {
        return refuse(context, "ProgramData account not large enough",
                      InstructionError::AccountDataTooSmall);
    }
    if (saturating_add(programdata.lamports(), buffer.lamports) < required) {
        return refuse(context, "Buffer account balance too low to fund upgrade",
                      InstructionError::InsufficientFunds);
    }
    const LoaderState state = FATHOM_TRY(LoaderState::decode(programdata.data()));
    if (state.kind != Kind::ProgramData) {
        return refuse(context, "Invalid ProgramData account", InstructionError::InvalidAccountData);
    }
    if (slot == state.slot) {
        return refuse(context, "Program was deployed in this block already",
                      InstructionError::InvalidArgument);
    }
    FATHOM_CHECK(
        require_authority(context, instruction, state.authority, 6, kUpgradeAuthorityMessages));
    return ProgramDataFacts{.length = length, .required_balance = required};
}

Outcome replace_program(const InstructionContext& instruction, const BufferFacts& facts,
                        const LoaderState& state, const ProgramDataFacts& target) {
    BorrowedAccount programdata = FATHOM_TRY(instruction.borrow_account(0));
    FATHOM_CHECK(write_state(programdata, state.encode()));
    {
        const BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(2));
        FATHOM_CHECK(copy_program(programdata, buffer, facts.program_length));
    }
    const MutableByteView data = FATHOM_TRY(programdata.data_mut());
    std::ranges::fill(data.subspan(size_of_programdata(facts.program_length)), std::uint8_t{0});

    BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(2));
    BorrowedAccount spill = FATHOM_TRY(instruction.borrow_account(3));
    FATHOM_CHECK(spill.checked_add_lamports(saturating_sub(
        saturating_add(programdata.lamports(), facts.lamports), target.required_balance)));
    FATHOM_CHECK(buffer.set_lamports(0));
    FATHOM_CHECK(programdata.set_lamports(target.required_balance));
    return buffer.set_data_length(LoaderState::kSizeOfBufferMetadata);
}

// Accounts of ExtendProgram: programdata, program, and if the extension costs: system program,
// payer.

struct Extension {
    Pubkey programdata_key;
    Pubkey program_key;
    std::uint64_t new_length = 0;
    LoaderState new_state;
    Lamports missing_lamports = 0;
};

Result<Pubkey, InstructionError> check_extended_program(InvokeContext& context,
                                                        const InstructionContext& instruction,
                                                        const Pubkey& programdata_key) {
    const BorrowedAccount program = FATHOM_TRY(instruction.borrow_account(1));
    if (!program.is_writable()) {
        return refuse(context, "Program account is not writable",
                      InstructionError::InvalidArgument);
    }
    if (program.owner() != instruction.program_key()) {
        return refuse(context, "Program account not owned by loader",
                      InstructionError::InvalidAccountOwner);
    }
    const LoaderState state = FATHOM_TRY(LoaderState::decode(program.data()));
    if (state.kind != Kind::Program) {
        return refuse(context, "Invalid Program account", InstructionError::InvalidAccountData);
    }
    if (state.programdata_address != programdata_key) {
        return refuse(context, "Program account does not match ProgramData account",
                      InstructionError::InvalidArgument);
    }
    return program.key();
}

Result<std::uint64_t, InstructionError>
extended_length(InvokeContext& context, std::uint64_t old_length, std::uint32_t additional_bytes) {
    const std::uint64_t new_length = saturating_add<std::uint64_t>(old_length, additional_bytes);
    if (new_length > kMaxAccountDataLen) {
        log(context, "Extended ProgramData length of ", new_length,
            " bytes exceeds max account data length of ", kMaxAccountDataLen, " bytes");
        return std::unexpected(InstructionError::InvalidRealloc);
    }
    const std::uint64_t headroom = kMaxAccountDataLen - old_length;
    if (context.feature(Feature::loader_v3_minimum_extend_program_size) &&
        additional_bytes < kMinimumExtension && additional_bytes != headroom) {
        log(context, "ExtendProgram requires a minimum of ", kMinimumExtension,
            " additional bytes or to extend to maximum size, but only ", additional_bytes,
            " were requested");
        return std::unexpected(InstructionError::InvalidArgument);
    }
    return new_length;
}

Result<Extension, InstructionError> check_extension(InvokeContext& context,
                                                    const InstructionContext& instruction,
                                                    std::uint32_t additional_bytes) {
    Extension extension;
    const BorrowedAccount programdata = FATHOM_TRY(instruction.borrow_account(0));
    extension.programdata_key = programdata.key();
    if (programdata.owner() != instruction.program_key()) {
        return refuse(context, "ProgramData owner is invalid",
                      InstructionError::InvalidAccountOwner);
    }
    if (!programdata.is_writable()) {
        return refuse(context, "ProgramData is not writable", InstructionError::InvalidArgument);
    }
    extension.program_key =
        FATHOM_TRY(check_extended_program(context, instruction, extension.programdata_key));
    extension.new_length =
        FATHOM_TRY(extended_length(context, programdata.data().size(), additional_bytes));
    const Clock clock = FATHOM_TRY(cached_clock(context));
    const LoaderState state = FATHOM_TRY(LoaderState::decode(programdata.data()));
    if (state.kind != Kind::ProgramData) {
        return refuse(context, "ProgramData state is invalid",
                      InstructionError::InvalidAccountData);
    }
    if (clock.slot == state.slot) {
        return refuse(context, "Program was extended in this block already",
                      InstructionError::InvalidArgument);
    }
    if (!state.authority) {
        return refuse(context, "Cannot extend ProgramData accounts that are not upgradeable",
                      InstructionError::Immutable);
    }
    extension.new_state = LoaderState::program_data(clock.slot, state.authority);
    const Rent rent = FATHOM_TRY(cached_rent(context));
    const Lamports required = std::max<Lamports>(1, rent.minimum_balance(extension.new_length));
    extension.missing_lamports = saturating_sub(required, programdata.lamports());
    return extension;
}

} // namespace

Outcome deploy_with_max_data_len(InvokeContext& context, const InstructionContext& instruction,
                                 std::uint64_t max_data_len) {
    FATHOM_CHECK(instruction.check_number_of_accounts(4));
    const Pubkey programdata_key = FATHOM_TRY(instruction.key_of_account(1));
    const Rent rent = FATHOM_TRY(rent_at(context, instruction, 4));
    const Clock clock = FATHOM_TRY(clock_at(context, instruction, 5));
    FATHOM_CHECK(instruction.check_number_of_accounts(8));
    const Pubkey authority = FATHOM_TRY(instruction.key_of_account(7));
    const Pubkey program_key = FATHOM_TRY(check_new_program(context, instruction, rent));
    const BufferFacts facts = FATHOM_TRY(check_buffer(context, instruction, 3, 7));
    if (max_data_len < facts.program_length) {
        return refuse(context, "Max data length is too small to hold Buffer data",
                      InstructionError::AccountDataTooSmall);
    }
    const std::uint64_t programdata_length = size_of_programdata(max_data_len);
    if (programdata_length > kMaxAccountDataLen) {
        return refuse(context, "Max data length is too large", InstructionError::InvalidArgument);
    }
    FATHOM_CHECK(create_programdata(context, instruction, program_key, programdata_length, rent));
    FATHOM_CHECK(deploy_buffer(context, instruction, 3,
                               {.program_id = program_key,
                                .loader = instruction.program_key(),
                                .account_size = cached_account_size(programdata_length),
                                .elf = {},
                                .slot = clock.slot}));
    {
        BorrowedAccount programdata = FATHOM_TRY(instruction.borrow_account(1));
        FATHOM_CHECK(
            write_state(programdata, LoaderState::program_data(clock.slot, authority).encode()));
        BorrowedAccount buffer = FATHOM_TRY(instruction.borrow_account(3));
        FATHOM_CHECK(copy_program(programdata, buffer, facts.program_length));
        FATHOM_CHECK(buffer.set_data_length(LoaderState::kSizeOfBufferMetadata));
    }
    BorrowedAccount program = FATHOM_TRY(instruction.borrow_account(2));
    FATHOM_CHECK(write_state(program, LoaderState::program(programdata_key).encode()));
    FATHOM_CHECK(program.set_executable(true));
    log(context, "Deployed program ", program_key);
    return {};
}

Outcome upgrade(InvokeContext& context, const InstructionContext& instruction) {
    FATHOM_CHECK(instruction.check_number_of_accounts(3));
    const Rent rent = FATHOM_TRY(rent_at(context, instruction, 4));
    const Clock clock = FATHOM_TRY(clock_at(context, instruction, 5));
    FATHOM_CHECK(instruction.check_number_of_accounts(7));
    const Pubkey authority = FATHOM_TRY(instruction.key_of_account(6));
    const Pubkey program_key = FATHOM_TRY(check_upgraded_program(context, instruction));
    const BufferFacts facts = FATHOM_TRY(check_buffer(context, instruction, 2, 6));
    const ProgramDataFacts target =
        FATHOM_TRY(check_upgraded_programdata(context, instruction, facts, rent, clock.slot));
    FATHOM_CHECK(deploy_buffer(context, instruction, 2,
                               {.program_id = program_key,
                                .loader = instruction.program_key(),
                                .account_size = cached_account_size(target.length),
                                .elf = {},
                                .slot = clock.slot}));
    FATHOM_CHECK(replace_program(instruction, facts,
                                 LoaderState::program_data(clock.slot, authority), target));
    log(context, "Upgraded program ", program_key);
    return {};
}

Outcome extend_program(InvokeContext& context, const InstructionContext& instruction,
                       std::uint32_t additional_bytes) {
    if (additional_bytes == 0) {
        return refuse(context, "Additional bytes must be greater than 0",
                      InstructionError::InvalidInstructionData);
    }
    const Extension extension = FATHOM_TRY(check_extension(context, instruction, additional_bytes));
    if (extension.missing_lamports > 0) {
        const Pubkey payer = FATHOM_TRY(instruction.key_of_account(3));
        FATHOM_CHECK(context.native_invoke_signed(
            system::transfer(payer, extension.programdata_key, extension.missing_lamports), {}));
    }
    BorrowedAccount programdata = FATHOM_TRY(instruction.borrow_account(0));
    FATHOM_CHECK(programdata.set_data_length(extension.new_length));
    const ByteView elf =
        FATHOM_TRY(bytes_from(programdata.data(), LoaderState::kSizeOfProgramDataMetadata));
    FATHOM_CHECK(deploy_program(context, {.program_id = extension.program_key,
                                          .loader = instruction.program_key(),
                                          .account_size = cached_account_size(extension.new_length),
                                          .elf = elf,
                                          .slot = extension.new_state.slot,
                                          .accepts_every_running_version = true}));
    FATHOM_CHECK(write_state(programdata, extension.new_state.encode()));
    log(context, "Extended ProgramData account by ", additional_bytes, " bytes");
    return {};
}

} // namespace fathom::programs::bpf_loader
