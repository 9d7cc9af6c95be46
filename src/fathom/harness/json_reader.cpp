// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/json_reader.hpp"

#include "fathom/base/text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace fathom::harness {
namespace {

namespace od = simdjson::ondemand;
using base::Error;
using base::ErrorCode;

constexpr std::uint32_t kNone = 0xffffffff;
constexpr int kMaxDepth = 64;

enum class Kind : std::uint8_t { Null, Boolean, Number, Text, Array, Object };

/// A value in reading order; children are linked by next_sibling.
struct Node {
    Kind kind = Kind::Null;
    std::uint32_t parent = kNone;
    std::uint32_t first_child = kNone;
    std::uint32_t next_sibling = kNone;
    std::uint32_t offset = 0; // in the text
    std::string_view key;     // in an object
    std::string_view text;    // Text: unescaped; Number, Boolean: the token
};

std::string position_text(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto line_start = before.rfind('\n');
    const std::size_t column =
        before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

} // namespace

struct JsonDocument::Tree {
    simdjson::padded_string padded;
    od::parser parser; // owns the unescaped strings that nodes view
    std::vector<Node> nodes;

    std::string_view text() const { return {padded.data(), padded.size()}; }
    std::uint32_t offset_of(const char* at) const {
        return static_cast<std::uint32_t>(at - padded.data());
    }

    simdjson::error_code add(od::value value, std::uint32_t parent, std::string_view key,
                             std::uint32_t& index, int depth);
    simdjson::error_code add_children(od::value& value, std::uint32_t index, int depth);
    simdjson::error_code add_child(od::value child, std::uint32_t parent, std::string_view key,
                                   std::uint32_t& previous, int depth);
};

simdjson::error_code JsonDocument::Tree::add_child(od::value child, std::uint32_t parent,
                                                   std::string_view key, std::uint32_t& previous,
                                                   int depth) {
    std::uint32_t index = kNone;
    if (const auto error = add(child, parent, key, index, depth + 1)) return error;
    if (previous == kNone) {
        nodes[parent].first_child = index;
    } else {
        nodes[previous].next_sibling = index;
    }
    previous = index;
    return simdjson::SUCCESS;
}

simdjson::error_code JsonDocument::Tree::add_children(od::value& value, std::uint32_t index,
                                                      int depth) {
    std::uint32_t previous = kNone;
    if (nodes[index].kind == Kind::Array) {
        od::array array;
        if (const auto error = value.get_array().get(array)) return error;
        for (auto item : array) {
            od::value child;
            if (const auto error = item.get(child)) return error;
            if (const auto error = add_child(child, index, {}, previous, depth)) return error;
        }
        return simdjson::SUCCESS;
    }
    od::object object;
    if (const auto error = value.get_object().get(object)) return error;
    for (auto item : object) {
        od::field field;
        if (const auto error = std::move(item).get(field)) return error;
        std::string_view key;
        if (const auto error = field.unescaped_key().get(key)) return error;
        if (const auto error = add_child(field.value(), index, key, previous, depth)) return error;
    }
    return simdjson::SUCCESS;
}

simdjson::error_code JsonDocument::Tree::add(od::value value, std::uint32_t parent,
                                             std::string_view key, std::uint32_t& index,
                                             int depth) {
    if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    index = static_cast<std::uint32_t>(nodes.size());
    Node node;
    node.parent = parent;
    node.key = key;
    const std::string_view token = value.raw_json_token();
    node.offset = offset_of(token.data());
    switch (type) {
    case od::json_type::string: {
        node.kind = Kind::Text;
        if (const auto error = value.get_string().get(node.text)) return error;
        nodes.push_back(node);
        return simdjson::SUCCESS;
    }
    case od::json_type::boolean: {
        bool is_true = false;
        if (const auto error = value.get_bool().get(is_true)) return error;
        node.kind = Kind::Boolean;
        node.text = is_true ? "true" : "false";
        nodes.push_back(node);
        return simdjson::SUCCESS;
    }
    case od::json_type::null: {
        bool is_null = false;
        if (const auto error = value.is_null().get(is_null)) return error;
        if (!is_null) return simdjson::N_ATOM_ERROR;
        nodes.push_back(node);
        return simdjson::SUCCESS;
    }
    case od::json_type::number: {
        od::number number;
        if (const auto error = value.get_number().get(number)) return error;
        node.kind = Kind::Number;
        node.text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
        nodes.push_back(node);
        return simdjson::SUCCESS;
    }
    case od::json_type::array: node.kind = Kind::Array; break;
    case od::json_type::object: node.kind = Kind::Object; break;
    }
    nodes.push_back(node);
    return add_children(value, index, depth);
}

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
    if (text.size() > std::size_t{1} << 31) {
        return std::unexpected(Error(ErrorCode::Limit, "JSON text above 2 GiB"));
    }
    auto tree = std::make_unique<Tree>();
    tree->padded = simdjson::padded_string(text.data(), text.size());
    od::document document;
    bool has_begun = false;
    const auto fail = [&](simdjson::error_code code) {
        std::size_t offset = 0;
        const char* where = nullptr;
        // A document that could not be begun has no location to ask for.
        if (has_begun && document.current_location().get(where) == simdjson::SUCCESS) {
            offset = tree->offset_of(where);
        }
        return std::unexpected(Error(ErrorCode::InvalidInput,
                                     position_text(tree->text(), offset) +
                                         ": not valid JSON: " + simdjson::error_message(code)));
    };
    if (const auto error = tree->parser.iterate(tree->padded).get(document)) return fail(error);
    has_begun = true;
    od::value root;
    if (const auto error = document.get_value().get(root)) {
        // simdjson hands out scalars only through the document; none of our documents is one.
        return std::unexpected(
            Error(ErrorCode::InvalidInput,
                  error == simdjson::SCALAR_DOCUMENT_AS_VALUE
                      ? std::string("line 1, column 1: expected an object or an array")
                      : "line 1, column 1: not valid JSON: " +
                            std::string(simdjson::error_message(error))));
    }
    std::uint32_t index = kNone;
    if (const auto error = tree->add(root, kNone, {}, index, 0)) return fail(error);
    // Beyond the last token there is no location left.
    if (const char* rest = nullptr; document.current_location().get(rest) == simdjson::SUCCESS) {
        return fail(simdjson::TAPE_ERROR);
    }
    return JsonDocument(std::move(tree));
}

