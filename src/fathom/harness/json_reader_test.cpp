// SPDX-License-Identifier: Apache-2.0
// Text that is no JSON is an error that says where, whatever it is.
#include "fathom/harness/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    return document ? "no error" : document.error().message;
}

TEST(JsonReader, RefusesEmptyText) {
    EXPECT_THAT(error_of(""), StartsWith("line 1, column 1: not valid JSON"));
    EXPECT_THAT(error_of(" \n "), HasSubstr("not valid JSON"));
}

TEST(JsonReader, RefusesTextThatEndsEarly) {
    for (const std::string_view text :
         {"{", "[", "{\"a\"", "{\"a\":", "{\"a\": {", "[1,", "[\"abc", "{\"a\": tru"}) {
        EXPECT_THAT(error_of(text), HasSubstr("not valid JSON")) << text;
    }
}

TEST(JsonReader, RefusesTextBehindTheDocument) {
    EXPECT_THAT(error_of("{} {}"), HasSubstr("not valid JSON"));
    EXPECT_THAT(error_of("[]]"), HasSubstr("not valid JSON"));
}

TEST(JsonReader, RefusesTextThatIsNotUtf8) {
    EXPECT_THAT(error_of("{\"a\": \"\xff\"}"), HasSubstr("not valid JSON"));
}

TEST(JsonReader, RefusesAScalarDocument) {
    EXPECT_THAT(error_of("7"), HasSubstr("expected an object or an array"));
}

TEST(JsonReader, RefusesWhatIsNestedTooDeeply) {
    EXPECT_THAT(error_of(std::string(100, '[') + std::string(100, ']')),
                HasSubstr("not valid JSON"));
    EXPECT_THAT(error_of(std::string(5000, '[')), HasSubstr("not valid JSON"));
}

TEST(JsonReader, ErrorsOfValuesNameLineAndPath) {
    const auto document = JsonDocument::parse("{\"a\": [\n {\"b\": 1},\n {\"b\": \"x\"}]}");
    ASSERT_TRUE(document.has_value());
    const auto items = document->root().field("a")->array();
    ASSERT_TRUE(items.has_value());
    const auto number = (*items)[1].field("b")->unsigned_integer();
    ASSERT_FALSE(number.has_value());
    EXPECT_THAT(number.error().message, StartsWith("line 3, column 8, a[1].b: expected"));
}

} // namespace
} // namespace fathom::harness
