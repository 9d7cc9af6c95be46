// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/account_loader.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/types/instructions_sysvar.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/rent_state.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace fathom::svm {
namespace {

constexpr std::uint64_t kAccountBaseSize = 64;
constexpr std::uint64_t kLookupTableBaseSize = 8248;
constexpr std::size_t kNonceSize = 80;

enum class FeePayerKind : std::uint8_t { System, Nonce };

/// Which system-owned accounts may pay fees: empty ones, and initialized nonces of exactly the
/// nonce size.
std::optional<FeePayerKind> fee_payer_kind(const Account& account) {
    if (account.owner != ids::kSystemProgram) return std::nullopt;
    const ByteView data = account.data.view();
    if (data.empty()) return FeePayerKind::System;
    if (data.size() != kNonceSize) return std::nullopt;
    const auto version = load_le<std::uint32_t>(data.data());
    const auto state = load_le<std::uint32_t>(data.data() + 4);
    if (version <= 1 && state == 1) return FeePayerKind::Nonce;
    return std::nullopt;
}

void update_rent_epoch(Account& account, const Rent& rent) {
    if (account.rent_epoch != kRentExemptRentEpoch &&
        rent.is_exempt(account.lamports, account.data.size())) {
        account.rent_epoch = kRentExemptRentEpoch;
    }
}

/// Deducts the fee.
Result<void, TransactionError> charge_fee_payer(Account& payer, Lamports fee, const Rent& rent,
                                                bool relaxed) {
    if (payer.lamports == 0) return std::unexpected(TransactionError::AccountNotFound);
    const auto kind = fee_payer_kind(payer);
    if (!kind) return std::unexpected(TransactionError::InvalidAccountForFee);
    const Lamports kept = *kind == FeePayerKind::Nonce ? rent.minimum_balance(kNonceSize) : 0;
    const auto spendable = checked_sub(payer.lamports, kept);
    if (!spendable || *spendable < fee) {
        return std::unexpected(TransactionError::InsufficientFundsForFee);
    }
    const Lamports before = payer.lamports;
    payer.lamports -= fee; // fee ≤ spendable ≤ lamports
    const std::uint64_t size = payer.data.size();
    const Lamports minimum = rent.minimum_balance(size);
    const RentState pre = RentState::before(before, size, minimum, relaxed);
    const RentState post = RentState::after(payer.lamports, size, minimum, pre, before, relaxed);
    if (!is_rent_transition_allowed(pre, post)) {
        return std::unexpected(TransactionError(TransactionError::InsufficientFundsForRent, 0));
    }
    return {};
}

/// The data of a nonce account that a transaction with this blockhash may run on.
std::optional<NonceData> usable_nonce(const Account& account, const Hash& blockhash) {
    if (account.owner != ids::kSystemProgram) return std::nullopt;
    const auto state = NonceState::decode(account.data.view());
    const NonceData* data = state ? state->verify_recent_blockhash(blockhash) : nullptr;
    return data ? std::optional(*data) : std::nullopt;
}

/// The nonce account with its next value.
Result<AccountChange, TransactionError> advance_nonce(const SanitizedTransaction& transaction,
                                                      const Pubkey& key, const NonceRules& rules,
                                                      const AccountSource& accounts) {
    auto account = accounts.get(key);
    if (!account) return std::unexpected(TransactionError::AccountNotFound);
    auto data = usable_nonce(*account, transaction.view.recent_blockhash());
    if (!data || data->durable_nonce == rules.next_durable_nonce ||
        !transaction.first_instruction_has_signer(data->authority)) {
        return std::unexpected(TransactionError::BlockhashNotFound);
    }
    data->durable_nonce = rules.next_durable_nonce;
    data->lamports_per_signature = rules.lamports_per_signature;
    const Bytes encoded =
        NonceState{.version = NonceState::Version::Current, .data = *data}.encode();
    const MutableByteView bytes = account->data.mutable_view();
    std::copy(encoded.begin(), encoded.end(), bytes.begin()); // it decoded, so it has the room
    return AccountChange{key, *std::move(account)};
}

void set_rollback(RollbackAccounts& rollback, const Pubkey& payer_key, const Account& payer,
                  Epoch loaded_rent_epoch, std::optional<AccountChange> nonce) {
    rollback.fee_payer.key = payer_key;
    rollback.fee_payer.account = payer;
    rollback.nonce.reset();
    if (!nonce) {
        rollback.fee_payer.account.rent_epoch = loaded_rent_epoch;
    } else if (nonce->key == payer_key) {
        rollback.fee_payer.account.data = nonce->account.data;
    } else {
        rollback.nonce = std::move(nonce);
    }
}

Result<Account, TransactionError> instructions_account(const SanitizedTransaction& transaction) {
    std::array<std::uint8_t, 256> signers{};
    std::array<std::uint8_t, 256> writables{};
    const std::size_t count = transaction.keys.size();
    for (std::size_t i = 0; i < count; ++i) {
        signers[i] = transaction.is_signer[i] ? 1 : 0;
        writables[i] = transaction.is_writable[i] ? 1 : 0;
    }
    const auto data = build_instructions_sysvar({.keys = transaction.keys,
                                                 .signers = {signers.data(), count},
                                                 .writables = {writables.data(), count},
                                                 .instructions = transaction.view.instructions()});
    if (!data) return std::unexpected(TransactionError::MaxLoadedAccountsDataSizeExceeded);
    Account account;
    account.data = AccountData(*data);
    account.owner = ids::kSysvarOwner;
    account.rent_epoch = 0;
    return account;
}

/// The programdata address of a loader v3 program account.
std::optional<Pubkey> programdata_of(const Account& account) {
    const ByteView data = account.data.view();
    if (account.owner != ids::kBpfLoaderUpgradeable || data.size() < 36) return std::nullopt;
    if (load_le<std::uint32_t>(data.data()) != 2) return std::nullopt;
    return Pubkey::from_bytes(data.data() + 4);
}

/// As loaded; the instructions sysvar, which is made up there, as it is stored.
Result<void, TransactionError> check_programs(const SanitizedTransaction& transaction,
                                              const AccountSource& accounts,
                                              const invoke::TransactionContext& context) {
    for (const CompiledInstructionView& instruction : transaction.view.instructions()) {
        Account room;
        const Account* program = &context.account(instruction.program_id_index);
        if (context.key_of_account(instruction.program_id_index) == ids::kInstructionsSysvar) {
            program = accounts.peek(ids::kInstructionsSysvar, room);
        }
        if (!program || program->lamports == 0) {
            return std::unexpected(TransactionError::ProgramAccountNotFound);
        }
        if (program->owner != ids::kNativeLoader && !ids::is_loader(program->owner)) {
            return std::unexpected(TransactionError::InvalidProgramForExecution);
        }
    }
    return {};
}

/// Accounts with the code of programs that the transaction names, each counted once.
class ProgramdataSizes {
public:
    ProgramdataSizes(const SanitizedTransaction& transaction, const AccountSource& accounts,
                     LoadedSize& size)
        : transaction_(transaction), accounts_(accounts), size_(size) {}

