// SPDX-License-Identifier: Apache-2.0
// One differential vector: a transaction, the state before it, and what the reference made of it.
// The format is the JSON Lines one of the conformance vectors (docs/conformance.md).
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/base/result.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/features.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

/// Accounts in memory by key.
class AccountMap final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = accounts_.find(key);
        if (found == accounts_.end() || found->second.lamports == 0) return std::nullopt;
        return found->second;
    }
    [[nodiscard]] const Account* peek(const Pubkey& key, Account&) const override {
        const auto found = accounts_.find(key);
        if (found == accounts_.end() || found->second.lamports == 0) return nullptr;
        return &found->second;
    }
    void set(const Pubkey& key, Account account) { accounts_[key] = std::move(account); }

private:
    FlatMap<Pubkey, Account, PubkeyHash> accounts_;
};

/// Account data as a vector states it: whole, or only its length and SHA-256.
struct ExpectedData {
    AccountData bytes;
    bool is_digest = false;
    std::uint64_t digest_length = 0;
    std::array<std::uint8_t, 32> digest{};
};

/// An account after the transaction. Zero lamports: gone, nothing else is stated.
struct ExpectedAccount {
    Pubkey key;
    Lamports lamports = 0;
    Pubkey owner;
    bool executable = false;
    ExpectedData data;
};

struct Expectation {
    std::optional<TransactionError> error;
    Commit commit = Commit::None;
    ComputeUnits compute_units = 0;
    Lamports fee = 0;
    std::vector<std::string> logs;
    std::optional<ReturnData> return_data;
    std::vector<std::vector<InnerInstruction>> inner;
    std::vector<ExpectedAccount> post; // every changed account
    /// Not stated for transactions that were never loaded.
    std::optional<std::uint64_t> loaded_size;
};

struct Vector {
    std::string name;
    std::string family;
    std::vector<std::string> caveats;
    bool verify_signatures = false;
    SlotEnvironment environment;
    AccountMap accounts;
    Bytes transaction;
    Expectation expected;
};

/// Feature sets and big ELF files that lie beside the vectors; loaded once, shared by all threads.
class VectorFolder {
public:
    /// Reads features.json of the folder if it is there; otherwise the built-in sets serve.
    [[nodiscard]] static Result<std::unique_ptr<VectorFolder>> open(std::filesystem::path folder);

    /// "mainnet" or "all".
    [[nodiscard]] Result<FeatureSet> features(std::string_view name) const;
    /// elf/<digest>.so. Thread-safe.
    [[nodiscard]] Result<AccountData> file(std::string_view sha256_hex);

private:
    std::filesystem::path folder_;
    FeatureSet mainnet_ = FeatureSet::mainnet();
    FeatureSet all_ = FeatureSet::all();
    std::mutex mutex_;
    FlatMap<std::string, AccountData> files_;
};

/// One line of a vector file. The error names the field.
[[nodiscard]] Result<Vector> parse_vector(std::string_view line, VectorFolder& folder);

/// Just the name and family, to filter before the whole is read.
struct VectorName {
    std::string name;
    std::string family;
};
[[nodiscard]] Result<VectorName> peek_vector_name(std::string_view line);

} // namespace fathom::harness
