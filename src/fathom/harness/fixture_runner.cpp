// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/fixture_runner.hpp"

#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/native_stake.hpp"
#include "fathom/harness/native_tests.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "fathom/harness/zk_proof_fixtures.hpp"
#include "fathom/svm.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;
using namespace fathom::literals;

constexpr Pubkey kToken = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
constexpr Pubkey kToken2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"_pubkey;
constexpr Pubkey kAssociatedToken = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"_pubkey;
constexpr Pubkey kPayer = "FathomFixturePayer11111111111111111111111111"_pubkey;
constexpr ComputeUnits kComputeBudgetUnits = 150;

constexpr std::string_view kStakeFamily = "instr/firedancer-stake";
constexpr std::string_view kStakeElf = "../../../elf/core/core_bpf_stake-5.1.0.so";

struct FamilyProgram {
    Pubkey id;
    std::string_view file; // beside the archive
};

/// What belongs to an archive, told by its path's end.
struct Family {
    std::string_view name;
    std::string_view archive;
    std::string_view reference; // relative to the archive's folder; empty: the fixture's own units
    Result<InstructionFixture> (*parse)(ByteView);
    std::vector<FamilyProgram> programs;
    std::string_view skipped = {}; // why nothing can be run; empty: everything can
    bool runs_native = false;      // the programs run natively, without files; units do not count
};

const std::vector<Family>& families() {
    static const std::vector<Family> kFamilies = {
        {"mollusk/p-token",
         "p-token/fixtures.tar.zst",
         "reference.json",
         parse_mollusk_fixture,
         {{kToken, "program-mb.so"}}},
        {"mollusk/p-ata",
         "p-ata/fixtures.tar.zst",
         "reference.json",
         parse_mollusk_fixture,
         {{kAssociatedToken, "program-mb.so"},
          {kToken, "pinocchio_token_program.so"},
          {kToken2022, "spl_token_2022.so"}}},
        {"mollusk/p-ata-mock",
         "p-ata/fixtures-mock.tar.zst",
         "",
         parse_mollusk_fixture,
         {{kAssociatedToken, "program-mb.so"},
          {kToken, "pinocchio_token_program.so"},
          {kToken2022, "mock_token_program.so"}}},
        {"mollusk/address-lookup-table",
         "mollusk/address-lookup-table/fixtures.tar.zst",
         "reference.json",
         parse_mollusk_fixture,
         {{ids::kAddressLookupTableProgram, "program-mb.so"}}},
        {"mollusk/config",
         "mollusk/config/fixtures.tar.zst",
         "reference.json",
         parse_mollusk_fixture,
         {{ids::kConfigProgram, "program-mb.so"}}},
        {"mollusk/feature-gate",
         "mollusk/feature-gate/fixtures.tar.zst",
         "reference.json",
         parse_mollusk_fixture,
         {{ids::kFeatureProgram, "program-mb.so"}}},
        {"instr/address-lookup-table",
         "mollusk-protosol-2024-11/address-lookup-table.tar.zst",
         "address-lookup-table.reference.json",
         parse_protosol_fixture,
         {{ids::kAddressLookupTableProgram, "../../mollusk/address-lookup-table/program-mb.so"}}},
        {"instr/config",
         "mollusk-protosol-2024-11/config.tar.zst",
         "config.reference.json",
         parse_protosol_fixture,
         {{ids::kConfigProgram, "../../mollusk/config/program-mb.so"}}},
        {"instr/feature-gate",
         "mollusk-protosol-2024-11/feature-gate.tar.zst",
         "feature-gate.reference.json",
         parse_protosol_fixture,
         {{ids::kFeatureProgram, "../../mollusk/feature-gate/program-mb.so"}}},
        {"instr/loader-v4",
         "mollusk-protosol-2024-11/loader-v4.tar.zst",
         "",
         parse_protosol_fixture,
         {},
         "its program is not published: read only"},
        {kStakeFamily,
         "firedancer-test-vectors/stake.tar.zst",
         "",
         parse_protosol_fixture,
         {},
         {},
         /*runs_native=*/true},
        {"instr/firedancer-config",
         "firedancer-test-vectors/config.tar.zst",
         "",
         parse_protosol_fixture,
         {},
         {},
         /*runs_native=*/true},
        {"instr/firedancer-address-lookup-table",
         "firedancer-test-vectors/address-lookup-table.tar.zst",
         "",
         parse_protosol_fixture,
         {},
         {},
         /*runs_native=*/true},
    };
    return kFamilies;
}

