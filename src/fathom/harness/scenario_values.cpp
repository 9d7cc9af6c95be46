// SPDX-License-Identifier: Apache-2.0
// Names, addresses, bytes and feature sets of scenarios.
#include "fathom/harness/scenario_values.hpp"

#include "fathom/crypto/sha256.hpp"
#include "fathom/types/base58.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace fathom::harness {
namespace {

struct WellKnown {
    std::string_view name;
    Pubkey key;
};

constexpr WellKnown kWellKnown[] = {
    {"system", ids::kSystemProgram},
    {"vote", ids::kVoteProgram},
    {"stake", ids::kStakeProgram},
    {"config", ids::kConfigProgram},
    {"address_lookup_table", ids::kAddressLookupTableProgram},
    {"compute_budget", ids::kComputeBudgetProgram},
    {"native_loader", ids::kNativeLoader},
    {"loader_v1", ids::kBpfLoaderDeprecated},
    {"loader_v2", ids::kBpfLoader},
    {"loader_v3", ids::kBpfLoaderUpgradeable},
    {"ed25519", ids::kEd25519Program},
    {"secp256k1", ids::kSecp256k1Program},
    {"secp256r1", ids::kSecp256r1Program},
    {"incinerator", ids::kIncinerator},
    {"clock", ids::kClock},
    {"epoch_rewards", ids::kEpochRewards},
    {"epoch_schedule", ids::kEpochSchedule},
    {"instructions", ids::kInstructionsSysvar},
    {"last_restart_slot", ids::kLastRestartSlot},
    {"recent_blockhashes", ids::kRecentBlockhashes},
    {"rent", ids::kRent},
    {"slot_hashes", ids::kSlotHashes},
    {"stake_history", ids::kStakeHistory},
};

struct IntegerKind {
    std::string_view name;
    std::size_t width;
    bool is_signed;
};

constexpr IntegerKind kIntegers[] = {{"u8", 1, false},  {"u16", 2, false}, {"u32", 4, false},
                                     {"u64", 8, false}, {"i8", 1, true},   {"i16", 2, true},
                                     {"i32", 4, true},  {"i64", 8, true}};

constexpr std::string_view kPartNames =
    "one part: u8, u16, u32, u64, i8, i16, i32, i64, bool, hex, base64, base58, utf8, key, bump, "
    "zeros or file";

Result<Feature> feature(const JsonValue& value) {
    const std::string_view text = FATHOM_TRY(value.text());
    if (const auto found = find_feature(text)) return *found;
    if (const auto id = Pubkey::from_base58(text)) {
        if (const auto found = find_feature(*id)) return *found;
    }
    return std::unexpected(value.error("the name or address of a feature gate"));
}

Result<FeatureSet> feature_base(const JsonValue& value) {
    if (value.is_array()) {
        FeatureSet set;
        for (const JsonValue& item : FATHOM_TRY(value.array())) {
            set.activate(FATHOM_TRY(feature(item)));
        }
        return set;
    }
    if (value.is_text()) {
        const std::string_view text = FATHOM_TRY(value.text());
        if (text == "mainnet") return FeatureSet::mainnet();
        if (text == "all") return FeatureSet::all();
        if (text == "none") return FeatureSet();
    }
    return std::unexpected(value.error("\"mainnet\", \"all\", \"none\" or an array of features"));
}

std::optional<std::uint32_t> parse_u32(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "Name(12)" into name and number.
std::pair<std::string_view, std::optional<std::uint32_t>> split_number(std::string_view text) {
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos || !text.ends_with(')')) return {text, std::nullopt};
    return {text.substr(0, open), parse_u32(text.substr(open + 1, text.size() - open - 2))};
}

constexpr TransactionError::Kind kTransactionErrors[] = {
#define FATHOM_ROW(name) TransactionError::name,
    FATHOM_TRANSACTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

constexpr InstructionError::Kind kInstructionErrors[] = {
#define FATHOM_ROW(name, text) InstructionError::name,
    FATHOM_INSTRUCTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

/// The inside of "InstructionError(…)": "0, Custom(1)".
std::optional<TransactionError> parse_instruction_status(std::string_view text) {
    const std::size_t comma = text.find(", ");
    if (comma == std::string_view::npos) return std::nullopt;
    const auto index = parse_u32(text.substr(0, comma));
    if (!index || *index > 255) return std::nullopt;
    const auto [name, number] = split_number(text.substr(comma + 2));
    for (const InstructionError::Kind kind : kInstructionErrors) {
        if (InstructionError(kind).name() != name) continue;
        return TransactionError::instruction(static_cast<std::uint8_t>(*index),
                                             {kind, number.value_or(0)});
    }
    return std::nullopt;
}

std::optional<TransactionError> parse_status(std::string_view text) {
    constexpr std::string_view kPrefix = "InstructionError(";
    if (text.starts_with(kPrefix) && text.ends_with(')')) {
        text.remove_suffix(1);
        return parse_instruction_status(text.substr(kPrefix.size()));
    }
    const auto [name, number] = split_number(text);
    for (const TransactionError::Kind kind : kTransactionErrors) {
        if (TransactionError(kind).name() != name) continue;
        return TransactionError(kind, static_cast<std::uint8_t>(number.value_or(0)));
    }
    return std::nullopt;
}

} // namespace

bool is_status_text(std::string_view text) {
    if (text == "ok") return true;
    const auto error = parse_status(text);
    return error && status_text(error) == text;
}

Pubkey address_from_name(std::string_view kind, std::string_view name) {
    crypto::Sha256 hasher;
    hasher.update(as_bytes("fathom scenario ")).update(as_bytes(kind));
    hasher.update(as_bytes(" ")).update(as_bytes(name));
    return Pubkey{hasher.finish()};
}

Result<void> ScenarioValues::define(const JsonValue& at, std::string_view name, const Pubkey& key) {
    if (name.empty() || Pubkey::from_base58(name)) {
        return std::unexpected(at.error("a name that is neither empty nor an address"));
    }
    if (find(name)) {
        return std::unexpected(
            at.error("a name that is not taken: \"" + std::string(name) + "\" is"));
    }
    keys_.emplace(name, key);
    names_.emplace_back(name, key);
    return {};
}

std::vector<std::pair<std::string, Pubkey>> ScenarioValues::all_names() const {
    auto names = names_;
    for (const WellKnown& known : kWellKnown) names.emplace_back(known.name, known.key);
    return names;
}

std::optional<Pubkey> ScenarioValues::find(std::string_view name) const {
    if (const auto found = keys_.find(name); found != keys_.end()) return found->second;
    const auto known = std::ranges::find(kWellKnown, name, &WellKnown::name);
    if (known != std::end(kWellKnown)) return known->key;
    return std::nullopt;
}

Result<Pubkey> ScenarioValues::address(const JsonValue& value) {
    if (value.is_object()) {
        FATHOM_CHECK(value.check_only({"pda"}));
        return derived(FATHOM_TRY(value.field("pda")));
    }
    if (!value.is_text()) {
        return std::unexpected(value.error("a name, an address in base58, or {\"pda\": …}"));
    }
    const std::string_view text = FATHOM_TRY(value.text());
    if (const auto named = find(text)) return *named;
    if (const auto key = Pubkey::from_base58(text)) return *key;
    return std::unexpected(value.error("a name defined above or an address in base58, not \"" +
                                       std::string(text) + "\""));
}

Result<Pubkey> ScenarioValues::address_in(const JsonValue& object) {
    std::optional<JsonValue> found;
    bool is_derived = false;
    for (const std::string_view name : {"key", "name", "pda"}) {
        const auto value = object.maybe_field(name);
        if (!value) continue;
        if (found) return std::unexpected(value->error("only one of the fields key, name, pda"));
        found = value;
        is_derived = name == "pda";
    }
    if (!found) return std::unexpected(object.error("one of the fields key, name, pda"));
    return is_derived ? derived(*found) : address(*found);
}

Result<Pubkey> ScenarioValues::derived(const JsonValue& value) {
    FATHOM_CHECK(value.check_only({"program", "seeds", "bump"}));
    const Pubkey program = FATHOM_TRY(address(FATHOM_TRY(value.field("program"))));
    std::vector<Bytes> seeds;
    for (const JsonValue& item : FATHOM_TRY(FATHOM_TRY(value.field("seeds")).array())) {
        if (item.is_text()) {
            const ByteView text = as_bytes(FATHOM_TRY(item.text()));
            seeds.emplace_back(text.begin(), text.end());
        } else {
            seeds.push_back(FATHOM_TRY(data(item)));
        }
    }
    std::optional<std::uint8_t> bump;
    if (const auto given = value.maybe_field("bump")) {
        const std::uint64_t number = FATHOM_TRY(given->unsigned_integer());
        if (number > 255) return std::unexpected(given->error("a number from 0 to 255"));
        bump = static_cast<std::uint8_t>(number);
        seeds.push_back({*bump});
    }
    const std::vector<ByteView> views(seeds.begin(), seeds.end());
    if (bump) {
        const auto key = create_program_address(views, program);
        if (!key) {
            return std::unexpected(
                value.error("seeds that give an address: " + std::string(text_of(key.error()))));
        }
        bumps_[*key] = *bump;
        return *key;
    }
    const auto found = find_program_address(views, program);
    if (!found) {
        return std::unexpected(value.error("at most 15 seeds of at most 32 bytes each"));
    }
    bumps_[found->first] = found->second;
    return found->first;
}

Result<Bytes> ScenarioValues::file(const JsonValue& value) {
    const std::string_view name = FATHOM_TRY(value.text());
    auto bytes = files_.read(name);
    if (!bytes) {
        return std::unexpected(value.error("a readable file: " + bytes.error().message));
    }
    return *std::move(bytes);
}

Result<Bytes> ScenarioValues::data(const JsonValue& value) {
    Bytes out;
    if (value.is_array()) {
        for (const JsonValue& part : FATHOM_TRY(value.array())) {
            FATHOM_CHECK(append_part(part, out));
        }
    } else {
        FATHOM_CHECK(append_part(value, out));
    }
    return out;
}

Result<void> ScenarioValues::append_bytes(const JsonValue& value, ByteView bytes, Bytes& out) {
    if (bytes.size() > kMaxAccountDataLen - out.size()) {
        return std::unexpected(value.error("at most 10 MiB of data in one place"));
    }
    if (bytes.size() > bytes_left_) {
        return std::unexpected(value.error("at most 256 MiB of data in all"));
    }
    bytes_left_ -= bytes.size();
    out.insert(out.end(), bytes.begin(), bytes.end());
    return {};
}

/// False if `kind` is no integer.
Result<bool> ScenarioValues::append_integer(std::string_view kind, const JsonValue& value,
                                            Bytes& out) {
    const auto* integer = std::ranges::find(kIntegers, kind, &IntegerKind::name);
    if (integer == std::end(kIntegers)) return false;
    const auto bits = static_cast<unsigned>(integer->width * 8);
    std::uint64_t word = 0;
    bool fits = false;
    if (integer->is_signed) {
        const std::int64_t number = FATHOM_TRY(value.signed_integer());
        const std::int64_t limit = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
        fits = number >= -limit - 1 && number <= limit;
        word = static_cast<std::uint64_t>(number);
    } else {
        word = FATHOM_TRY(value.unsigned_integer());
        fits = word <= ~std::uint64_t{0} >> (64 - bits);
    }
    if (!fits) return std::unexpected(value.error("a number that fits " + std::string(kind)));
    std::uint8_t buffer[8];
    store_le(buffer, word);
    FATHOM_CHECK(append_bytes(value, {buffer, integer->width}, out));
    return true;
}

Result<void> ScenarioValues::append_part(const JsonValue& value, Bytes& out) {
    if (!value.is_object())
        return std::unexpected(value.error("an object with " + std::string(kPartNames)));
    const auto fields = FATHOM_TRY(value.object());
    if (fields.size() != 1)
        return std::unexpected(value.error("exactly " + std::string(kPartNames)));
    const auto& [kind, content] = fields[0];
    if (FATHOM_TRY(append_integer(kind, content, out))) return {};
    if (kind == "bool") {
        const std::uint8_t byte = FATHOM_TRY(content.boolean()) ? 1 : 0;
        return append_bytes(content, {&byte, 1}, out);
    }
    if (kind == "hex") return append_bytes(content, FATHOM_TRY(content.hex()), out);
    if (kind == "base64") return append_bytes(content, FATHOM_TRY(content.base64()), out);
    if (kind == "utf8") return append_bytes(content, as_bytes(FATHOM_TRY(content.text())), out);
    if (kind == "key") return append_bytes(content, FATHOM_TRY(address(content)).view(), out);
    if (kind == "file") return append_bytes(content, FATHOM_TRY(file(content)), out);
    if (kind == "base58") {
        const auto bytes = types::decode_base58(FATHOM_TRY(content.text()));
        if (!bytes) return std::unexpected(content.error("base58 of at most 1232 bytes"));
        return append_bytes(content, *bytes, out);
    }
    if (kind == "bump") {
        const Pubkey key = FATHOM_TRY(address(content));
        const auto found = bumps_.find(key);
        if (found == bumps_.end()) {
            return std::unexpected(content.error("an address that the scenario derives"));
        }
        return append_bytes(content, {&found->second, 1}, out);
    }
    if (kind == "zeros") {
        const std::uint64_t count = FATHOM_TRY(content.unsigned_integer());
        if (count > kMaxAccountDataLen) {
            return std::unexpected(content.error("at most 10 MiB of data in one place"));
        }
        if (count > bytes_left_) {
            return std::unexpected(content.error("at most 256 MiB of data in all"));
        }
        return append_bytes(content, Bytes(count), out);
    }
    return std::unexpected(content.error(kPartNames));
}

Result<FeatureSet> ScenarioValues::features(const JsonValue& value) {
    if (!value.is_object()) return feature_base(value);
    FATHOM_CHECK(value.check_only({"base", "with", "without"}));
    FeatureSet set = FATHOM_TRY(feature_base(FATHOM_TRY(value.field("base"))));
    if (const auto with = value.maybe_field("with")) {
        for (const JsonValue& item : FATHOM_TRY(with->array())) {
            set.activate(FATHOM_TRY(feature(item)));
        }
    }
    if (const auto without = value.maybe_field("without")) {
        for (const JsonValue& item : FATHOM_TRY(without->array())) {
            set.deactivate(FATHOM_TRY(feature(item)));
        }
    }
    return set;
}

} // namespace fathom::harness
