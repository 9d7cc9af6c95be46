// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/vector.hpp"

#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

/// Segments: ["b", base64], ["z", zeros], ["f", digest of a file], concatenated.
Result<AccountData> read_segments(const JsonValue& value, VectorFolder& folder) {
    const auto segments = FATHOM_TRY(value.array());
    if (segments.size() == 1) {
        const auto parts = FATHOM_TRY(segments[0].array());
        if (parts.size() == 2 && FATHOM_TRY(parts[0].text()) == "f") {
            return folder.file(FATHOM_TRY(parts[1].text()));
        }
    }
    Bytes bytes;
    for (const JsonValue& segment : segments) {
        const auto parts = FATHOM_TRY(segment.array());
        if (parts.size() != 2) return std::unexpected(segment.error("a pair [kind, value]"));
        const std::string_view kind = FATHOM_TRY(parts[0].text());
        if (kind == "b") {
            const Bytes piece = FATHOM_TRY(parts[1].base64());
            bytes.insert(bytes.end(), piece.begin(), piece.end());
        } else if (kind == "z") {
            const std::uint64_t count = FATHOM_TRY(parts[1].unsigned_integer());
            if (count > kMaxAccountDataLen)
                return std::unexpected(parts[1].error("at most 10 MiB"));
            bytes.resize(bytes.size() + count);
        } else if (kind == "f") {
            const AccountData file = FATHOM_TRY(folder.file(FATHOM_TRY(parts[1].text())));
            bytes.insert(bytes.end(), file.view().begin(), file.view().end());
        } else {
            return std::unexpected(parts[0].error("\"b\", \"z\" or \"f\""));
        }
    }
    return AccountData(bytes);
}

Result<void> read_accounts(const JsonValue& list, VectorFolder& folder, AccountMap& accounts) {
    for (const JsonValue& entry : FATHOM_TRY(list.array())) {
        Account account;
        account.lamports = FATHOM_TRY(FATHOM_TRY(entry.field("l")).unsigned_integer());
        account.owner = FATHOM_TRY(FATHOM_TRY(entry.field("o")).pubkey());
        account.executable = FATHOM_TRY(FATHOM_TRY(entry.field("x")).unsigned_integer()) != 0;
        account.rent_epoch = FATHOM_TRY(FATHOM_TRY(entry.field("re")).unsigned_integer());
        account.data = FATHOM_TRY(read_segments(FATHOM_TRY(entry.field("d")), folder));
        accounts.set(FATHOM_TRY(FATHOM_TRY(entry.field("k")).pubkey()), std::move(account));
    }
    return {};
}

