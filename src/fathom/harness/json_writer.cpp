// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/json_writer.hpp"

#include <cstdio>

namespace fathom::harness {

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (has_items_.empty()) return;
    if (has_items_.back()) text_ += ',';
    has_items_.back() = true;
    text_ += '\n';
    text_.append(2 * has_items_.size(), ' ');
}

JsonWriter& JsonWriter::token(std::string_view text) {
    separate();
    text_ += text;
    return *this;
}

void JsonWriter::open(char bracket) {
    separate();
    text_ += bracket;
    has_items_.push_back(false);
}

void JsonWriter::close(char bracket) {
    const bool had_items = has_items_.back();
    has_items_.pop_back();
    if (had_items) {
        text_ += '\n';
        text_.append(2 * has_items_.size(), ' ');
    }
    text_ += bracket;
}

JsonWriter& JsonWriter::begin_object() {
    open('{');
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    close('}');
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    open('[');
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    close(']');
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    value(name);
    text_ += ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    text_ += '"';
    for (const char c : text) {
        switch (c) {
        case '"': text_ += "\\\""; break;
        case '\\': text_ += "\\\\"; break;
        case '\n': text_ += "\\n"; break;
        case '\r': text_ += "\\r"; break;
        case '\t': text_ += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                char escaped[8];
                std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
                text_ += escaped;
            } else {
                text_ += c;
            }
        }
    }
    text_ += '"';
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", number);
    return token(text);
}

JsonWriter& JsonWriter::value(bool truth) {
    return token(truth ? "true" : "false");
}

} // namespace fathom::harness
