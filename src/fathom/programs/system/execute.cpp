// SPDX-License-Identifier: Apache-2.0
// Instructions of the System program (Agave programs/system/src/system_processor.rs).
#include "fathom/programs/system/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/programs/system/nonce.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <optional>
#include <string>

namespace fathom::programs::system {

namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;
using Kind = SystemInstructionKind;

/// An account address with the base key that speaks for it, if it was made from one.
struct Address {
    Pubkey address;
    std::optional<Pubkey> base;

    [[nodiscard]] bool signs(const InstructionContext& instruction) const {
        return instruction.has_signer(base ? *base : address);
    }
    /// Rust's Debug text of the same struct, which is what the reference logs.
    [[nodiscard]] std::string text() const {
        return "Address { address: " + address.to_base58() +
               ", base: " + (base ? "Some(" + base->to_base58() + ")" : "None") + " }";
    }
};

/// A PubkeyError becomes a custom error with its own number, which then reads like a SystemError
/// (system_processor.rs says that this is wrong and stays).
InstructionError to_instruction_error(PubkeyError error) {
    return InstructionError::custom(static_cast<std::uint32_t>(error));
}

Result<Pubkey, InstructionError> derive(const Pubkey& base, std::string_view seed,
                                        const Pubkey& owner) {
    const auto derived = create_with_seed(base, as_bytes(seed), owner);
    if (!derived) return std::unexpected(to_instruction_error(derived.error()));
    return *derived;
}

/// One System instruction in progress.
class Processor {
public:
    Processor(InvokeContext& context, const InstructionContext& instruction)
        : context_(context), instruction_(instruction) {}

    [[nodiscard]] Result<void, InstructionError> run(const SystemInstruction& args);

private:
    using Outcome = Result<void, InstructionError>;

    [[nodiscard]] Result<Address, InstructionError> plain_address(std::size_t index) const;
    [[nodiscard]] Result<Address, InstructionError> seed_address(std::size_t index,
                                                                 const SystemInstruction& args);
    [[nodiscard]] Outcome allocate(BorrowedAccount& account, const Address& address,
                                   std::uint64_t space);
    [[nodiscard]] Outcome assign(BorrowedAccount& account, const Address& address,
                                 const Pubkey& owner);
    [[nodiscard]] Outcome allocate_and_assign(BorrowedAccount& account, const Address& address,
                                              const SystemInstruction& args);
    [[nodiscard]] Outcome create(const Address& to, const SystemInstruction& args);
    [[nodiscard]] Outcome create_allow_prefund(const SystemInstruction& args);
    [[nodiscard]] Outcome transfer(std::size_t from, std::size_t to, Lamports lamports);
    [[nodiscard]] Outcome transfer_verified(std::size_t from, std::size_t to, Lamports lamports);
    [[nodiscard]] Outcome transfer_with_seed(const SystemInstruction& args);
    [[nodiscard]] Outcome run_on_one_account(const SystemInstruction& args);
    [[nodiscard]] Outcome run_on_nonce(const SystemInstruction& args);
    [[nodiscard]] Outcome require_blockhashes(std::string_view operation);

