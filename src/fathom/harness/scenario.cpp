// SPDX-License-Identifier: Apache-2.0
// Scenario files to resolved scenarios.
#include "fathom/harness/scenario.hpp"

#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/scenario_values.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"

#include <algorithm>
#include <limits>

namespace fathom::harness {
namespace {

/// Builds one Scenario. Sections are read in the order in which names may refer to each other, not
/// in that of the text.
class ScenarioReader {
public:
    ScenarioReader(const JsonValue& root, const ScenarioFiles& files)
        : root_(root), values_(files) {}

    Result<Scenario> read() {
        FATHOM_CHECK(root_.check_only({"description", "features", "slot", "unix_timestamp",
                                       "lamports_per_signature", "keypairs", "programs",
                                       "addresses", "accounts", "transactions"}));
        FATHOM_CHECK(read_settings());
        FATHOM_CHECK(read_keypairs());
        FATHOM_CHECK(read_programs());
        FATHOM_CHECK(read_addresses());
        FATHOM_CHECK(read_accounts());
        FATHOM_CHECK(read_transactions());
        scenario_.names = values_.all_names();
        return std::move(scenario_);
    }

private:
    Result<void> read_settings() {
        if (const auto text = root_.maybe_field("description")) {
            scenario_.description = FATHOM_TRY(text->text());
        }
        SvmConfig& config = scenario_.config;
        if (const auto features = root_.maybe_field("features")) {
            config.features = FATHOM_TRY(ScenarioValues::features(*features));
        }
        if (const auto slot = root_.maybe_field("slot")) {
            config.slot = FATHOM_TRY(slot->unsigned_integer());
            if (config.slot == 0) return std::unexpected(slot->error("a slot of at least 1"));
        }
        if (const auto time = root_.maybe_field("unix_timestamp")) {
            config.unix_timestamp = FATHOM_TRY(time->signed_integer());
        }
        if (const auto fee = root_.maybe_field("lamports_per_signature")) {
            config.lamports_per_signature = FATHOM_TRY(fee->unsigned_integer());
        }
        return {};
    }

    Result<void> read_keypairs() {
        const auto section = root_.maybe_field("keypairs");
        if (!section) return {};
        for (const auto& [name, value] : FATHOM_TRY(section->object())) {
            const Keypair keypair = FATHOM_TRY(read_keypair(value));
            FATHOM_CHECK(values_.define(value, name, keypair.pubkey()));
            scenario_.keypairs.push_back(keypair);
        }
        return {};
    }

    static Result<Keypair> read_keypair(const JsonValue& value) {
        FATHOM_CHECK(value.check_only({"seed", "hex"}));
        const auto seed = value.maybe_field("seed");
        const auto hex = value.maybe_field("hex");
        if (seed.has_value() == hex.has_value()) {
            return std::unexpected(value.error("one of the fields seed, hex"));
        }
        if (seed) return Keypair::from_text(FATHOM_TRY(seed->text()));
        const Bytes bytes = FATHOM_TRY(hex->hex());
        Keypair::Seed secret{};
        if (bytes.size() != secret.size()) {
            return std::unexpected(hex->error("64 hexadecimal digits"));
        }
        std::ranges::copy(bytes, secret.begin());
        return Keypair::from_seed(secret);
    }

    Result<void> read_programs() {
        const auto section = root_.maybe_field("programs");
        if (!section) return {};
        for (const JsonValue& value : FATHOM_TRY(section->array())) {
            FATHOM_CHECK(value.check_only({"name", "id", "elf", "loader"}));
            const JsonValue name = FATHOM_TRY(value.field("name"));
            ScenarioProgram program;
            program.name = FATHOM_TRY(name.text());
            const auto id = value.maybe_field("id");
            program.id =
                id ? FATHOM_TRY(values_.address(*id)) : address_from_name("program", program.name);
            FATHOM_CHECK(values_.define(name, program.name, program.id));
            program.elf = FATHOM_TRY(read_elf(FATHOM_TRY(value.field("elf"))));
            if (const auto loader = value.maybe_field("loader")) {
                const std::string_view text = FATHOM_TRY(loader->text());
                if (text != "v2" && text != "v3") {
                    return std::unexpected(loader->error("\"v2\" or \"v3\""));
                }
                program.loader = text == "v2" ? ProgramLoader::V2 : ProgramLoader::V3;
            }
            scenario_.programs.push_back(std::move(program));
        }
        return {};
    }