bool ends_with(const std::filesystem::path& path, std::string_view end) {
    return std::filesystem::absolute(path).lexically_normal().string().ends_with("/" +
                                                                                 std::string(end));
}

const Family* family_of(const std::filesystem::path& archive) {
    const auto found = std::ranges::find_if(
        families(), [&](const Family& family) { return ends_with(archive, family.archive); });
    return found == families().end() ? nullptr : &*found;
}

/// What the reference says about one fixture.
struct Reference {
    std::optional<ComputeUnits> units;
};

class References {
public:
    static Result<References> open(const std::filesystem::path& folder, const Family& family) {
        References references;
        if (family.reference.empty()) return references;
        const Bytes text = FATHOM_TRY(read_file(folder / family.reference));
        const JsonDocument document = FATHOM_TRY(JsonDocument::parse(as_text(text)));
        for (const auto& [name, value] :
             FATHOM_TRY(FATHOM_TRY(document.root().field("fixtures")).object())) {
            Reference& reference = references.by_name_[std::string(name)];
            if (value.is_null()) continue; // larger than the reference takes in
            const auto units = FATHOM_TRY(value.field("cu_with_program_mb"));
            if (!units.is_null()) reference.units = FATHOM_TRY(units.unsigned_integer());
        }
        return references;
    }
    [[nodiscard]] const Reference* find(const std::string& name) const {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string, Reference> by_name_;
};

Result<Bytes> build_transaction(const InstructionFixture& fixture, const Hash& blockhash) {
    Bytes set_limit = {2, 0, 0, 0, 0};
    store_le(&set_limit[1], static_cast<std::uint32_t>(fixture.limit));
    const Instruction instructions[] = {{ids::kComputeBudgetProgram, {}, set_limit},
                                        fixture.instruction};
    const Bytes message = FATHOM_TRY(compile_legacy_message(kPayer, instructions, blockhash));
    return serialize_transaction(std::vector<Signature>(message[0]), message);
}

void set_account(const FixtureAccount& entry, Svm& svm) {
    Account account = entry.account;
    if (entry.key == ids::kClock && account.data.size() >= sizeof(Slot) &&
        load_le<Slot>(account.data.data()) == 0) {
        // Many fixtures run in slot 0, where no deployed program is visible yet.
        store_le<Slot>(account.data.mutable_view().data(), 1);
    }
    svm.set_account(entry.key, std::move(account));
}

void set_accounts(const InstructionFixture& fixture, const Family& family, Svm& svm) {
    for (const FixtureAccount& entry : fixture.sysvars) set_account(entry, svm);
    for (const FixtureAccount& entry : fixture.accounts) {
        // A fixture's programs and their loaders are stubs for those that are loaded.
        const bool is_program = entry.account.executable ||
                                std::ranges::find(family.programs, entry.key, &FamilyProgram::id) !=
                                    family.programs.end();
        if (!is_program) set_account(entry, svm);
    }
    Account payer;
    payer.lamports = 1'000'000'000'000;
    svm.set_account(kPayer, std::move(payer));
}

void compare_account(const FixtureAccount& expected, const Account& actual,
                     std::vector<Difference>& differences) {
    const std::string field = "post[" + expected.key.to_base58() + "]";
    if (expected.account.lamports != actual.lamports) {
        differences.push_back({field + ".lamports", std::to_string(expected.account.lamports),
                               std::to_string(actual.lamports)});
    }
    if (expected.account.lamports == 0 || actual.lamports == 0) return;
    if (expected.account.owner != actual.owner) {
        differences.push_back(
            {field + ".owner", expected.account.owner.to_base58(), actual.owner.to_base58()});
    }
    if (!(expected.account.data == actual.data)) {
        differences.push_back({field + ".data", base::to_hex(expected.account.data.view()),
                               base::to_hex(actual.data.view())});
    }
}

void compare_result(const InstructionFixture& fixture, const TransactionEffects& effects,
                    std::vector<Difference>& differences) {
    std::optional<InstructionError> error;
    if (effects.error) {
        if (effects.error->kind != TransactionError::InstructionError) {
            differences.push_back(
                {"result", std::to_string(fixture.result), status_text(effects.error)});
            return;
        }
        error = effects.error->instruction_error;
    }
    if (result_number(fixture.code, error) != fixture.result) {
        differences.push_back({"result", std::to_string(fixture.result),
                               std::to_string(result_number(fixture.code, error)) + ", " +
                                   status_text(effects.error)});
    }
    const bool is_custom = error && error->kind == InstructionError::Custom;
    if (is_custom && fixture.code == ResultCode::InstructionError &&
        error->custom_code != fixture.custom_code) {
        differences.push_back({"custom code", std::to_string(fixture.custom_code),
                               std::to_string(error->custom_code)});
    }
    const Bytes returned = effects.return_data ? effects.return_data->data : Bytes();
    if (!error && returned != fixture.return_data) {
        differences.push_back(
            {"return data", base::to_hex(fixture.return_data), base::to_hex(returned)});
    }
}

Result<std::vector<Difference>> run_fixture(const InstructionFixture& fixture,
                                            std::optional<ComputeUnits> units, const Family& family,
                                            Svm& svm) {
    set_accounts(fixture, family, svm);
    const Bytes transaction = FATHOM_TRY(build_transaction(fixture, svm.latest_blockhash()));
    const TransactionEffects effects = svm.send(transaction);
    std::vector<Difference> differences;
    compare_result(fixture, effects, differences);
    if (units && effects.compute_units != *units + kComputeBudgetUnits) {
        differences.push_back({"cu", std::to_string(*units),
                               effects.compute_units < kComputeBudgetUnits
                                   ? "none"
                                   : std::to_string(effects.compute_units - kComputeBudgetUnits)});
    }
    if (effects.error) return differences; // nothing is committed
    for (const FixtureAccount& expected : fixture.resulting) {
        const bool is_environment =
            expected.account.executable || expected.account.owner == ids::kSysvarOwner;
        if (!is_environment) {
            compare_account(expected, svm.account(expected.key).value_or(Account{}), differences);
        }
    }
    return differences;
}

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

/// The gate that Agave 2.1's native Address Lookup Table program asked about when it made a table.
constexpr Pubkey kRelaxedCreation = "FKAcEvNgSY79RpqsPNUV5gDyumopH4cEHqUxyfm8b8Ap"_pubkey;

/// True if an account that matters is named twice, and signs or may be written only elsewhere. A
/// message states that per account. Lookup tables look at three accounts.
bool has_mixed_privileges(const Instruction& instruction) {
    const auto& metas = instruction.accounts;
    const std::size_t count = instruction.program_id == ids::kAddressLookupTableProgram
                                  ? std::min<std::size_t>(3, metas.size())
                                  : metas.size();
    return std::ranges::any_of(std::span(metas).first(count), [&](const AccountMeta& meta) {
        return std::ranges::any_of(metas, [&](const AccountMeta& other) {
            return other.pubkey == meta.pubkey && ((other.is_signer && !meta.is_signer) ||
                                                   (other.is_writable && !meta.is_writable));
        });
    });
}

/// True if making the table meets what the gate is about: an account that holds something or is a
/// table already, or an authority that does not sign.
bool needs_relaxed_creation(const InstructionFixture& fixture) {
    const auto& metas = fixture.instruction.accounts;
    if (metas.size() < 2 || !metas[1].is_signer) return true;
    const auto table = std::ranges::find(fixture.accounts, metas[0].pubkey, &FixtureAccount::key);
    return table != fixture.accounts.end() &&
           (!table->account.data.view().empty() ||
            table->account.owner == ids::kAddressLookupTableProgram);
}

/// Why Agave 2.1's native program, which these fixtures are from, is no measure for the one that
/// runs today (docs/conformance.md). Empty: it is.
std::string_view changed_since(const InstructionFixture& fixture) {
    const auto fails_with = [&](InstructionError::Kind kind) {
        return fixture.result == static_cast<std::uint64_t>(kind) + 1;
    };
    if (fails_with(InstructionError::ExecutableDataModified) ||
        fails_with(InstructionError::ExecutableLamportChange) ||
        fails_with(InstructionError::AccountNotExecutable)) {
        return "the executable flag means nothing any more";
    }
    if (has_mixed_privileges(fixture.instruction)) return "no message can name accounts like this";
    const Bytes& data = fixture.instruction.data;
    if (data.size() < 4) return {};
    const auto tag = load_le<std::uint32_t>(data.data());
    constexpr std::uint32_t kGetMinimumDelegation = 13;
    if (fixture.instruction.program_id == ids::kStakeProgram && tag == kGetMinimumDelegation) {
        return "the least delegation is one SOL";
    }
    if (fixture.instruction.program_id != ids::kAddressLookupTableProgram) return {};
    constexpr std::uint32_t kCreate = 0;
    constexpr std::uint32_t kClose = 4;
    const auto gate = load_le<std::uint64_t>(kRelaxedCreation.view().data());
    if (tag == kCreate && needs_relaxed_creation(fixture) &&
        std::ranges::find(fixture.features, gate) == fixture.features.end()) {
        return "the feature that relaxes creation is off";
    }
    if (tag == kClose && fails_with(InstructionError::UnsupportedSysvar)) {
        return "closing asks for SlotHashes only if it needs them";
    }
    return {};
}

/// The Core BPF programs say in codes of their own that an account is read-only; the native ones
/// left it to the runtime.
InstructionError as_runtime_says(const InstructionError& error, const Pubkey& program) {
    if (error.kind != InstructionError::Custom) return error;
    const bool is_config = program == ids::kConfigProgram;
    if (error.custom_code == (is_config ? 0u : 10u)) return InstructionError::ReadonlyDataModified;
    if (!is_config && error.custom_code == 11) return InstructionError::ReadonlyLamportChange;
    return error;
}

bool is_unreadable_sysvar(const FixtureAccount& entry) {
    const ByteView data = entry.account.data.view();
    return (entry.key == ids::kClock && !Clock::decode(data)) ||
           (entry.key == ids::kRent && !Rent::decode(data));
}

/// The instruction alone, as the origin of these fixtures ran it: what a transaction checks around
/// it does not apply. Accounts are the fixture's, those of native programs added.
Result<std::vector<Difference>> run_native_fixture(const InstructionFixture& fixture) {
    svm::InstructionRequest request;
    request.instruction = fixture.instruction;
    request.native = {
        .stake = true, .config = true, .address_lookup_table = true, .feature_gate = false};
    request.budget.compute_unit_limit = fixture.limit;
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    for (const FixtureAccount& entry : fixture.accounts) {
        if (!is_unreadable_sysvar(entry)) request.accounts.push_back({entry.key, entry.account});
    }
    // What the origin assumes where a fixture has no value.
    Clock clock;
    clock.slot = 10;
    request.accounts.push_back({ids::kClock, svm::sysvar_account(ids::kClock, clock.encode())});
    request.accounts.push_back({ids::kRent, svm::sysvar_account(ids::kRent, Rent{}.encode())});
    request.accounts.push_back(
        {ids::kEpochRewards, svm::sysvar_account(ids::kEpochRewards, EpochRewards{}.encode())});
    for (AccountChange& builtin : svm::builtin_accounts(slot.features, request.native)) {
        request.accounts.push_back(std::move(builtin));
    }
    const auto ran = FATHOM_TRY(svm::run_instruction(request, slot, NoAccounts()));
    TransactionEffects effects;
    if (ran.error) {
        const auto error = as_runtime_says(*ran.error, fixture.instruction.program_id);
        effects.error = TransactionError::instruction(0, error);
    }
    effects.return_data = ran.return_data;
    std::vector<Difference> differences;
    compare_result(fixture, effects, differences);
    if (ran.error) return differences;
    for (const FixtureAccount& expected : fixture.resulting) {
        const auto found = std::ranges::find(ran.accounts, expected.key, &AccountChange::key);
        if (found != ran.accounts.end()) {
            compare_account(expected, found->account, differences);
        }
    }
    return differences;
}

/// True if a table names slot 0, before or after: as the one of its deactivation or extension.
bool names_slot_zero(const FixtureAccount& entry) {
    const ByteView data = entry.account.data.view();
    return entry.account.owner == ids::kAddressLookupTableProgram && data.size() >= 20 &&
           (load_le<Slot>(&data[4]) == 0 || load_le<Slot>(&data[12]) == 0);
}

bool is_in_slot_zero(const InstructionFixture& fixture) {
    const auto found = std::ranges::find(fixture.sysvars, ids::kClock, &FixtureAccount::key);
    return found != fixture.sysvars.end() && found->account.data.size() >= sizeof(Slot) &&
           load_le<Slot>(found->account.data.data()) == 0;
}

bool has_sysvar(const InstructionFixture& fixture, const Pubkey& key) {
    const auto is_key = [&](const FixtureAccount& entry) { return entry.key == key; };
    return std::ranges::any_of(fixture.sysvars, is_key) ||
           std::ranges::any_of(fixture.accounts, is_key);
}

/// Why a fixture of a program that is an ELF file today is not what this runner can run. Empty: it
/// is.
std::string_view cannot_be_run(const InstructionFixture& fixture) {
    const Bytes& data = fixture.instruction.data;
    if (fixture.instruction.program_id != ids::kAddressLookupTableProgram || data.size() < 4) {
        return {};
    }
    constexpr std::uint32_t kCreate = 0;
    constexpr std::uint32_t kClose = 4;
    const auto tag = load_le<std::uint32_t>(data.data());
    if ((tag == kCreate || tag == kClose) && !has_sysvar(fixture, ids::kSlotHashes)) {
        return "the fixture lacks SlotHashes";
    }
    if (is_in_slot_zero(fixture) && (std::ranges::any_of(fixture.accounts, names_slot_zero) ||
                                     std::ranges::any_of(fixture.resulting, names_slot_zero))) {
        return "the outcome names slot 0";
    }
    return {};
}

Result<Svm> fresh_svm(const std::filesystem::path& folder, const Family& family,
                      EngineChoice engine) {
    SvmConfig config;
    config.features = FeatureSet::all();
    config.engine = engine;
    config.execution.verify_signatures = false;
    config.execution.enforce_admission_limits = false;
    Svm svm = FATHOM_TRY(Svm::create(std::move(config)));
    if (family.runs_native) return svm;
    for (const FamilyProgram& program : family.programs) {
        const Bytes elf = FATHOM_TRY(read_file(folder / program.file));
        if (const auto loaded = svm.load_program(program.id, elf, ProgramLoader::V2); !loaded) {
            return std::unexpected(Error(ErrorCode::InvalidInput,
                                         std::string(program.file) + ": " + loaded.error().text));
        }
    }
    return svm;
}

void count(const std::string& name, const Family& family, std::vector<Difference> differences,
           ConformanceReport& report) {
    FamilyCount& counted = report.families[std::string(family.name)];
    ++(differences.empty() ? counted.passed : counted.failed);
    ++(differences.empty() ? report.total.passed : report.total.failed);
    if (!differences.empty()) report.failures.push_back({name, std::move(differences)});
}

void count_skipped(std::string_view reason, const Family& family, ConformanceReport& report) {
    ++report.families[std::string(family.name)].skipped;
    ++report.total.skipped;
    ++report.skipped[std::string(family.name) + ": " + std::string(reason)];
}

/// The units to expect. Native programs have no reference: their fixture's own count stands.
std::optional<ComputeUnits> expected_units(const InstructionFixture& fixture,
                                           const Reference* reference) {
    if (reference == nullptr) return fixture.units;
    if (reference->units) return reference->units;
    if (fixture.instruction.program_id == ids::kSystemProgram) return fixture.units;
    return std::nullopt;
}

Result<std::vector<Difference>> run_and_revert(const InstructionFixture& fixture,
                                               const Reference* reference, const Family& family,
                                               Svm& svm) {
    const Snapshot before = svm.snapshot();
    auto differences =
        FATHOM_TRY(run_fixture(fixture, expected_units(fixture, reference), family, svm));
    FATHOM_CHECK(svm.revert(before));
    FATHOM_CHECK(svm.release(before));
    return differences;
}

} // namespace

