// SPDX-License-Identifier: Apache-2.0
// JSON in: a parsed document whose values know their path and line, so that errors can say where.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::harness {

class JsonValue;

/// Owns the parsed tree; values view it and must not outlive it.
class JsonDocument {
public:
    /// The error names line and column. Comments and trailing commas are refused, and so are
    /// repeated keys when they are looked up.
    [[nodiscard]] static Result<JsonDocument> parse(std::string_view text);
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    [[nodiscard]] JsonValue root() const;

    struct Tree;

private:
    explicit JsonDocument(std::unique_ptr<Tree> tree);
    std::unique_ptr<Tree> tree_;
};

/// One value. Numbers may be written as JSON numbers or as decimal strings wherever an integer is
/// read.
class JsonValue {
public:
    [[nodiscard]] bool is_null() const;
    [[nodiscard]] bool is_object() const;
    [[nodiscard]] bool is_array() const;
    [[nodiscard]] bool is_text() const;

    [[nodiscard]] Result<JsonValue> field(std::string_view name) const;
    [[nodiscard]] std::optional<JsonValue> maybe_field(std::string_view name) const;
    [[nodiscard]] Result<std::vector<JsonValue>> array() const;
    [[nodiscard]] Result<std::vector<std::pair<std::string_view, JsonValue>>> object() const;
    [[nodiscard]] Result<std::string_view> text() const;
    [[nodiscard]] Result<bool> boolean() const;
    [[nodiscard]] Result<std::uint64_t> unsigned_integer() const;
    [[nodiscard]] Result<std::int64_t> signed_integer() const;
    [[nodiscard]] Result<double> number() const;
    [[nodiscard]] Result<Pubkey> pubkey() const;
    [[nodiscard]] Result<Hash> hash() const;
    [[nodiscard]] Result<Bytes> base64() const;
    [[nodiscard]] Result<Bytes> hex() const;

    /// Every field of this object that is not in `known`: an error naming the first.
    [[nodiscard]] Result<void> check_only(std::initializer_list<std::string_view> known) const;
    /// "line 3, accounts[1].owner: expected …".
    [[nodiscard]] base::Error error(std::string_view expected) const;
    /// "accounts[1].owner"; empty for the root.
    [[nodiscard]] std::string path() const;

private:
    friend class JsonDocument;
    JsonValue(const JsonDocument::Tree* tree, std::uint32_t node) : tree_(tree), node_(node) {}

    const JsonDocument::Tree* tree_;
    std::uint32_t node_;
};

} // namespace fathom::harness
