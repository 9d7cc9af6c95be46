// SPDX-License-Identifier: Apache-2.0
// JSON out: keeps field order, writes 64-bit integers exactly, indents by two spaces.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::harness {

/// Appends one JSON text. Calls must nest properly; keys only inside objects.
class JsonWriter {
public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(double number);
    JsonWriter& value(bool truth);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    JsonWriter& value(T number) {
        return token(std::to_string(number));
    }
    JsonWriter& null() { return token("null"); }
    template <class T> JsonWriter& field(std::string_view name, const T& v) {
        return key(name).value(v);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    JsonWriter& token(std::string_view text);
    void separate();
    void open(char bracket);
    void close(char bracket);

    std::string text_;
    std::vector<bool> has_items_;
    bool after_key_ = false;
};

} // namespace fathom::harness
