// SPDX-License-Identifier: Apache-2.0
// Scenarios: accounts, programs and transactions as JSON (docs/scenario.md), run on an Svm.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/keypair.hpp"
#include "fathom/svm.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::harness {

/// The files that a scenario names.
class ScenarioFiles {
public:
    virtual ~ScenarioFiles() = default;
    [[nodiscard]] virtual Result<Bytes> read(std::string_view name) const = 0;
};

/// Files relative to a folder; absolute names stand for themselves.
class FolderFiles final : public ScenarioFiles {
public:
    explicit FolderFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
    [[nodiscard]] Result<Bytes> read(std::string_view name) const override;

private:
    std::filesystem::path folder_;
};

struct ScenarioProgram {
    std::string name;
    Pubkey id;
    Bytes elf;
    ProgramLoader loader = ProgramLoader::V3;
};

/// What an account shall be after a transaction; what is absent may be anything.
struct ScenarioAccount {
    Pubkey key;
    bool exists = true;
    std::optional<Lamports> lamports;
    std::optional<Pubkey> owner;
    std::optional<Bytes> data;
};

struct ScenarioExpectation {
    std::optional<std::string> status; // as status_text() writes it
    std::optional<ComputeUnits> units;
    std::optional<Lamports> fee;
    std::vector<std::string> logs; // each must occur in some line
    std::optional<Bytes> return_data;
    std::vector<ScenarioAccount> accounts;
};

struct ScenarioTransaction {
    std::string name;
    /// Moves on to this slot first.
    std::optional<Slot> warp_to_slot;
    /// Wire bytes as given; empty if it is built from payer and instructions.
    Bytes raw;
    std::optional<Keypair> payer;
    std::vector<Instruction> instructions;
    std::optional<ScenarioExpectation> expect;
};

/// Names resolved, files read, sources assembled: nothing refers to anything outside.
struct Scenario {
    std::string description;
    SvmConfig config;
    std::vector<Keypair> keypairs;
    std::vector<ScenarioProgram> programs;
    std::vector<AccountChange> accounts;
    std::vector<ScenarioTransaction> transactions;
    /// What the scenario calls its addresses, in order of definition, then what everybody does.
    std::vector<std::pair<std::string, Pubkey>> names;

    /// The first name of `key`, or its base58.
    [[nodiscard]] std::string name_of(const Pubkey& key) const;
};

/// Errors name line and field. Unknown and repeated fields are refused.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text, const ScenarioFiles& files);
/// Reads a file; the files it names are relative to its folder.
[[nodiscard]] Result<Scenario> read_scenario(const std::filesystem::path& path);

/// An account that a transaction changed; nullopt: it does not exist.
struct AccountDifference {
    Pubkey key;
    std::optional<Account> before;
    std::optional<Account> after;
};

struct TransactionRun {
    std::string name;
    TransactionEffects effects;
    /// The keys that the message itself lists, which inner instructions count; those from lookup
    /// tables come behind and are not named here.
    std::vector<Pubkey> keys;
    std::vector<AccountDifference> accounts;
    /// Expectations that were not met, as "units: expected 150, got 300". Without an expectation:
    /// one line if the transaction could not be processed.
    std::vector<std::string> unmet;
};

/// Runs the transactions in order on a fresh state. Error: a program is refused by the loader, a
/// transaction does not fit its format, a slot is not later than the one before.
[[nodiscard]] Result<std::vector<TransactionRun>> run_scenario(const Scenario& scenario,
                                                               EngineChoice engine);

} // namespace fathom::harness
