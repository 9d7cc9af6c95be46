// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/native_tests.hpp"

#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/native_test_rules.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kFamily = "instr/native-tests-2023";
constexpr ComputeUnits kUnits = 1'400'000;

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

Result<Account> read_account(const JsonValue& value) {
    Account account;
    account.lamports = FATHOM_TRY(FATHOM_TRY(value.field("lamports")).unsigned_integer());
    account.owner = FATHOM_TRY(FATHOM_TRY(value.field("owner")).pubkey());
    account.data = AccountData(FATHOM_TRY(FATHOM_TRY(value.field("data")).hex()));
    account.executable = FATHOM_TRY(FATHOM_TRY(value.field("executable")).boolean());
    return account;
}

std::optional<InstructionError::Kind> kind_of(std::string_view name) {
    for (std::uint32_t i = 0; i <= InstructionError::BuiltinProgramsMustConsumeComputeUnits; ++i) {
        const auto kind = static_cast<InstructionError::Kind>(i);
        if (InstructionError(kind).name() == name) return kind;
    }
    return std::nullopt;
}

/// {"Ok": null}, {"Err": "Name"} or {"Err": {"Custom": 1}}.
Result<void> read_expectation(const JsonValue& value, InstructionFixture& fixture) {
    fixture.code = ResultCode::InstructionError;
    const auto error = value.maybe_field("Err");
    if (!error) return {};
    InstructionError::Kind kind = InstructionError::Custom;
    if (error->is_object()) {
        const auto code = FATHOM_TRY(FATHOM_TRY(error->field("Custom")).unsigned_integer());
        fixture.custom_code = static_cast<std::uint32_t>(code);
    } else {
        const auto known = kind_of(FATHOM_TRY(error->text()));
        if (!known) return std::unexpected(error->error("an InstructionError"));
        kind = *known;
    }
    fixture.result = static_cast<std::uint64_t>(kind) + 1;
    return {};
}

Result<void> read_accounts(const JsonValue& root, InstructionFixture& fixture) {
    for (const JsonValue& entry :
         FATHOM_TRY(FATHOM_TRY(root.field("transaction_accounts")).array())) {
        const Pubkey key = FATHOM_TRY(FATHOM_TRY(entry.field("pubkey")).pubkey());
        fixture.accounts.push_back(
            {key, FATHOM_TRY(read_account(FATHOM_TRY(entry.field("shared_data"))))});
    }
    const auto after = FATHOM_TRY(FATHOM_TRY(root.field("resulting_accounts")).array());
    if (after.size() != fixture.accounts.size()) {
        return std::unexpected(root.error("as many accounts after as before"));
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
        fixture.resulting.push_back({fixture.accounts[i].key, FATHOM_TRY(read_account(after[i]))});
    }
    return {};
}

/// A text that holds a list of ids, each a list of 32 numbers. The field is called feature_set and
/// holds those that are off: what the tests of "old behavior" list is the gate that they do
/// without.
Result<std::vector<Pubkey>> read_inactive(const JsonValue& root) {
    const JsonValue field = FATHOM_TRY(root.field("feature_set"));
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(FATHOM_TRY(field.text())));
    std::vector<Pubkey> features;
    for (const JsonValue& id : FATHOM_TRY(document.root().array())) {
        const auto bytes = FATHOM_TRY(id.array());
        Pubkey& feature = features.emplace_back();
        if (bytes.size() != feature.bytes.size()) {
            return std::unexpected(field.error("feature ids of 32 bytes"));
        }
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const std::uint64_t byte = FATHOM_TRY(bytes[i].unsigned_integer());
            if (byte > 255) return std::unexpected(field.error("bytes"));
            feature.bytes[i] = static_cast<std::uint8_t>(byte);
        }
    }
    return features;
}

} // namespace

Result<NativeTest> parse_native_test(std::string_view line) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(line));
    const JsonValue root = document.root();
    NativeTest test;
    InstructionFixture& fixture = test.fixture;
    test.name = std::string(FATHOM_TRY(FATHOM_TRY(root.field("name")).text()));
    fixture.limit = kUnits;
    fixture.instruction.program_id = FATHOM_TRY(FATHOM_TRY(root.field("program_id")).pubkey());
    fixture.instruction.data = FATHOM_TRY(FATHOM_TRY(root.field("instruction_data")).hex());
    for (const JsonValue& meta :
         FATHOM_TRY(FATHOM_TRY(root.field("instruction_accounts")).array())) {
        fixture.instruction.accounts.push_back(
            {FATHOM_TRY(FATHOM_TRY(meta.field("pubkey")).pubkey()),
             FATHOM_TRY(FATHOM_TRY(meta.field("is_signer")).boolean()),
             FATHOM_TRY(FATHOM_TRY(meta.field("is_writable")).boolean())});
    }
    test.inactive = FATHOM_TRY(read_inactive(root));
    FATHOM_CHECK(read_accounts(root, fixture));
    FATHOM_CHECK(read_expectation(FATHOM_TRY(root.field("expected_result")), fixture));
    return test;
}

