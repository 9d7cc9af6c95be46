// SPDX-License-Identifier: Apache-2.0
// The façade: a journaled state, a processor, and what a bank does between transactions.
#include "fathom/svm.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/sbpf/elf_error.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/journaled_state.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/transaction.hpp"

#include <array>
#include <span>
#include <utility>
#include <variant>

namespace fathom {

using namespace svm;

namespace {

using base::Error;
using base::ErrorCode;

/// Agave's MAX_PROCESSING_AGE.
constexpr Slot kMaxBlockhashAge = 150;
constexpr std::size_t kProgramDataMetaSize = 45;

Hash hash_of(std::string_view domain, ByteView bytes) {
    crypto::Sha256 hasher;
    hasher.update(as_bytes(domain)).update(bytes);
    return Hash{hasher.finish()};
}

Hash next_blockhash(const BankValues& bank) {
    return hash_of("fathom: blockhash", bank.environment.blockhash.view());
}

void drop_blockhashes(BankValues& bank, std::size_t oldest) {
    const auto count = static_cast<std::ptrdiff_t>(oldest);
    bank.blockhash_slots.erase(bank.blockhash_slots.begin(), bank.blockhash_slots.begin() + count);
    auto& hashes = bank.environment.recent_blockhashes;
    hashes.erase(hashes.begin(), hashes.begin() + count);
}

/// Makes `hash` the latest of the bank; 150 older ones stay valid.
void push_blockhash(BankValues& bank, const Hash& hash) {
    bank.environment.blockhash = hash;
    bank.environment.recent_blockhashes.push_back(hash);
    bank.blockhash_slots.push_back(bank.slot);
    const std::size_t count = bank.blockhash_slots.size();
    if (count > kMaxBlockhashAge + 1) drop_blockhashes(bank, count - kMaxBlockhashAge - 1);
}

void drop_old_blockhashes(BankValues& bank) {
    std::size_t old = 0; // slots ascend
    while (old < bank.blockhash_slots.size() &&
           bank.slot - bank.blockhash_slots[old] > kMaxBlockhashAge) {
        ++old;
    }
    drop_blockhashes(bank, old);
}

ProgramRefusal refusal_of(const sbpf::LoadError& error) {
    ProgramRefusal refusal;
    refusal.name = sbpf::load_error_name(error);
    refusal.text = sbpf::load_error_text(error);
    if (const auto* elf = std::get_if<sbpf::ElfError>(&error)) {
        refusal.detail = elf->detail;
        const bool is_symbol = elf->kind == sbpf::ElfErrorKind::UnresolvedSymbol;
        if (is_symbol || elf->kind == sbpf::ElfErrorKind::RelativeJumpOutOfBounds) {
            refusal.instruction = elf->value;
        }
        if (is_symbol) refusal.file_offset = elf->value2;
    }
    if (const auto* verifier = std::get_if<sbpf::VerifierError>(&error)) {
        refusal.instruction = verifier->pc;
    }
    return refusal;
}

Account rent_exempt(const Pubkey& owner, ByteView data, bool executable) {
    Account account;
    account.lamports = Rent{}.minimum_balance(data.size());
    account.data = AccountData(data);
    account.owner = owner;
    account.executable = executable;
    return account;
}

/// UpgradeableLoaderState::Program.
Bytes program_state(const Pubkey& programdata) {
    constexpr std::uint32_t kTag = 2;
    Bytes data(36);
    store_le(data.data(), kTag);
    store_le(data.data() + 4, programdata);
    return data;
}

/// UpgradeableLoaderState::ProgramData of slot 0 without authority, and the ELF behind it.
Bytes programdata_state(ByteView elf) {
    constexpr std::uint32_t kTag = 3;
    Bytes data(kProgramDataMetaSize);
    store_le(data.data(), kTag);
    data.insert(data.end(), elf.begin(), elf.end());
    return data;
}

Error gone() {
    return Error(ErrorCode::NotFound, "the snapshot is gone: an earlier one was gone back to or "
                                      "released, or it belongs to another Svm");
}

} // namespace

struct Svm::State {
    SvmConfig config;
    Processor processor;
    JournaledState accounts;
    invoke::ProgramRuntime runtime;