    /// Files named *.s are sources.
    Result<Bytes> read_elf(const JsonValue& value) {
        Bytes bytes = FATHOM_TRY(values_.file(value));
        const std::string_view name = FATHOM_TRY(value.text());
        if (!name.ends_with(".s")) return bytes;
        const auto assembly = sbpf::assemble(as_text(bytes));
        if (!assembly) {
            return std::unexpected(value.error("a source that assembles: " + std::string(name) +
                                               ", " + assembly.error().text()));
        }
        auto elf = sbpf::write_elf(*assembly);
        if (!elf) {
            return std::unexpected(value.error("a source that makes an ELF: " + std::string(name) +
                                               ", " + elf.error().message));
        }
        return *std::move(elf);
    }

    Result<void> read_addresses() {
        const auto section = root_.maybe_field("addresses");
        if (!section) return {};
        for (const auto& [name, value] : FATHOM_TRY(section->object())) {
            FATHOM_CHECK(values_.define(value, name, FATHOM_TRY(values_.address(value))));
        }
        return {};
    }

    Result<void> read_accounts() {
        const auto section = root_.maybe_field("accounts");
        if (!section) return {};
        for (const JsonValue& value : FATHOM_TRY(section->array())) {
            FATHOM_CHECK(value.check_only(
                {"key", "name", "pda", "lamports", "owner", "data", "executable", "rent_epoch"}));
            AccountChange entry;
            entry.key = FATHOM_TRY(read_account_key(value));
            entry.account = FATHOM_TRY(read_account(value));
            scenario_.accounts.push_back(std::move(entry));
        }
        return {};
    }

    /// A name that nothing has yet is defined here, for an address that follows from it.
    Result<Pubkey> read_account_key(const JsonValue& value) {
        const auto name = value.maybe_field("name");
        if (!name) return values_.address_in(value);
        const std::string_view text = FATHOM_TRY(name->text());
        const bool has_key = value.maybe_field("key") || value.maybe_field("pda");
        if (!has_key) {
            if (const auto known = values_.find(text)) return *known;
        }
        const Pubkey key =
            has_key ? FATHOM_TRY(read_named_key(value)) : address_from_name("account", text);
        FATHOM_CHECK(values_.define(*name, text, key));
        return key;
    }

    Result<Pubkey> read_named_key(const JsonValue& value) {
        const auto key = value.maybe_field("key");
        const auto pda = value.maybe_field("pda");
        if (key && pda) return std::unexpected(pda->error("only one of the fields key, pda"));
        if (key) return values_.address(*key);
        return values_.derived(*pda);
    }

    Result<Account> read_account(const JsonValue& value) {
        Account account;
        if (const auto owner = value.maybe_field("owner")) {
            account.owner = FATHOM_TRY(values_.address(*owner));
        }
        if (const auto data = value.maybe_field("data")) {
            account.data = AccountData(FATHOM_TRY(values_.data(*data)));
        }
        if (const auto executable = value.maybe_field("executable")) {
            account.executable = FATHOM_TRY(executable->boolean());
        }
        if (const auto rent_epoch = value.maybe_field("rent_epoch")) {
            account.rent_epoch = FATHOM_TRY(rent_epoch->unsigned_integer());
        }
        const auto lamports = value.maybe_field("lamports");
        account.lamports = lamports ? FATHOM_TRY(lamports->unsigned_integer())
                                    : Rent{}.minimum_balance(account.data.size());
        return account;
    }

