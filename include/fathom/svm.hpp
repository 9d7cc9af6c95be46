// SPDX-License-Identifier: Apache-2.0
// Fathom for embedders: one object that owns a state in memory and runs transactions on it.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace fathom {

/// How a fresh state begins. Every field has a default.
struct SvmConfig {
    FeatureSet features = FeatureSet::mainnet();
    EngineChoice engine = EngineChoice::Tiered;
    CodeConfig code = {};
    /// Native programs in place of ELF files; their accounts exist from the start.
    NativePrograms native = {};
    /// At least 1: a program is visible from the slot after its deployment on, and load_program()
    /// deploys in slot 0.
    Slot slot = 1;
    UnixTimestamp unix_timestamp = 0;
    /// Fee per signature.
    Lamports lamports_per_signature = 5000;
    EpochStakeTable stakes;
    /// What send() and simulate() check and record.
    ExecutionOptions execution;
};

/// The loader that shall own a program: v2 (one account) or v3 (upgradeable: program and program
/// data).
enum class ProgramLoader : std::uint8_t { V2, V3 };

/// Why load_program() did not take an ELF.
struct ProgramRefusal {
    /// solana-sbpf's variant, e.g. "InvalidEntrypoint", "JumpOutOfCode"; "AccountTooLarge" if it
    /// fits into no account.
    std::string name;
    /// What went wrong, for people.
    std::string text;
    /// Section, symbol or parser detail, if the error has one.
    std::string detail;
    /// The instruction at fault, if it is one, counted in 8-byte slots from the start of the text.
    std::optional<std::uint64_t> instruction;
    /// Where in the ELF, if the error says so.
    std::optional<std::uint64_t> file_offset;
};

/// A point in a state's history, valid for the Svm that made it.
struct Snapshot {
    std::uint64_t id = 0;
};

/// A cluster of one: accounts, sysvars, blockhashes and the messages processed so far, in memory.
///
/// A fresh one holds the native programs of its feature set, the precompiles and the sysvars as
/// Agave makes them. Programs that mainnet runs as ELFs (Stake, Config, Address Lookup Table, SPL)
/// are not part of it: load_program() them.
///
/// Movable, not copyable; a moved-from object may only be assigned to or destroyed. One thread at a
/// time per object; different objects share nothing, and effects and accounts that came out may
/// travel to other threads. No exception leaves it (running out of memory terminates).
class Svm {
public:
    /// InvalidInput if the slot is 0.
    [[nodiscard]] static Result<Svm> create(SvmConfig config = {});
    Svm(Svm&&) noexcept;
    Svm& operator=(Svm&&) noexcept;
    ~Svm();

    /// Adds lamports out of nothing; makes a System account if there was none. Limit if the balance
    /// would not fit into 64 bits.
    [[nodiscard]] Result<void> airdrop(const Pubkey& key, Lamports lamports);
    /// Puts any account anywhere, sysvars included. Zero lamports remove it. Nothing is checked.
    void set_account(const Pubkey& key, Account account);
    [[nodiscard]] std::optional<Account> account(const Pubkey& key) const;
    /// The account as it was when the snapshot was made, in time proportional to the changes since.
    /// A snapshot that is gone: as it is now.
    [[nodiscard]] std::optional<Account> account_at(Snapshot snapshot, const Pubkey& key) const;
    /// All accounts, as the source for a Processor of your own. Lives as long as this object.
    [[nodiscard]] const AccountSource& accounts() const;

    /// Puts a program in place as if deployed in slot 0 without authority: visible at once, held to
    /// the rules for running programs (those for deploying are stricter). Replaces what was there.
    [[nodiscard]] Result<void, ProgramRefusal>
    load_program(const Pubkey& program_id, ByteView elf, ProgramLoader loader = ProgramLoader::V3);

    /// Runs a transaction in wire format and commits what it did: everything if it succeeded, fee
    /// and nonce if it failed, nothing if it could not be processed (effects.commit says which).
    /// A message that was processed already fails with AlreadyProcessed.
    TransactionEffects send(ByteView transaction);
    TransactionEffects send(ByteView transaction, const ExecutionOptions& options);
    /// The same without the commit.
    [[nodiscard]] TransactionEffects simulate(ByteView transaction) const;
    [[nodiscard]] TransactionEffects simulate(ByteView transaction,
                                              const ExecutionOptions& options) const;

    [[nodiscard]] const Hash& latest_blockhash() const;
    /// Makes a new blockhash and forgets all earlier ones: transactions that name them fail with
    /// BlockhashNotFound. Also advances what durable nonces are made of.
    void expire_blockhash();
    /// Makes `blockhash` the latest; the 150 before it stay valid. For transactions that were
    /// signed elsewhere.
    void add_blockhash(const Hash& blockhash);

    [[nodiscard]] Slot slot() const;
    /// Moves on to a later slot: Clock (0.4 s a slot), SlotHashes, a new blockhash; those older
    /// than 150 slots or 150 blockhashes expire. Nobody votes and no rewards are paid on the way.
    /// InvalidInput if the slot is not later.
    [[nodiscard]] Result<void> warp_to_slot(Slot slot);
    /// What the Clock sysvar says. set_clock() changes the sysvar alone, not slot().
    [[nodiscard]] Clock clock() const;
    void set_clock(const Clock& clock);

    /// Remembers the state. Constant time; from now on changes also cost a note of what was there.
    [[nodiscard]] Snapshot snapshot();
    /// Goes back, in time proportional to the changes since. The snapshot stays, so one can go back
    /// to it again; those made after it are gone. NotFound if it is gone itself.
    [[nodiscard]] Result<void> revert(Snapshot snapshot);
    /// Keeps the state and forgets the snapshot with those made after it. NotFound if it is gone.
    [[nodiscard]] Result<void> release(Snapshot snapshot);

private:
    struct State;
    explicit Svm(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What happened, in a few sentences for people, one a line: outcome, cost, last words of the
/// program that failed, changed accounts.
[[nodiscard]] std::string explain(const TransactionEffects& effects);

/// The status as text: "ok", "InstructionError(0, Custom(1))", "InsufficientFundsForRent(2)",
/// "BlockhashNotFound".
[[nodiscard]] std::string status_text(const std::optional<TransactionError>& error);

} // namespace fathom
