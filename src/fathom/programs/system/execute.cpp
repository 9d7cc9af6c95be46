// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/system/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/programs/system/nonce_account.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <optional>
#include <string>

namespace fathom::programs::system {
namespace {

using invoke::BorrowedAccount;
using invoke::InstructionContext;
using invoke::InvokeContext;

std::unexpected<InstructionError> fail(Error error) {
    return std::unexpected(to_instruction_error(error));
}

/// An account address, and the base key that signs for it if it was derived with a seed.
struct Address {
    Pubkey address;
    std::optional<Pubkey> base;

    /// As the reference prints it for debugging, which is what its logs show.
    [[nodiscard]] std::string text() const {
        const std::string shown_base = base ? "Some(" + base->to_base58() + ")" : "None";
        return "Address { address: " + address.to_base58() + ", base: " + shown_base + " }";
    }
    [[nodiscard]] bool is_signer(const InstructionContext& instruction) const {
        return instruction.has_signer(base ? *base : address);
    }
};

/// The seed errors' numbers become custom codes (the reference's conversion quirk).
Result<Pubkey, InstructionError> derive(const Pubkey& base, std::string_view seed,
                                        const Pubkey& owner) {
    auto derived = create_with_seed(base, as_bytes(seed), owner);
    if (!derived) {
        return std::unexpected(
            InstructionError::custom(static_cast<std::uint32_t>(derived.error())));
    }
    return *derived;
}

/// One System instruction in execution.
class Execution {
public:
    Execution(InvokeContext& context, const InstructionContext& instruction, const Instruction& ix)
        : context_(context), instruction_(instruction), ix_(ix) {}

    Outcome run();

private:
    Outcome require_accounts(std::size_t count) const {
        return instruction_.check_number_of_accounts(count);
    }

    Result<Address, InstructionError> plain_address(std::size_t index) const {
        return Address{.address = FATHOM_TRY(instruction_.key_of_account(index)),
                       .base = std::nullopt};
    }

    Result<Address, InstructionError> seeded_address(std::size_t index) {
        const Pubkey address = FATHOM_TRY(instruction_.key_of_account(index));
        const Pubkey derived = FATHOM_TRY(derive(ix_.base, ix_.seed, ix_.owner));
        if (address != derived) {
            context_.log("Create: address " + address.to_base58() +
                         " does not match derived address " + derived.to_base58());
            return fail(Error::AddressWithSeedMismatch);
        }
        return Address{.address = address, .base = ix_.base};
    }

    Outcome allocate(BorrowedAccount& account, const Address& address);
    Outcome assign(BorrowedAccount& account, const Address& address);
    Outcome allocate_and_assign(BorrowedAccount& account, const Address& address) {
        FATHOM_CHECK(allocate(account, address));
        return assign(account, address);
    }
    Outcome create_account(const Address& to);
    Outcome create_account_allow_prefund();
    Outcome transfer(std::size_t from, std::size_t to);
    Outcome transfer_verified(std::size_t from, std::size_t to);
    Outcome transfer_with_seed();
    Outcome run_on_account();
    Outcome run_nonce();
    Outcome check_recent_blockhashes(std::size_t index, std::string_view what);