    Result<void, TransactionError> add_for(const Account& program) {
        const auto key = programdata_of(program);
        if (!key) return {};
        if (std::ranges::find(transaction_.keys, *key) != transaction_.keys.end()) return {};
        const auto counted = std::span(counted_).first(count_);
        if (std::ranges::find(counted, *key) != counted.end()) return {};
        Account room;
        const Account* const code = accounts_.peek(*key, room);
        if (!code) return {};
        FATHOM_CHECK(size_.add(kAccountBaseSize + code->data.size()));
        counted_[count_++] = *key;
        return {};
    }

private:
    const SanitizedTransaction& transaction_;
    const AccountSource& accounts_;
    LoadedSize& size_;
    std::array<Pubkey, kMaxKeys> counted_; // one at most for each key
    std::size_t count_ = 0;
};

} // namespace

std::uint64_t RollbackAccounts::data_size() const {
    return fee_payer.account.data.size() + (nonce ? nonce->account.data.size() : 0);
}

void ValidatedTransaction::clear() {
    fee_payer.data = {};
    rollback.fee_payer.account.data = {};
    rollback.nonce.reset();
}

bool is_valid_nonce_transaction(const SanitizedTransaction& transaction,
                                const Pubkey& nonce_account, const Hash& next_durable_nonce,
                                const AccountSource& accounts) {
    const Hash& blockhash = transaction.view.recent_blockhash();
    if (blockhash == next_durable_nonce) return false;
    const auto account = accounts.get(nonce_account);
    return account && usable_nonce(*account, blockhash).has_value();
}