constexpr std::string_view kInstructionErrorNames[] = {
#define FATHOM_ROW(name, text) #name,
    FATHOM_INSTRUCTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

constexpr std::string_view kTransactionErrorNames[] = {
#define FATHOM_ROW(name) #name,
    FATHOM_TRANSACTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

Result<std::optional<TransactionError>> read_error(const JsonValue& value) {
    if (value.is_null()) return std::nullopt;
    const JsonValue type = FATHOM_TRY(value.field("t"));
    const auto found = std::ranges::find(kTransactionErrorNames, FATHOM_TRY(type.text()));
    if (found == std::end(kTransactionErrorNames)) {
        return std::unexpected(type.error("a TransactionError name"));
    }
    TransactionError error{static_cast<TransactionError::Kind>(found - kTransactionErrorNames)};
    if (const auto index = value.maybe_field("i")) {
        error.index = static_cast<std::uint8_t>(FATHOM_TRY(index->unsigned_integer()));
    }
    if (const auto name = value.maybe_field("e")) {
        const auto row = std::ranges::find(kInstructionErrorNames, FATHOM_TRY(name->text()));
        if (row == std::end(kInstructionErrorNames)) {
            return std::unexpected(name->error("an InstructionError name"));
        }
        error.instruction_error =
            InstructionError{static_cast<InstructionError::Kind>(row - kInstructionErrorNames)};
    }
    if (const auto code = value.maybe_field("c")) {
        error.instruction_error.custom_code =
            static_cast<std::uint32_t>(FATHOM_TRY(code->unsigned_integer()));
    }
    return error;
}

Result<Commit> read_commit(const JsonValue& value) {
    const std::string_view text = FATHOM_TRY(value.text());
    if (text == "all") return Commit::All;
    if (text == "fees") return Commit::Fees;
    if (text == "none") return Commit::None;
    return std::unexpected(value.error("\"all\", \"fees\" or \"none\""));
}

Result<std::vector<std::vector<InnerInstruction>>> read_inner(const JsonValue& value) {
    std::vector<std::vector<InnerInstruction>> groups;
    for (const JsonValue& group : FATHOM_TRY(value.array())) {
        auto& calls = groups.emplace_back();
        for (const JsonValue& call : FATHOM_TRY(group.array())) {
            InnerInstruction inner;
            inner.program_index = static_cast<std::uint8_t>(
                FATHOM_TRY(FATHOM_TRY(call.field("p")).unsigned_integer()));
            for (const JsonValue& index : FATHOM_TRY(FATHOM_TRY(call.field("a")).array())) {
                inner.accounts.push_back(
                    static_cast<std::uint8_t>(FATHOM_TRY(index.unsigned_integer())));
            }
            inner.data = FATHOM_TRY(FATHOM_TRY(call.field("d")).base64());
            inner.stack_height = static_cast<std::uint8_t>(
                FATHOM_TRY(FATHOM_TRY(call.field("h")).unsigned_integer()));
            calls.push_back(std::move(inner));
        }
    }
    return groups;
}

Result<ExpectedData> read_expected_data(const JsonValue& entry, VectorFolder& folder) {
    ExpectedData data;
    const auto digest = entry.maybe_field("dh");
    if (!digest) {
        data.bytes = FATHOM_TRY(read_segments(FATHOM_TRY(entry.field("d")), folder));
        return data;
    }
    data.is_digest = true;
    data.digest_length = FATHOM_TRY(FATHOM_TRY(digest->field("len")).unsigned_integer());
    const JsonValue hex = FATHOM_TRY(digest->field("sha256"));
    const auto bytes = base::from_hex(FATHOM_TRY(hex.text()));
    if (!bytes || bytes->size() != 32) return std::unexpected(hex.error("64 hexadecimal digits"));
    std::ranges::copy(*bytes, data.digest.begin());
    return data;
}

Result<std::vector<ExpectedAccount>> read_post(const JsonValue& list, VectorFolder& folder) {
    std::vector<ExpectedAccount> post;
    for (const JsonValue& entry : FATHOM_TRY(list.array())) {
        ExpectedAccount account;
        account.key = FATHOM_TRY(FATHOM_TRY(entry.field("k")).pubkey());
        account.lamports = FATHOM_TRY(FATHOM_TRY(entry.field("l")).unsigned_integer());
        if (account.lamports != 0) {
            account.owner = FATHOM_TRY(FATHOM_TRY(entry.field("o")).pubkey());
            account.executable = FATHOM_TRY(FATHOM_TRY(entry.field("x")).unsigned_integer()) != 0;
            account.data = FATHOM_TRY(read_expected_data(entry, folder));
        }
        post.push_back(std::move(account));
    }
    return post;
}

/// A "fees" outcome that charged nothing and changed nothing: the oracle stopped before the fee, at
/// a malformed Compute Budget instruction. In Agave that is part of sanitization
/// (compute-budget-instruction), so the transaction is not processable, and a load error derived
/// for it cannot occur: the oracle's own error stands.
Result<void> settle_unprocessed(const JsonValue& value, Expectation& expected) {
    if (expected.commit != Commit::Fees || expected.fee != 0 || !expected.post.empty()) return {};
    expected.commit = Commit::None;
    if (const auto oracle = value.maybe_field("oracle_err"); oracle && !oracle->is_null()) {
        expected.error = FATHOM_TRY(read_error(*oracle));
    }
    return {};
}

Result<Expectation> read_expectation(const JsonValue& value, VectorFolder& folder) {
    Expectation expected;
    expected.error = FATHOM_TRY(read_error(FATHOM_TRY(value.field("err"))));
    expected.commit = FATHOM_TRY(read_commit(FATHOM_TRY(value.field("committed"))));
    expected.compute_units = FATHOM_TRY(FATHOM_TRY(value.field("cu")).unsigned_integer());
    expected.fee = FATHOM_TRY(FATHOM_TRY(value.field("fee")).unsigned_integer());
    for (const JsonValue& line : FATHOM_TRY(FATHOM_TRY(value.field("logs")).array())) {
        expected.logs.emplace_back(FATHOM_TRY(line.text()));
    }
    const JsonValue returned = FATHOM_TRY(value.field("ret"));
    if (!returned.is_null()) {
        expected.return_data = ReturnData{FATHOM_TRY(FATHOM_TRY(returned.field("p")).pubkey()),
                                          FATHOM_TRY(FATHOM_TRY(returned.field("d")).base64())};
    }
    expected.inner = FATHOM_TRY(read_inner(FATHOM_TRY(value.field("inner"))));
    expected.post = FATHOM_TRY(read_post(FATHOM_TRY(value.field("post")), folder));
    if (const auto size = value.maybe_field("loaded_size")) {
        expected.loaded_size = FATHOM_TRY(size->unsigned_integer());
    }
    FATHOM_CHECK(settle_unprocessed(value, expected));
    return expected;
}

Result<SlotEnvironment> read_environment(const JsonValue& root, const VectorFolder& folder) {
    SlotEnvironment environment;
    environment.features =
        FATHOM_TRY(folder.features(FATHOM_TRY(FATHOM_TRY(root.field("fs")).text())));
    const JsonValue env = FATHOM_TRY(root.field("env"));
    environment.blockhash = FATHOM_TRY(FATHOM_TRY(env.field("blockhash")).hash());
    environment.recent_blockhashes = {FATHOM_TRY(FATHOM_TRY(env.field("latest_blockhash")).hash())};
    environment.blockhash_lamports_per_signature =
        FATHOM_TRY(FATHOM_TRY(env.field("lamports_per_signature")).unsigned_integer());
    environment.lamports_per_signature = environment.blockhash_lamports_per_signature;
    return environment;
}

} // namespace

Result<std::unique_ptr<VectorFolder>> VectorFolder::open(std::filesystem::path folder) {
    auto opened = std::make_unique<VectorFolder>();
    opened->folder_ = std::move(folder);
    const auto path = opened->folder_ / "features.json";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return opened;
    const Bytes text = FATHOM_TRY(read_file(path));
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(as_text(text)));
    FeatureSet mainnet;
    for (const auto& [id, slot] :
         FATHOM_TRY(FATHOM_TRY(document.root().field("mainnet")).object())) {
        const auto key = Pubkey::from_base58(id);
        if (!key) return std::unexpected(slot.error("under a base58 feature id"));
        mainnet.activate(*key, FATHOM_TRY(slot.unsigned_integer()));
    }
    FeatureSet all;
    for (const JsonValue& id : FATHOM_TRY(FATHOM_TRY(document.root().field("all")).array())) {
        all.activate(FATHOM_TRY(id.pubkey()), 0);
    }
    opened->mainnet_ = mainnet;
    opened->all_ = all;
    return opened;
}