    InvokeContext& context_;
    const InstructionContext& instruction_;
    const Instruction& ix_;
};

Outcome Execution::allocate(BorrowedAccount& account, const Address& address) {
    if (!address.is_signer(instruction_)) {
        context_.log("Allocate: 'to' account " + address.text() + " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    if (!account.data().empty() || account.owner() != ids::kSystemProgram) {
        context_.log("Allocate: account " + address.text() + " already in use");
        return fail(Error::AccountAlreadyInUse);
    }
    if (ix_.space > kMaxAccountDataLen) {
        context_.log("Allocate: requested " + std::to_string(ix_.space) + ", max allowed " +
                     std::to_string(kMaxAccountDataLen));
        return fail(Error::InvalidAccountDataLength);
    }
    return account.set_data_length(ix_.space);
}

Outcome Execution::assign(BorrowedAccount& account, const Address& address) {
    if (account.owner() == ix_.owner) return {};
    if (!address.is_signer(instruction_)) {
        context_.log("Assign: account " + address.text() + " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return account.set_owner(ix_.owner);
}

Outcome Execution::create_account(const Address& to_address) {
    {
        auto to = FATHOM_TRY(instruction_.borrow_account(1));
        if (to.lamports() > 0) {
            context_.log("Create Account: account " + to_address.text() + " already in use");
            return fail(Error::AccountAlreadyInUse);
        }
        FATHOM_CHECK(allocate_and_assign(to, to_address));
    }
    return transfer(0, 1);
}

Outcome Execution::create_account_allow_prefund() {
    if (!context_.feature(Feature::create_account_allow_prefund)) {
        return std::unexpected(InstructionError::InvalidInstructionData);
    }
    FATHOM_CHECK(require_accounts(ix_.lamports > 0 ? 2 : 1));
    const Address to_address = FATHOM_TRY(plain_address(0));
    {
        auto to = FATHOM_TRY(instruction_.borrow_account(0));
        FATHOM_CHECK(allocate_and_assign(to, to_address));
    }
    return ix_.lamports > 0 ? transfer(1, 0) : Outcome{};
}

Outcome Execution::transfer_verified(std::size_t from_index, std::size_t to_index) {
    {
        auto from = FATHOM_TRY(instruction_.borrow_account(from_index));
        if (!from.data().empty()) {
            context_.log("Transfer: `from` must not carry data");
            return std::unexpected(InstructionError::InvalidArgument);
        }
        if (ix_.lamports > from.lamports()) {
            context_.log("Transfer: insufficient lamports " + std::to_string(from.lamports()) +
                         ", need " + std::to_string(ix_.lamports));
            return fail(Error::ResultWithNegativeLamports);
        }
        FATHOM_CHECK(from.checked_sub_lamports(ix_.lamports));
    }
    auto to = FATHOM_TRY(instruction_.borrow_account(to_index));
    return to.checked_add_lamports(ix_.lamports);
}

Outcome Execution::transfer(std::size_t from, std::size_t to) {
    if (!FATHOM_TRY(instruction_.is_signer(from))) {
        context_.log("Transfer: `from` account " +
                     FATHOM_TRY(instruction_.key_of_account(from)).to_base58() + " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    return transfer_verified(from, to);
}

Outcome Execution::transfer_with_seed() {
    FATHOM_CHECK(require_accounts(3));
    const Pubkey base = FATHOM_TRY(instruction_.key_of_account(1));
    if (!FATHOM_TRY(instruction_.is_signer(1))) {
        context_.log("Transfer: 'from' account " + base.to_base58() + " must sign");
        return std::unexpected(InstructionError::MissingRequiredSignature);
    }
    const Pubkey derived = FATHOM_TRY(derive(base, ix_.seed, ix_.owner));
    const Pubkey from = FATHOM_TRY(instruction_.key_of_account(0));
    if (from != derived) {
        context_.log("Transfer: 'from' address " + from.to_base58() +
                     " does not match derived address " + derived.to_base58());
        return fail(Error::AddressWithSeedMismatch);
    }
    return transfer_verified(0, 2);
}

/// Assign and Allocate, with and without seed: the account is borrowed before its address is
/// judged.
Outcome Execution::run_on_account() {
    FATHOM_CHECK(require_accounts(1));
    auto account = FATHOM_TRY(instruction_.borrow_account(0));
    const bool is_seeded = ix_.tag == Tag::AllocateWithSeed || ix_.tag == Tag::AssignWithSeed;
    const Address address = FATHOM_TRY(is_seeded ? seeded_address(0) : plain_address(0));
    switch (ix_.tag) {
    case Tag::Allocate: return allocate(account, address);
    case Tag::AllocateWithSeed: return allocate_and_assign(account, address);
    default: return assign(account, address);
    }
}

Outcome Execution::check_recent_blockhashes(std::size_t index, std::string_view what) {
    FATHOM_CHECK(context_.check_sysvar_account(instruction_, index, ids::kRecentBlockhashes));
    const RecentBlockhashes* recent = context_.environment().sysvars.recent_blockhashes();
    if (!recent) return std::unexpected(InstructionError::UnsupportedSysvar);
    if (!what.empty() && recent->entries.empty()) {
        context_.log(std::string(what) + ": recent blockhash list is empty");
        return fail(Error::NonceNoRecentBlockhashes);
    }
    return {};
}

Outcome Execution::run_nonce() {
    const auto rent_at = [&](std::size_t index) -> Result<Rent, InstructionError> {
        FATHOM_CHECK(context_.check_sysvar_account(instruction_, index, ids::kRent));
        const auto& rent = context_.environment().sysvars.rent();
        if (!rent) return std::unexpected(InstructionError::UnsupportedSysvar);
        return *rent;
    };
    if (ix_.tag == Tag::WithdrawNonceAccount) {
        FATHOM_CHECK(require_accounts(2));
        FATHOM_CHECK(check_recent_blockhashes(2, {}));
        const Rent rent = FATHOM_TRY(rent_at(3));
        return withdraw_nonce(context_, instruction_, ix_.lamports, rent);
    }
    FATHOM_CHECK(require_accounts(1));
    auto account = FATHOM_TRY(instruction_.borrow_account(0));
    switch (ix_.tag) {
    case Tag::AdvanceNonceAccount:
        FATHOM_CHECK(check_recent_blockhashes(1, "Advance nonce account"));
        return advance_nonce(context_, instruction_, account);
    case Tag::InitializeNonceAccount: {
        FATHOM_CHECK(check_recent_blockhashes(1, "Initialize nonce account"));
        const Rent rent = FATHOM_TRY(rent_at(2));
        return initialize_nonce(context_, account, ix_.authority, rent);
    }
    case Tag::AuthorizeNonceAccount:
        return authorize_nonce(context_, instruction_, account, ix_.authority);
    default: return upgrade_nonce(account);
    }
}

Outcome Execution::run() {
    switch (ix_.tag) {
    case Tag::CreateAccount:
        FATHOM_CHECK(require_accounts(2));
        return create_account(FATHOM_TRY(plain_address(1)));
    case Tag::CreateAccountWithSeed:
        FATHOM_CHECK(require_accounts(2));
        return create_account(FATHOM_TRY(seeded_address(1)));
    case Tag::CreateAccountAllowPrefund: return create_account_allow_prefund();
    case Tag::Transfer: FATHOM_CHECK(require_accounts(2)); return transfer(0, 1);
    case Tag::TransferWithSeed: return transfer_with_seed();
    case Tag::Assign:
    case Tag::AssignWithSeed:
    case Tag::Allocate:
    case Tag::AllocateWithSeed: return run_on_account();
    case Tag::AdvanceNonceAccount:
    case Tag::WithdrawNonceAccount:
    case Tag::InitializeNonceAccount:
    case Tag::AuthorizeNonceAccount:
    case Tag::UpgradeNonceAccount: return run_nonce();
    }
    return std::unexpected(InstructionError::InvalidInstructionData);
}

} // namespace

Result<void, invoke::ProgramError> process(InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const InstructionContext instruction = FATHOM_TRY(context.current_instruction());
    const auto decoded = decode(instruction.data());
    if (!decoded) return std::unexpected(InstructionError::InvalidInstructionData);
    FATHOM_CHECK(Execution(context, instruction, *decoded).run());
    return {};
}

} // namespace fathom::programs::system