namespace {

/// What the tests' programs are today: two of them ELF files.
struct Today {
    std::vector<AccountChange> accounts;

    static Result<Today> open(const std::filesystem::path& folder) {
        Today today;
        const std::filesystem::path core = folder / "../../../elf/core";
        FATHOM_CHECK(today.add_program(ids::kStakeProgram, core / "core_bpf_stake-5.1.0.so"));
        FATHOM_CHECK(today.add_program(ids::kConfigProgram, core / "core_bpf_config-3.0.0.so"));
        for (AccountChange& builtin : svm::builtin_accounts(FeatureSet::all())) {
            today.accounts.push_back(std::move(builtin));
        }
        return today;
    }

private:
    Result<void> add_program(const Pubkey& key, const std::filesystem::path& file) {
        Account account;
        account.lamports = 1'000'000'000;
        account.owner = ids::kBpfLoader;
        account.executable = true;
        account.data = AccountData(FATHOM_TRY(read_file(file)));
        accounts.push_back({key, std::move(account)});
        return {};
    }
};

/// The gates of the test; younger ones are off. Programs that are ELF files today know none.
FeatureSet features_of(const NativeTest& test) {
    const Pubkey& program = test.fixture.instruction.program_id;
    if (program == ids::kStakeProgram || program == ids::kConfigProgram) return FeatureSet::all();
    constexpr Slot kThen = 200'000'000; // mainnet in June 2023
    const FeatureSet mainnet = FeatureSet::mainnet();
    FeatureSet features;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        const auto slot = mainnet.activated_slot(feature);
        const bool was_off =
            std::ranges::find(test.inactive, feature_id(feature)) != test.inactive.end();
        if (slot && *slot <= kThen && !was_off) features.activate(feature);
    }
    return features;
}

/// The record leaves the blockhash out. The tests of nonces have that of a zero or none at all; a
/// nonce that is made from the latter says so.
Hash blockhash_of(const InstructionFixture& fixture) {
    const Hash none;
    const Hash nonce = durable_nonce_from_blockhash(none);
    const auto is_from_none = [&](const FixtureAccount& entry) {
        const ByteView data = entry.account.data.view();
        return data.size() == 80 && std::ranges::equal(data.subspan(40, 32), nonce.bytes);
    };
    if (std::ranges::any_of(fixture.resulting, is_from_none)) return none;
    Hash of_zero;
    of_zero.bytes = crypto::sha256(Bytes(4));
    return of_zero;
}

/// The fixture's accounts, then what every cluster has.
Result<svm::InstructionEffects> run(const NativeTest& test, const Today& today,
                                    EngineChoice engine) {
    const InstructionFixture& fixture = test.fixture;
    svm::InstructionRequest request;
    request.instruction = fixture.instruction;
    request.budget.compute_unit_limit = fixture.limit;
    request.engine = engine;
    for (const FixtureAccount& entry : fixture.accounts) {
        request.accounts.push_back({entry.key, entry.account});
        if (entry.key != ids::kClock) continue;
        Account& account = request.accounts.back().account;
        if (account.data.size() >= sizeof(Slot) && load_le<Slot>(account.data.data()) == 0) {
            // No deployed program is visible in slot 0.
            store_le<Slot>(account.data.mutable_view().data(), 1);
        }
    }
    Clock clock;
    clock.slot = 1;
    request.accounts.push_back({ids::kClock, svm::sysvar_account(ids::kClock, clock.encode())});
    request.accounts.push_back({ids::kRent, svm::sysvar_account(ids::kRent, Rent{}.encode())});
    request.accounts.push_back(
        {ids::kEpochRewards, svm::sysvar_account(ids::kEpochRewards, EpochRewards{}.encode())});
    std::ranges::copy(today.accounts, std::back_inserter(request.accounts));
    SlotEnvironment slot;
    slot.features = features_of(test);
    slot.blockhash = blockhash_of(fixture);
    slot.blockhash_lamports_per_signature = 0;
    return svm::run_instruction(request, slot, NoAccounts());
}