Result<FeatureSet> VectorFolder::features(std::string_view name) const {
    if (name == "mainnet") return mainnet_;
    if (name == "all") return all_;
    return std::unexpected(
        Error(ErrorCode::InvalidInput, "fs: unknown feature set \"" + std::string(name) + "\""));
}

Result<AccountData> VectorFolder::file(std::string_view sha256_hex) {
    const std::lock_guard lock(mutex_);
    if (const auto found = files_.find(std::string(sha256_hex)); found != files_.end()) {
        return found->second;
    }
    if (!base::from_hex(sha256_hex)) {
        return std::unexpected(Error(ErrorCode::InvalidInput, "a file segment names no digest"));
    }
    const Bytes bytes = FATHOM_TRY(read_file(folder_ / "elf" / (std::string(sha256_hex) + ".so")));
    return files_.emplace(std::string(sha256_hex), AccountData(bytes)).first->second;
}

Result<VectorName> peek_vector_name(std::string_view line) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(line));
    const JsonValue root = document.root();
    return VectorName{std::string(FATHOM_TRY(FATHOM_TRY(root.field("name")).text())),
                      std::string(FATHOM_TRY(FATHOM_TRY(root.field("family")).text()))};
}

Result<Vector> parse_vector(std::string_view line, VectorFolder& folder) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(line));
    const JsonValue root = document.root();
    Vector vector;
    vector.name = FATHOM_TRY(FATHOM_TRY(root.field("name")).text());
    vector.family = FATHOM_TRY(FATHOM_TRY(root.field("family")).text());
    if (const auto caveats = root.maybe_field("caveats")) {
        for (const JsonValue& caveat : FATHOM_TRY(caveats->array())) {
            vector.caveats.emplace_back(FATHOM_TRY(caveat.text()));
        }
    }
    vector.verify_signatures =
        FATHOM_TRY(FATHOM_TRY(root.field("sigverify")).unsigned_integer()) != 0;
    vector.environment = FATHOM_TRY(read_environment(root, folder));
    FATHOM_CHECK(read_accounts(FATHOM_TRY(root.field("sysvars")), folder, vector.accounts));
    FATHOM_CHECK(read_accounts(FATHOM_TRY(root.field("accounts")), folder, vector.accounts));
    vector.transaction = FATHOM_TRY(FATHOM_TRY(root.field("tx")).base64());
    vector.expected = FATHOM_TRY(read_expectation(FATHOM_TRY(root.field("expect")), folder));
    return vector;
}

} // namespace fathom::harness