namespace {

bool is_fixture_archive(const std::filesystem::path& path) {
    return family_of(path) != nullptr || ends_with(path, kNativeTestsFile) ||
           ends_with(path, kZkProofsFile);
}

/// The Stake program that Agave 4.3 runs (program-binaries/src/programs/core_bpf_stake-5.1.0.so),
/// for the family that was made with the native one of 2.1.
Result<std::optional<Account>> stake_program_beside(const std::filesystem::path& folder,
                                                    const Family& family) {
    if (family.name != kStakeFamily) return std::nullopt;
    const Bytes elf = FATHOM_TRY(read_file(folder / kStakeElf));
    return stake_program_account(elf);
}

/// True if our native program does the same as the ELF on this instruction: then what the fixture
/// tells is outdated, not ours wrong.
bool is_what_the_elf_does(const InstructionFixture& fixture, const Account& program) {
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    const StakeOutcomes outcomes = run_stake_both_ways(fixture, program, slot);
    return outcomes.are_equal() || outcomes.elf_ran_out_of_heap();
}

} // namespace

std::vector<std::filesystem::path> find_fixture_archives(const std::filesystem::path& path) {
    std::error_code error;
    std::vector<std::filesystem::path> archives;
    if (!std::filesystem::is_directory(path, error)) {
        if (is_fixture_archive(path)) archives.push_back(path);
        return archives;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
        if (is_fixture_archive(entry.path())) archives.push_back(entry.path());
    }
    std::ranges::sort(archives);
    return archives;
}

