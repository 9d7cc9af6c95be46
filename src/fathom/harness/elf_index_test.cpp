// SPDX-License-Identifier: Apache-2.0
// Reading an index of ELF files, and saying where a verdict differs.
#include "fathom/harness/elf_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

using ::testing::HasSubstr;

const sbpf::LoadError kBadHeader =
    sbpf::ElfError{sbpf::ElfErrorKind::InvalidProgramHeader, {}, 0, 0};
const sbpf::LoadError kWriteR10 =
    sbpf::VerifierError{sbpf::VerifierErrorKind::CannotWriteR10, 3, 0, 0};

std::string error_of(std::string_view json) {
    const auto entries = parse_elf_index(json);
    return entries ? "no error" : entries.error().message;
}

TEST(ElfIndex, ListsFilesInOrderWithTheirErrors) {
    const auto entries = parse_elf_index(R"({"_note": "", "files": {
        "z/b.so": {"load": "error", "load_error": "Invalid ELF program header", "size": 3},
        "a.so.zst": {"load": "ok", "load_error": null},
        "c.so": {"load": "ok"}}})");
    ASSERT_TRUE(entries.has_value()) << entries.error().message;
    ASSERT_EQ(entries->size(), 3u);
    EXPECT_EQ((*entries)[0].path, "z/b.so");
    EXPECT_EQ((*entries)[0].load_error, "Invalid ELF program header");
    EXPECT_EQ((*entries)[1].path, "a.so.zst");
    EXPECT_EQ((*entries)[1].load_error, std::nullopt);
    EXPECT_EQ((*entries)[2].load_error, std::nullopt);
}

TEST(ElfIndex, RefusesTextThatIsNoJson) {
    EXPECT_NE(error_of("{\"files\": {"), "no error");
    EXPECT_NE(error_of(""), "no error");
}

TEST(ElfIndex, NeedsAFilesObject) {
    EXPECT_THAT(error_of("{}"), HasSubstr("files"));
    EXPECT_THAT(error_of(R"({"files": []})"), HasSubstr("files"));
}

TEST(ElfIndex, NeedsAVerdictForEachFile) {
    EXPECT_THAT(error_of(R"({"files": {"a.so": {"size": 1}}})"), HasSubstr("load"));
    EXPECT_THAT(error_of(R"({"files": {"a.so": 7}})"), HasSubstr("a.so"));
}

TEST(ElfIndex, RefusesAnUnknownVerdict) {
    EXPECT_THAT(error_of(R"({"files": {"a.so": {"load": "maybe"}}})"),
                HasSubstr("expected \"ok\" or \"error\""));
}

TEST(ElfIndex, RefusesAnErrorWithoutText) {
    EXPECT_THAT(error_of(R"({"files": {"a.so": {"load": "error"}}})"), HasSubstr("load_error"));
    EXPECT_THAT(error_of(R"({"files": {"a.so": {"load": "error", "load_error": null}}})"),
                HasSubstr("load_error"));
}

TEST(ElfIndex, RefusesAnErrorTextBesideOk) {
    EXPECT_THAT(error_of(R"({"files": {"a.so": {"load": "ok", "load_error": "x"}}})"),
                HasSubstr("expected null"));
}

TEST(ElfIndex, RefusesPathsThatLeaveTheFolder) {
    EXPECT_THAT(error_of(R"({"files": {"../a.so": {"load": "ok"}}})"), HasSubstr("inside"));
    EXPECT_THAT(error_of(R"({"files": {"b/../../a.so": {"load": "ok"}}})"), HasSubstr("inside"));
    EXPECT_THAT(error_of(R"({"files": {"/a.so": {"load": "ok"}}})"), HasSubstr("inside"));
    EXPECT_THAT(error_of(R"({"files": {"": {"load": "ok"}}})"), HasSubstr("inside"));
}

TEST(ElfIndex, NamesTheFileThatCannotBeRead) {
    const auto entries = read_elf_index("/nowhere/index.json.zst");
    ASSERT_FALSE(entries.has_value());
    EXPECT_EQ(entries.error().code, base::ErrorCode::NotFound);
    EXPECT_THAT(entries.error().message, HasSubstr("/nowhere/index.json.zst"));
}

TEST(ElfIndex, EqualVerdictsAreNoDifference) {
    EXPECT_EQ(describe_difference({"a.so", std::nullopt}, std::nullopt), std::nullopt);
    EXPECT_EQ(describe_difference({"a.so", "Invalid ELF program header"}, kBadHeader),
              std::nullopt);
}

TEST(ElfIndex, SaysBothVerdictsOfADifference) {
    EXPECT_EQ(describe_difference({"a.so", std::nullopt}, kBadHeader),
              "expected ok, got refused: Invalid ELF program header");
    EXPECT_EQ(describe_difference({"a.so", "Invalid ELF program header"}, std::nullopt),
              "expected refused: Invalid ELF program header, got ok");
    EXPECT_EQ(describe_difference({"a.so", "Invalid ELF program header"}, kWriteR10),
              "expected refused: Invalid ELF program header, got refused: "
              "Verifier error: cannot write into register r10 (insn #3)");
}

} // namespace
} // namespace fathom::harness