    explicit State(SvmConfig from)
        : config(std::move(from)),
          processor({.engine = config.engine, .code = config.code, .native = config.native}),
          runtime(make_execution_runtime(config.features)) {}

    void begin();
    [[nodiscard]] TransactionEffects run(ByteView transaction, ExecutionOptions options);
    void set_bank(BankValues values);
};

/// The first bank.
void Svm::State::begin() {
    BankValues bank;
    bank.slot = config.slot;
    bank.environment.features = config.features;
    bank.environment.blockhash_lamports_per_signature = config.lamports_per_signature;
    bank.environment.lamports_per_signature = config.lamports_per_signature;
    bank.environment.stakes = config.stakes;
    push_blockhash(bank, hash_of("fathom: genesis", {}));
    for (AccountChange& change : builtin_accounts(config.features, config.native)) {
        accounts.put(change.key, std::move(change.account));
    }
    for (AccountChange& change : sysvar_accounts(bank, config.unix_timestamp)) {
        accounts.put(change.key, std::move(change.account));
    }
    accounts.set_bank(std::move(bank));
}

TransactionEffects Svm::State::run(ByteView transaction, ExecutionOptions options) {
    if (!options.processed) options.processed = &accounts;
    const std::array batch{transaction};
    auto effects = processor.execute(batch, accounts.bank().environment, accounts, options);
    return std::move(effects.front());
}

void Svm::State::set_bank(BankValues values) {
    accounts.put(ids::kRecentBlockhashes, recent_blockhashes_account(values));
    accounts.set_bank(std::move(values));
}

Svm::Svm(std::unique_ptr<State> state) : state_(std::move(state)) {}
Svm::Svm(Svm&&) noexcept = default;
Svm& Svm::operator=(Svm&&) noexcept = default;
Svm::~Svm() = default;

Result<Svm> Svm::create(SvmConfig config) {
    if (config.slot == 0) {
        return std::unexpected(Error(ErrorCode::InvalidInput, "the first slot must be at least 1"));
    }
    auto state = std::make_unique<State>(std::move(config));
    state->begin();
    return Svm(std::move(state));
}

Result<void> Svm::airdrop(const Pubkey& key, Lamports lamports) {
    Account account = state_->accounts.get(key).value_or(Account{});
    const auto balance = checked_add(account.lamports, lamports);
    if (!balance) {
        return std::unexpected(
            Error(ErrorCode::Limit, "airdrop: the balance of " + key.to_base58() + " overflows"));
    }
    account.lamports = *balance;
    state_->accounts.put(key, std::move(account));
    return {};
}

void Svm::set_account(const Pubkey& key, Account account) {
    state_->accounts.put(key, std::move(account));
}

std::optional<Account> Svm::account(const Pubkey& key) const {
    return state_->accounts.get(key);
}

std::optional<Account> Svm::account_at(Snapshot snapshot, const Pubkey& key) const {
    return state_->accounts.get_at(snapshot.id, key);
}

const AccountSource& Svm::accounts() const {
    return state_->accounts;
}

Result<void, ProgramRefusal> Svm::load_program(const Pubkey& program_id, ByteView elf,
                                               ProgramLoader loader) {
    const std::size_t overhead = loader == ProgramLoader::V3 ? kProgramDataMetaSize : 0;
    if (elf.size() > kMaxAccountDataLen - overhead) {
        return std::unexpected(ProgramRefusal{.name = "AccountTooLarge",
                                              .text = "the ELF has " + std::to_string(elf.size()) +
                                                      " bytes, an account holds 10 MiB",
                                              .detail = {},
                                              .instruction = {},
                                              .file_offset = {}});
    }
    if (const auto loaded = state_->runtime.load(elf); !loaded) {
        return std::unexpected(refusal_of(loaded.error()));
    }
    if (loader == ProgramLoader::V2) {
        set_account(program_id, rent_exempt(ids::kBpfLoader, elf, true));
        return {};
    }
    const ByteView seed = program_id.view();
    const auto programdata = find_program_address({&seed, 1}, ids::kBpfLoaderUpgradeable);
    if (!programdata) {
        return std::unexpected(ProgramRefusal{.name = "InvalidSeeds",
                                              .text = "no address can be derived for its data",
                                              .detail = {},
                                              .instruction = {},
                                              .file_offset = {}});
    }
    set_account(programdata->first,
                rent_exempt(ids::kBpfLoaderUpgradeable, programdata_state(elf), false));
    set_account(program_id,
                rent_exempt(ids::kBpfLoaderUpgradeable, program_state(programdata->first), true));
    return {};
}

TransactionEffects Svm::send(ByteView transaction) {
    return send(transaction, state_->config.execution);
}

TransactionEffects Svm::send(ByteView transaction, const ExecutionOptions& options) {
    TransactionEffects effects = state_->run(transaction, options);
    if (effects.commit == Commit::None) return effects;
    for (const AccountChange& change : effects.accounts) {
        state_->accounts.put(change.key, change.account);
    }
    // What was processed has parsed.
    if (const auto view = TransactionView::parse(transaction)) {
        state_->accounts.add_processed(view->message());
    }
    return effects;
}

TransactionEffects Svm::simulate(ByteView transaction) const {
    return simulate(transaction, state_->config.execution);
}

TransactionEffects Svm::simulate(ByteView transaction, const ExecutionOptions& options) const {
    return state_->run(transaction, options);
}

const Hash& Svm::latest_blockhash() const {
    return state_->accounts.bank().environment.blockhash;
}

void Svm::expire_blockhash() {
    BankValues bank = state_->accounts.bank();
    bank.environment.recent_blockhashes.clear();
    bank.blockhash_slots.clear();
    push_blockhash(bank, next_blockhash(bank));
    state_->set_bank(std::move(bank));
    state_->accounts.forget_processed();
}

void Svm::add_blockhash(const Hash& blockhash) {
    BankValues bank = state_->accounts.bank();
    push_blockhash(bank, blockhash);
    state_->set_bank(std::move(bank));
}

Slot Svm::slot() const {
    return state_->accounts.bank().slot;
}

Result<void> Svm::warp_to_slot(Slot slot) {
    BankValues bank = state_->accounts.bank();
    if (slot <= bank.slot) {
        return std::unexpected(
            Error(ErrorCode::InvalidInput, "cannot warp to slot " + std::to_string(slot) +
                                               ": the slot is " + std::to_string(bank.slot)));
    }
    SlotHashes hashes;
    if (const auto account = state_->accounts.get(ids::kSlotHashes)) {
        hashes = SlotHashes::decode(account->data.view()).value_or(SlotHashes{});
    }
    const Hash parent_hash = hash_of("fathom: bank", bank.environment.blockhash.view());
    hashes.entries.insert(hashes.entries.begin(), {bank.slot, parent_hash});
    if (hashes.entries.size() > SlotHashes::kMaxEntries) {
        hashes.entries.resize(SlotHashes::kMaxEntries);
    }
    state_->accounts.put(ids::kSlotHashes, sysvar_account(ids::kSlotHashes, hashes.encode()));
    Clock now = clock();
    now.slot = bank.slot;
    set_clock(advance_clock(now, slot));
    bank.slot = slot;
    push_blockhash(bank, next_blockhash(bank));
    drop_old_blockhashes(bank);
    state_->set_bank(std::move(bank));
    return {};
}

Clock Svm::clock() const {
    const auto account = state_->accounts.get(ids::kClock);
    if (!account) return {};
    return Clock::decode(account->data.view()).value_or(Clock{});
}

void Svm::set_clock(const Clock& clock) {
    state_->accounts.put(ids::kClock, sysvar_account(ids::kClock, clock.encode()));
}

Snapshot Svm::snapshot() {
    return {state_->accounts.mark()};
}

Result<void> Svm::revert(Snapshot snapshot) {
    if (!state_->accounts.revert(snapshot.id)) return std::unexpected(gone());
    return {};
}

Result<void> Svm::release(Snapshot snapshot) {
    if (!state_->accounts.release(snapshot.id)) return std::unexpected(gone());
    return {};
}

} // namespace fathom
