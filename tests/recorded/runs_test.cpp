// SPDX-License-Identifier: Apache-2.0
// Runs that were recorded elsewhere: a transaction of mainnet, and two instructions.
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/svm.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace fathom {
namespace {

using namespace fathom::literals;
using harness::JsonDocument;
using harness::JsonValue;

constexpr Pubkey kToken = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
constexpr Pubkey kAssociatedToken = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"_pubkey;

JsonDocument read_json(const std::filesystem::path& file) {
    return *JsonDocument::parse(as_text(*harness::read_file(file)));
}

/// By value: a range over a temporary Result would be gone in the loop.
std::vector<JsonValue> elements(const JsonValue& parent, std::string_view field) {
    return *parent.field(field)->array();
}

std::vector<std::string> texts(const JsonValue& parent, std::string_view field) {
    std::vector<std::string> lines;
    for (const JsonValue& line : elements(parent, field)) lines.emplace_back(*line.text());
    return lines;
}

Instruction read_instruction(const JsonValue& value) {
    Instruction instruction{
        *value.field("program_id")->pubkey(), {}, *value.field("data")->base64()};
    for (const JsonValue& account : elements(value, "accounts")) {
        instruction.accounts.push_back({*account.field("pubkey")->pubkey(),
                                        *account.field("signer")->boolean(),
                                        *account.field("writable")->boolean()});
    }
    return instruction;
}

TEST(RecordedRuns, TransferOnMainnet) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/txn/mainnet/spl_token_transfer_checked.json");
    FATHOM_REQUIRE_SHARED(core, "data/elf/core");
    const JsonDocument document = read_json(file);
    const JsonValue root = document.root();
    SvmConfig config;
    config.slot = *root.field("slot")->unsigned_integer();
    config.execution.verify_signatures = false;
    Svm svm = *Svm::create(std::move(config));
    const auto load = [&](const Pubkey& id, const char* name) {
        return svm.load_program(id, *harness::read_file(core / name), ProgramLoader::V2);
    };
    ASSERT_TRUE(load(kAssociatedToken, "spl_associated_token_account-1.1.1.so").has_value());
    ASSERT_TRUE(load(kToken, "spl_p_token-1.0.0.so").has_value());
    for (const JsonValue& value : elements(root, "accounts")) {
        Account account;
        account.lamports = *value.field("lamports")->unsigned_integer();
        account.owner = *value.field("owner")->pubkey();
        account.data = AccountData(*value.field("data")->base64());
        svm.set_account(*value.field("pubkey")->pubkey(), std::move(account));
    }
    std::vector<Instruction> instructions;
    for (const JsonValue& value : elements(root, "instructions")) {
        instructions.push_back(read_instruction(value));
    }
    const Pubkey payer = *elements(root, "keys")[0].field("pubkey")->pubkey();
    const Bytes message = *compile_legacy_message(payer, instructions, svm.latest_blockhash());
    const auto effects = svm.send(serialize_transaction(std::vector<Signature>(1), message));
    EXPECT_EQ(status_text(effects.error), "ok");
    EXPECT_EQ(effects.compute_units, *root.field("compute_units_consumed")->unsigned_integer());
    EXPECT_EQ(effects.logs, texts(root, "logs"));
}

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

/// What the program itself logs; the recorder left out the runtime's lines.
std::vector<std::string> said(const std::vector<std::string>& logs) {
    std::vector<std::string> lines;
    std::ranges::copy_if(logs, std::back_inserter(lines),
                         [](const std::string& line) { return line.starts_with("Program log: "); });
    return lines;
}

void run_instruction_of(const std::filesystem::path& folder, const char* name,
                        const char* program) {
    const JsonDocument document = read_json(folder / name);
    const JsonValue root = document.root();
    const JsonValue params = *root.field("Params");
    svm::InstructionRequest request;
    request.instruction.program_id = *Pubkey::from_base58(program);
    request.instruction.data = *params.field("Data")->base64();
    Account code;
    code.lamports = 1'000'000'000;
    code.owner = ids::kBpfLoader;
    code.executable = true;
    code.data = AccountData(*harness::read_file(folder / (std::string(program) + ".so")));
    request.accounts.push_back({request.instruction.program_id, std::move(code)});
    for (const JsonValue& value : elements(params, "Accounts")) {
        const Pubkey key = *value.field("Key")->pubkey();
        request.instruction.accounts.push_back(
            {key, *value.field("IsSigner")->boolean(), *value.field("IsWritable")->boolean()});
        Account account;
        account.lamports = *value.field("Lamports")->unsigned_integer();
        account.owner = *value.field("Owner")->pubkey();
        if (const auto data = value.maybe_field("Data"))
            account.data = AccountData(*data->base64());
        request.accounts.push_back({key, std::move(account)});
    }
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    Clock clock;
    clock.slot = 1;
    request.accounts.push_back({ids::kClock, svm::sysvar_account(ids::kClock, clock.encode())});
    for (AccountChange& builtin : svm::builtin_accounts(slot.features)) {
        request.accounts.push_back(std::move(builtin));
    }
    const auto effects = svm::run_instruction(request, slot, NoAccounts());
    ASSERT_TRUE(effects.has_value()) << effects.error().message;
    EXPECT_EQ(effects->error, std::nullopt) << effects->error->text();
    // One of the records states success alone.
    if (root.maybe_field("Logs")) {
        EXPECT_EQ(said(effects->logs), texts(root, "Logs"));
    }
}

TEST(RecordedRuns, MintIsInitialized) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/sealevel/radiance");
    run_instruction_of(folder, "token/test_initialize_mint.json",
                       "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
}

TEST(RecordedRuns, PriceIsUpdated) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/sealevel/radiance");
    run_instruction_of(folder, "pyth/test_update_price.json",
                       "FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH");
}

} // namespace
} // namespace fathom