    Result<void> read_transactions() {
        const auto items = FATHOM_TRY(FATHOM_TRY(root_.field("transactions")).array());
        for (std::size_t i = 0; i < items.size(); ++i) {
            const JsonValue& value = items[i];
            auto transaction = value.maybe_field("raw") ? FATHOM_TRY(read_raw(value))
                                                        : FATHOM_TRY(read_built(value));
            transaction.name = "transaction " + std::to_string(i);
            if (const auto name = value.maybe_field("name")) {
                transaction.name = FATHOM_TRY(name->text());
            }
            if (const auto slot = value.maybe_field("warp_to_slot")) {
                transaction.warp_to_slot = FATHOM_TRY(slot->unsigned_integer());
            }
            if (const auto expect = value.maybe_field("expect")) {
                transaction.expect = FATHOM_TRY(read_expectation(*expect));
            }
            scenario_.transactions.push_back(std::move(transaction));
        }
        return {};
    }

    static Result<ScenarioTransaction> read_raw(const JsonValue& value) {
        FATHOM_CHECK(value.check_only({"name", "raw", "warp_to_slot", "expect"}));
        const JsonValue raw = FATHOM_TRY(value.field("raw"));
        ScenarioTransaction transaction;
        transaction.raw = FATHOM_TRY(raw.base64());
        if (transaction.raw.empty()) return std::unexpected(raw.error("at least one byte"));
        return transaction;
    }

    Result<ScenarioTransaction> read_built(const JsonValue& value) {
        FATHOM_CHECK(value.check_only(
            {"name", "payer", "instructions", "compute_unit_limit", "compute_unit_price",
             "heap_size", "loaded_accounts_data_size_limit", "warp_to_slot", "expect"}));
        ScenarioTransaction transaction;
        const JsonValue payer = FATHOM_TRY(value.field("payer"));
        const Keypair* keypair = find_keypair(FATHOM_TRY(values_.address(payer)));
        if (!keypair) return std::unexpected(payer.error("one of the keypairs"));
        transaction.payer = *keypair;
        // Discriminants: solana-sdk compute-budget-interface.
        FATHOM_CHECK(append_budget<std::uint32_t>(value, "heap_size", 1, transaction));
        FATHOM_CHECK(append_budget<std::uint32_t>(value, "compute_unit_limit", 2, transaction));
        FATHOM_CHECK(append_budget<std::uint64_t>(value, "compute_unit_price", 3, transaction));
        FATHOM_CHECK(
            append_budget<std::uint32_t>(value, "loaded_accounts_data_size_limit", 4, transaction));
        for (const JsonValue& item : FATHOM_TRY(FATHOM_TRY(value.field("instructions")).array())) {
            transaction.instructions.push_back(FATHOM_TRY(read_instruction(item)));
        }
        return transaction;
    }

    /// The compute budget instruction that a field stands for.
    template <class T>
    static Result<void> append_budget(const JsonValue& value, std::string_view field,
                                      std::uint8_t discriminant, ScenarioTransaction& transaction) {
        const auto given = value.maybe_field(field);
        if (!given) return {};
        const std::uint64_t number = FATHOM_TRY(given->unsigned_integer());
        if (number > std::numeric_limits<T>::max()) {
            return std::unexpected(given->error("an integer from 0 to 4294967295"));
        }
        Instruction instruction{ids::kComputeBudgetProgram, {}, Bytes(1 + sizeof(T))};
        instruction.data[0] = discriminant;
        store_le(instruction.data.data() + 1, static_cast<T>(number));
        transaction.instructions.push_back(std::move(instruction));
        return {};
    }

    Result<Instruction> read_instruction(const JsonValue& value) {
        FATHOM_CHECK(value.check_only({"program", "accounts", "data"}));
        Instruction instruction;
        instruction.program_id = FATHOM_TRY(values_.address(FATHOM_TRY(value.field("program"))));
        if (const auto accounts = value.maybe_field("accounts")) {
            for (const JsonValue& item : FATHOM_TRY(accounts->array())) {
                instruction.accounts.push_back(FATHOM_TRY(read_meta(item)));
            }
        }
        if (const auto data = value.maybe_field("data")) {
            instruction.data = FATHOM_TRY(values_.data(*data));
        }
        return instruction;
    }