Result<void> run_fixture_archive(const std::filesystem::path& archive,
                                 const ConformanceOptions& options, ConformanceReport& report) {
    if (ends_with(archive, kNativeTestsFile)) return run_native_tests(archive, options, report);
    if (ends_with(archive, kZkProofsFile)) return run_zk_proofs(archive, options, report);
    const Family* family = family_of(archive);
    if (family == nullptr) {
        return std::unexpected(
            Error(ErrorCode::InvalidInput, archive.string() + ": no known family of fixtures"));
    }
    const auto folder = archive.parent_path();
    const References references = FATHOM_TRY(References::open(folder, *family));
    const Bytes bytes = FATHOM_TRY(read_file(archive));
    Svm svm = FATHOM_TRY(fresh_svm(folder, *family, options.engine));
    const auto stake_program = FATHOM_TRY(stake_program_beside(folder, *family));
    for (const TarFile& file : FATHOM_TRY(read_tar(bytes))) {
        if (!file.name.ends_with(".fix")) continue;
        const std::string name = std::string(family->name) + "/" + file.name;
        if (!options.filter.empty() && !matches_pattern(options.filter, name)) continue;
        const auto fixture = family->parse(file.bytes);
        if (!fixture) {
            return std::unexpected(
                Error(fixture.error().code, name + ": " + fixture.error().message));
        }
        const Reference* reference = references.find(file.name);
        if (!family->skipped.empty()) {
            count_skipped(family->skipped, *family, report);
        } else {
            auto differences = family->runs_native
                                   ? FATHOM_TRY(run_native_fixture(*fixture))
                                   : FATHOM_TRY(run_and_revert(*fixture, reference, *family, svm));
            std::string_view reason;
            if (!differences.empty()) {
                reason = family->runs_native ? changed_since(*fixture) : cannot_be_run(*fixture);
                if (reason.empty() && stake_program &&
                    is_what_the_elf_does(*fixture, *stake_program)) {
                    reason = "the ELF that Agave 4.3 runs does otherwise";
                }
            }
            if (reason.empty()) {
                count(name, *family, std::move(differences), report);
            } else {
                count_skipped(reason, *family, report);
            }
        }
    }
    return {};
}

} // namespace fathom::harness
