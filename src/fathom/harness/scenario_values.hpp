// SPDX-License-Identifier: Apache-2.0
// The values that scenarios are made of: names, addresses, bytes, feature sets.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/scenario.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::harness {

/// Reads values while it learns names. One scenario.
class ScenarioValues {
public:
    explicit ScenarioValues(const ScenarioFiles& files) : files_(files) {}

    /// Refuses a name that is taken, empty, or an address itself. `at` is where it stands.
    [[nodiscard]] Result<void> define(const JsonValue& at, std::string_view name,
                                      const Pubkey& key);
    [[nodiscard]] std::optional<Pubkey> find(std::string_view name) const;
    /// Those defined, in order, then those of well-known addresses.
    [[nodiscard]] std::vector<std::pair<std::string, Pubkey>> all_names() const;

    /// Base58, a name, or {"pda": …}.
    [[nodiscard]] Result<Pubkey> address(const JsonValue& value);
    /// The one field of `object` among key, name and pda.
    [[nodiscard]] Result<Pubkey> address_in(const JsonValue& object);
    /// {"program": …, "seeds": […], "bump": …}.
    [[nodiscard]] Result<Pubkey> derived(const JsonValue& value);
    /// One part, or an array of parts.
    [[nodiscard]] Result<Bytes> data(const JsonValue& value);
    /// Contents of the file that `value` names.
    [[nodiscard]] Result<Bytes> file(const JsonValue& value);
    [[nodiscard]] static Result<FeatureSet> features(const JsonValue& value);

private:
    [[nodiscard]] Result<void> append_part(const JsonValue& value, Bytes& out);
    [[nodiscard]] Result<void> append_bytes(const JsonValue& value, ByteView bytes, Bytes& out);
    [[nodiscard]] Result<bool> append_integer(std::string_view kind, const JsonValue& value,
                                              Bytes& out);

    const ScenarioFiles& files_;
    std::vector<std::pair<std::string, Pubkey>> names_;
    std::map<std::string, Pubkey, std::less<>> keys_;
    std::map<Pubkey, std::uint8_t> bumps_;
    std::uint64_t bytes_left_ = std::uint64_t{256} << 20;
};

/// An address that follows from a name.
[[nodiscard]] Pubkey address_from_name(std::string_view kind, std::string_view name);

/// True if status_text() writes this text for some status.
[[nodiscard]] bool is_status_text(std::string_view text);

} // namespace fathom::harness