Result<void, TransactionError>
validate_nonce_and_fee_payer(const SanitizedTransaction& transaction,
                             const std::optional<Pubkey>& nonce_account, const NonceRules& nonce,
                             Lamports fee, const Rent& rent, const FeatureSet& features,
                             const AccountSource& accounts, ValidatedTransaction& validated) {
    std::optional<AccountChange> advanced;
    if (nonce_account) {
        advanced = FATHOM_TRY(advance_nonce(transaction, *nonce_account, nonce, accounts));
    }
    Account& payer = validated.fee_payer;
    const Account* const stored = accounts.peek(transaction.fee_payer(), payer);
    if (!stored) return std::unexpected(TransactionError::AccountNotFound);
    payer = *stored;
    const Epoch loaded_rent_epoch = payer.rent_epoch;
    update_rent_epoch(payer, rent);
    const bool relaxed = features.is_active(Feature::relax_post_exec_min_balance_check);
    FATHOM_CHECK(charge_fee_payer(payer, fee, rent, relaxed));
    set_rollback(validated.rollback, transaction.fee_payer(), payer, loaded_rent_epoch,
                 std::move(advanced));
    return {};
}

Result<void, TransactionError> LoadedSize::add(std::uint64_t bytes) {
    if (bytes > std::numeric_limits<std::uint32_t>::max()) {
        sum_ = std::numeric_limits<std::uint32_t>::max();
    } else {
        sum_ = saturating_add(sum_, static_cast<std::uint32_t>(bytes));
    }
    if (sum_ > limit_) return std::unexpected(TransactionError::MaxLoadedAccountsDataSizeExceeded);
    return {};
}

std::uint32_t LoadedSize::value() const {
    return std::min(sum_, limit_);
}

Result<void, TransactionError> load_accounts(const SanitizedTransaction& transaction,
                                             const Account& fee_payer, const Rent& rent,
                                             const AccountSource& accounts, LoadedSize& size,
                                             invoke::TransactionContext& context) {
    FATHOM_CHECK(size.add(transaction.view.lookups().size() * kLookupTableBaseSize));
    ProgramdataSizes programdata(transaction, accounts, size);
    for (std::size_t i = 0; i < transaction.keys.size(); ++i) {
        const Pubkey& key = transaction.keys[i];
        Account& account = context.add_account(key);
        if (i == 0) {
            account = fee_payer;
            FATHOM_CHECK(size.add(kAccountBaseSize + account.data.size()));
        } else if (key == ids::kInstructionsSysvar) {
            account = FATHOM_TRY(instructions_account(transaction));
        } else if (const Account* const stored = accounts.peek(key, account)) {
            if (stored != &account) account = *stored;
            if (transaction.is_writable[i]) update_rent_epoch(account, rent);
            FATHOM_CHECK(size.add(kAccountBaseSize + account.data.size()));
        }
        FATHOM_CHECK(programdata.add_for(account));
    }
    return check_programs(transaction, accounts, context);
}

} // namespace fathom::svm
