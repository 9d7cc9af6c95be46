// SPDX-License-Identifier: Apache-2.0
// Any text as JSON: it is refused with a place, or every value of it can be read and located.
#include "fathom/base/assert.hpp"
#include "fathom/harness/json_reader.hpp"

namespace {

using namespace fathom;
using harness::JsonValue;

/// Asks a value everything; no answer may be lost or crash. Depth is bounded by the parser.
void visit(const JsonValue& value, int& left) {
    if (--left < 0) return;
    FATHOM_ASSERT(value.error("x").message.starts_with("line "));
    (void)value.boolean();
    (void)value.unsigned_integer();
    (void)value.signed_integer();
    (void)value.number();
    (void)value.pubkey();
    (void)value.hash();
    (void)value.base64();
    (void)value.hex();
    FATHOM_ASSERT(value.text().has_value() == value.is_text());
    FATHOM_ASSERT(value.array().has_value() == value.is_array());
    FATHOM_ASSERT(value.object().has_value() == value.is_object());
    if (const auto items = value.array()) {
        for (const JsonValue& item : *items) visit(item, left);
    }
    if (const auto fields = value.object()) {
        for (const auto& [key, field] : *fields) {
            FATHOM_ASSERT(value.maybe_field(key).has_value());
            visit(field, left);
        }
        (void)value.check_only({"a", "b"});
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = harness::JsonDocument::parse(as_text({data, size}));
    if (!document) {
        FATHOM_ASSERT(document.error().message.starts_with("line "));
        return 0;
    }
    int left = 500; // paths cost time in proportion to width
    visit(document->root(), left);
    return 0;
}