JsonDocument::JsonDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const {
    return {tree_.get(), 0};
}

bool JsonValue::is_null() const {
    return tree_->nodes[node_].kind == Kind::Null;
}
bool JsonValue::is_object() const {
    return tree_->nodes[node_].kind == Kind::Object;
}
bool JsonValue::is_array() const {
    return tree_->nodes[node_].kind == Kind::Array;
}
bool JsonValue::is_text() const {
    return tree_->nodes[node_].kind == Kind::Text;
}

std::string JsonValue::path() const {
    const Node& node = tree_->nodes[node_];
    if (node.parent == kNone) return {};
    const std::string above = JsonValue(tree_, node.parent).path();
    const Node& parent = tree_->nodes[node.parent];
    if (parent.kind == Kind::Object) {
        return above.empty() ? std::string(node.key) : above + "." + std::string(node.key);
    }
    std::size_t position = 0;
    for (std::uint32_t i = parent.first_child; i != node_; i = tree_->nodes[i].next_sibling) {
        ++position;
    }
    return above + "[" + std::to_string(position) + "]";
}

Error JsonValue::error(std::string_view expected) const {
    const std::string at = path();
    return Error(ErrorCode::InvalidInput, position_text(tree_->text(), tree_->nodes[node_].offset) +
                                              (at.empty() ? std::string() : ", " + at) +
                                              ": expected " + std::string(expected));
}

std::optional<JsonValue> JsonValue::maybe_field(std::string_view name) const {
    const Node& node = tree_->nodes[node_];
    if (node.kind != Kind::Object) return std::nullopt;
    for (std::uint32_t i = node.first_child; i != kNone; i = tree_->nodes[i].next_sibling) {
        if (tree_->nodes[i].key == name) return JsonValue(tree_, i);
    }
    return std::nullopt;
}