    Result<AccountMeta> read_meta(const JsonValue& value) {
        FATHOM_CHECK(value.check_only({"key", "name", "pda", "signer", "writable"}));
        AccountMeta meta;
        meta.pubkey = FATHOM_TRY(values_.address_in(value));
        if (const auto writable = value.maybe_field("writable")) {
            meta.is_writable = FATHOM_TRY(writable->boolean());
        }
        if (const auto signer = value.maybe_field("signer")) {
            meta.is_signer = FATHOM_TRY(signer->boolean());
            if (meta.is_signer && !find_keypair(meta.pubkey)) {
                return std::unexpected(signer->error("a signer that is one of the keypairs"));
            }
        }
        return meta;
    }

    Result<ScenarioExpectation> read_expectation(const JsonValue& value) {
        FATHOM_CHECK(value.check_only(
            {"status", "units", "fee", "log_contains", "return_data", "accounts"}));
        ScenarioExpectation expectation;
        if (const auto status = value.maybe_field("status")) {
            const std::string_view text = FATHOM_TRY(status->text());
            if (!is_status_text(text)) {
                return std::unexpected(
                    status->error("\"ok\" or an error such as \"InstructionError(0, Custom(1))\""));
            }
            expectation.status = text;
        }
        if (const auto units = value.maybe_field("units")) {
            expectation.units = FATHOM_TRY(units->unsigned_integer());
        }
        if (const auto fee = value.maybe_field("fee")) {
            expectation.fee = FATHOM_TRY(fee->unsigned_integer());
        }
        if (const auto logs = value.maybe_field("log_contains")) {
            const auto lines = logs->is_array() ? FATHOM_TRY(logs->array()) : std::vector{*logs};
            for (const JsonValue& line : lines) {
                expectation.logs.emplace_back(FATHOM_TRY(line.text()));
            }
        }
        if (const auto data = value.maybe_field("return_data")) {
            expectation.return_data = FATHOM_TRY(values_.data(*data));
        }
        if (const auto accounts = value.maybe_field("accounts")) {
            for (const JsonValue& item : FATHOM_TRY(accounts->array())) {
                expectation.accounts.push_back(FATHOM_TRY(read_expected_account(item)));
            }
        }
        return expectation;
    }

    Result<ScenarioAccount> read_expected_account(const JsonValue& value) {
        FATHOM_CHECK(
            value.check_only({"key", "name", "pda", "exists", "lamports", "owner", "data"}));
        ScenarioAccount expected;
        expected.key = FATHOM_TRY(values_.address_in(value));
        if (const auto exists = value.maybe_field("exists")) {
            expected.exists = FATHOM_TRY(exists->boolean());
        }
        if (const auto lamports = value.maybe_field("lamports")) {
            expected.lamports = FATHOM_TRY(lamports->unsigned_integer());
        }
        if (const auto owner = value.maybe_field("owner")) {
            expected.owner = FATHOM_TRY(values_.address(*owner));
        }
        if (const auto data = value.maybe_field("data")) {
            expected.data = FATHOM_TRY(values_.data(*data));
        }
        return expected;
    }

    const Keypair* find_keypair(const Pubkey& key) const {
        const auto found = std::ranges::find(scenario_.keypairs, key, &Keypair::pubkey);
        return found == scenario_.keypairs.end() ? nullptr : &*found;
    }

    JsonValue root_;
    ScenarioValues values_;
    Scenario scenario_;
};

} // namespace

Result<Bytes> FolderFiles::read(std::string_view name) const {
    return read_file(folder_ / name);
}

std::string Scenario::name_of(const Pubkey& key) const {
    for (const auto& [name, named] : names) {
        if (named == key) return name;
    }
    return key.to_base58();
}

Result<Scenario> parse_scenario(std::string_view text, const ScenarioFiles& files) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(text));
    return ScenarioReader(document.root(), files).read();
}

Result<Scenario> read_scenario(const std::filesystem::path& path) {
    const Bytes text = FATHOM_TRY(read_file(path));
    auto scenario = parse_scenario(as_text(text), FolderFiles(path.parent_path()));
    if (scenario) return scenario;
    return std::unexpected(
        base::Error(scenario.error().code, path.string() + ": " + scenario.error().message));
}

} // namespace fathom::harness
