// SPDX-License-Identifier: Apache-2.0
// Reads the JSON of recorded blocks in one pass: their lists of bytes are millions of numbers.
#include "fathom/harness/block_files.hpp"

#include "fathom/harness/file.hpp"

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fathom::harness {
namespace {

namespace od = simdjson::ondemand;
using base::Error;
using base::ErrorCode;

/// Turns what simdjson says into an error that names the file.
template <class T> Result<T> checked(simdjson::simdjson_result<T> result, std::string_view where) {
    T value;
    if (const auto code = std::move(result).get(value)) {
        return std::unexpected(Error(ErrorCode::InvalidInput,
                                     std::string(where) + ": " + simdjson::error_message(code)));
    }
    return value;
}

Result<Bytes> read_bytes(od::value value, std::string_view where) {
    Bytes bytes;
    od::array list = FATHOM_TRY(checked(value.get_array(), where));
    for (auto item : list) {
        const std::uint64_t byte = FATHOM_TRY(checked(item.get_uint64(), where));
        if (byte > 255) {
            return std::unexpected(
                Error(ErrorCode::InvalidInput, std::string(where) + ": a byte above 255"));
        }
        bytes.push_back(static_cast<std::uint8_t>(byte));
    }
    return bytes;
}

Result<Pubkey> read_pubkey(simdjson::simdjson_result<od::value> value, std::string_view where) {
    const std::string_view text = FATHOM_TRY(checked(value.get_string(), where));
    const auto key = Pubkey::from_base58(text);
    if (!key) {
        return std::unexpected(Error(ErrorCode::InvalidInput,
                                     std::string(where) + ": not a key: " + std::string(text)));
    }
    return *key;
}

Result<RecordedAccount> read_account(od::object object, std::string_view where) {
    RecordedAccount account;
    account.slot = FATHOM_TRY(checked(object["slot"].get_uint64(), where));
    account.address = FATHOM_TRY(read_pubkey(object["pubkey"], where));
    account.account.lamports = FATHOM_TRY(checked(object["lamports"].get_uint64(), where));
    account.account.owner = FATHOM_TRY(read_pubkey(object["owner"], where));
    account.account.executable = FATHOM_TRY(checked(object["executable"].get_bool(), where));
    account.account.rent_epoch = FATHOM_TRY(checked(object["rent_epoch"].get_uint64(), where));
    const od::value data = FATHOM_TRY(checked(object["data"], where));
    account.account.data = AccountData(FATHOM_TRY(read_bytes(data, where)));
    return account;
}

/// Calls `read` for each value of the list that the file is.
template <class Read>
Result<void> for_each_in_list(const std::filesystem::path& path, const Read& read) {
    const Bytes file = FATHOM_TRY(read_file(path));
    const std::string where = path.string();
    const simdjson::padded_string padded(as_text(file));
    od::parser parser;
    od::document document = FATHOM_TRY(checked(parser.iterate(padded), where));
    od::array list = FATHOM_TRY(checked(document.get_array(), where));
    for (auto item : list) {
        od::value value = FATHOM_TRY(checked(std::move(item), where));
        FATHOM_CHECK(read(value, where));
    }
    return {};
}

} // namespace

std::vector<ByteView> BlockFiles::shred_views() const {
    return {shreds.begin(), shreds.end()};
}

Result<std::vector<Bytes>> read_shreds_json(const std::filesystem::path& path) {
    std::vector<Bytes> shreds;
    FATHOM_CHECK(for_each_in_list(path, [&](od::value& value, std::string_view where) {
        auto bytes = read_bytes(value, where);
        if (bytes) shreds.push_back(*std::move(bytes));
        return bytes ? Result<void>() : std::unexpected(bytes.error());
    }));
    return shreds;
}

Result<std::vector<RecordedAccount>> read_accounts_json(const std::filesystem::path& path) {
    std::vector<RecordedAccount> accounts;
    FATHOM_CHECK(for_each_in_list(path, [&](od::value& value, std::string_view where) {
        return [&]() -> Result<void> {
            const od::object object = FATHOM_TRY(checked(value.get_object(), where));
            accounts.push_back(FATHOM_TRY(read_account(object, where)));
            return {};
        }();
    }));
    return accounts;
}

Result<BlockFiles> read_block_files(const std::filesystem::path& folder) {
    BlockFiles fixture;
    std::error_code error;
    const auto is_there = [&](const char* name) {
        return std::filesystem::exists(folder / name, error);
    };
    if (is_there("shreds.json.gz")) {
        fixture.shreds = FATHOM_TRY(read_shreds_json(folder / "shreds.json.gz"));
    }
    if (is_there("accounts.json.gz")) {
        fixture.accounts = FATHOM_TRY(read_accounts_json(folder / "accounts.json.gz"));
    }
    if (is_there("manifest.bin.gz")) {
        fixture.manifest = FATHOM_TRY(read_file(folder / "manifest.bin.gz"));
    }
    return fixture;
}

} // namespace fathom::harness
