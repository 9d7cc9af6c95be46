// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/program_input.hpp"

#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/scenario_values.hpp"

#include <algorithm>
#include <utility>

namespace fathom::harness {
namespace {

Result<Bytes> read_bytes(const JsonValue& value) {
    Bytes bytes;
    for (const JsonValue& item : FATHOM_TRY(value.array())) {
        const auto number = item.unsigned_integer();
        if (!number || *number > 255) return std::unexpected(item.error("a byte, 0 to 255"));
        bytes.push_back(static_cast<std::uint8_t>(*number));
    }
    return bytes;
}

/// A field that is there and not null.
std::optional<JsonValue> given(const JsonValue& object, std::string_view name) {
    const auto value = object.maybe_field(name);
    return value && !value->is_null() ? value : std::nullopt;
}

Result<bool> read_flag(const JsonValue& object, std::string_view name) {
    const auto value = given(object, name);
    return value ? value->boolean() : Result<bool>(false);
}

Result<void> read_account(const JsonValue& value, ProgramInput& input) {
    FATHOM_CHECK(
        value.check_only({"key", "owner", "is_signer", "is_writable", "lamports", "data"}));
    AccountChange entry;
    entry.key = FATHOM_TRY(FATHOM_TRY(value.field("key")).pubkey());
    if (const auto owner = given(value, "owner")) {
        entry.account.owner = FATHOM_TRY(owner->pubkey());
    }
    if (const auto lamports = given(value, "lamports")) {
        entry.account.lamports = FATHOM_TRY(lamports->unsigned_integer());
    }
    if (const auto data = given(value, "data")) {
        entry.account.data = AccountData(FATHOM_TRY(read_bytes(*data)));
    }
    input.instruction.accounts.push_back({entry.key, FATHOM_TRY(read_flag(value, "is_signer")),
                                          FATHOM_TRY(read_flag(value, "is_writable"))});
    if (std::ranges::find(input.accounts, entry.key, &AccountChange::key) == input.accounts.end()) {
        input.accounts.push_back(std::move(entry));
    }
    return {};
}

} // namespace

Result<ProgramInput> parse_program_input(std::string_view json) {
    const JsonDocument document = FATHOM_TRY(JsonDocument::parse(json));
    const JsonValue root = document.root();
    FATHOM_CHECK(root.check_only({"program_id", "accounts", "instruction_data"}));
    ProgramInput input = {.instruction = {address_from_name("program", "run"), {}, {}},
                          .accounts = {}};
    if (const auto id = given(root, "program_id")) {
        input.instruction.program_id = FATHOM_TRY(id->pubkey());
    }
    if (const auto accounts = given(root, "accounts")) {
        for (const JsonValue& value : FATHOM_TRY(accounts->array())) {
            FATHOM_CHECK(read_account(value, input));
        }
    }
    if (const auto data = given(root, "instruction_data")) {
        input.instruction.data = FATHOM_TRY(read_bytes(*data));
    }
    return input;
}

ProgramInput blank_program_input(std::uint64_t size) {
    const Pubkey program = address_from_name("program", "run");
    AccountChange blank;
    blank.key = address_from_name("account", "run");
    blank.account.owner = program;
    blank.account.data.resize(size);
    return {.instruction = {program, {{blank.key, false, true}}, {}},
            .accounts = {std::move(blank)}};
}

} // namespace fathom::harness