    InvokeContext& context_;
    const InstructionContext& instruction_;
};

Result<Address, InstructionError> Processor::plain_address(std::size_t index) const {
    return Address{FATHOM_TRY(instruction_.key_of_account(index)), std::nullopt};
}

Result<Address, InstructionError> Processor::seed_address(std::size_t index,
                                                          const SystemInstruction& args) {
    const Pubkey address = FATHOM_TRY(instruction_.key_of_account(index));
    const Pubkey derived = FATHOM_TRY(derive(args.base, args.seed, args.owner));
    if (address != derived) {
        log(context_, "Create: address ", address, " does not match derived address ", derived);
        return std::unexpected(to_instruction_error(SystemError::AddressWithSeedMismatch));
    }
    return Address{address, args.base};
}

Processor::Outcome Processor::allocate(BorrowedAccount& account, const Address& address,
                                       std::uint64_t space) {
    if (!address.signs(instruction_)) {
        log(context_, "Allocate: 'to' account ", address.text(), " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    if (!account.data().empty() || account.owner() != ids::kSystemProgram) {
        log(context_, "Allocate: account ", address.text(), " already in use");
        return std::unexpected(to_instruction_error(SystemError::AccountAlreadyInUse));
    }
    if (space > kMaxAccountDataLen) {
        log(context_, "Allocate: requested ", space, ", max allowed ", kMaxAccountDataLen);
        return std::unexpected(to_instruction_error(SystemError::InvalidAccountDataLength));
    }
    return account.set_data_length(space);
}

Processor::Outcome Processor::assign(BorrowedAccount& account, const Address& address,
                                     const Pubkey& owner) {
    if (account.owner() == owner) return {};
    if (!address.signs(instruction_)) {
        log(context_, "Assign: account ", address.text(), " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return account.set_owner(owner);
}

Processor::Outcome Processor::allocate_and_assign(BorrowedAccount& account, const Address& address,
                                                  const SystemInstruction& args) {
    FATHOM_CHECK(allocate(account, address, args.space));
    return assign(account, address, args.owner);
}

Processor::Outcome Processor::create(const Address& to, const SystemInstruction& args) {
    {
        BorrowedAccount account = FATHOM_TRY(instruction_.borrow_account(1));
        if (account.lamports() > 0) {
            log(context_, "Create Account: account ", to.text(), " already in use");
            return std::unexpected(to_instruction_error(SystemError::AccountAlreadyInUse));
        }
        FATHOM_CHECK(allocate_and_assign(account, to, args));
    }
    return transfer(0, 1, args.lamports);
}

Processor::Outcome Processor::create_allow_prefund(const SystemInstruction& args) {
    if (!context_.feature(Feature::create_account_allow_prefund)) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    FATHOM_CHECK(instruction_.check_number_of_accounts(args.lamports > 0 ? 2 : 1));
    const Address to = FATHOM_TRY(plain_address(0));
    {
        BorrowedAccount account = FATHOM_TRY(instruction_.borrow_account(0));
        FATHOM_CHECK(allocate_and_assign(account, to, args));
    }
    if (args.lamports == 0) return {};
    return transfer(1, 0, args.lamports);
}

Processor::Outcome Processor::transfer_verified(std::size_t from, std::size_t to,
                                                Lamports lamports) {
    {
        BorrowedAccount source = FATHOM_TRY(instruction_.borrow_account(from));
        if (!source.data().empty()) {
            log(context_, "Transfer: `from` must not carry data");
            return std::unexpected(InstructionError::InvalidArgument);
        }
        if (lamports > source.lamports()) {
            log(context_, "Transfer: insufficient lamports ", source.lamports(), ", need ",
                lamports);
            return std::unexpected(to_instruction_error(SystemError::ResultWithNegativeLamports));
        }
        FATHOM_CHECK(source.checked_sub_lamports(lamports));
    }
    BorrowedAccount target = FATHOM_TRY(instruction_.borrow_account(to));
    return target.checked_add_lamports(lamports);
}

Processor::Outcome Processor::transfer(std::size_t from, std::size_t to, Lamports lamports) {
    if (!FATHOM_TRY(instruction_.is_signer(from))) {
        log(context_, "Transfer: `from` account ", FATHOM_TRY(instruction_.key_of_account(from)),
            " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return transfer_verified(from, to, lamports);
}

Processor::Outcome Processor::transfer_with_seed(const SystemInstruction& args) {
    constexpr std::size_t kFrom = 0;
    constexpr std::size_t kBase = 1;
    constexpr std::size_t kTo = 2;
    const Pubkey base = FATHOM_TRY(instruction_.key_of_account(kBase));
    if (!FATHOM_TRY(instruction_.is_signer(kBase))) {
        log(context_, "Transfer: 'from' account ", base, " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Pubkey derived = FATHOM_TRY(derive(base, args.seed, args.owner));
    const Pubkey from = FATHOM_TRY(instruction_.key_of_account(kFrom));
    if (from != derived) {
        log(context_, "Transfer: 'from' address ", from, " does not match derived address ",
            derived);
        return std::unexpected(to_instruction_error(SystemError::AddressWithSeedMismatch));
    }
    return transfer_verified(kFrom, kTo, args.lamports);
}

Processor::Outcome Processor::run_on_one_account(const SystemInstruction& args) {
    FATHOM_CHECK(instruction_.check_number_of_accounts(1));
    BorrowedAccount account = FATHOM_TRY(instruction_.borrow_account(0));
    const bool is_seeded = args.kind == Kind::AllocateWithSeed || args.kind == Kind::AssignWithSeed;
    const Address address =
        is_seeded ? FATHOM_TRY(seed_address(0, args)) : FATHOM_TRY(plain_address(0));
    switch (args.kind) {
    case Kind::Allocate: return allocate(account, address, args.space);
    case Kind::AllocateWithSeed: return allocate_and_assign(account, address, args);
    default: return assign(account, address, args.owner);
    }
}

Processor::Outcome Processor::require_blockhashes(std::string_view operation) {
    const RecentBlockhashes* hashes = FATHOM_TRY(recent_blockhashes_at(context_, instruction_, 1));
    if (hashes->entries.empty()) {
        log(context_, operation, " nonce account: recent blockhash list is empty");
        return std::unexpected(to_instruction_error(SystemError::NonceNoRecentBlockhashes));
    }
    return {};
}

Processor::Outcome Processor::run_on_nonce(const SystemInstruction& args) {
    FATHOM_CHECK(instruction_.check_number_of_accounts(1));
    BorrowedAccount account = FATHOM_TRY(instruction_.borrow_account(0));
    switch (args.kind) {
    case Kind::AdvanceNonceAccount:
        FATHOM_CHECK(require_blockhashes("Advance"));
        return advance_nonce(context_, instruction_, account);
    case Kind::InitializeNonceAccount: {
        FATHOM_CHECK(require_blockhashes("Initialize"));
        const Rent rent = FATHOM_TRY(rent_at(context_, instruction_, 2));
        return initialize_nonce(context_, account, args.authority, rent);
    }
    case Kind::AuthorizeNonceAccount:
        return authorize_nonce(context_, instruction_, account, args.authority);
    default: return upgrade_nonce(account);
    }
}

Processor::Outcome Processor::run(const SystemInstruction& args) {
    switch (args.kind) {
    case Kind::CreateAccount:
        FATHOM_CHECK(instruction_.check_number_of_accounts(2));
        return create(FATHOM_TRY(plain_address(1)), args);
    case Kind::CreateAccountWithSeed:
        FATHOM_CHECK(instruction_.check_number_of_accounts(2));
        return create(FATHOM_TRY(seed_address(1, args)), args);
    case Kind::Transfer:
        FATHOM_CHECK(instruction_.check_number_of_accounts(2));
        return transfer(0, 1, args.lamports);
    case Kind::TransferWithSeed:
        FATHOM_CHECK(instruction_.check_number_of_accounts(3));
        return transfer_with_seed(args);
    case Kind::WithdrawNonceAccount: {
        FATHOM_CHECK(instruction_.check_number_of_accounts(2));
        FATHOM_CHECK(recent_blockhashes_at(context_, instruction_, 2));
        const Rent rent = FATHOM_TRY(rent_at(context_, instruction_, 3));
        return withdraw_nonce(context_, instruction_, args.lamports, rent);
    }
    case Kind::Assign:
    case Kind::Allocate:
    case Kind::AllocateWithSeed:
    case Kind::AssignWithSeed: return run_on_one_account(args);
    case Kind::AdvanceNonceAccount:
    case Kind::InitializeNonceAccount:
    case Kind::AuthorizeNonceAccount:
    case Kind::UpgradeNonceAccount: return run_on_nonce(args);
    case Kind::CreateAccountAllowPrefund: return create_allow_prefund(args);
    }
    return std::unexpected(InstructionError::InvalidInstructionData);
}

} // namespace

Result<void, invoke::ProgramError> execute(InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    const SystemInstruction args = FATHOM_TRY(SystemInstruction::decode(instruction.data()));
    FATHOM_CHECK(Processor(context, instruction).run(args));
    return {};
}

} // namespace fathom::programs::system