/// An account too few had another name (Agave transaction-context/src/instruction.rs).
std::optional<InstructionError> as_then(const std::optional<InstructionError>& error) {
    if (error && error->kind == InstructionError::MissingAccount) {
        return InstructionError::NotEnoughAccountKeys;
    }
    return error;
}

std::string result_text(const std::optional<InstructionError>& error) {
    return error ? error->text() : "ok";
}

/// An account's data. In a stake two fields are not compared: the reserve for rent, where a
/// constant is written now, and the warmup rate, which is no field any more.
Bytes comparable(const Account& account) {
    const ByteView view = account.data.view();
    Bytes data(view.begin(), view.end());
    constexpr std::size_t kStakeSize = 200;
    if (account.owner == ids::kStakeProgram && data.size() >= kStakeSize) {
        const auto state = load_le<std::uint32_t>(data.data());
        if (state == 1 || state == 2) std::fill_n(&data[4], 8, std::uint8_t{0});
        if (state == 2) std::fill_n(&data[180], 8, std::uint8_t{0});
    }
    return data;
}

std::vector<Difference> compare(const InstructionFixture& fixture,
                                const svm::InstructionEffects& effects) {
    std::vector<Difference> differences;
    const auto error = as_then(effects.error);
    const bool is_custom = error && error->kind == InstructionError::Custom;
    if (result_number(fixture.code, error) != fixture.result ||
        (is_custom && effects.error->custom_code != fixture.custom_code)) {
        std::optional<InstructionError> expected;
        if (fixture.result != 0) {
            expected = InstructionError(static_cast<InstructionError::Kind>(fixture.result - 1));
            expected->custom_code = fixture.custom_code;
        }
        differences.push_back({"result", result_text(expected), result_text(effects.error)});
    }
    if (effects.error || fixture.result != 0) return differences;
    for (const AccountChange& actual : effects.accounts) {
        const auto found = std::ranges::find(fixture.resulting, actual.key, &FixtureAccount::key);
        if (found == fixture.resulting.end()) continue;
        const std::string field = "post[" + actual.key.to_base58() + "]";
        const Account& expected = found->account;
        if (expected.lamports == 0 && actual.account.lamports == 0) continue; // gone either way
        if (expected.lamports != actual.account.lamports) {
            differences.push_back({field + ".lamports", std::to_string(expected.lamports),
                                   std::to_string(actual.account.lamports)});
        }
        if (expected.owner != actual.account.owner) {
            differences.push_back(
                {field + ".owner", expected.owner.to_base58(), actual.account.owner.to_base58()});
        }
        if (comparable(expected) != comparable(actual.account)) {
            differences.push_back({field + ".data", base::to_hex(expected.data.view()),
                                   base::to_hex(actual.account.data.view())});
        }
    }
    return differences;
}

void count(const std::string& name, std::vector<Difference> differences,
           ConformanceReport& report) {
    FamilyCount& counted = report.families[std::string(kFamily)];
    ++(differences.empty() ? counted.passed : counted.failed);
    ++(differences.empty() ? report.total.passed : report.total.failed);
    if (!differences.empty()) report.failures.push_back({name, std::move(differences)});
}

void count_skipped(std::string_view reason, ConformanceReport& report) {
    ++report.families[std::string(kFamily)].skipped;
    ++report.total.skipped;
    ++report.skipped[std::string(kFamily) + ": " + std::string(reason)];
}

} // namespace

Result<void> run_native_tests(const std::filesystem::path& file, const ConformanceOptions& options,
                              ConformanceReport& report) {
    const Today today = FATHOM_TRY(Today::open(file.parent_path()));
    const Bytes bytes = FATHOM_TRY(read_file(file));
    std::string_view rest = as_text(bytes);
    std::size_t number = 0;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.empty()) continue;
        const NativeTest test = FATHOM_TRY(parse_native_test(line));
        const std::string name =
            std::string(kFamily) + "/" + std::to_string(++number) + "-" + test.name;
        if (!options.filter.empty() && !matches_pattern(options.filter, name)) continue;
        const auto effects = FATHOM_TRY(run(test, today, options.engine));
        auto differences = compare(test.fixture, effects);
        const auto reason =
            differences.empty() ? std::string_view() : why_native_test_differs(test, effects.error);
        if (reason.empty()) {
            count(name, std::move(differences), report);
        } else {
            count_skipped(reason, report);
        }
    }
    return {};
}

} // namespace fathom::harness
