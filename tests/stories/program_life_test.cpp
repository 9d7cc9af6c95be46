// SPDX-License-Identifier: Apache-2.0
// The life of a program of 900 KB in signed transactions: written, deployed, called, upgraded,
// extended, handed over, closed. Each step's outcome is litesvm's (program_life.json, record.mjs).
#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/keypair.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace fathom {
namespace {

using harness::JsonDocument;
using harness::JsonValue;

const std::filesystem::path kFolder =
    std::filesystem::path(FATHOM_SOURCE_DIR) / "tests" / "stories";

std::string text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string digest_of(ByteView bytes) {
    return base::to_hex(crypto::sha256(bytes));
}

JsonDocument open_story() {
    return *JsonDocument::parse(text_of(*harness::read_file(kFolder / "program_life.json")));
}

Bytes assemble(std::string_view source) {
    return *sbpf::write_elf(*sbpf::assemble(text_of(*harness::read_file(kFolder / source))));
}

/// By value: a range over a temporary Result would be gone in the loop.
std::vector<JsonValue> elements(const JsonValue& parent, std::string_view field) {
    return *parent.field(field)->array();
}

Instruction read_instruction(const JsonValue& value) {
    Instruction instruction{*value.field("program")->pubkey(), {}, *value.field("data")->hex()};
    for (const JsonValue& account : elements(value, "accounts")) {
        const auto parts = *account.array();
        const std::string_view flags = *parts[1].text();
        instruction.accounts.push_back(
            {*parts[0].pubkey(), flags.contains('s'), flags.contains('w')});
    }
    return instruction;
}

/// Loader v3's Write.
Instruction write_instruction(const Pubkey& buffer, const Pubkey& authority, std::size_t offset,
                              ByteView bytes) {
    Bytes data(16);
    store_le<std::uint32_t>(&data[0], 1);
    store_le<std::uint32_t>(&data[4], static_cast<std::uint32_t>(offset));
    store_le<std::uint64_t>(&data[8], bytes.size());
    data.insert(data.end(), bytes.begin(), bytes.end());
    return {ids::kBpfLoaderUpgradeable, {{buffer, false, true}, {authority, true, false}}, data};
}

SvmConfig config_of(EngineChoice engine) {
    SvmConfig config;
    config.engine = engine;
    return config;
}

class Story {
public:
    Story(const JsonDocument& document, EngineChoice engine)
        : root_(document.root()), payer_(Keypair::from_text(*root_.field("payer")->text())),
          svm_(*Svm::create(config_of(engine))) {
        Account account;
        account.lamports = *root_.field("lamports")->unsigned_integer();
        svm_.set_account(payer_.pubkey(), std::move(account));
    }

    void tell() {
        for (const JsonValue& step : elements(root_, "steps")) {
            SCOPED_TRACE(std::string(*step.field("name")->text()));
            const Slot slot = *step.field("slot")->unsigned_integer();
            if (slot != svm_.slot()) {
                ASSERT_TRUE(svm_.warp_to_slot(slot).has_value());
            }
            svm_.expire_blockhash();
            const JsonValue expected = *step.field("expect");
            if (const auto write = step.maybe_field("write")) {
                fill(*write, expected);
            } else {
                take(step, expected);
            }
            compare_accounts(*expected.field("accounts"));
        }
    }

private:
    TransactionEffects send(const std::vector<Instruction>& instructions,
                            const std::vector<Keypair>& signers) {
        return svm_.send(
            *build_transaction(payer_, instructions, svm_.latest_blockhash(), signers));
    }

    void take(const JsonValue& step, const JsonValue& expected) {
        std::vector<Instruction> instructions;
        for (const JsonValue& value : elements(step, "instructions")) {
            instructions.push_back(read_instruction(value));
        }
        std::vector<Keypair> signers;
        for (const JsonValue& name : elements(step, "signers")) {
            signers.push_back(Keypair::from_text(*name.text()));
        }
        const TransactionEffects effects = send(instructions, signers);
        EXPECT_EQ(status_text(effects.error), *expected.field("status")->text());
        EXPECT_EQ(effects.compute_units, *expected.field("units")->unsigned_integer());
        const Bytes returned = effects.return_data ? effects.return_data->data : Bytes();
        EXPECT_EQ(returned, *expected.field("returned")->hex());
        std::vector<std::string> logs;
        for (const JsonValue& line : elements(expected, "logs")) {
            logs.emplace_back(*line.text());
        }
        EXPECT_EQ(effects.logs, logs);
    }

    /// Everything that writes a program into its buffer.
    void fill(const JsonValue& write, const JsonValue& expected) {
        const Bytes elf = assemble(*write.field("source")->text());
        ASSERT_EQ(digest_of(elf), *expected.field("elf")->text());
        const Pubkey buffer = *write.field("buffer")->pubkey();
        const std::size_t chunk = *write.field("chunk")->unsigned_integer();
        std::string outcomes;
        std::uint64_t count = 0;
        for (std::size_t at = 0; at < elf.size(); at += chunk, ++count) {
            const ByteView bytes = ByteView(elf).subspan(at, std::min(chunk, elf.size() - at));
            const TransactionEffects effects =
                send({write_instruction(buffer, payer_.pubkey(), at, bytes)}, {});
            outcomes += status_text(effects.error) + "\n" + std::to_string(effects.compute_units);
            for (const std::string& line : effects.logs) outcomes += "\n" + line;
            outcomes += "\n";
        }
        EXPECT_EQ(count, *expected.field("transactions")->unsigned_integer());
        EXPECT_EQ(
            digest_of({reinterpret_cast<const std::uint8_t*>(outcomes.data()), outcomes.size()}),
            *expected.field("outcomes")->text());
    }

    void compare_accounts(const JsonValue& expected) {
        const auto hashes = *expected.object();
        for (const auto& [name, hash] : hashes) {
            const auto key = *Pubkey::from_base58(name);
            const auto account = svm_.account(key);
            ASSERT_EQ(account.has_value(), !hash.is_null()) << name;
            if (!account) continue;
            Bytes bytes(8);
            store_le(bytes.data(), account->lamports);
            bytes.insert(bytes.end(), account->owner.bytes.begin(), account->owner.bytes.end());
            bytes.push_back(account->executable ? 1 : 0);
            const ByteView data = account->data.view();
            bytes.insert(bytes.end(), data.begin(), data.end());
            EXPECT_EQ(digest_of(bytes), *hash.text()) << name;
        }
    }

    JsonValue root_;
    Keypair payer_;
    Svm svm_;
};

class ProgramLife : public ::testing::TestWithParam<EngineChoice> {};

TEST_P(ProgramLife, IsWhatTheReferenceMakesOfIt) {
    const JsonDocument document = open_story();
    Story(document, GetParam()).tell();
}

INSTANTIATE_TEST_SUITE_P(Engines, ProgramLife,
                         ::testing::Values(EngineChoice::Interpreter, EngineChoice::Jit,
                                           EngineChoice::Tiered),
                         [](const auto& engine) {
                             return engine.param == EngineChoice::Interpreter ? "Interpreter"
                                    : engine.param == EngineChoice::Jit       ? "Jit"
                                                                              : "Tiered";
                         });

} // namespace
} // namespace fathom