Result<JsonValue> JsonValue::field(std::string_view name) const {
    if (!is_object()) return std::unexpected(error("an object"));
    if (auto found = maybe_field(name)) return *found;
    return std::unexpected(error("a field \"" + std::string(name) + "\""));
}

Result<std::vector<JsonValue>> JsonValue::array() const {
    if (!is_array()) return std::unexpected(error("an array"));
    std::vector<JsonValue> items;
    for (std::uint32_t i = tree_->nodes[node_].first_child; i != kNone;
         i = tree_->nodes[i].next_sibling) {
        items.push_back(JsonValue(tree_, i));
    }
    return items;
}

Result<std::vector<std::pair<std::string_view, JsonValue>>> JsonValue::object() const {
    if (!is_object()) return std::unexpected(error("an object"));
    std::vector<std::pair<std::string_view, JsonValue>> fields;
    for (std::uint32_t i = tree_->nodes[node_].first_child; i != kNone;
         i = tree_->nodes[i].next_sibling) {
        fields.emplace_back(tree_->nodes[i].key, JsonValue(tree_, i));
    }
    return fields;
}

Result<void> JsonValue::check_only(std::initializer_list<std::string_view> known) const {
    const auto fields = FATHOM_TRY(object());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& [key, value] = fields[i];
        if (std::ranges::find(known, key) == known.end()) {
            std::string names;
            for (const std::string_view name : known) {
                names += (names.empty() ? "" : ", ") + std::string(name);
            }
            return std::unexpected(value.error("one of the fields " + names + ", not this one"));
        }
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            if (fields[earlier].first == key) {
                return std::unexpected(value.error("each field at most once"));
            }
        }
    }
    return {};
}

Result<std::string_view> JsonValue::text() const {
    if (!is_text()) return std::unexpected(error("a string"));
    return tree_->nodes[node_].text;
}

Result<bool> JsonValue::boolean() const {
    const Node& node = tree_->nodes[node_];
    if (node.kind != Kind::Boolean) return std::unexpected(error("true or false"));
    return node.text == "true";
}

namespace {

template <class T> std::optional<T> parse_number(std::string_view text) {
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

Result<std::uint64_t> JsonValue::unsigned_integer() const {
    const Node& node = tree_->nodes[node_];
    if (node.kind == Kind::Number || node.kind == Kind::Text) {
        if (const auto value = parse_number<std::uint64_t>(node.text)) return *value;
    }
    return std::unexpected(error("an integer from 0 to 18446744073709551615"));
}

Result<std::int64_t> JsonValue::signed_integer() const {
    const Node& node = tree_->nodes[node_];
    if (node.kind == Kind::Number || node.kind == Kind::Text) {
        if (const auto value = parse_number<std::int64_t>(node.text)) return *value;
    }
    return std::unexpected(error("a 64-bit integer"));
}

Result<double> JsonValue::number() const {
    const Node& node = tree_->nodes[node_];
    if (node.kind == Kind::Number) {
        if (const auto value = parse_number<double>(node.text)) return *value;
    }
    return std::unexpected(error("a number"));
}

Result<Pubkey> JsonValue::pubkey() const {
    if (is_text()) {
        if (const auto key = Pubkey::from_base58(tree_->nodes[node_].text)) return *key;
    }
    return std::unexpected(error("the base58 text of 32 bytes"));
}

Result<Hash> JsonValue::hash() const {
    if (is_text()) {
        if (const auto hash = Hash::from_base58(tree_->nodes[node_].text)) return *hash;
    }
    return std::unexpected(error("the base58 text of 32 bytes"));
}

Result<Bytes> JsonValue::base64() const {
    if (is_text()) {
        if (auto bytes = base::from_base64(tree_->nodes[node_].text)) return *std::move(bytes);
    }
    return std::unexpected(error("standard base64 with padding"));
}

Result<Bytes> JsonValue::hex() const {
    if (is_text()) {
        if (auto bytes = base::from_hex(tree_->nodes[node_].text)) return *std::move(bytes);
    }
    return std::unexpected(error("an even number of hexadecimal digits"));
}

} // namespace fathom::harness
